// The id of a prepared statement: the same text in the same keyspace has the same one, on every connection.

import Bytes

/// 16 bytes, as Cassandra's ids are.
struct PreparedID: Hashable, Sendable {
    var high: UInt64
    var low: UInt64

    init(keyspace: String?, text: String) {
        (high, low) = Array("\(keyspace ?? "") \(text)".utf8).withUnsafeBytes { Murmur3.hash($0) }
    }

    /// Nil where the id hasn't the length of one of ours.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 16 else { return nil }
        high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
        low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    var bytes: [UInt8] { Literals.bytes(high) + Literals.bytes(low) }
}
