// The whole loop in virtual time: the worker's own code on one end, the lab's own code on the other, and no clock in between.
// Minutes of a run pass in milliseconds, the same way each time.

import Glibc
import Lab
import Load
import Quantities
import Reactor

/// Connects links to lab nodes. Time goes on only in `wait`.
final class SimulatedWorld: World {
    private enum Event {
        case writable(Int, generation: Int)
        case arrival(Int, generation: Int, bytes: [UInt8])
    }

    private struct Line {
        var session: LabSession
        var inbox: [UInt8] = []
        var generation: Int
        /// What the worker sent goes nowhere and nothing comes back, as with a peer that is gone.
        var isCut = false
        var port: UInt16
    }

    private var clock = Instant(nanoseconds: 1_000_000_000)
    private var events = TimerHeap<Event>()
    private var lines: [Int: Line] = [:]
    private var generations = 0
    private var nodes: [UInt16: LabNode]
    /// Ports at which nobody listens just now.
    private var down: Set<UInt16> = []
    /// One way, between worker and node.
    private let travel: Nanoseconds
    /// Extra time that each wait takes beyond its deadline: a generator that is late.
    var oversleep = Nanoseconds.zero

    /// Nodes by the port of their endpoint.
    init(_ nodes: [UInt16: LabNode], travel: Nanoseconds = Nanoseconds(20_000)) {
        self.nodes = nodes
        self.travel = travel
    }

    func now() -> Instant { clock }
    func workerCPU() -> Nanoseconds { .zero }
    func runQueueDelay() -> Nanoseconds? { nil }

    func connect(_ link: Int, to endpoint: Endpoint, tls: TLSContext?) throws(SystemError) {
        generations += 1
        lines[link] = Line(
            session: LabSession(node: nodes[endpoint.port]!), generation: generations, port: endpoint.port)
        events.insert(.writable(link, generation: generations), due: clock + travel)
    }

    func connectError(_ link: Int) -> Int32 { lines[link].map { down.contains($0.port) } == true ? ECONNREFUSED : 0 }

    func send(_ link: Int, _ bytes: UnsafeRawBufferPointer) -> TransferResult {
        guard let line = lines[link] else { return .closed }
        if !line.isCut {
            for answer in line.session.receive(bytes, now: clock + travel) {
                events.insert(
                    .arrival(link, generation: line.generation, bytes: answer.bytes), due: answer.due + travel)
            }
        }
        return .bytes(bytes.count)
    }

    func receive(_ link: Int, into buffer: UnsafeMutableRawBufferPointer) -> TransferResult {
        guard let line = lines[link] else { return .closed }
        if line.isCut { return .closed }
        if line.inbox.isEmpty { return .wouldBlock }
        let count = min(line.inbox.count, buffer.count)
        buffer.copyBytes(from: line.inbox[..<count])
        lines[link]!.inbox.removeFirst(count)
        return .bytes(count)
    }

    func watchWrites(_ link: Int, _ on: Bool) {}
    func close(_ link: Int) { lines[link] = nil }

    /// Breaks a connection: the worker learns of it when it next waits.
    func cut(_ link: Int) {
        lines[link]?.isCut = true
        events.insert(.arrival(link, generation: lines[link]?.generation ?? 0, bytes: []), due: clock)
    }

    /// The same node, or another of its cluster, at one more port.
    func add(_ node: LabNode, at port: UInt16) { nodes[port] = node }

    /// Takes a node off the network with all its connections, or puts it back.
    func setDown(_ port: UInt16, _ isDown: Bool) {
        if isDown { down.insert(port) } else { down.remove(port) }
        guard isDown else { return }
        for (link, line) in lines where line.port == port { cut(link) }
    }

    func wait(until deadline: Instant, _ ready: (Readiness) -> Void) {
        let wake = max(clock, min(deadline, events.next ?? deadline))
        clock = wake
        var woken = false
        while let (_, event) = events.popDue(clock) {
            woken = true
            switch event {
            case .writable(let link, let generation) where lines[link]?.generation == generation:
                ready(Readiness(token: UInt64(link), canRead: false, canWrite: true, failed: false))
            case .arrival(let link, let generation, let bytes) where lines[link]?.generation == generation:
                lines[link]!.inbox += bytes
                ready(Readiness(token: UInt64(link), canRead: true, canWrite: false, failed: false))
            default: break
            }
        }
        if !woken { clock = clock + oversleep }
    }
}
