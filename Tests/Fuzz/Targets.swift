// What libFuzzer throws bytes at: frames, the bodies of answers, the handshake, values, the lab's end of a connection, and what people
// write. Nothing may trap, hang or grow without bound; where something can be read it must read the same in any pieces, and values must
// come back from their own encoding.
//
// Built and run by fuzz.sh. One program; ASSAY_FUZZ_TARGET names the target.

import Bytes
import CQLProtocol
import Documents
import Glibc
import Lab
import Quantities
import Workloads

/// A part of Assay that reads what others wrote.
enum FuzzTarget: String, CaseIterable {
    case frames, bodies, handshake, values, lab, yaml, workload

    func take(_ bytes: UnsafeRawBufferPointer) {
        switch self {
        case .frames: takeFrames(bytes)
        case .bodies: takeBody(bytes)
        case .handshake: takeHandshake(bytes)
        case .values: takeValue(bytes)
        case .lab: takeRequests(bytes)
        case .yaml: _ = try? YAML.read(String(decoding: bytes, as: UTF8.self), file: "fuzz.yaml")
        case .workload: _ = try? Profile.read(String(decoding: bytes, as: UTF8.self), file: "fuzz.yaml")
        }
    }
}

/// What became of a stream of bytes: the frames that were cut from it, and whether it ended in an error.
private struct Cut: Equatable {
    var frames: [[UInt8]] = []
    var failed = false
}

/// `bytes` in pieces of the given size.
private func cut(_ bytes: UnsafeRawBufferPointer, pieces: Int) -> Cut {
    var assembler = FrameAssembler(.response, capacity: 64)
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

private func takeFrames(_ bytes: UnsafeRawBufferPointer) {
    let whole = cut(bytes, pieces: .max)
    precondition(cut(bytes, pieces: 1) == whole, "bytes that come one by one must give the same frames")
    precondition(cut(bytes, pieces: 7) == whole, "bytes that come in sevens must give the same frames")
}

/// One byte of opcode, one of flags, then a body.
private func takeBody(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 2, let opcode = Opcode(rawValue: bytes[0] & 0x1F) else { return }
    let body = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(2))
    read(
        FrameHeader(flags: FrameFlags(rawValue: bytes[1]), stream: 1, opcode: opcode, length: body.count), body)
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
    switch first % 4 {
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
