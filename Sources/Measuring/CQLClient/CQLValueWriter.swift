// Generated values straight into the bytes of a request: the hot path of load and of the dataset's writer.

import Bytes
import CQLProtocol
import Workloads

/// Writes each put as a [value] (native_protocol_v5.spec, section 3) for the column it is bound to. Made by `BindPlan.withSink`
/// and only valid inside it. An integer beyond its column's range goes out as wide as it is: the server refuses it and the
/// operation counts as an error, where cutting it would write another value in silence.
public struct CQLValueWriter: ValueSink, ~Copyable {
    private let writer: UnsafeMutablePointer<ByteWriter>
    private let encodings: UnsafeBufferPointer<ValueEncoding>
    /// Where the encodings of the bind under way begin.
    private var bind = 0
    /// Of the node under way.
    private var encoding = ValueEncoding(.bytes)

    init(_ writer: UnsafeMutablePointer<ByteWriter>, _ encodings: UnsafeBufferPointer<ValueEncoding>) {
        self.writer = writer
        self.encodings = encodings
    }

    func finish() {
        precondition(bind == encodings.count, "a statement got fewer values than it has bind markers")
    }

    public mutating func enter(_ node: Int) { encoding = encodings[bind + node] }
    public mutating func endBind(nodes: Int) { bind += nodes }

    /// What stands in front of `count` bytes.
    @inline(__always)
    private mutating func announce(_ count: Int) {
        switch encoding.framing {
        case .value: writer.pointee.put(Int32(count))
        case .bare: break
        case .counted: writer.pointee.put(unsignedVInt: UInt64(count))
        }
    }

    public mutating func put(integer: Int64) {
        switch encoding.form {
        case .int32:
            guard let value = Int32(exactly: integer) else { return putWide(integer) }
            announce(4)
            writer.pointee.put(value)
        case .int16:
            guard let value = Int16(exactly: integer) else { return putWide(integer) }
            announce(2)
            writer.pointee.put(value)
        case .int8:
            guard let value = Int8(exactly: integer) else { return putWide(integer) }
            announce(1)
            writer.pointee.put(UInt8(bitPattern: value))
        case .varint:
            announce(varintLength(integer))
            writer.pointee.put(varint: integer)
        default: putWide(integer)
        }
    }

    private mutating func putWide(_ integer: Int64) {
        announce(8)
        writer.pointee.put(integer)
    }

    public mutating func put(bigInteger: UnsafeRawBufferPointer) { put(cell: bigInteger) }

    public mutating func put(double: Double) {
        if encoding.form == .float {
            announce(4)
            writer.pointee.put(Float(double).bitPattern)
        } else {
            announce(8)
            writer.pointee.put(double)
        }
    }

    public mutating func put(unscaled: Int64, scale: Int32) {
        announce(4 + varintLength(unscaled))
        writer.pointee.put(scale)
        writer.pointee.put(varint: unscaled)
    }

    public mutating func put(unscaledBytes: UnsafeRawBufferPointer, scale: Int32) {
        announce(4 + unscaledBytes.count)
        writer.pointee.put(scale)
        writer.pointee.put(bytes: unscaledBytes)
    }

    public mutating func put(uuidHigh: UInt64, low: UInt64) {
        announce(16)
        writer.pointee.put(uuidHigh)
        writer.pointee.put(low)
    }

    public mutating func put(timestampMilliseconds: Int64) {
        guard encoding.form == .date else { return putWide(timestampMilliseconds) }
        let day: Int64 = 86_400_000
        let days = timestampMilliseconds / day - (timestampMilliseconds % day < 0 ? 1 : 0)
        put(days: Int32(clamping: days))
    }

    public mutating func put(days: Int32) {
        announce(4)
        writer.pointee.put(days ^ .min)
    }

    public mutating func put(nanosecondsOfDay: Int64) { putWide(nanosecondsOfDay) }

    public mutating func put(months: Int32, days: Int32, nanoseconds: Int64) {
        let start = beginLength()
        writer.pointee.put(vint: Int64(months))
        writer.pointee.put(vint: Int64(days))
        writer.pointee.put(vint: nanoseconds)
        end(start)
    }

    public mutating func put(address: UInt32) {
        announce(4)
        writer.pointee.put(address)
    }

    public mutating func put(addressHigh: UInt64, low: UInt64) {
        announce(16)
        writer.pointee.put(addressHigh)
        writer.pointee.put(low)
    }

    public mutating func put(boolean: Bool) {
        announce(1)
        writer.pointee.put(boolean ? 1 as UInt8 : 0)
    }

    public mutating func put(text: UnsafeRawBufferPointer) { put(cell: text) }
    public mutating func put(blob: UnsafeRawBufferPointer) { put(cell: blob) }

    private mutating func put(cell: UnsafeRawBufferPointer) {
        announce(cell.count)
        writer.pointee.put(bytes: cell)
    }

    public mutating func putNull() { writer.pointee.put(Int32(-1)) }
    public mutating func putUnset() { writer.pointee.put(Int32(-2)) }

    public mutating func begin(members: Int) -> Int {
        let start = beginLength()
        writer.pointee.put(Int32(members))
        return start
    }

    public mutating func beginParts() -> Int { beginLength() }

    /// Room for a length that is known at the end only.
    private mutating func beginLength() -> Int {
        let start = writer.pointee.count
        if encoding.framing == .value { writer.pointee.put(Int32(0)) }
        return start
    }

    public mutating func end(_ start: Int) {
        switch encoding.framing {
        case .value: writer.pointee.overwrite(Int32(writer.pointee.count - start - 4), at: start)
        case .bare: break
        case .counted: writer.pointee.insert(unsignedVIntBefore: start)
        }
    }
}
