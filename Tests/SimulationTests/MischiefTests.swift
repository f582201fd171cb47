// A worker over real sockets against a node that does not keep to the protocol: nothing is lost, nothing hangs, and what broke comes back.

import CQLClient
import CQLProtocol
import Histograms
import Lab
import Load
import Quantities
import Reactor
import Recordings
import Synchronization
import Testing
import Workloads

/// Point reads at 400/s for a second and a half, in a thread of their own.
private func read(from node: MischievousNode, _ plan: Plan) throws -> SliceRecord {
    var plan = plan
    plan.operations = [plan.operations[0]]
    var settings = WorkerSettings(
        timeOut: .milliseconds(300),
        sides: [SideAccess(.old, [node.endpoint], connections: 2), SideAccess(.new, [], connections: 0)], streams: 1000)
    settings.connectTimeOut = .seconds(2)
    let result = Mutex<Result<SliceRecord, any Error>?>(nil)
    let thread = WorkerThread(name: "reader") { [plan, settings] in
        let segment = Segment(sides: [.old], seed: 1, guardLength: .zero, length: .milliseconds(1500), round: 0)
        let drive = Drive.open([segment]) {
            ArrivalSchedule(.poisson(.constant(Rate(perSecond: 400))), seed: $0.seed)
        }
        let outcome = Result { try WorkerBench.run(drive, plan, settings) }
        result.withLock { $0 = outcome }
    }
    thread.join()
    return try result.withLock { $0! }.get()
}

private func quickDials() -> LabDials {
    var dials = LabDials(.old)
    dials.base[.point] = LabDials.ServiceTime(median: .zero, sigma: 0)
    return dials
}

@Test(arguments: Mischief.allCases) func whatIsNotCQLBreaksTheConnectionAndNothingElse(mischief: Mischief) throws {
    let run = try SimulatedRun(seed: 1, minutes: 0.1, old: quickDials())
    let node = try MischievousNode(run.nodes[0], mischief)
    defer { node.stop() }
    let operation = try read(from: node, run.plan).operations[0]
    #expect(operation.intended > 500)
    #expect(operation.completed + operation.failed == operation.intended)
    #expect(operation.response.count == operation.intended)
    #expect(operation.service.count == operation.completed)
    #expect(node.seen.done == 3)
    #expect(node.seen.accepted >= 5, "two connections, and three that broke are opened again")
    #expect(operation.failed > 0 && operation.completed > operation.intended / 2, "\(operation.errors)")
    let allowed: Set = ["connection_lost", "not_connected", "malformed_answer", "time_out"]
    #expect(Set(operation.errors.keys).isSubset(of: allowed), "\(operation.errors)")
}

/// Every code of the protocol, and one that it does not have, in turn.
@Test func everyErrorIsAnOutcomeOfItsOwnAndBreaksNothing() throws {
    let run = try SimulatedRun(seed: 1, minutes: 0.1, old: quickDials())
    // UNPREPARED is no outcome but a request to prepare again; what then comes is.
    let codes = ErrorCode.allCases.filter { $0 != .unprepared }.map(\.rawValue) + [0x7777]
    let turn = Atomic(0)
    let node = try MischievousNode(run.nodes[0], nil) { answer in
        let code = codes[turn.add(1, ordering: .relaxed).oldValue % codes.count]
        let body = withUnsafeBytes(of: code.bigEndian) { Array($0) } + [0, 2, 0x6E, 0x6F]
        return Array(answer[..<4]) + [0, 0, 0, 0, UInt8(body.count)] + body
    }
    defer { node.stop() }
    let operation = try read(from: node, run.plan).operations[0]
    #expect(operation.completed == 0 && operation.failed == operation.intended)
    #expect(Set(operation.errors.keys) == Set(codes.map { OutcomeClass(code: $0).rawValue }))
    #expect(node.seen.accepted == 2)
}

/// A node that never knows the statement: each operation ends by its time-out and no later.
@Test func aNodeThatForgetsAtOnceWhatItPreparedHoldsNobodyUp() throws {
    let run = try SimulatedRun(seed: 1, minutes: 0.1, old: quickDials())
    let node = try MischievousNode(run.nodes[0], nil) { answer in
        // A RESULT of the kind rows becomes UNPREPARED with an empty id; the answer to PREPARE stays what it is.
        guard answer.count > 12 && answer[4] == 8 && answer[12] == 2 else { return nil }
        return Array(answer[..<4]) + [0, 0, 0, 0, 8, 0, 0, 0x25, 0, 0, 0, 0, 0]
    }
    defer { node.stop() }
    let operation = try read(from: node, run.plan).operations[0]
    #expect(operation.completed == 0 && operation.errors == ["time_out": operation.intended])
}
