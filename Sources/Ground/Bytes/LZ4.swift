// LZ4 blocks, by liblz4. A block alone does not say how long it is or how long it was: whoever stores one stores both.

import CLZ4

public enum LZ4 {
    /// The most that `count` bytes can come to.
    public static func bound(_ count: Int) -> Int { Int(LZ4_compressBound(Int32(count))) }

    /// The most bytes that a block of `count` bytes can stand for: a byte of it stands for at most 255.
    public static func most(from count: Int) -> Int { count * 255 }

    /// Compresses `source` to the start of `target`, which holds `bound` bytes. Returns how many were written. Allocates nothing.
    public static func compress(
        _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) -> Int {
        precondition(target.count >= bound(source.count), "room for the worst case")
        return Int(
            LZ4_compress_default(
                source.baseAddress?.assumingMemoryBound(to: CChar.self),
                target.baseAddress!.assumingMemoryBound(to: CChar.self), Int32(source.count), Int32(target.count)))
    }

    /// Decompresses the block `source` into `target`. False where it is no block, or comes to another number of bytes than
    /// `target` has.
    public static func decompress(
        _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) -> Bool {
        guard source.count > 0, let start = target.baseAddress else { return false }
        let written = LZ4_decompress_safe(
            source.baseAddress!.assumingMemoryBound(to: CChar.self), start.assumingMemoryBound(to: CChar.self),
            Int32(source.count), Int32(target.count))
        return Int(written) == target.count
    }
}
