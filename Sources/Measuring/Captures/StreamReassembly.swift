// One direction of a TCP connection: its bytes in order, once each, however the capture has them. What never came is told as a gap.
//
// Segments that are in order pass through without being copied. Those beyond a hole wait until it is filled, until the other end has
// acknowledged what the capture does not have, or until too much waits.

import Quantities

/// What comes out of a stream, in order.
enum StreamPiece {
    /// Bytes; `opensSegment`: they are the first of a segment, where senders like to begin messages.
    case bytes(UnsafeRawBufferPointer, opensSegment: Bool)
    /// So many bytes are not in the capture.
    case gap(Int)
}

/// Bytes that several streams hold on to, and how many they may.
struct HeldBytes {
    var count = 0
    /// Of one stream.
    var mostOfOne = 1 << 20
    /// Of all.
    var most = 16 << 20
}

/// What was odd about streams, in counts.
struct StreamCounts: Equatable {
    /// Bytes that came before.
    var retransmittedBytes = 0
    /// Segments that came before one that belongs in front of them.
    var reorderedSegments = 0
    /// Holes that were given up, and how many bytes they are.
    var gaps = 0
    var gapBytes = 0
    /// Bytes that the capture cut off (snaplen).
    var cutBytes = 0
    /// Sequence numbers far from all that came before: another connection in the place of one whose end was not seen.
    var jumps = 0
}

struct StreamReassembly {
    private struct Waiting {
        var sequence: UInt32
        var bytes: [UInt8]
        var missing: Int
        var time: WallTime
    }

    /// The sequence number that comes next; nil before anything was seen.
    private(set) var next: UInt32?
    /// Behind a hole, by their place in the stream.
    private var waiting: [Waiting] = []
    private var heldBytes = 0

    /// Segments farther ahead than any window allows are no part of this stream.
    private static let farthest = 64 << 20
    /// A hole whose bytes the other end has acknowledged is given up after this: captures swap packets by less, and the
    /// answer to what waits should not come before it.
    private static let patience = Nanoseconds.milliseconds(0.25)
    /// What one waiting segment costs beyond its bytes.
    private static let overhead = 64

    var hasHole: Bool { !waiting.isEmpty }

    /// The first byte has the number after that of the SYN.
    mutating func opened(at sequence: UInt32) { if next == nil { next = sequence &+ 1 } }

    /// Takes a segment's payload and hands on what is in order now.
    mutating func take(
        _ sequence: UInt32, _ payload: UnsafeRawBufferPointer, missing: Int, at time: WallTime, _ held: inout HeldBytes,
        _ counts: inout StreamCounts, _ deliver: (StreamPiece, WallTime) -> Void
    ) {
        guard let expected = next else {
            next = sequence
            return pass(payload, missing, at: time, &counts, deliver)
        }
        let ahead = Int(Int32(bitPattern: sequence &- expected))
        if ahead == 0 && waiting.isEmpty { return pass(payload, missing, at: time, &counts, deliver) }
        guard abs(ahead) <= StreamReassembly.farthest else {
            counts.jumps += 1
            return
        }
        if ahead > 0 {
            wait(Waiting(sequence: sequence, bytes: Array(payload), missing: missing, time: time), &held, &counts)
            if heldBytes > held.mostOfOne || held.count > held.most { giveUpHole(&held, &counts, deliver) }
            return
        }
        passNew(payload, missing, behind: -ahead, at: time, &counts, deliver)
        passWaiting(&held, &counts, at: time, deliver)
    }

    /// The part of a segment that did not come before: it begins `behind` bytes in front of what comes next.
    private mutating func passNew(
        _ payload: UnsafeRawBufferPointer, _ missing: Int, behind: Int, at time: WallTime,
        _ counts: inout StreamCounts,
        _ deliver: (StreamPiece, WallTime) -> Void
    ) {
        let known = min(behind, payload.count)
        counts.retransmittedBytes += known
        let rest = UnsafeRawBufferPointer(rebasing: payload[known...])
        let missing = missing - min(missing, behind - known)
        guard rest.count + missing > 0 else { return }
        pass(rest, missing, opensSegment: behind == 0, at: time, &counts, deliver)
    }

