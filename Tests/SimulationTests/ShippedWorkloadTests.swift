// Each shipped workload on the lab, in virtual time: nothing fails, both sides answer alike, and every operation is of its shape.

import Foundation
import Lab
import Load
import Quantities
import Recordings
import Testing
import Workloads

/// A workload that the lab can serve, made small.
struct ShippedWorkload: Sendable, CustomTestStringConvertible {
    var name: String
    var parameters: [String: String]

    var testDescription: String { name }

    static let all = [
        ShippedWorkload(name: "orders", parameters: ["customers": "100"]),
        ShippedWorkload(name: "timeseries", parameters: ["sensors": "20", "readings": "60"]),
        ShippedWorkload(name: "multi-partition", parameters: ["products": "200"]),
        ShippedWorkload(name: "range-and-scan", parameters: ["documents": "150"]),
        ShippedWorkload(name: "tombstones", parameters: ["queues": "8", "done": "200"])
    ]

    func run(seed: UInt64, minutes: Double) throws -> SimulatedRun {
        let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        let path = (folder + ["workloads", "\(name).yaml"]).joined(separator: "/")
        return try SimulatedRun(
            seed: seed, minutes: minutes, rate: 200,
            workload: try String(contentsOfFile: path, encoding: .utf8)
                .replacing(#/warm_up: \d+ s/#, with: "warm_up: 0 s"),
            set: parameters.map { Profile.Setting(name: $0.key, value: $0.value) })
    }
}

@Test(arguments: ShippedWorkload.all) func aShippedWorkloadRunsAlikeOnBothSides(workload: ShippedWorkload) throws {
    let recording = try workload.run(seed: 6, minutes: 0.3).record()
    let (old, new) = (recording.whole(.old), recording.whole(.new))
    for (index, operation) in recording.operations.enumerated() {
        let record = old[index]
        #expect(record.intended > 0 && record.completed == record.intended, "\(operation.name): \(record.errors)")
        #expect(new[index].completed == record.completed && new[index].rows == record.rows, "\(operation.name)")
        #expect(operation.shape.isWrite == (record.rows == 0), "\(operation.name): \(record.rows) rows")
    }
    // The control round repeats the first, after all that was written meanwhile: reads must find what they found then.
    let (first, control) = (recording.rounds[0], recording.rounds.last!)
    #expect(control.purpose == .rowsControl)
    #expect(control.old.operations.map(\.rows) == first.old.operations.map(\.rows))
}

@Test(arguments: ShippedWorkload.all) func aShippedOperationIsOfItsShape(workload: ShippedWorkload) throws {
    // The lab fails all requests, by an error for each of the shapes that it makes of the statements itself.
    let errors: [Shape: LabDials.ErrorClass] = [
        .point: .overloaded, .range: .unavailable, .multiPartition: .readTimeout, .write: .serverError
    ]
    let run = try workload.run(seed: 7, minutes: 0.1)
    for node in run.nodes {
        node.setErrors(errors.mapValues { LabDials.InjectedError(share: Ratio(1), errorClass: $0) })
    }
    let recording = try run.record()
    for (operation, record) in zip(run.plan.operations, recording.whole(.old)) where record.intended > 0 {
        // To the lab the first two are ranges, and it sees the requests of an operation one by one.
        let isRange = [.scan, .aggregate].contains(operation.shape)
        let shape = operation.fanOut > 1 ? .point : isRange ? .range : operation.shape
        #expect(record.errors == [errors[shape]!.rawValue: record.intended], "\(operation.name)")
    }
}
