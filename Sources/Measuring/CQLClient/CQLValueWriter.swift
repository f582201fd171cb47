// Generated values straight into the bytes of a request: the hot path of load and of the dataset's writer.

import Bytes
import CQLProtocol
import Workloads

/// Writes each put as a [value] (native_protocol_v4.spec, section 3) for the column it is bound to. Made by `BindPlan.withSink`
/// and only valid inside it. An integer beyond its column's range goes out as wide as it is: the server refuses it and the
/// operation counts as an error, where cutting it would write another value in silence.
public struct CQLValueWriter: ValueSink, ~Copyable {
    private let writer: UnsafeMutablePointer<ByteWriter>
    private let encodings: UnsafeBufferPointer<ValueEncoding>
    private var bind = 0
    /// Where the list under way began; -1 outside of lists.
    private var listStart = -1

    init(_ writer: UnsafeMutablePointer<ByteWriter>, _ encodings: UnsafeBufferPointer<ValueEncoding>) {
        self.writer = writer
        self.encodings = encodings
    }

    func finish() {
        precondition(bind == encodings.count && listStart < 0, "a statement got fewer values than it has bind markers")
    }

    /// How the next value is written.
    private mutating func next() -> ValueEncoding {
        let encoding = encodings[bind]
        if listStart < 0 { bind += 1 }
        return encoding
    }

    public mutating func put(integer: Int64) {
        switch next() {
        case .int32:
            guard let value = Int32(exactly: integer) else { return putWide(integer) }
            writer.pointee.put(Int32(4))
            writer.pointee.put(value)
        case .int16:
            guard let value = Int16(exactly: integer) else { return putWide(integer) }
            writer.pointee.put(Int32(2))
            writer.pointee.put(value)
        case .int8:
            guard let value = Int8(exactly: integer) else { return putWide(integer) }
            writer.pointee.put(Int32(1))
            writer.pointee.put(UInt8(bitPattern: value))
        case .varint:
            writer.pointee.put(Int32(varintLength(integer)))
            writer.pointee.put(varint: integer)
        default: putWide(integer)
        }
    }

    private func putWide(_ integer: Int64) {
        writer.pointee.put(Int32(8))
        writer.pointee.put(integer)
    }

    public mutating func put(double: Double) {
        if next() == .float {
            writer.pointee.put(Int32(4))
            writer.pointee.put(Float(double).bitPattern)
        } else {
            writer.pointee.put(Int32(8))
            writer.pointee.put(double)
        }
    }

    public mutating func put(unscaled: Int64, scale: Int32) {
        _ = next()
        writer.pointee.put(Int32(4 + varintLength(unscaled)))
        writer.pointee.put(scale)
        writer.pointee.put(varint: unscaled)
    }

    public mutating func put(uuidHigh: UInt64, low: UInt64) {
        _ = next()
        writer.pointee.put(Int32(16))
        writer.pointee.put(uuidHigh)
        writer.pointee.put(low)
    }

    public mutating func put(timestampMilliseconds: Int64) {
        if next() == .date {
            let day: Int64 = 86_400_000
            let days = timestampMilliseconds / day - (timestampMilliseconds % day < 0 ? 1 : 0)
            writer.pointee.put(Int32(4))
            writer.pointee.put(Int32(clamping: days) ^ .min)
        } else {
            putWide(timestampMilliseconds)
        }
    }

    public mutating func put(boolean: Bool) {
        _ = next()
        writer.pointee.put(Int32(1))
        writer.pointee.put(boolean ? 1 as UInt8 : 0)
    }

    public mutating func put(text: UnsafeRawBufferPointer) {
        _ = next()
        writer.pointee.put(cell: text)
    }

    public mutating func put(blob: UnsafeRawBufferPointer) {
        _ = next()
        writer.pointee.put(cell: blob)
    }

    public mutating func beginList(count: Int) {
        precondition(listStart < 0, "a list within a list")
        listStart = writer.pointee.count
        writer.pointee.put(Int32(0))
        writer.pointee.put(Int32(count))
    }

    public mutating func endList() {
        precondition(listStart >= 0, "the end of a list that did not begin")
        writer.pointee.overwrite(Int32(writer.pointee.count - listStart - 4), at: listStart)
        listStart = -1
        bind += 1
    }
}
