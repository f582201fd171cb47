// Texts and blobs are slices of bytes that are made once, so that making a value costs no allocation.

import Quantities

/// Bytes that live as long as the process. Their contents are the same in every run; only offsets and lengths are drawn.
public struct BytePool: @unchecked Sendable {
    /// Bytes in a pool, and so the greatest length of a text or blob.
    public static let size = 1 << 16

    /// Lower-case words and spaces: printable, and about as compressible as prose.
    public static let text = {
        let letters = Array("eeeeetttaaaooinnsshrrdlcumwfgypbvk      ".utf8)
        return BytePool { random in letters[Int(random.below(UInt64(letters.count)))] }
    }()
    /// Bytes of every value, which no compression shortens.
    public static let blob = BytePool { random in UInt8(truncatingIfNeeded: random.next()) }

    // Never freed and never written to after `init`: hence Sendable, and no reference is counted where it is used.
    private let bytes: UnsafeRawBufferPointer

    private init(_ next: (inout SeededRandom) -> UInt8) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: BytePool.size, alignment: 8)
        var random = SeededRandom(seed: 0x6F72_6465_7273)
        for index in memory.indices { memory[index] = next(&random) }
        bytes = UnsafeRawBufferPointer(memory)
    }

    /// Makes both pools now, so that no operation of a run has to wait for them.
    static func prepare() { _ = (text, blob) }

    /// `length` bytes from a place that is drawn; at most the whole pool.
    public func slice(_ length: Int, _ random: inout SeededRandom) -> UnsafeRawBufferPointer {
        let length = min(length, bytes.count)
        let start = Int(random.below(UInt64(bytes.count - length + 1)))
        return UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])
    }
}
