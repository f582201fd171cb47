// What each criterion will need, before anything is measured: how long a run would have to be at this rate, or why none
// would do.

import Comparisons
import Glibc
import Quantities
import Recordings
import Statistics

/// Traffic as it is planned, as far as evidence depends on it.
public struct PlannedTraffic: Sendable {
    public let operations: [OperationInfo]
    /// Of each side while it is active, operations a second.
    public let ratePerSecond: Double
    public let mode: Mode
    public let slice: Nanoseconds
    public let guardLength: Nanoseconds
    /// A slice at the sides' limits and its guard; nil where no such rounds are planned.
    public let saturation: (slice: Nanoseconds, guardLength: Nanoseconds)?
    /// Share of the plan after which it is judged: ascending, and the last is 1, its end.
    public let looks: [Double]

    public init(
        operations: [OperationInfo], ratePerSecond: Double, mode: Mode, slice: Nanoseconds, guardLength: Nanoseconds,
        saturation: (slice: Nanoseconds, guardLength: Nanoseconds)? = nil, looks: [Double] = [1]
    ) {
        self.looks = looks
        self.operations = operations
        self.ratePerSecond = ratePerSecond
        self.mode = mode
        self.slice = slice
        self.guardLength = guardLength
        self.saturation = saturation
    }

    /// Length of a round, guards included.
    public var round: Nanoseconds { (slice + guardLength) * mode.slicesInRound }
    /// What is left at the end of a test with `alpha` in all, for what is looked at before.
    public func levelAtEnd(alpha: Double) -> Double {
        if looks.count == 1 { return alpha }
        return SequentialPlan(fractions: looks, alpha: min(alpha, 0.499)).nominal[looks.count - 1]
    }
    var measuredSeconds: Double { slice.seconds * Double(mode.slicesInRound) }

    /// Operations of a part of the workload, a side and round.
    func operationsPerRound(_ scope: Scope) -> Double {
        let whole = operations.reduce(0) { $0 + $1.weight }
        let own = operations.filter { $0.belongs(to: scope) }.reduce(0) { $0 + $1.weight }
        return whole > 0 ? ratePerSecond * slice.seconds * own / whole : 0
    }
}

extension OperationInfo {
    fileprivate func belongs(to scope: Scope) -> Bool {
        switch scope {
        case .workload: true
        case .keyspace(let name): keyspace == name
        case .shape(let own): shape == own
        case .operation(let own): name == own
        }
    }
}

/// What one verdict will need.
public struct Forecast: Equatable, Sendable {
    /// The verdict's id.
    public let id: String
    public let advisory: Bool
    /// `p99 of recent_orders at +5 %: at least 14 minutes at this rate, 83,637 operations a side`
    public let sentence: String
    /// The least length of the measured rounds; nil where it takes none, no length is enough, or the traffic is not
    /// known.
    public let length: Nanoseconds?
    /// Why no length is enough; nil where there is no such reason.
    public let obstacle: String?
    /// Whether it cannot pass, whatever the sides do.
    public let neverPasses: Bool
    /// What the sentence takes for granted, the same words for the same assumption.
    public let assumptions: [String]
}

/// What each verdict will need, in the order of the criteria and of the workload's operations. Without `traffic` in
/// operations, otherwise in time at its rate. `noise` is what would be known of the floor.
public func forecast(
    _ criteria: Criteria, for traffic: PlannedTraffic?, _ noise: NoiseKnown = .assumed
) -> [Forecast] {
    criteria.criteria.flatMap { criterion -> [Forecast] in
        guard let target = criterion.target else { return [forecast(withoutTraffic: criterion)] }
        return parts(of: target, traffic).map { part in
            let needs = criterion.requirement.limits.map {
                Need($0, part.scope, alpha: criterion.alpha, traffic, noise)
            }
            return Forecast(criterion, part.name, "\(subject(criterion, part.words)) ", needs, traffic)
        }
    }
}

