// From a recording to everything that it says about new against old.

import Quantities
import Recordings
import Statistics

/// Compares the sides of a recording: the same recording gives the same comparison, always.
///
/// `measures` are latencies; throughput and error rate are always there. `asks` tells of which parts each latency is asked for: what nobody
/// looks at takes most of the time.
public func compare(
    _ recording: Recording, measures: [Measure] = Measure.standard, asks: (Scope, Measure) -> Bool = { _, _ in true }
) -> Comparison {
    let evidence = RunEvidence(recording)
    let rows = recording.operations.indices.map { compareRows(of: $0, in: recording) }
    var effects: [Effect] = []
    var levels: [Level] = []
    var errorRates: [ErrorRate] = []
    var timeOuts: [ErrorRate] = []
    // A shape with a single operation is that operation, and a single keyspace the whole: their figures need no second
    // look.
    var known: [Asked: [(effect: Effect, levels: [Level])]] = [:]
    for part in WorkloadPart.all(of: recording) {
        let estimator = PartEstimator(part, evidence, rows: part.members.map { rows[$0] })
        let asked = Asked(
            members: part.members, measures: measures.filter { $0.isLatency && asks(part.scope, $0) })
        let estimates = known[asked] ?? estimator.estimates(asked.measures)
        known[asked] = estimates
        for found in estimates {
            effects.append(found.effect.renamed(part))
            levels += found.levels.map { $0.renamed(part) }
        }
        errorRates += Side.allCases.map { estimator.share(Measure(.errorRate), on: $0) }
        timeOuts += Side.allCases.map { estimator.share(Measure(.timeOuts), on: $0) }
        if part.scope == .workload {
            let found = ThroughputEstimator(recording, part, evidence, rows).estimate()
            effects.append(found.effect)
            levels += found.levels
        }
    }
    return Comparison(
        run: evidence.facts, validity: validity(of: recording), operations: recording.operations.map(\.name),
        effects: effects, levels: levels, errorRates: errorRates, timeOuts: timeOuts, rows: rows,
        boost: compareBoosted(recording, rows: rows, measures: measures))
}

private struct Asked: Hashable {
    /// Indices of operations.
    let members: [Int]
    let measures: [Measure]
}

/// A part of the workload that is looked at by itself: one operation, one shape, one keyspace, or all.
struct WorkloadPart {
    let scope: Scope
    /// Indices of operations.
    let members: [Int]
    let shape: Shape?
    let keyspace: String?

    /// Operations first, then shapes, then keyspaces, then the whole.
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
        for (place, info) in operations.enumerated()
        where operations[..<place].allSatisfy({ $0.keyspace != info.keyspace }) {
            let members = operations.indices.filter { operations[$0].keyspace == info.keyspace }
            parts.append(
                WorkloadPart(scope: .keyspace(info.keyspace), members: members, shape: nil, keyspace: info.keyspace))
        }
        let all = Array(operations.indices)
        parts.append(WorkloadPart(scope: .workload, members: all, shape: nil, keyspace: shared(all)))
        return parts
    }
}

extension Effect {
    /// The same figures under the name of a part with the same operations.
    fileprivate func renamed(_ part: WorkloadPart) -> Effect {
        Effect(
            measure: measure, scope: part.scope, shape: part.shape, keyspace: part.keyspace,
            oldMilliseconds: oldMilliseconds, newMilliseconds: newMilliseconds, estimate: estimate,
            unavailable: unavailable, caveats: caveats, failedShare: failedShare)
    }
}

extension Level {
    fileprivate func renamed(_ part: WorkloadPart) -> Level {
        Level(
            measure: measure, scope: part.scope, side: side, milliseconds: milliseconds, estimate: estimate,
            unavailable: unavailable, isAtTimeOut: isAtTimeOut)
    }
}
