// Texts of a workload's own alphabet or words: slices of a text that is made once, so that making a value costs no allocation.

import Quantities

/// Some text of certain letters or words, the same in every run. Values are drawn through its `view`, which must not outlive it.
public final class TextPool: @unchecked Sendable {
    // Written by `init` alone: hence Sendable.
    private let bytes: UnsafeMutableRawBufferPointer
    /// Where each word begins, and at the end where a next one would.
    private let starts: UnsafeMutableBufferPointer<Int32>

    /// Letters of `alphabet`, which is ASCII, all alike.
    init(alphabet: [UInt8]) {
        precondition(!alphabet.isEmpty, "an alphabet has letters")
        var random = SeededRandom(seed: 0x616C_7068_6162)
        bytes = .allocate(byteCount: BytePool.size, alignment: 8)
        for index in bytes.indices { bytes[index] = alphabet[Int(random.below(UInt64(alphabet.count)))] }
        starts = .allocate(capacity: 0)
    }

    /// Words with a space between, all alike; none is empty.
    init(words: [String]) {
        precondition(!words.isEmpty && words.allSatisfy { !$0.isEmpty }, "words have letters")
        var random = SeededRandom(seed: 0x776F_7264_73)
        var text: [UInt8] = []
        var starts: [Int32] = []
        while text.count < BytePool.size || starts.count < 64 {
            starts.append(Int32(text.count))
            text += Array(words[Int(random.below(UInt64(words.count)))].utf8) + [UInt8(ascii: " ")]
        }
        starts.append(Int32(text.count))
        bytes = .allocate(byteCount: text.count, alignment: 8)
        bytes.copyBytes(from: text)
        self.starts = .allocate(capacity: starts.count)
        _ = self.starts.initialize(from: starts)
    }

    deinit {
        bytes.deallocate()
        starts.deallocate()
    }

    var view: View { View(bytes: UnsafeRawBufferPointer(bytes), starts: UnsafeBufferPointer(starts)) }

    /// Borrowed from a pool.
    public struct View: @unchecked Sendable {
        let bytes: UnsafeRawBufferPointer
        let starts: UnsafeBufferPointer<Int32>

        /// Words in the pool, and so the most that a text can have.
        @usableFromInline var words: Int { starts.count - 1 }

        /// `length` bytes from a place that is drawn.
        @usableFromInline func letters(_ length: Int, _ random: inout SeededRandom) -> UnsafeRawBufferPointer {
            let start = Int(random.below(UInt64(bytes.count - length + 1)))
            return UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])
        }

        /// `count` words in a row, without the space behind the last.
        @usableFromInline func words(_ count: Int, _ random: inout SeededRandom) -> UnsafeRawBufferPointer {
            if count == 0 { return UnsafeRawBufferPointer(rebasing: bytes[..<0]) }
            let first = Int(random.below(UInt64(words - count + 1)))
            return UnsafeRawBufferPointer(rebasing: bytes[Int(starts[first])..<Int(starts[first + count]) - 1])
        }
    }
}
