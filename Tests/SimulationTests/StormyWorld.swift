// Virtual time with bad weather: the lab's nodes behind connections that lose, delay, cut, repeat and garble what goes over them, all
// from a seed. Time goes on only in `wait`.

import Glibc
import Lab
import Load
import Quantities
import Reactor

final class StormyWorld: World {
    private enum Event {
        case writable
        case arrival([UInt8])
        /// The rest of what has arrived may be read.
        case reveal
        /// Nothing happened but that something is to be read: an end, an error.
        case broken
    }

    private struct Line {
        var session: LabSession
        var inbox: [UInt8] = []
        /// How much of the inbox may be read now.
        var visible = 0
        var generation: Int
        /// errno of a reset; 0 for an end in good order.
        var ended: Int32?
        var isBlocked = false
        var isRefused = false
    }

    /// What the world did that the recording must show.
    struct Ledger {
        var dropped = 0
        var broken = 0
        var garbled = 0
    }

    private var clock = Instant(nanoseconds: 1_000_000_000)
    private var events = TimerHeap<(link: Int, generation: Int, event: Event)>()
    private var lines: [Int: Line] = [:]
    private var generations = 0
    private var random: SeededRandom
    private let nodes: [UInt16: LabNode]
    private let storm: Storm
    /// The weather lasts from just after the connections are made until here.
    private let calmFrom: Instant
    private var defect: PlantedDefect?
    /// Answers that are still to be taken at an instant of the past.
    private var answersInThePast = 0
    private var isInThePast = false
    private(set) var ledger = Ledger()

    /// One way, between worker and node.
    static let travel = Nanoseconds(20_000)
    private static let stormFrom = Instant(nanoseconds: 1_050_000_000)
    /// When a planted defect shows.
    private static let defectFrom = Instant(nanoseconds: 9_000_000_000)

    /// Nodes by the port of their endpoint.
    init(_ nodes: [UInt16: LabNode], storm: Storm, seed: UInt64, calmFrom: Instant, defect: PlantedDefect? = nil) {
        self.nodes = nodes
        self.storm = storm
        self.calmFrom = calmFrom
        self.defect = defect
        random = SeededRandom(seed: SeededRandom.derive(seed, "weather"))
    }

    private var isStormy: Bool { clock >= StormyWorld.stormFrom && clock < calmFrom }

    private func strikes(_ share: Double) -> Bool { share > 0 && isStormy && random.unit() < share }

    private func shows(_ planted: PlantedDefect) -> Bool {
        guard defect == planted && clock >= StormyWorld.defectFrom else { return false }
        defect = nil
        return true
    }

    private func after(_ time: Nanoseconds, _ link: Int, _ generation: Int, _ event: Event) {
        events.insert((link, generation, event), due: clock + time)
    }

    // MARK: What the worker sees

    func now() -> Instant {
        isInThePast ? Instant(nanoseconds: clock.nanoseconds - 10_000_000) : clock
    }
    func workerCPU() -> Nanoseconds { .zero }
    func runQueueDelay() -> Nanoseconds? { nil }

    func connect(_ link: Int, to endpoint: Endpoint, tls: TLSContext?) throws(SystemError) {
        generations += 1
        var line = Line(session: LabSession(node: nodes[endpoint.port]!), generation: generations)
        let isHopeless = strikes(storm.refusals)
        line.isRefused = isHopeless && random.unit() < 0.8
        lines[link] = line
        // One in five hopeless connections never comes about at all.
        if !isHopeless || line.isRefused { after(StormyWorld.travel, link, generations, .writable) }
    }

    func connectError(_ link: Int) -> Int32 { lines[link]?.isRefused == true ? ECONNREFUSED : 0 }

    func send(_ link: Int, _ bytes: UnsafeRawBufferPointer) -> TransferResult {
        guard let line = lines[link] else { return .closed }
        if line.ended != nil { return .failed(EPIPE) }
        if line.isBlocked { return .wouldBlock }
        var taken = bytes.count
        if strikes(storm.partialSends) {
            taken = Int(random.below(UInt64(bytes.count)))
            lines[link]!.isBlocked = true
            after(Nanoseconds(Int64(random.below(3_000_000))), link, line.generation, .writable)
            if taken == 0 { return .wouldBlock }
        }
        let answers = line.session.receive(
            UnsafeRawBufferPointer(rebasing: bytes[..<taken]), now: clock + StormyWorld.travel)
        for answer in answers { answered(link, line.generation, answer) }
        return .bytes(taken)
    }

