// What libFuzzer throws bytes at: frames, the bodies of answers, the handshake, values, the lab's end of a connection, what people write,
// the logs of other programs, and captures of packets. Nothing may trap, hang or grow without bound; where something can be read it must read the same in any pieces, and values must
// come back from their own encoding.
//
// Built and run by fuzz.sh. One program; ASSAY_FUZZ_TARGET names the target.

import Bytes
import CQLProtocol
import Captures
import Comparisons
import Documents
import Glibc
import Histograms
import Lab
import Quantities
import Workloads

/// A part of Assay that reads what others wrote.
enum FuzzTarget: String, CaseIterable {
    case frames, payloads, bodies, handshake, values, lab, yaml, workload, histograms, logs, captures, streams

    func take(_ bytes: UnsafeRawBufferPointer) {
        switch self {
        case .frames: takeFrames(bytes)
        case .payloads: takePayload(bytes)
        case .bodies: takeBody(bytes)
        case .handshake: takeHandshake(bytes)
        case .values: takeValue(bytes)
        case .lab: takeRequests(bytes)
        case .yaml: _ = try? YAML.read(String(decoding: bytes, as: UTF8.self), file: "fuzz.yaml")
        case .workload: _ = try? Profile.read(String(decoding: bytes, as: UTF8.self), file: "fuzz.yaml")
        case .histograms: takeHistogram(Array(bytes))
        case .logs: takeLog(Array(bytes))
        case .captures: takeCapture(bytes)
        case .streams: takeStreams(Array(bytes))
        }
    }
}

/// What became of a stream of bytes: the frames that were cut from it, and whether it ended in an error.
private struct Cut: Equatable {
    var frames: [[UInt8]] = []
    var failed = false
}

/// `bytes` in pieces of the given size.
private func cut(_ bytes: UnsafeRawBufferPointer, _ framing: Framing, pieces: Int) -> Cut {
    var assembler = FrameAssembler(.response, capacity: 64)
    assembler.framing = framing
    var cut = Cut()
    var rest = bytes[...]
    while !rest.isEmpty && !cut.failed {
        let space = assembler.space()
        let count = min(rest.count, space.count, pieces)
        space.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest.prefix(count)))
        assembler.filled(count)
        rest = rest.dropFirst(count)
        do {
            while let frame = try assembler.next() {
                cut.frames.append([frame.header.opcode.rawValue, frame.header.flags.rawValue] + Array(frame.body))
                read(frame.header, frame.body)
            }
        } catch {
            cut.failed = true
        }
    }
    return cut
}

private func read(_ header: FrameHeader, _ body: UnsafeRawBufferPointer) {
    _ = try? Response.read(header, body)
    _ = try? ResultSummary.read(body, flags: header.flags)
    _ = try? ErrorAnswer.readCode(body, flags: header.flags)
}

private func takeAlike(_ bytes: UnsafeRawBufferPointer, _ framing: Framing) {
    let whole = cut(bytes, framing, pieces: .max)
    precondition(cut(bytes, framing, pieces: 1) == whole, "bytes that come one by one must give the same frames")
    precondition(cut(bytes, framing, pieces: 7) == whole, "bytes that come in sevens must give the same frames")
}

/// The first byte says how the rest travels.
private func takeFrames(_ bytes: UnsafeRawBufferPointer) {
    let framings = [Framing.bare, .compressedBodies, .frames, .compressedFrames]
    guard let first = bytes.first else { return }
    takeAlike(UnsafeRawBufferPointer(rebasing: bytes.dropFirst()), framings[Int(first) % framings.count])
}

/// Frames of v5 whose checksums are right, around payloads that need not be: chance alone does not find a checksum. The first byte says
/// whether they are compressed and hold whole messages, the next two how long they say that they were before; the rest is two payloads.
private func takePayload(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 5 else { return }
    let (flags, claimed) = (bytes[0], Int(bytes[1]) << 8 | Int(bytes[2]))
    let middle = 3 + (bytes.count - 3) * Int(bytes[3]) / 256
    var sent = ByteWriter()
    for part in [bytes[3..<middle], bytes[middle...]] {
        putFrame(Array(part), isCompressed: flags & 1 == 1, isWhole: flags & 2 == 2, claimed: claimed, into: &sent)
    }
    takeAlike(sent.bytes, flags & 1 == 1 ? .compressedFrames : .frames)
}

