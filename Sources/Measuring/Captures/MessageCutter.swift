// The bytes of one direction become messages. Unlike a client's, this reader may begin in the middle, meet gaps, and must not keep
// whole what is long: so it finds its place again, and hands on the beginnings of messages where that is all there is.

import Bytes
import CQLProtocol

/// A message, as far as the capture has it.
struct CapturedMessage {
    /// `length` is that on the wire.
    var header: FrameHeader
    /// Decompressed; empty where it cannot be.
    var body: UnsafeRawBufferPointer
    /// Otherwise `body` is the beginning of it, or nothing.
    var isWhole: Bool
}

/// What could not be read of messages, in counts.
struct MessageCounts: Equatable {
    var messages = 0
    /// Messages of which a part is missing: cut by the snaplen, or in a gap.
    var incomplete = 0
    /// Places at which bytes were no message, and the reader had to find the next.
    var lostPlaces = 0
    /// Bytes that were passed over until it was found.
    var skippedBytes = 0
    /// Bodies compressed by something other than LZ4, or damaged.
    var undecompressible = 0
}

/// What both ends agreed on when STARTUP was answered.
struct Agreement {
    /// How what comes next travels.
    var framing: Framing
    /// Whether bodies may be compressed by LZ4; false where it is another algorithm.
    var isLZ4: Bool
}

/// What cutters share: room for what is under way, and for what is decompressed.
final class CutterRoom {
    var counts = MessageCounts()
    var held = HeldBytes()
    var expanded: [UInt8] = []
    /// The most of a message's body that is kept: a request's values are worth more than an answer's rows.
    static let mostOfRequest = 1 << 20
    static let mostOfAnswer = 32 << 10
    static let mostCompressed = 4 << 20
    /// For frames of v5, while no connection is amid a message of its own: most never are.
    private var spareForRequests: FrameAssembler?
    private var spareForAnswers: FrameAssembler?

    func assembler(_ direction: FrameDirection) -> FrameAssembler {
        let spare =
            direction == .request ? exchange(&spareForRequests, with: nil) : exchange(&spareForAnswers, with: nil)
        return spare ?? FrameAssembler(direction, capacity: 4096)
    }

    func giveBack(_ assembler: consuming FrameAssembler, _ direction: FrameDirection) {
        assembler.clear()
        if direction == .request { spareForRequests = consume assembler } else { spareForAnswers = consume assembler }
    }
}

struct MessageCutter: ~Copyable {
    var direction: FrameDirection
    /// How what comes next travels; nil: not known, as the connection began before the capture.
    private(set) var framing: Framing?
    /// Whether the two ends said so.
    private var isAgreed = false
    private var isLZ4 = true
    /// Whether the next byte is known to be in or before a message.
    private(set) var hasPlace: Bool
    private let room: CutterRoom
    /// For v5, while a message is under way; and how much it holds.
    private var assembler: FrameAssembler?
    private var heldInFrames = 0
    /// Of a message under way, in other versions: what there is of its header, then the header, and what there is of its body.
    private var head: [UInt8] = []
    private var header: FrameHeader?
    private var body: [UInt8] = []
    /// Bytes of the body that went by, kept or not.
    private var passed = 0
    private var isBroken = false

    init(_ direction: FrameDirection, framing: Framing?, _ room: CutterRoom) {
        self.direction = direction
        self.framing = framing
        self.room = room
        hasPlace = framing != nil
    }

    deinit { room.held.count -= body.count + heldInFrames }

    /// Takes bytes in their order. `opensSegment`: a message may well begin with them.
    mutating func take(
        _ bytes: UnsafeRawBufferPointer, opensSegment: Bool, _ handle: (CapturedMessage) -> Agreement?
    ) {
        if !hasPlace {
            guard opensSegment, let found = place(bytes) else {
                room.counts.skippedBytes += bytes.count
                return
            }
            (framing, hasPlace) = (found, true)
        }
        if framing == .frames || framing == .compressedFrames {
            takeFrames(bytes, handle)
        } else {
            takeBare(bytes, handle)
        }
    }

