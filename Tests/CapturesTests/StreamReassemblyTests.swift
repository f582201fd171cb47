// Streams come out whole and in order, whatever the capture did to their segments; what it lost is told.

import Quantities
import TestSupport
import Testing

@testable import Captures

/// Feeds segments to a stream and writes down what comes out.
private final class Listener {
    var stream = StreamReassembly()
    var held = HeldBytes()
    var counts = StreamCounts()
    var bytes: [UInt8] = []
    /// Where gaps are, and how long.
    var gaps: [String] = []
    var time = WallTime(unixNanoseconds: 0)

    func take(_ sequence: UInt32, _ payload: [UInt8], missing: Int = 0) {
        payload.withUnsafeBytes {
            stream.take(sequence, $0, missing: missing, at: time, &held, &counts) { piece, _ in note(piece) }
        }
    }

    func acknowledge(_ number: UInt32) {
        stream.acknowledged(number, at: time, &held, &counts) { piece, _ in note(piece) }
    }
    func end() { stream.ended(&held, &counts) { piece, _ in note(piece) } }

    private func note(_ piece: StreamPiece) {
        switch piece {
        case .bytes(let piece, _): bytes += Array(piece)
        case .gap(let size): gaps.append("\(size) behind \(bytes.count)")
        }
    }
}

@Suite struct StreamReassemblyTests {
    @Test func `Segments in order pass through, also around the end of the numbers`() {
        let listener = Listener()
        listener.stream.opened(at: .max - 2)
        listener.take(.max - 1, [1, 2, 3])
        listener.take(1, [4])
        #expect(listener.bytes == [1, 2, 3, 4])
        #expect(listener.gaps.isEmpty)
        #expect(listener.counts == StreamCounts())
    }

    @Test func `A capture that begins in the middle takes what comes first as the beginning`() {
        let listener = Listener()
        listener.take(7_000, [1, 2])
        listener.take(7_002, [3])
        #expect(listener.bytes == [1, 2, 3])
    }

    @Test(arguments: 0..<60) func `Shuffled, doubled and overlapping segments come out once`(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let all = (0..<2_000).map { _ in UInt8(random.below(256)) }
        let start = UInt32(truncatingIfNeeded: random.next())
        var segments: [(Int, Int)] = []
        var place = 0
        while place < all.count {
            let size = min(1 + Int(random.below(100)), all.count - place)
            segments.append((place, size))
            // A third comes again, a little longer or shorter.
            if random.unit() < 0.3 { segments.append((place, min(size + Int(random.below(30)), all.count - place))) }
            place += size
        }
        segments.shuffle(using: &random)
        let listener = Listener()
        listener.stream.opened(at: start &- 1)
        for (place, size) in segments {
            listener.take(start &+ UInt32(place), Array(all[place..<place + size]))
        }
        #expect(listener.bytes == all)
        #expect(listener.gaps.isEmpty)
        #expect(listener.held.count == 0, "nothing is held once all is handed on")
    }

    @Test func `A hole that the other end has acknowledged is given up after a while, and told`() {
        let listener = Listener()
        listener.take(100, [1])
        listener.take(105, [6, 7])
        listener.acknowledge(107)
        #expect(listener.bytes == [1], "captures swap packets: not at once")
        listener.time = WallTime(unixNanoseconds: 1_000_000_000)
        listener.acknowledge(101)
        #expect(listener.bytes == [1], "the other end does not have it either")
        listener.acknowledge(107)
        #expect(listener.bytes == [1, 6, 7])
        #expect(listener.gaps == ["4 behind 1"])
        #expect(listener.counts.gapBytes == 4)
        listener.take(101, [2, 3, 4, 5])
        #expect(listener.bytes == [1, 6, 7], "too late")
        #expect(listener.counts.retransmittedBytes == 4)
    }

    @Test func `What waits behind a hole is bounded, for one stream and for all`() {
        for (one, all) in [(10_000, 1 << 20), (1 << 20, 10_000)] {
            let listener = Listener()
            listener.held.mostOfOne = one
            listener.held.most = all
            listener.take(0, [0])
            for index in 0..<1_000 { listener.take(UInt32(2 + index * 100), Array(repeating: 9, count: 100)) }
            #expect(listener.held.count <= 10_000)
            #expect(listener.bytes.count > 80_000)
            #expect(listener.gaps == ["1 behind 1"])
        }
    }

    @Test func `Bytes that the snaplen cut are a gap of known size, and what follows is in its place`() {
        let listener = Listener()
        listener.take(10, [1, 2], missing: 3)
        listener.take(15, [6])
        #expect(listener.bytes == [1, 2, 6])
        #expect(listener.gaps == ["3 behind 2"])
        #expect(listener.counts.cutBytes == 3)
        #expect(listener.counts.gaps == 0)
    }

    @Test func `The end hands on what waits; a number far away is no part of the stream`() {
        let listener = Listener()
        listener.take(1, [1])
        listener.take(4, [4])
        listener.take(1 << 30, [9])
        listener.end()
        #expect(listener.bytes == [1, 4])
        #expect(listener.counts.jumps == 1)
    }
}
