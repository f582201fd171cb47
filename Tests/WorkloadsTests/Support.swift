// Shared by the tests of this room: a sink that keeps what it is given, shipped files, a small workload to vary.

import Documents
import Glibc
import Quantities
import Testing
import Workloads

/// Keeps values as they come.
struct KeepingSink: ValueSink {
    enum Value: Hashable {
        case integer(Int64)
        case double(Double)
        case decimal(Int64, Int32)
        case uuid(UInt64, UInt64)
        case timestamp(Int64)
        case boolean(Bool)
        case text(String)
        case blob([UInt8])
        case bigInteger([UInt8])
        case bigDecimal([UInt8], Int32)
        case days(Int32)
        case time(Int64)
        case duration(Int32, Int32, Int64)
        case address(UInt64, UInt64)
        case null, unset
        /// Of so many members; 0 for parts, whose number nobody says.
        case begin(Int)
        case end
    }

    var values: [Value] = []

    mutating func enter(_ node: Int) {}
    mutating func endBind(nodes: Int) {}
    mutating func put(integer: Int64) { values.append(.integer(integer)) }
    mutating func put(bigInteger: UnsafeRawBufferPointer) { values.append(.bigInteger(Array(bigInteger))) }
    mutating func put(double: Double) { values.append(.double(double)) }
    mutating func put(unscaled: Int64, scale: Int32) { values.append(.decimal(unscaled, scale)) }
    mutating func put(unscaledBytes: UnsafeRawBufferPointer, scale: Int32) {
        values.append(.bigDecimal(Array(unscaledBytes), scale))
    }
    mutating func put(uuidHigh: UInt64, low: UInt64) { values.append(.uuid(uuidHigh, low)) }
    mutating func put(timestampMilliseconds: Int64) { values.append(.timestamp(timestampMilliseconds)) }
    mutating func put(days: Int32) { values.append(.days(days)) }
    mutating func put(nanosecondsOfDay: Int64) { values.append(.time(nanosecondsOfDay)) }
    mutating func put(months: Int32, days: Int32, nanoseconds: Int64) {
        values.append(.duration(months, days, nanoseconds))
    }
    mutating func put(address: UInt32) { values.append(.address(0, UInt64(address))) }
    mutating func put(addressHigh: UInt64, low: UInt64) { values.append(.address(addressHigh, low)) }
    mutating func put(boolean: Bool) { values.append(.boolean(boolean)) }
    mutating func put(text: UnsafeRawBufferPointer) { values.append(.text(String(decoding: text, as: UTF8.self))) }
    mutating func put(blob: UnsafeRawBufferPointer) { values.append(.blob(Array(blob))) }
    mutating func putNull() { values.append(.null) }
    mutating func putUnset() { values.append(.unset) }
    mutating func begin(members: Int) -> Int {
        values.append(.begin(members))
        return 0
    }
    mutating func beginParts() -> Int { begin(members: 0) }
    mutating func end(_ start: Int) { values.append(.end) }
}

/// The text of a file of the repository.
func shipped(_ path: String) throws -> String {
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    guard let file = fopen(root + "/" + path, "r") else { throw InputError(nil, "no file \(path)", expected: "one") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let read = fread(&buffer, 1, buffer.count, file)
        if read == 0 { return String(decoding: bytes, as: UTF8.self) }
        bytes += buffer[..<read]
    }
}

/// A workload with one of most things.
let small = """
    workload: 1
    name: small
    parameters: {people: 10}
    schema:
      - CREATE TABLE k.t (a int, b int, PRIMARY KEY (a, b))
    values:
      a: {int: {uniform: {items: $people}}}
      b: {int: {uniform: [-5, 5]}}
    dataset:
      - insert: INSERT INTO k.t (a, b) VALUES (?, ?)
        bind: [a, b]
        partitions: $people
        rows_per_partition: {lognormal: {median: 2, sigma: 1, max: 9}}
    operations:
      get:
        shape: point
        weight: 3
        cql: SELECT * FROM k.t WHERE a = ?
        bind: [a]
      put:
        shape: write
        weight: 1
        cql: INSERT INTO k.t (a, b) VALUES (?, ?)
        bind: [a, b]
    traffic: {arrivals: constant, rate: 100/s}
    """

/// `small` with the first occurrence of one text replaced.
func varied(_ old: String, _ new: String) -> String {
    precondition(small.contains(old), "'\(old)' is not in the workload")
    return small.replacing(old, with: new, maxReplacements: 1)
}

/// One row of a table of mistakes: what is wrong with the file, and then the message, in parts where it is long. Rows of
/// tuples with `+` in them take the compiler minutes.
struct Mistake: Sendable, CustomTestStringConvertible {
    var parts: [String]

    init(_ parts: String...) { self.parts = parts }

    var testDescription: String { parts.joined(separator: " | ") }
}

/// The message that reading `text` ends with.
func failure(_ text: String, settings: [Profile.Setting] = []) -> String {
    do throws(InputError) {
        _ = try Profile.read(text, file: "w.yaml", settings: settings)
        return "no error"
    } catch { return error.description }
}

/// The generator of a value written as `spec`, such as `{int: 5}`.
func generator(_ spec: String) throws -> ValueGenerator {
    let profile = try Profile.read(varied("{int: {uniform: [-5, 5]}}", spec), file: "w.yaml")
    return profile.values[1]
}

/// `count` values of a generator.
func draw(_ generator: ValueGenerator, _ count: Int, seed: UInt64 = 1) -> [KeepingSink.Value] {
    var sink = KeepingSink()
    var drawing = Drawing(SeededRandom(seed: seed))
    for _ in 0..<count { generator.generate(into: &sink, &drawing) }
    return sink.values
}
