// A thousand random inputs to the functions of the room, and what the functions make of them.

import Glibc
import Quantities
import Statistics
import TestSupport
import Testing

/// All cases; the same at each call.
func definitionCases() throws -> [DefinitionCase] {
    let makers: [(count: Int, make: (inout SeededRandom) throws -> DefinitionCase)] = [
        (80, tQuantile), (80, tCumulative), (60, normalQuantile), (80, incompleteBeta), (60, proportion), (60, ranks),
        (60, pairedT), (40, bootstrap), (50, trimmedMean), (50, cosineError), (30, straightLine), (30, power),
        (40, hodgesLehmannOne), (40, hodgesLehmannTwo), (40, signedRank), (50, mannWhitney), (40, holm),
        (30, pooledRatio), (30, errorRate), (20, fisher), (30, sequential)
    ]
    return try makers.enumerated().flatMap { index, maker in
        try seededCases(maker.count, from: UInt64(1000 * index)).map { _, generator in
            var random = generator
            return try maker.make(&random)
        }
    }
}

extension SeededRandom {
    fileprivate mutating func within(_ low: Double, _ high: Double) -> Double { low + (high - low) * unit() }
    fileprivate mutating func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(below(UInt64(range.count)))
    }
    /// Even on the scale of logarithms.
    fileprivate mutating func magnitude(_ low: Double, _ high: Double) -> Double {
        exp(within(log(low), log(high)))
    }
    fileprivate mutating func probability() -> Double {
        switch below(3) {
        case 0: magnitude(1e-9, 0.1)
        case 1: 1 - magnitude(1e-4, 0.1)
        default: within(0.05, 0.95)
        }
    }
    fileprivate mutating func degreesOfFreedom() -> Double {
        below(2) == 0 ? Double(within(1...60)) : magnitude(0.5, 500)
    }
    fileprivate mutating func normals(_ count: Int, mean: Double = 0, sd: Double = 1) -> [Double] {
        (0..<count).map { _ in mean + sd * normal() }
    }
    /// Rounded to whole numbers every other time, so that there are values alike.
    fileprivate mutating func sample(_ count: Int, mean: Double = 0) -> [Double] {
        let values = normals(count, mean: mean, sd: 3)
        return below(2) == 0 ? values : values.map { $0.rounded() }
    }
}

// Distributions, and bounds that invert them.

private func tQuantile(_ random: inout SeededRandom) -> DefinitionCase {
    let (p, df) = (random.probability(), random.degreesOfFreedom())
    return DefinitionCase(
        "t_quantile", ["p": .number(p), "df": .number(df)], ["x": .number(StudentT.quantile(p, df: df))])
}

private func tCumulative(_ random: inout SeededRandom) -> DefinitionCase {
    let (x, df) = (random.normal() * random.magnitude(1, 30), random.degreesOfFreedom())
    return DefinitionCase(
        "t_cumulative", ["x": .number(x), "df": .number(df)],
        ["p": .number(StudentT.cumulative(x, df: df)), "upper": .number(StudentT.upperTail(x, df: df))])
}

private func normalQuantile(_ random: inout SeededRandom) -> DefinitionCase {
    let p = random.probability()
    return DefinitionCase("normal_quantile", ["p": .number(p)], ["x": .number(Normal.quantile(p))])
}

private func incompleteBeta(_ random: inout SeededRandom) -> DefinitionCase {
    let (a, b) = (random.magnitude(0.1, 1e6), random.magnitude(0.1, 1e6))
    // Within some deviations of the mean, on the scale where the distribution is about normal.
    let x = 1 / (1 + b / a * exp(2 * random.normal() * (1 / a + 1 / b).squareRoot()))
    return DefinitionCase(
        "incomplete_beta", ["x": .number(x), "a": .number(a), "b": .number(b)],
        ["y": .number(Beta.cumulative(x, a, b)), "upper": .number(Beta.upperTail(x, a, b))])
}

private func proportion(_ random: inout SeededRandom) -> DefinitionCase {
    let trials = Int(random.magnitude(1, 100_000))
    let successes = min(trials, random.below(4) == 0 ? trials : Int(random.magnitude(1, 300)) - 1)
    let alpha = random.magnitude(0.001, 0.2)
    let bounds = clopperPearson(successes: Double(successes), trials: Double(trials), alpha: alpha)
    return DefinitionCase(
        "clopper_pearson", ["successes": .count(successes), "trials": .count(trials), "alpha": .number(alpha)],
        ["lower": .number(bounds.lower), "upper": .number(bounds.upper)])
}