/// As native_protocol_v5.spec, section 2.2, has it.
private func putFrame(
    _ payload: [UInt8], isCompressed: Bool, isWhole: Bool, claimed: Int, into writer: inout ByteWriter
) {
    var bits = UInt64(payload.count)
    if isCompressed { bits |= UInt64(claimed) << 17 }
    if isWhole { bits |= 1 << (isCompressed ? 34 : 17) }
    let header = (0..<(isCompressed ? 5 : 3)).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) }
    let sum = header.withUnsafeBytes { crc24($0) }
    writer.put(bytes: header)
    for place in 0..<3 { writer.put(UInt8(truncatingIfNeeded: sum >> (8 * UInt32(place)))) }
    writer.put(bytes: payload)
    writer.put(payload.withUnsafeBytes { frameCRC32($0) }.byteSwapped)
}

/// One byte of opcode (five bits) and version, one of flags, then a body.
private func takeBody(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 2, let opcode = Opcode(rawValue: bytes[0] & 0x1F) else { return }
    let body = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(2))
    read(
        FrameHeader(
            version: 3 + (bytes[0] >> 5) % 3, direction: .response, flags: FrameFlags(rawValue: bytes[1]), stream: 1,
            opcode: opcode, length: body.count), body)
}

/// The first byte says whether there are credentials; the rest is what a server sends.
private func takeHandshake(_ bytes: UnsafeRawBufferPointer) {
    guard let first = bytes.first else { return }
    let credentials = first & 1 == 1 ? Credentials(user: "u", password: "p") : nil
    var machine = ConnectionMachine(credentials: credentials, driverVersion: "fuzz")
    _ = machine.connected()
    var assembler = FrameAssembler(.response, capacity: 64)
    var rest = bytes.dropFirst()
    while !rest.isEmpty {
        let space = assembler.space()
        let count = min(rest.count, space.count)
        space.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest.prefix(count)))
        assembler.filled(count)
        rest = rest.dropFirst(count)
        do {
            while let frame = try assembler.next() {
                switch machine.received(frame) {
                case .ready, .fail: return
                case .send, nil: break
                }
            }
        } catch {
            _ = machine.receivedGarbage(assembler.pending)
            return
        }
    }
}

/// The server's end: whole requests, statements in CQL among them.
private func takeRequests(_ bytes: UnsafeRawBufferPointer) {
    let session = LabSession(node: LabNode(.old))
    let now = Instant(nanoseconds: 0)
    _ = session.receive(Request.startup(driverVersion: "fuzz").bytes(stream: 0), now: now)
    _ = session.receive(bytes, now: now)
}

/// A type in a few bytes, then a cell of it.
private func takeValue(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes[...]
    guard let type = takeType(&rest, depth: 0) else { return }
    guard let value = try? CQLValue(Array(rest), as: type) else { return }
    guard let cell = try? value.encoded(as: type) else { return }
    let again = try? CQLValue(cell, as: type)
    precondition(again.map { "\($0)" } == "\(value)", "a \(type) that was read must come back from its own encoding")
}

private func takeType(_ rest: inout Slice<UnsafeRawBufferPointer>, depth: Int) -> CQLType? {
    guard let first = rest.popFirst() else { return nil }
    let simple = FuzzSeeds.simpleTypes
    if first < 200 || depth > 3 { return simple[Int(first) % simple.count] }
    switch first % 5 {
    case 4: return takeType(&rest, depth: depth + 1).map { .vector($0, dimensions: 1 + Int(first - 200) % 7) }
    case 0: return takeType(&rest, depth: depth + 1).map { .list($0) }
    case 1: return takeType(&rest, depth: depth + 1).map { .set($0) }
    case 2:
        guard let key = takeType(&rest, depth: depth + 1), let value = takeType(&rest, depth: depth + 1) else {
            return nil
        }
        return .map(key, value)
    default:
        guard let one = takeType(&rest, depth: depth + 1), let two = takeType(&rest, depth: depth + 1) else {
            return nil
        }
        return .tuple([one, two])
    }
}

/// A histogram as some program encoded it, and the same bytes as if they were deflated.
private func takeHistogram(_ bytes: [UInt8]) {
    _ = try? LoggedHistogram(logged: bytes)
    _ = gunzipped(bytes, limit: 1 << 20)
    guard let own = try? Histogram(encoded: bytes) else { return }
    precondition((try? Histogram(compressed: own.compressed())) == own, "a histogram must come back from its encoding")
}