    /// How a message that begins with `bytes` would travel; nil where none seems to.
    private func place(_ bytes: UnsafeRawBufferPointer) -> Framing? {
        let candidates = isAgreed ? [framing].compactMap { $0 } : [.frames, .compressedFrames, .compressedBodies]
        return candidates.first { $0.mayBegin(bytes, direction) }
    }

    private mutating func losePlace() {
        room.counts.lostPlaces += 1
        forget()
        hasPlace = false
    }

    private mutating func forget() {
        room.held.count -= body.count + heldInFrames
        heldInFrames = 0
        head.removeAll(keepingCapacity: true)
        header = nil
        body.removeAll(keepingCapacity: body.capacity <= 4096)
        (passed, isBroken) = (0, false)
        assembler = nil
    }

    /// The capture lacks so many bytes. A message goes on behind them where it is known how long it is.
    mutating func skip(_ count: Int, _ handle: (CapturedMessage) -> Agreement?) {
        guard hasPlace else { return }
        guard let header else { return losePlace() }
        isBroken = true
        let rest = header.length - passed
        passed += min(count, rest)
        if count >= rest { finish(header, handle) }
        if count > rest { losePlace() }
    }

    // MARK: v3 and v4, and handshakes

    private mutating func takeBare(_ bytes: UnsafeRawBufferPointer, _ handle: (CapturedMessage) -> Agreement?) {
        var rest = bytes
        while !rest.isEmpty {
            if let header {
                let count = min(header.length - passed, rest.count)
                keep(UnsafeRawBufferPointer(rebasing: rest[..<count]))
                passed += count
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                if passed == header.length { finish(header, handle) }
            } else {
                var start = rest
                if !head.isEmpty || rest.count < FrameHeader.size {
                    let count = min(FrameHeader.size - head.count, rest.count)
                    head += rest[..<count]
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                    guard head.count == FrameHeader.size else { return }
                    start = UnsafeRawBufferPointer(start: nil, count: 0)
                }
                guard let next = header(start) else {
                    room.counts.skippedBytes += rest.count
                    return losePlace()
                }
                head.removeAll(keepingCapacity: true)
                if !start.isEmpty {
                    rest = UnsafeRawBufferPointer(rebasing: rest[FrameHeader.size...])
                    if rest.count >= next.length {
                        // All of it is here: nothing is copied.
                        let body = UnsafeRawBufferPointer(rebasing: rest[..<next.length])
                        rest = UnsafeRawBufferPointer(rebasing: rest[next.length...])
                        hand(next, body, isWhole: true, handle)
                        if changedFraming(rest, handle) { return }
                        continue
                    }
                }
                header = next
                if next.length == 0 { finish(next, handle) }
            }
            if changedFraming(rest, handle) { return }
        }
    }

    /// v5 begins behind the answer to STARTUP.
    private mutating func changedFraming(
        _ rest: UnsafeRawBufferPointer, _ handle: (CapturedMessage) -> Agreement?
    ) -> Bool {
        guard header == nil, head.isEmpty, framing == .frames || framing == .compressedFrames else { return false }
        if !rest.isEmpty { takeFrames(rest, handle) }
        return true
    }

    /// From `start`, or from what was kept where that is empty.
    private func header(_ start: UnsafeRawBufferPointer) -> FrameHeader? {
        if !start.isEmpty { return try? FrameHeader.read(start, direction) }
        return head.withUnsafeBytes { try? FrameHeader.read($0, direction) }
    }

    private mutating func keep(_ bytes: UnsafeRawBufferPointer) {
        guard !isBroken, let header else { return }
        let isCompressed = header.flags.contains(.compressed)
        let most = direction == .request || isCompressed ? CutterRoom.mostOfRequest : CutterRoom.mostOfAnswer
        let count = min(bytes.count, max(0, most - body.count))
        if count < bytes.count || room.held.count + count > room.held.most { isBroken = true }
        if isBroken && isCompressed { return }
        body += bytes[..<(room.held.count + count > room.held.most ? 0 : count)]
        room.held.count += count
    }