/// What gating criteria on the times of single operations will need at the least, by operation: the longest of each, where some length
/// of run is enough. `alphaShare` is the part of each criterion's alpha that there is to spend.
public func longestNeeds(
    _ criteria: Criteria, for traffic: PlannedTraffic, alphaShare: Double = 1, _ noise: NoiseKnown = .assumed
) -> [String: Nanoseconds] {
    var longest: [String: Nanoseconds] = [:]
    for criterion in criteria.criteria where !criterion.advisory {
        guard let target = criterion.target else { continue }
        for part in parts(of: target, traffic) {
            guard case .operation(let name) = part.scope else { continue }
            for limit in criterion.requirement.limits where limit.isInferredTime {
                let need = Need(limit, part.scope, alpha: criterion.alpha * alphaShare, traffic, noise)
                if need.obstacle == nil, let length = need.length {
                    longest[name] = max(longest[name] ?? .zero, length)
                }
            }
        }
    }
    return longest
}

private func forecast(withoutTraffic criterion: Criterion) -> Forecast {
    let (sentence, obstacle): (String, String?) =
        switch criterion.requirement {
        case .notCollected(let what): ("\(what): stays undecided", "this version collects no evidence for it")
        default: ("differences of parity: takes no traffic, for the sides themselves are looked at", nil)
        }
    return Forecast(
        id: criterion.id, advisory: criterion.advisory,
        sentence: sentence + (obstacle.map { ", since \($0)" } ?? ""), length: nil, obstacle: obstacle,
        neverPasses: obstacle != nil, assumptions: [])
}

private func subject(_ criterion: Criterion, _ part: String) -> String {
    "\(criterion.measure?.short ?? criterion.id) of \(part)"
}

/// The parts of the workload that get a verdict each; all of them at once where the workload is not known.
private func parts(of target: Target, _ traffic: PlannedTraffic?) -> [(scope: Scope, name: String?, words: String)] {
    func each(_ scopes: [Scope], _ names: [String], _ kind: String) -> [(scope: Scope, name: String?, words: String)] {
        guard traffic != nil else { return [(.workload, nil, "each \(kind)")] }
        return zip(scopes, names).map { ($0, $1, $0.text) }
    }
    let operations = traffic?.operations ?? []
    switch target {
    case .one(let scope): return [(scope, nil, scope.text)]
    case .eachOperation: return each(operations.map { .operation($0.name) }, operations.map(\.name), "operation")
    case .eachShape:
        let shapes = Shape.allCases.filter { shape in operations.contains { $0.shape == shape } }
        return each(shapes.map { .shape($0) }, shapes.map(\.rawValue), "shape")
    case .eachKeyspace:
        var names: [String] = []
        for operation in operations where !names.contains(operation.keyspace) { names.append(operation.keyspace) }
        return each(names.map { .keyspace($0) }, names, "keyspace")
    }
}

extension Forecast {
    fileprivate init(
        _ criterion: Criterion, _ part: String?, _ subject: String, _ needs: [Need], _ traffic: PlannedTraffic?
    ) {
        id = part.map { "\(criterion.id)/\($0)" } ?? criterion.id
        advisory = criterion.advisory
        func each(_ text: (Need) -> String?) -> [String] {
            needs.compactMap(text).reduce(into: []) { found, text in if !found.contains(text) { found.append(text) } }
        }
        let obstacles = each(\.obstacle)
        obstacle = obstacles.isEmpty ? nil : obstacles.joined(separator: "; ")
        neverPasses = needs.contains(where: \.neverPasses)
        let longest = needs.compactMap(\.length).max()
        length = obstacles.isEmpty ? longest : nil
        assumptions = obstacles.isEmpty ? each(\.assumption) : []
        let time = longest.map { ["\(atLeast($0)) at this rate"] } ?? []
        let words = obstacle ?? (time + each(\.reason)).joined(separator: ", ")
        sentence = subject + needs.map(\.limit).joined(separator: " and ") + ": " + words
    }
}

/// `at least 14 minutes`, `at least 3 hours`, `more than a week`
private func atLeast(_ length: Nanoseconds) -> String {
    let minutes = (length.seconds / 60).rounded(.up)
    if minutes <= 1 { return "at least a minute" }
    if minutes <= 180 { return "at least \(Int(minutes)) minutes" }
    let hours = (minutes / 60).rounded(.up)
    return hours <= 168 ? "at least \(Int(hours)) hours" : "more than a week"
}
