// Generated values as JSON, straight from the generator: what a row must hold, without any CQL encoder in between.

import CQLProtocol
import Documents
import Workloads

/// Builds a list of JSON values, one a bind. What they look like is told in all_types.py.
struct EvidenceSink: ValueSink {
    /// The collections that are open, innermost last; the row itself first.
    private var open: [[JSON]] = [[]]

    var row: [JSON] { open[0] }

    private mutating func add(_ value: JSON) { open[open.count - 1].append(value) }
    private mutating func add(address bytes: [UInt8]) { add(.string(addressText(bytes) ?? "")) }

    mutating func enter(_ node: Int) {}
    mutating func endBind(nodes: Int) {}
    mutating func put(integer: Int64) { add(.string("\(integer)")) }
    mutating func put(bigInteger: UnsafeRawBufferPointer) {
        add(.string("\(BigInteger(twosComplement: bigInteger))"))
    }
    mutating func put(double: Double) { add(.number(double)) }
    mutating func put(unscaled: Int64, scale: Int32) { add(.string("\(unscaled)E\(-scale)")) }
    mutating func put(unscaledBytes: UnsafeRawBufferPointer, scale: Int32) {
        add(.string("\(BigInteger(twosComplement: unscaledBytes))E\(-scale)"))
    }
    mutating func put(uuidHigh: UInt64, low: UInt64) { add(.string("\(UUIDValue(high: uuidHigh, low: low))")) }
    mutating func put(timestampMilliseconds: Int64) { add(.integer(Int(timestampMilliseconds))) }
    mutating func put(days: Int32) { add(.integer(Int(days))) }
    mutating func put(nanosecondsOfDay: Int64) { add(.integer(Int(nanosecondsOfDay))) }
    mutating func put(months: Int32, days: Int32, nanoseconds: Int64) {
        add(.array([.integer(Int(months)), .integer(Int(days)), .integer(Int(nanoseconds))]))
    }
    mutating func put(address: UInt32) { add(address: withUnsafeBytes(of: address.bigEndian) { Array($0) }) }
    mutating func put(addressHigh: UInt64, low: UInt64) {
        add(address: withUnsafeBytes(of: (addressHigh.bigEndian, low.bigEndian)) { Array($0) })
    }
    mutating func put(boolean: Bool) { add(.bool(boolean)) }
    mutating func put(text: UnsafeRawBufferPointer) { add(.string(String(decoding: text, as: UTF8.self))) }
    mutating func put(blob: UnsafeRawBufferPointer) {
        add(.string(blob.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()))
    }
    mutating func putNull() { add(.null) }
    mutating func putUnset() { add(.null) }
    mutating func begin(members: Int) -> Int {
        open.append([])
        return 0
    }
    mutating func beginParts() -> Int { begin(members: 0) }
    mutating func end(_ start: Int) {
        let members = open.removeLast()
        add(.array(members))
    }
}

extension CQLValue {
    /// As it is after a server had it: sets and maps sorted and without doubles, empty collections and missing fields null.
    var stored: CQLValue {
        switch self {
        case .list(let members): .list(members.map(\.stored)).orNull
        case .vector(let members): .vector(members.map(\.stored))
        case .tuple(let parts): .tuple(parts.map(\.stored))
        case .set(let members):
            .set(Set(members.map(\.stored)).sorted { $0.description < $1.description }).orNull
        case .map(let entries):
            .map(
                Dictionary(entries.map { ($0.key.stored, $0.value.stored) }, uniquingKeysWith: { $1 })
                    .map { Entry($0.key, $0.value) }.sorted { $0.key.description < $1.key.description }
            ).orNull
        case .udt(let fields):
            .udt(
                Array(
                    fields.map { NamedValue($0.name, $0.value.stored) }.reversed().drop { $0.value == .null }.reversed()
                ))
        default: self
        }
    }

    private var orNull: CQLValue { self == .list([]) || self == .set([]) || self == .map([]) ? .null : self }
}