    private mutating func pass(
        _ payload: UnsafeRawBufferPointer, _ missing: Int, opensSegment: Bool = true, at time: WallTime,
        _ counts: inout StreamCounts,
        _ deliver: (StreamPiece, WallTime) -> Void
    ) {
        next = (next ?? 0) &+ UInt32(truncatingIfNeeded: payload.count + missing)
        if !payload.isEmpty { deliver(.bytes(payload, opensSegment: opensSegment), time) }
        if missing > 0 {
            counts.cutBytes += missing
            deliver(.gap(missing), time)
        }
    }

    private mutating func wait(
        _ segment: Waiting, _ held: inout HeldBytes, _ counts: inout StreamCounts
    ) {
        func distance(_ other: Waiting) -> Int32 { Int32(bitPattern: other.sequence &- segment.sequence) }
        let place = waiting.lastIndex { distance($0) <= 0 }.map { $0 + 1 } ?? 0
        if place > 0 && distance(waiting[place - 1]) == 0 && waiting[place - 1].bytes.count >= segment.bytes.count {
            counts.retransmittedBytes += segment.bytes.count
            return
        }
        counts.reorderedSegments += 1
        waiting.insert(segment, at: place)
        heldBytes += segment.bytes.count + StreamReassembly.overhead
        held.count += segment.bytes.count + StreamReassembly.overhead
    }

    /// Hands on those that are in order now: at `time`, when the hole was filled, or as if they came in time where it was not.
    private mutating func passWaiting(
        _ held: inout HeldBytes, _ counts: inout StreamCounts, at time: WallTime? = nil,
        _ deliver: (StreamPiece, WallTime) -> Void
    ) {
        var taken = 0
        while taken < waiting.count {
            let segment = waiting[taken]
            let ahead = Int(Int32(bitPattern: segment.sequence &- (next ?? segment.sequence)))
            guard ahead <= 0 else { break }
            segment.bytes.withUnsafeBytes {
                passNew($0, segment.missing, behind: -ahead, at: time ?? segment.time, &counts, deliver)
            }
            release(segment, &held)
            taken += 1
        }
        waiting.removeFirst(taken)
    }

    private mutating func release(_ segment: Waiting, _ held: inout HeldBytes) {
        heldBytes -= segment.bytes.count + StreamReassembly.overhead
        held.count -= segment.bytes.count + StreamReassembly.overhead
    }

    /// The other end has everything up to `number`: a hole before it will not be filled any more.
    mutating func acknowledged(
        _ number: UInt32, at time: WallTime, _ held: inout HeldBytes, _ counts: inout StreamCounts,
        _ deliver: (StreamPiece, WallTime) -> Void
    ) {
        while let first = waiting.first, Int32(bitPattern: number &- first.sequence) >= 0,
            time - first.time >= StreamReassembly.patience
        {
            giveUpHole(&held, &counts, deliver)
        }
    }

    /// Nothing more comes: what waits is handed on.
    mutating func ended(
        _ held: inout HeldBytes, _ counts: inout StreamCounts, _ deliver: (StreamPiece, WallTime) -> Void
    ) {
        while !waiting.isEmpty { giveUpHole(&held, &counts, deliver) }
    }

    private mutating func giveUpHole(
        _ held: inout HeldBytes, _ counts: inout StreamCounts, _ deliver: (StreamPiece, WallTime) -> Void
    ) {
        guard let first = waiting.first, let expected = next else { return }
        let size = Int(Int32(bitPattern: first.sequence &- expected))
        if size > 0 {
            counts.gaps += 1
            counts.gapBytes += size
            next = first.sequence
            deliver(.gap(size), first.time)
        }
        passWaiting(&held, &counts, deliver)
    }
}
