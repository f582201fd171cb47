// Runs in bad weather, and canaries: defects that the same checks must find.

import CQLClient
import CQLProtocol
import Lab
import Load
import Quantities
import Reactor
import Testing
import Workloads

@Test(arguments: 1...60 as ClosedRange<UInt64>) func nothingIsLostInAnyWeather(seed: UInt64) throws {
    let storm = Storm(seed: seed)
    let found = try StormRun(seed: seed, storm: storm).violations()
    #expect(found.isEmpty, "seed \(seed), \(storm)")
}

@Test(arguments: [(ProtocolVersion.v3, Compression.lz4), (.v5, .none), (.v5, .lz4)], 1...12 as ClosedRange<UInt64>)
func nothingIsLostInAnyWeatherHoweverMessagesTravel(speech: (ProtocolVersion, Compression), seed: UInt64) throws {
    let storm = Storm(seed: seed)
    let run = StormRun(seed: seed, storm: storm, version: speech.0, compression: speech.1)
    #expect(try run.violations() == [], "seed \(seed), \(storm), \(speech)")
}

@Test func theSeedsHoldAllKindsOfWeather() {
    let storms = (1...60 as ClosedRange<UInt64>).map(Storm.init)
    for kind in [\Storm.drops, \.delays, \.pieces, \.partialSends, \.breaks, \.garbage, \.repeats, \.refusals] {
        #expect(storms.contains { $0[keyPath: kind] > 0 } && storms.contains { $0[keyPath: kind] == 0 })
    }
}

/// The canary: a check that is silent about a planted defect would be silent about a real one.
@Test(arguments: PlantedDefect.allCases) func aPlantedDefectIsFound(defect: PlantedDefect) throws {
    #expect(try StormRun(seed: 1, storm: .none).violations() == [])
    #expect(try StormRun(seed: 1, storm: .none, defect: defect).violations() != [])
}

/// Closes each connection once so many bytes have come, and is otherwise as it should be.
private final class ClosingWorld: World {
    private let base: SimulatedWorld
    private let limit: Int
    private var received: [Int: Int] = [:]

    init(_ base: SimulatedWorld, limit: Int) {
        self.base = base
        self.limit = limit
    }

    func now() -> Instant { base.now() }
    func workerCPU() -> Nanoseconds { .zero }
    func runQueueDelay() -> Nanoseconds? { nil }
    func connect(_ link: Int, to endpoint: Endpoint, tls: TLSContext?) throws(SystemError) {
        received[link] = 0
        try base.connect(link, to: endpoint, tls: tls)
    }
    func connectError(_ link: Int) -> Int32 { 0 }
    func send(_ link: Int, _ bytes: UnsafeRawBufferPointer) -> TransferResult { base.send(link, bytes) }
    func receive(_ link: Int, into buffer: UnsafeMutableRawBufferPointer) -> TransferResult {
        let left = limit - received[link]!
        if left <= 0 { return .closed }
        let result = base.receive(link, into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(left)))
        if case .bytes(let count) = result { received[link]! += count }
        return result
    }
    func watchWrites(_ link: Int, _ on: Bool) {}
    func close(_ link: Int) { base.close(link) }
    func wait(until deadline: Instant, _ ready: (Readiness) -> Void) {
        // Level-triggered, as epoll is: what was not read is signalled again, and so is the end.
        for (link, count) in received where count >= limit {
            ready(Readiness(token: UInt64(link), canRead: true, canWrite: false, failed: false))
        }
        base.wait(until: deadline, ready)
    }
}

@Test func aNodeThatClosesAtAnyByteOfTheHandshakeIsRefusedAndNotWaitedFor() throws {
    let run = try SimulatedRun(seed: 1, minutes: 0.1)
    func attempt(_ limit: Int) throws -> Bool {
        let base = SimulatedWorld([1: run.nodes[0], 2: run.nodes[1]])
        var turns = 0
        let worker = Worker(
            world: ClosingWorld(base, limit: limit), traffic: PlanTraffic(run.plan, startedMicroseconds: 0),
            settings: SimulatedRun.settings(run.plan, streams: 10)
        ) {
            turns += 1
            return turns > 10_000
        } deliver: { _ in
        }
        do {
            _ = try worker.run(.open([], arrivals: run.plan.arrivals(of:)))
            return true
        } catch {
            guard case .cannotConnect(let failure) = error else { throw error }
            #expect([.closedInHandshake, .closed].contains(failure.reason), "after \(limit) bytes: \(failure.reason)")
            #expect(base.now() < Instant(nanoseconds: 2_000_000_000), "nobody waits for a connection that is closed")
            return false
        }
    }
    var limit = 0
    while try !attempt(limit) { limit += 1 }
    #expect(limit > 200, "a handshake and four statements take some bytes")
}
