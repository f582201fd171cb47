// The same load over HTTP: pacing, slices, classes of outcome and time-outs of the worker, against a gateway of the lab.

import CQLClient
import HTTPClient
import Histograms
import Lab
import Quantities
import Reactor
import Recordings
import Testing
import Workloads

@testable import Load

private let workload = """
    workload: 1
    name: api
    values:
      key: {int: {uniform: [0, 100000]}}
    operations:
      item:   {shape: point, weight: 5, http: "GET /items/{key}", check: {json: {$.key: any}}}
      range:  {shape: range, weight: 2, http: "GET /items?from={key}&count=7", rows: $.rows}
      search: {shape: multi_partition, weight: 2, rows: $.rows, http: {request: POST /items/search, body: {keys: "{key * 3}"}}}
      put:    {shape: write, weight: 1, check: {status: 201}, http: {request: POST /items, body: {key: "{key}", note: "n"}}}
    traffic: {arrivals: poisson, rate: 400/s, time_out: 2 s}
    """

private struct Load {
    var server: LabServer
    var workload: String
    var connections = 8
    var timeOut = Nanoseconds.seconds(2)
    /// In place of the server's own.
    var endpoint: Endpoint?

    init(_ workload: String, _ change: (inout LabDials) -> Void = { _ in }) throws {
        var dials = LabDials(.old)
        for shape in Shape.allCases { dials.base[shape] = LabDials.ServiceTime(median: .milliseconds(1), sigma: 0.1) }
        change(&dials)
        server = try LabServer(
            listening: Endpoint(host: "127.0.0.1", port: 0), gateway: LabGateway(side: .old, dials: dials))
        server.start()
        self.workload = workload
    }

    func run(_ drive: (Plan) -> Drive) throws -> (Plan, SliceRecord) {
        let profile = try Profile.read(workload, file: "w")
        let pair = try PairFile.read(
            "pair: 1\nname: p\nold: {lab: {speaks: http}}\nnew: {lab: {speaks: http}}\n", file: "p")
        let plan = try Plan(profile, pair, PlanSettings(duration: .seconds(1), seed: 1))
        var settings = WorkerSettings(
            timeOut: timeOut, sides: Side.allCases.map { SideAccess($0, [], connections: 0) })
        settings.http = Side.allCases.map { side in
            var access = HTTPAccess(side, [HTTPBase(isSecured: false, endpoint: endpoint ?? server.endpoint)])
            access.connections = connections
            return access
        }
        defer { server.stop() }
        return (plan, try WorkerBench.run(drive(plan), plan, settings))
    }

    /// One slice of a second.
    func runOpen() throws -> (Plan, SliceRecord) {
        try run { plan in
            let segment = Segment(
                sides: [.old], seed: 3, guardLength: .milliseconds(200), length: .seconds(1), round: 0)
            return .open([segment], arrivals: plan.arrivals(of:))
        }
    }
}

private func one(_ http: String, shape: String = "api", more: String = "") -> String {
    """
    workload: 1
    name: one
    operations:
      op: {shape: \(shape), weight: 1, http: \(http)\(more)}
    traffic: {arrivals: constant, rate: 200/s, time_out: 2 s}
    """
}

@Suite(.timeLimit(.minutes(1))) struct RequestLoadTests {
    @Test func everyOperationIsMeasuredAndCounted() throws {
        let (plan, record) = try Load(workload).runOpen()
        let intended = record.operations.reduce(0) { $0 + $1.intended }
        #expect((300...500).contains(intended))
        for (planned, found) in zip(plan.operations, record.operations) {
            #expect(found.completed == found.intended && found.errors.isEmpty, "\(planned.name): \(found.errors)")
            #expect(found.response.count == found.intended && found.service.count == found.completed)
            let rows = planned.name == "range" ? 7 : planned.name == "search" ? 3 : 0
            #expect(found.rows == rows * found.completed && found.bytes > 60 * found.completed)
            // The gateway takes a millisecond.
            #expect(found.service.quantile(0.5) > 700_000)
            #expect(found.response.mean >= found.service.mean * 0.98)
            let phases = try #require(found.phases)
            #expect(phases.times[4].count == found.completed && phases.times[3].count == 0)
        }
        #expect(record.coordinators.values.reduce(0, +) == intended && record.coordinators.count == 1)
        let connections = record.operations.compactMap(\.phases).reduce(0) { $0 + $1.connections }
        #expect(connections <= 8, "connections are kept")
    }

    @Test func aClosedLoopKeepsOperationsUnderWay() throws {
        let (_, record) = try Load(workload).run { _ in
            .closed(ClosedLoop(side: .old, inFlight: 4, seed: 1, length: .seconds(1), recorded: true))
        }
        let completed = record.operations.reduce(0) { $0 + $1.completed }
        // Four at a time, a millisecond each and what a slow machine adds: stalls between them would leave a few dozen.
        #expect(completed > 400 && completed < 5000, "\(completed)")
        #expect(record.selfCheck.inFlightMax <= 4)
    }

    @Test func operationsThatWaitForAConnectionAreLateAndNotLost() throws {
        var load = try Load(one("GET /items/1", shape: "point")) {
            $0.base[.point] = LabDials.ServiceTime(median: .milliseconds(20), sigma: 0)
        }
        load.connections = 2
        // Twice of what two connections carry: half of it waits, ever longer.
        let (_, record) = try load.runOpen()
        let found = record.operations[0]
        #expect(found.intended == 200 && found.completed == 200)
        #expect(found.response.quantile(0.9) > 500e6 && found.service.quantile(0.9) < 400e6)
        #expect(try #require(found.phases).times[0].quantile(0.9) > 400e6)
    }

    @Test func whatIsNotAnsweredTimesOut() throws {
        var load = try Load(one("GET /faults/no-answer"))
        load.timeOut = .milliseconds(300)
        let found = try load.runOpen().1.operations[0]
        #expect(found.intended == 200 && found.completed == 0 && found.errors == ["time_out": 200])
        #expect(found.response.quantile(0.5) >= 290e6 && found.service.count == 0)
    }

    @Test func faultsAreCountedByClass() throws {
        let (_, html) = try Load(one("GET /faults/html", more: ", check: {json: true}")).runOpen()
        #expect(html.operations[0].errors == ["not_json": 200])
        let (_, busy) = try Load(one("GET /faults/status/503")).runOpen()
        #expect(busy.operations[0].errors == ["status_503": 200])
        let (_, broken) = try Load(one("GET /faults/close")).runOpen()
        #expect(broken.operations[0].errors == ["connection_lost": 200])
    }

    @Test func aSideThatIsNotThereIsAnOutcome() throws {
        let free = try Socket.listening(on: Endpoint(host: "127.0.0.1", port: 0))
        var load = try Load(one("GET /items/1"))
        load.endpoint = Endpoint(host: "127.0.0.1", port: free.localPort)
        free.close()
        #expect(try load.runOpen().1.operations[0].errors == ["not_connected": 200])
    }
}