/// A log as it is; then one whose lines are right and whose histograms are made of the bytes: chance alone does not find Base64 and a head.
/// Compared with itself it must show nothing.
private func takeLog(_ bytes: [UInt8]) {
    _ = try? IntervalLogFile(String(decoding: bytes, as: UTF8.self))
    var (text, rest) = ("", bytes[...])
    while rest.count >= 4 {
        let head = rest.prefix(4).map { Int($0) }
        let payload = rest.dropFirst(4).prefix(head[0])
        rest = rest.dropFirst(4 + payload.count)
        var encoded = ByteWriter()
        encoded.put(UInt32(0x1C84_9313))
        encoded.put(Int32(payload.count))
        encoded.put(Int32(0))
        encoded.put(Int32(head[1] % 6))
        encoded.put(Int64(1) << Int64(head[1] / 6))
        encoded.put(Int64(0))
        encoded.put(head[3] >= 250 ? 0.5 : 1.0)
        encoded.put(bytes: Array(payload))
        let tag = ["", "Tag=a-rt,", "Tag=a-st,", "Tag=b,"][head[2] % 4]
        text += "\(tag)\(head[2]),\(Double(head[3]) / 8),1.0,\(base64(encoded.array))\n"
    }
    guard let log = try? IntervalLogFile(text, joining: bytes.first ?? 0 < 128 ? 0 : MeasuredRun.joinedSeconds),
        let run = try? MeasuredRun(log, unit: .microseconds, name: "fuzz", madeFrom: [:]),
        let comparison = try? compareUnpaired(run, run)
    else { return }
    _ = UnpairedComparison.document([comparison]).text()
    for effect in comparison.operations.flatMap(\.effects) {
        precondition(effect.logRatio ?? 0 == 0, "a log compared with itself shows no effect")
        precondition(
            (effect.estimate == nil) == (effect.unavailable != nil), "an interval, or the reason why there is none")
    }
}

/// A file of packets, whatever is in it; what comes of it must be a workload, or nothing.
private func takeCapture(_ bytes: UnsafeRawBufferPointer) {
    guard let source = try? PacketSource(bytes: bytes) else { return }
    let capture = TrafficCapture(source)
    while capture.read(packets: 1000) {}
    capture.finish()
    let text = capture.workload(name: "fuzz", source: "fuzz", version: "0")
    _ = capture.document(source: "fuzz", version: "0").text()
    guard !capture.summary.isEmpty else { return }
    do { _ = try Profile.read(text, file: "fuzz.yaml") } catch {
        preconditionFailure("a workload that was captured must be one that can be read: \(error)\n\(text)")
    }
}

/// Segments whose headers are right, around payloads that need not be: chance alone does not find a header. Each begins with a byte that
/// says who sends, and what becomes of the segment, and one for its length.
private func takeStreams(_ bytes: [UInt8]) {
    var file = FuzzSeeds.pcapHead
    var next: [UInt32] = [1, 1]
    for side in 0...1 {
        file += FuzzSeeds.packet(side, sequence: 0, acknowledgement: 0, flags: side == 0 ? 0x02 : 0x12, [])
    }
    var rest = bytes[...]
    while rest.count >= 2 {
        let (flags, length) = (rest.removeFirst(), Int(rest.removeFirst()))
        let payload = Array(rest.prefix(length))
        rest = rest.dropFirst(length)
        let side = Int(flags & 1)
        // One in eight is lost, one in eight comes twice.
        let copies = flags >> 1 & 7 == 0 ? 0 : flags >> 1 & 7 == 1 ? 2 : 1
        for _ in 0..<copies {
            file += FuzzSeeds.packet(
                side, sequence: next[side], acknowledgement: next[1 - side], flags: 0x10, payload,
                cut: flags >> 4 == 15 ? 5 : 0)
        }
        next[side] &+= UInt32(payload.count)
    }
    file.withUnsafeBytes(takeCapture)
}

private let target: FuzzTarget = {
    let name = getenv("ASSAY_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        preconditionFailure("ASSAY_FUZZ_TARGET must be one of \(FuzzTarget.allCases.map(\.rawValue))")
    }
    return target
}()

@_cdecl("LLVMFuzzerInitialize")
public func fuzzInitialize(_ count: UnsafePointer<CInt>, _ arguments: UnsafeRawPointer) -> CInt {
    if let folder = getenv("ASSAY_FUZZ_WRITE_SEEDS") {
        FuzzSeeds.write(to: String(cString: folder))
        exit(0)
    }
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target.take(UnsafeRawBufferPointer(start: start, count: count))
    return 0
}