    func receive(_ link: Int, into buffer: UnsafeMutableRawBufferPointer) -> TransferResult {
        guard let line = lines[link] else { return .closed }
        let count = min(line.visible, buffer.count)
        if count == 0 {
            guard let code = line.ended else { return .wouldBlock }
            return code == 0 ? .closed : .failed(code)
        }
        buffer.copyBytes(from: line.inbox[..<count])
        lines[link]!.inbox.removeFirst(count)
        lines[link]!.visible -= count
        return .bytes(count)
    }

    func watchWrites(_ link: Int, _ on: Bool) {}
    func close(_ link: Int) { lines[link] = nil }

    func wait(until deadline: Instant, _ ready: (Readiness) -> Void) {
        clock = max(clock, min(deadline, events.next ?? deadline))
        while let (_, entry) = events.popDue(clock) {
            guard let line = lines[entry.link], line.generation == entry.generation else { continue }
            var event = Readiness(token: UInt64(entry.link), canRead: true, canWrite: false, failed: false)
            switch entry.event {
            case .writable:
                lines[entry.link]!.isBlocked = false
                (event.canRead, event.canWrite) = (false, true)
            case .arrival(let bytes):
                arrived(bytes, entry.link)
                isInThePast = answersInThePast > 0
                answersInThePast -= isInThePast ? 1 : 0
            case .reveal: lines[entry.link]!.visible = line.inbox.count
            case .broken: break
            }
            ready(event)
            isInThePast = false
        }
    }

    // MARK: The weather

    /// An answer leaves its node.
    private func answered(_ link: Int, _ generation: Int, _ answer: LabAnswer) {
        if strikes(storm.drops) {
            ledger.dropped += 1
            return
        }
        if clock >= StormyWorld.stormFrom && shows(.losesOneAnswerInSilence) { return }
        let late = strikes(storm.delays) ? Nanoseconds(Int64(random.below(150_000_000))) : .zero
        events.insert((link, generation, .arrival(answer.bytes)), due: answer.due + StormyWorld.travel + late)
        if clock >= StormyWorld.stormFrom && shows(.answersForAnother) {
            // What comes at once, before any node could have answered, for the stream that was given out last.
            after(Nanoseconds(1_000), link, generation, .arrival(answer.bytes))
        }
    }

    /// Bytes come in at the worker's end.
    private func arrived(_ bytes: [UInt8], _ link: Int) {
        if lines[link]!.ended != nil { return }
        if shows(.clockGoesBack) { answersInThePast = 20 }
        if strikes(storm.breaks) {
            ledger.broken += 1
            lines[link]!.ended = random.unit() < 0.5 ? ECONNRESET : 0
            return
        }
        var bytes = bytes
        if strikes(storm.repeats) { bytes += bytes }
        if strikes(storm.garbage) { garble(&bytes) }
        let known = lines[link]!.inbox.count
        lines[link]!.inbox += bytes
        if strikes(storm.pieces) {
            lines[link]!.visible = known + Int(random.below(UInt64(bytes.count + 1)))
            after(Nanoseconds(Int64(random.below(2_000_000))), link, lines[link]!.generation, .reveal)
        } else {
            lines[link]!.visible = known + bytes.count
        }
    }

    private func garble(_ bytes: inout [UInt8]) {
        ledger.garbled += 1
        switch random.below(5) {
        case 0: bytes[Int(random.below(UInt64(bytes.count)))] ^= UInt8(1 + random.below(255))
        // Half a frame; what follows is read as its rest.
        case 1: bytes.removeLast(Int(random.below(UInt64(bytes.count))))
        // Bytes that mean nothing.
        case 2: bytes += (0..<1 + random.below(300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        // A header that announces 2 GiB.
        case 3: bytes += [bytes[0], 0, 0, 1, 8, 0x7F, 0xFF, 0xFF, 0xFF]
        // Zeros.
        default: bytes = Array(repeating: 0, count: bytes.count)
        }
    }
}
