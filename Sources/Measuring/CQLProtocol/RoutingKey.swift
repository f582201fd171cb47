// The partition key of a request, found among the values that were just written, and its token. Allocates nothing.

import Bytes

public enum RoutingKey {
    /// The token of the partition key of a request with these bound `values`, each a [value]; `columns` are the indices of those
    /// that make up the key, in its order. nil where one of them is null or not set. `scratch` is written over.
    ///
    /// A key of one column is the bytes of its value; one of several has for each a [short] length, the bytes, and a zero.
    public static func token(
        of values: UnsafeRawBufferPointer, columns: UnsafeBufferPointer<Int32>, scratch: inout ByteWriter
    ) -> Int64? {
        if columns.count == 1 { return cell(Int(columns[0]), of: values).map { Murmur3.token($0) } }
        scratch.clear()
        for column in columns {
            guard let cell = cell(Int(column), of: values) else { return nil }
            scratch.put(UInt16(truncatingIfNeeded: cell.count))
            scratch.put(bytes: cell)
            scratch.put(0 as UInt8)
        }
        return Murmur3.token(scratch.bytes)
    }

    /// The bytes of value `index`; nil where it is null, not set, or not there.
    private static func cell(_ index: Int, of values: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        var offset = 0
        for _ in 0..<index {
            guard offset + 4 <= values.count else { return nil }
            offset += 4 + max(0, length(at: offset, of: values))
        }
        guard offset + 4 <= values.count else { return nil }
        let length = length(at: offset, of: values)
        guard length >= 0, offset + 4 + length <= values.count else { return nil }
        return UnsafeRawBufferPointer(rebasing: values[(offset + 4)..<(offset + 4 + length)])
    }

    private static func length(at offset: Int, of values: UnsafeRawBufferPointer) -> Int {
        Int(Int32(bigEndian: values.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
    }
}