    private mutating func finish(_ header: FrameHeader, _ handle: (CapturedMessage) -> Agreement?) {
        let whole = !isBroken
        let body = exchange(&self.body, with: [])
        room.held.count -= body.count
        (self.header, passed, isBroken) = (nil, 0, false)
        body.withUnsafeBytes { hand(header, $0, isWhole: whole, handle) }
        guard body.capacity <= 4096 else { return }
        self.body = body
        self.body.removeAll(keepingCapacity: true)
    }

    private mutating func hand(
        _ header: FrameHeader, _ body: UnsafeRawBufferPointer, isWhole: Bool, _ handle: (CapturedMessage) -> Agreement?
    ) {
        room.counts.messages += 1
        if !isWhole { room.counts.incomplete += 1 }
        guard header.flags.contains(.compressed) else {
            change(handle(CapturedMessage(header: header, body: body, isWhole: isWhole)))
            return
        }
        var plain = header
        plain.flags.remove(.compressed)
        let nothing = CapturedMessage(
            header: plain, body: UnsafeRawBufferPointer(start: nil, count: 0), isWhole: header.length == 0)
        guard isWhole, isLZ4, let length = expand(body) else {
            if isWhole { room.counts.undecompressible += 1 }
            change(handle(nothing))
            return
        }
        let agreement = room.expanded.withUnsafeBytes {
            handle(CapturedMessage(header: plain, body: UnsafeRawBufferPointer(rebasing: $0[..<length]), isWhole: true))
        }
        change(agreement)
    }

    private mutating func change(_ agreement: Agreement?) { if let agreement { agree(agreement) } }

    mutating func agree(_ agreement: Agreement) {
        (framing, isLZ4, isAgreed) = (agreement.framing, agreement.isLZ4, true)
    }

    /// Decompresses a body of v3 or v4 (behind its length, an LZ4 block) into the common room. Nil where it is none.
    private func expand(_ body: UnsafeRawBufferPointer) -> Int? {
        guard body.count >= 4 else { return nil }
        let length = Int(Int32(bitPattern: body.big32(at: 0)))
        let block = UnsafeRawBufferPointer(rebasing: body[4...])
        guard length >= 0, length <= CutterRoom.mostCompressed, length <= LZ4.most(from: block.count) else {
            return nil
        }
        if room.expanded.count < length { room.expanded = [UInt8](repeating: 0, count: length) }
        let isRight = room.expanded.withUnsafeMutableBytes {
            length == 0 || LZ4.decompress(block, into: UnsafeMutableRawBufferPointer(rebasing: $0[..<length]))
        }
        return isRight ? length : nil
    }

    // MARK: v5

    private mutating func takeFrames(_ bytes: UnsafeRawBufferPointer, _ handle: (CapturedMessage) -> Agreement?) {
        guard let framing else { return }
        var assembler = exchange(&self.assembler, with: nil) ?? room.assembler(direction)
        room.held.count -= heldInFrames
        heldInFrames = 0
        assembler.framing = framing
        var rest = bytes
        var hadLong = false
        while !rest.isEmpty {
            let space = assembler.space()
            let count = min(space.count, rest.count)
            space.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<count]))
            assembler.filled(count)
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            do throws(ProtocolError) {
                while let frame = try assembler.next() {
                    hadLong = hadLong || frame.body.count > 16 << 10
                    hand(frame.header, frame.body, isWhole: true, handle)
                }
            } catch {
                room.counts.skippedBytes += rest.count
                return losePlace()
            }
            guard assembler.heldBytes <= CutterRoom.mostCompressed else {
                room.counts.skippedBytes += rest.count
                return losePlace()
            }
        }
        // A long message makes room that nobody else needs.
        guard assembler.isAmidMessage else { return hadLong ? () : room.giveBack(assembler, direction) }
        heldInFrames = assembler.heldBytes
        room.held.count += heldInFrames
        self.assembler = consume assembler
        if room.held.count > room.held.most { losePlace() }
    }
}
