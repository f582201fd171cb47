// From a recording to everything that it says about new against old (method.md, section 4).

import Quantities
import Recordings
import Statistics

/// Compares the sides of a recording: the same recording gives the same comparison, always.
///
/// `measures` are latencies; throughput and error rate are always there.
public func compare(_ recording: Recording, measures: [Measure] = Measure.standard) -> Comparison {
    let evidence = RunEvidence(recording)
    let rows = recording.operations.indices.map { compareRows(of: $0, in: recording) }
    var effects: [Effect] = []
    var levels: [Level] = []
    var errorRates: [ErrorRate] = []
    for part in WorkloadPart.all(of: recording) {
        let estimator = PartEstimator(part, evidence, rows: part.members.map { rows[$0] })
        for found in estimator.estimates(measures.filter(\.isLatency)) {
            effects.append(found.effect)
            levels += found.levels
        }
        errorRates += Side.allCases.map { estimator.errorRate(on: $0) }
        if part.scope == .workload { effects.append(missingThroughput(part)) }
    }
    return Comparison(
        run: evidence.facts, validity: validity(of: recording), operations: recording.operations.map(\.name),
        effects: effects, levels: levels, errorRates: errorRates, rows: rows)
}

/// A part of the workload that is looked at by itself: one operation, one shape, or all.
struct WorkloadPart {
    let scope: Scope
    /// Indices of operations.
    let members: [Int]
    let shape: Shape?
    let keyspace: String?

    /// Operations first, then shapes, then the whole.
    static func all(of recording: Recording) -> [WorkloadPart] {
        let operations = recording.operations
        var parts = operations.indices.map { index in
            let operation = operations[index]
            return WorkloadPart(
                scope: .operation(operation.name), members: [index], shape: operation.shape,
                keyspace: operation.keyspace)
        }
        func shared(_ members: [Int]) -> String? {
            let keyspaces = Set(members.map { operations[$0].keyspace })
            return keyspaces.count == 1 ? keyspaces.first : nil
        }
        for shape in Shape.allCases {
            let members = operations.indices.filter { operations[$0].shape == shape }
            if members.isEmpty { continue }
            parts.append(
                WorkloadPart(scope: .shape(shape), members: members, shape: shape, keyspace: shared(members)))
        }
        let all = Array(operations.indices)
        parts.append(WorkloadPart(scope: .workload, members: all, shape: nil, keyspace: shared(all)))
        return parts
    }
}

/// Why there is no throughput, and how to come by one.
public let throughputUnavailable =
    "throughput needs saturation rounds, which this run has none of: an open-loop run sends what it was told to,"
    + " however fast a side is; compare response times, or drive both sides to their limits in a run of its own"

private func missingThroughput(_ part: WorkloadPart) -> Effect {
    Effect(
        measure: Measure(.throughput), scope: part.scope, shape: part.shape, keyspace: part.keyspace,
        oldMilliseconds: nil, newMilliseconds: nil, estimate: nil, unavailable: throughputUnavailable, caveats: [])
}
