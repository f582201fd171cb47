// The notations of native_protocol_v4.spec, section 3, written. The names follow the specification's.

import Bytes

extension ByteWriter {
    /// [string]: at most 65,535 bytes of UTF-8.
    public mutating func put(string: String) {
        let length = string.utf8.count
        precondition(length <= 0xFFFF, "a [string] of more than 65,535 bytes")
        put(UInt16(length))
        put(utf8: string)
    }
    /// [long string].
    public mutating func put(longString: String) {
        put(Int32(longString.utf8.count))
        put(utf8: longString)
    }
    /// [string list].
    public mutating func put(stringList: [String]) {
        put(UInt16(stringList.count))
        for string in stringList { put(string: string) }
    }
    /// [string map], in the order given.
    public mutating func put(stringMap: KeyValuePairs<String, String>) {
        put(UInt16(stringMap.count))
        for (key, value) in stringMap {
            put(string: key)
            put(string: value)
        }
    }
    /// [string multimap], in the order given.
    public mutating func put(stringMultimap: KeyValuePairs<String, [String]>) {
        put(UInt16(stringMultimap.count))
        for (key, list) in stringMultimap {
            put(string: key)
            put(stringList: list)
        }
    }
    /// [short bytes].
    public mutating func put(shortBytes: [UInt8]) {
        put(UInt16(shortBytes.count))
        put(bytes: shortBytes)
    }
    /// [bytes], of which nil is null.
    public mutating func put(cell: [UInt8]?) {
        guard let cell else { return put(Int32(-1)) }
        put(Int32(cell.count))
        put(bytes: cell)
    }
    /// [bytes] from borrowed memory.
    public mutating func put(cell: UnsafeRawBufferPointer) {
        put(Int32(cell.count))
        put(bytes: cell)
    }
    public mutating func put(consistency: Consistency) { put(consistency.rawValue) }
}