private func ranks(_ random: inout SeededRandom) -> DefinitionCase {
    let count = Int(random.magnitude(1, 5000))
    let (p, confidence) = (random.within(0.01, 0.999), random.within(0.5, 0.99))
    let bounds = quantileRanks(count: count, p: p, confidence: confidence)
    return DefinitionCase(
        "quantile_ranks", ["count": .count(count), "p": .number(p), "confidence": .number(confidence)],
        ["lower": Figure(bounds.lower), "upper": Figure(bounds.upper), "coverage": .number(bounds.coverage)])
}

// Means and their errors.

private func pairedT(_ random: inout SeededRandom) -> DefinitionCase {
    let count = random.within(3...60)
    let old = random.normals(count, sd: 0.2).map(exp)
    let shift = random.within(-0.1, 0.2)
    let new = old.map { $0 * exp(shift + 0.1 * random.normal()) }
    let (confidence, tolerance) = (random.within(0.5, 0.99), random.within(-0.1, 0.3))
    let test = PairedT(old: old, new: new)
    let interval = test.interval(confidence: confidence)
    let margin = test.nonInferiority(tolerance: tolerance)
    return DefinitionCase(
        "paired_t",
        ["old": Figure(old), "new": Figure(new), "confidence": .number(confidence), "tolerance": .number(tolerance)],
        [
            "mean": .number(test.mean), "error": .number(test.error), "statistic": .number(test.statistic),
            "probability": .number(test.probability), "lower": .number(interval.lower),
            "upper": .number(interval.upper), "margin_statistic": .number(margin.statistic),
            "pass_probability": .number(margin.passProbability), "fail_probability": .number(margin.failProbability)
        ])
}

private func bootstrap(_ random: inout SeededRandom) throws -> DefinitionCase {
    let sample = random.normals(random.within(12...30), mean: random.within(-1, 1)).map { $0 * $0 * $0 }
    let resamples = (0..<random.within(99...199)).map { _ in
        sample.map { _ in Int(random.below(UInt64(sample.count))) }
    }
    let confidence = random.within(0.5, 0.99)
    let found = try #require(BootstrapInterval(sample, resamples: resamples, confidence: confidence))
    return DefinitionCase(
        "bootstrap", ["sample": Figure(sample), "resamples": Figure(resamples), "confidence": .number(confidence)],
        [
            "mean": .number(found.mean), "bias": .number(found.bias), "acceleration": .number(found.acceleration),
            "lower_level": .number(found.lowerLevel), "upper_level": .number(found.upperLevel),
            "lower": .number(found.lower), "upper": .number(found.upper)
        ])
}

private func trimmedMean(_ random: inout SeededRandom) -> DefinitionCase {
    // Without values alike: a series that is trimmed to one value has no error.
    let sample = random.normals(random.within(5...80), mean: 1)
    let share = random.below(2) == 0 ? 0.2 : random.within(0, 0.4)
    let found = TrimmedMean(sample, share: share)
    return DefinitionCase(
        "trimmed_mean", ["sample": Figure(sample), "share": .number(share)],
        [
            "mean": .number(found.mean), "winsorised": Figure(found.winsorised),
            "pseudo_values": Figure(found.pseudoValues),
            "error": .number(LongRunError(found.pseudoValues, terms: 4).independent)
        ])
}

private func cosineError(_ random: inout SeededRandom) -> DefinitionCase {
    var (series, last) = ([Double](), 0.0)
    let memory = random.within(0, 0.95)
    for _ in 0..<random.within(8...120) {
        last = memory * last + random.normal()
        series.append(0.3 + last)
    }
    let terms = random.within(1...7)
    let found = LongRunError(series, terms: terms)
    return DefinitionCase(
        "cosine_error", ["series": Figure(series), "terms": .count(terms)],
        [
            "mean": .number(found.mean), "cosine": .number(found.cosine), "independent": .number(found.independent),
            "coefficients": Figure(cosineCoefficients(series, terms: terms)),
            "neighbours": .number(neighbourCorrelation(series))
        ])
}

