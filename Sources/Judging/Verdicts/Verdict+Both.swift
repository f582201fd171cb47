// A tolerance and a limit in one criterion: two tests, one verdict.

/// The verdicts in their order, those on the two limits of one criterion joined into one.
///
/// Each limit was tested by itself, among all tests of the run: one that is broken beyond doubt breaks the criterion,
/// and it is kept where both are shown to be kept (intersection-union, so that neither test needs a correction for the
/// other).
func joined(_ verdicts: [Verdict]) -> [Verdict] {
    var found: [Verdict] = []
    for verdict in verdicts {
        if let last = found.last, last.id == verdict.id, last.criterion == verdict.criterion,
            last.family == verdict.family
        {
            found[found.count - 1] = both(last, verdict)
        } else {
            found.append(verdict)
        }
    }
    return found
}

private func both(_ tolerance: Verdict, _ limit: Verdict) -> Verdict {
    let tests = [tolerance, limit]
    let findings = tests.map(\.finding)
    let finding: Finding =
        findings.contains(.fail) ? .fail : findings.allSatisfy { $0 == .pass } ? .pass : .undecided
    // What decides comes first.
    let named = zip(["the tolerance", "the limit"], tests)
    let ordered = named.filter { $0.1.finding == finding } + named.filter { $0.1.finding != finding }
    let reason =
        tolerance.reason == limit.reason
        ? tolerance.reason
        : ordered.map { "\($0) \(words($1.finding)): \($1.reason)" }.joined(separator: "; ")
    // The larger of both is that of the joined requirement; that of a failure is each test's own.
    let passes = tests.compactMap(\.passProbability)
    return Verdict(
        id: tolerance.id, criterion: tolerance.criterion, family: tolerance.family, finding: finding, reason: reason,
        evidence: tolerance.evidence, advisory: tolerance.advisory, weight: tolerance.weight,
        passProbability: passes.count == tests.count ? passes.max() : nil, look: look(tests, finding),
        contradiction: contradiction(tests, finding), tests: tests)
}

private func contradiction(_ tests: [Verdict], _ finding: Finding) -> String? {
    let found = tests.filter { $0.finding == finding }.compactMap(\.contradiction)
    return found.isEmpty ? nil : found.joined(separator: "; ")
}

/// A failure was taken when the first of them was, a pass when both were.
private func look(_ tests: [Verdict], _ finding: Finding) -> VerdictLook? {
    let looks = tests.filter { $0.finding == finding }.compactMap(\.look)
    switch finding {
    case .fail: return looks.min { $0.number < $1.number }
    case .pass: return looks.max { $0.number < $1.number }
    case .undecided: return nil
    }
}

private func words(_ finding: Finding) -> String {
    switch finding {
    case .pass: "is kept"
    case .fail: "is broken"
    case .undecided: "is undecided"
    }
}