private func straightLine(_ random: inout SeededRandom) throws -> DefinitionCase {
    let x = random.normals(random.within(3...40), sd: 10)
    let slope = random.within(-0.3, 0.3)
    let y = x.map { slope * $0 + random.normal() }
    let line = try #require(StraightLine(x: x, y: y))
    return DefinitionCase(
        "straight_line", ["x": Figure(x), "y": Figure(y)],
        [
            "slope": .number(line.slope), "intercept": .number(line.intercept),
            "probability": .number(line.probability)
        ])
}

private func power(_ random: inout SeededRandom) -> DefinitionCase {
    let (error, df) = (random.magnitude(0.001, 0.2), Double(random.within(4...8)))
    let (alpha, distance) = (random.magnitude(0.001, 0.1), random.within(-0.1, 0.1))
    let (floor, duration) = (random.magnitude(0.0001, 0.02), random.magnitude(1, 60))
    let needed = neededDuration(
        distance: distance, runError: error, floor: floor, df: df, alpha: alpha, duration: duration)
    return DefinitionCase(
        "power",
        [
            "error": .number(error), "df": .number(df), "alpha": .number(alpha), "distance": .number(distance),
            "run_error": .number(error), "floor": .number(floor), "duration": .number(duration)
        ],
        [
            "detectable": .number(detectableEffect(standardError: error, df: df, alpha: alpha)),
            "needed": Figure(needed)
        ])
}

// Ranks.

private func figures(_ found: HodgesLehmann) -> [String: Figure] {
    [
        "estimate": .number(found.estimate), "lower": Figure(found.lower), "upper": Figure(found.upper),
        "coverage": .number(found.coverage)
    ]
}

private func hodgesLehmannOne(_ random: inout SeededRandom) -> DefinitionCase {
    let sample = random.sample(random.within(1...40), mean: 1)
    let confidence = random.within(0.5, 0.99)
    return DefinitionCase(
        "hodges_lehmann_one", ["sample": Figure(sample), "confidence": .number(confidence)],
        figures(HodgesLehmann(sample, confidence: confidence)))
}

private func hodgesLehmannTwo(_ random: inout SeededRandom) -> DefinitionCase {
    let (old, new) = (random.sample(random.within(1...25)), random.sample(random.within(1...25), mean: 1))
    let confidence = random.within(0.5, 0.99)
    return DefinitionCase(
        "hodges_lehmann_two", ["old": Figure(old), "new": Figure(new), "confidence": .number(confidence)],
        figures(HodgesLehmann(old: old, new: new, confidence: confidence)))
}

private func signedRank(_ random: inout SeededRandom) -> DefinitionCase {
    let sample = random.sample(random.within(0...13), mean: 1)
    let found = SignedRank(sample)
    return DefinitionCase(
        "signed_rank", ["sample": Figure(sample)],
        ["statistic": .number(found.statistic), "probability": .number(found.probability)])
}

private func mannWhitney(_ random: inout SeededRandom) -> DefinitionCase {
    let (old, new) = (random.sample(random.within(2...30)), random.sample(random.within(2...30), mean: 1))
    let found = MannWhitney(old: old, new: new)
    return DefinitionCase(
        "mann_whitney", ["old": Figure(old), "new": Figure(new)],
        [
            "statistic": .number(found.statistic), "exact": Figure(found.exactProbability),
            "asymptotic": .number(found.asymptoticProbability)
        ])
}

// Many tests, many looks, rare events.

private func holm(_ random: inout SeededRandom) -> DefinitionCase {
    var probabilities = (0..<random.within(1...15)).map { _ in random.magnitude(1e-5, 1) }
    if random.below(3) == 0 { probabilities.append(probabilities[0]) }
    return DefinitionCase(
        "holm", ["probabilities": Figure(probabilities)], ["adjusted": Figure(holmAdjusted(probabilities))])
}

private func pooledRatio(_ random: inout SeededRandom) throws -> DefinitionCase {
    let (units, bins) = (random.within(12...30), random.within(40...80))
    let (low, width) = (random.within(-8, -5), random.within(0.01, 0.06))
    func rows(_ shift: Double) -> [[Int]] {
        (0..<units).map { _ in
            var counts = [Int](repeating: 0, count: bins)
            let drift = shift + random.normal()
            for _ in 0..<random.within(100...300) {
                let place = Double(bins) / 2 + drift + Double(bins) / 8 * random.normal()
                counts[min(max(Int(place), 0), bins - 1)] += 1
            }
            return counts
        }
    }
    let (old, new) = (rows(0), rows(random.within(-1, 3)))
    let p = [0.5, 0.9, 0.99][random.within(0...2)]
    let (tolerance, floor) = (random.within(0, 0.2), random.within(0, 0.01))
    let sides = [old, new].map { binnedSeries($0, low: low, width: width) }
    let values = try sides.map { side in try #require(side.pseudoValues { side.logQuantile(p, without: $0) }) }
    let pseudo = zip(values[1].values, values[0].values).map { $0 - $1 }
    let ratio = values[1].whole - values[0].whole
    let terms = LongRunError.terms(units: units)
    let error = hypot(LongRunError(pseudo, terms: terms).error, floor)
    let distance = (log1p(tolerance) - ratio) / error
    return DefinitionCase(
        "pooled_ratio",
        [
            "old": Figure(old), "new": Figure(new), "low": .number(low), "width": .number(width), "p": .number(p),
            "terms": .count(terms), "tolerance": .number(tolerance), "floor": .number(floor)
        ],
        [
            "log_ratio": .number(ratio), "pseudo_values": Figure(pseudo), "error": .number(error),
            "pass_probability": .number(StudentT.upperTail(distance, df: Double(terms))),
            "fail_probability": .number(StudentT.upperTail(-distance, df: Double(terms)))
        ])
}

private func errorRate(_ random: inout SeededRandom) -> DefinitionCase {
    let units = random.within(2...40)
    let operations = (0..<units).map { _ in random.within(500...20_000) }
    let share = random.unit()
    let errors = operations.map { _ in random.unit() < share * share ? Int(random.magnitude(1, 60)) : 0 }
    let (alpha, limit) = (random.magnitude(0.001, 0.1), random.magnitude(1e-5, 0.01))
    let found = ErrorEvidence(errors: errors, operations: operations)
    let bounds = found.bounds(alpha: alpha)
    return DefinitionCase(
        "error_rate",
        [
            "errors": Figure(errors), "operations": Figure(operations), "alpha": .number(alpha), "limit": .number(limit)
        ],
        [
            "design_effect": .number(found.designEffect), "lower": .number(bounds.lower),
            "upper": .number(bounds.upper), "below": .number(found.probabilityBelow(limit)),
            "above": .number(found.probabilityAbove(limit))
        ])
}

private func fisher(_ random: inout SeededRandom) -> DefinitionCase {
    let most = Int(random.magnitude(3, 300))
    let table = (0..<4).map { _ in random.within(0...most) }
    return DefinitionCase(
        "fisher", ["a": .count(table[0]), "b": .count(table[1]), "c": .count(table[2]), "d": .count(table[3])],
        ["probability": .number(fisherExact(table[0], table[1], table[2], table[3]))])
}

private func sequential(_ random: inout SeededRandom) -> DefinitionCase {
    let looks = random.within(1...20)
    var fractions = (1...looks).map { Double($0) / Double(looks) }
    if random.below(3) > 0 {
        let steps = (0..<looks).map { _ in random.magnitude(0.05, 1) }
        let whole = steps.reduce(0, +)
        var sum = 0.0
        fractions = steps.map {
            sum += $0
            return min(1, sum / whole)
        }
        fractions[looks - 1] = 1
    }
    let alpha = random.magnitude(1e-4, 0.2)
    let gamma = random.within(-6, 4)
    let kinds: [(name: String, spending: Spending)] = [
        ("hwang_shih_decani", .hwangShihDeCani(gamma)), ("obrien_fleming", .obrienFleming), ("pocock", .pocock)
    ]
    let kind = kinds[random.within(0...2)]
    let plan = SequentialPlan(fractions: fractions, alpha: alpha, spending: kind.spending)
    return DefinitionCase(
        "sequential",
        [
            "fractions": Figure(fractions), "alpha": .number(alpha), "spending": .words(kind.name),
            "gamma": .number(gamma)
        ],
        ["increments": Figure(plan.increments), "nominal": Figure(plan.nominal)])
}
