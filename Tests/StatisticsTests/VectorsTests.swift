// Every reference value that concerns what is built, where they are at hand (ASSAY_SERVERS names their neighbour).

import Foundation
import Statistics
import TestSupport
import Testing

/// The reference values, or nil with a line that says so.
private func vectors() throws -> [String: Any]? {
    guard let servers = ProcessInfo.processInfo.environment["ASSAY_SERVERS"] else {
        print("skipped: ASSAY_SERVERS is not set, so the reference values are not at hand")
        return nil
    }
    let file = URL(fileURLWithPath: servers).deletingLastPathComponent().appendingPathComponent(
        "vectors/statistics.json")
    return try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
}

private typealias Entry = [String: Any]

extension Dictionary where Key == String, Value == Any {
    fileprivate func number(_ key: String) throws -> Double {
        try #require(self[key] as? NSNumber, "\(key)").doubleValue
    }
    fileprivate func numbers(_ key: String) throws -> [Double] {
        try #require(self[key] as? [NSNumber], "\(key)").map(\.doubleValue)
    }
    fileprivate func entries(_ key: String) throws -> [Entry] { try #require(self[key] as? [Entry], "\(key)") }
    fileprivate func entry(_ key: String) throws -> Entry { try #require(self[key] as? Entry, "\(key)") }
}

@Test func distributionsAgreeWithTheVectors() throws {
    guard let all = try vectors() else { return }
    for each in try all.entries("t_quantile") {
        let value = StudentT.quantile(try each.number("p"), df: try each.number("df"))
        #expect(close(value, try each.number("x")), "\(each)")
    }
    for each in try all.entries("t_cdf") {
        let value = StudentT.cumulative(try each.number("x"), df: try each.number("df"))
        #expect(close(value, try each.number("p")), "\(each)")
    }
    for each in try all.entries("normal_quantile") {
        #expect(close(Normal.quantile(try each.number("p")), try each.number("x")), "\(each)")
    }
    for each in try all.entries("reg_inc_beta") {
        let value = Beta.cumulative(try each.number("x"), try each.number("a"), try each.number("b"))
        #expect(close(value, try each.number("y")), "\(each)")
    }
}

@Test func boundsAgreeWithTheVectors() throws {
    guard let all = try vectors() else { return }
    for each in try all.entries("clopper_pearson") {
        let bounds = clopperPearson(
            successes: try each.number("k"), trials: try each.number("n"),
            alpha: 1 - (try each.number("conf_one_sided")))
        #expect(close(bounds.lower, try each.number("lower")), "\(each)")
        #expect(close(bounds.upper, try each.number("upper")), "\(each)")
    }
    let ranks = try all.entry("quantile_ci_order_statistics")
    for each in try ranks.entries("cases") {
        let found = quantileRanks(
            count: Int(try each.number("n")), p: try each.number("p"), confidence: try each.number("conf"))
        #expect(found.lower == each["lower_rank"] as? Int, "\(each)")
        #expect(found.upper == each["upper_rank"] as? Int, "\(each)")
        if each["achieved_coverage"] != nil {
            #expect(close(found.coverage, try each.number("achieved_coverage")), "\(each)")
        }
    }
    let values = try ranks.numbers("x").sorted()
    for each in try ranks.entries("cases") where Int(try each.number("n")) == values.count {
        let found = quantileRanks(
            count: values.count, p: try each.number("p"), confidence: try each.number("conf"))
        #expect(found.lower.map { values[$0 - 1] } == each["lower"] as? Double, "\(each)")
        #expect(found.upper.map { values[$0 - 1] } == each["upper"] as? Double, "\(each)")
    }
    let smallest = Int(try ranks.number("min_n_for_finite_upper_p99_two_sided95"))
    #expect(quantileRanks(count: smallest, p: 0.99, confidence: 0.95).upper != nil)
    #expect(quantileRanks(count: smallest - 1, p: 0.99, confidence: 0.95).upper == nil)
}

@Test func errorRatesAgreeWithTheVectors() throws {
    guard let all = try vectors() else { return }
    for each in try all.entries("error_rate_upper_bound") {
        let errors = try each.numbers("errors_per_unit").map { Int($0) }
        let operations = [Int](repeating: Int(try each.number("ops_per_unit")), count: errors.count)
        let evidence = ErrorEvidence(errors: errors, operations: operations)
        #expect(close(evidence.designEffect, try each.number("deff_used")))
        #expect(evidence.unitsWithErrors == Int(try each.number("bad_units")))
        let bounds = evidence.bounds(alpha: 0.05)
        #expect(close(bounds.upper, try each.number("upper95_one_sided")))
        #expect(close(bounds.lower, try each.number("lower95_one_sided")))
    }
}

@Test func multiplicityAgreesWithTheVectors() throws {
    guard let all = try vectors() else { return }
    let holm = try all.entry("holm")
    let adjusted = holmAdjusted(try holm.numbers("p"))
    for (mine, theirs) in zip(adjusted, try holm.numbers("adjusted")) { #expect(close(mine, theirs)) }
    let rejected = try #require(holm["reject_at_0_05"] as? [Bool])
    #expect(adjusted.map { $0 <= 0.05 } == rejected)
}

@Test func longRunErrorsAgreeWithTheVectors() throws {
    guard let all = try vectors() else { return }
    let entry = try all.entry("ewc_se")
    let series = try entry.numbers("series")
    let cases = try entry.entries("cases")
    #expect(!cases.isEmpty)
    for each in cases {
        let error = LongRunError(series, terms: Int(try each.number("B")))
        #expect(close(error.cosine, try each.number("se")))
        #expect(close(error.mean, try entry.number("mean")))
        #expect(close(error.independent, try entry.number("iid_se")))
        let reach = StudentT.quantile(0.95, df: try each.number("df")) * error.cosine
        let interval = try each.numbers("ci90")
        #expect(close(error.mean - reach, interval[0]))
        #expect(close(error.mean + reach, interval[1]))
    }
    let coefficients = cosineCoefficients(series, terms: 4)
    for (mine, theirs) in zip(coefficients, try entry.numbers("lambda_B4")) { #expect(close(mine, theirs)) }
    #expect(close(neighbourCorrelation(series), try entry.number("lag1_autocorr")))
}

/// The series of one side in the vectors: bins of equal width on the log scale.
func binnedSeries(_ rows: [[Int]], low: Double, width: Double) -> BinnedSeries {
    let units = rows.map { row in
        let filled = row.indices.filter { row[$0] > 0 }
        return BinnedSeries.Unit(
            bins: filled.map(Int32.init), counts: filled.map { row[$0] },
            middle: [Double](repeating: 1, count: row.count))
    }
    let bins = rows[0].count
    return BinnedSeries(
        logLow: (0..<bins).map { low + width * Double($0) }, logWidth: [Double](repeating: width, count: bins),
        units: units)
}

@Test func thePooledJackknifeAgreesWithTheVectors() throws {
    guard let all = try vectors() else { return }
    let entry = try all.entry("pooled_p99_ratio_jackknife_ewc")
    let (low, width) = (try entry.number("bin_log_lo"), try entry.number("bin_log_width"))
    let old = binnedSeries(try #require(entry["old"] as? [[Int]]), low: low, width: width)
    let new = binnedSeries(try #require(entry["new"] as? [[Int]]), low: low, width: width)
    let oldValues = try #require(old.pseudoValues { old.logQuantile(0.99, without: $0) })
    let newValues = try #require(new.pseudoValues { new.logQuantile(0.99, without: $0) })
    #expect(close(oldValues.whole, try entry.number("log_q_old")))
    #expect(close(newValues.whole, try entry.number("log_q_new")))
    let ratio = newValues.whole - oldValues.whole
    #expect(close(ratio, try entry.number("log_ratio")))
    let values = zip(newValues.values, oldValues.values).map { $0 - $1 }
    for (mine, theirs) in zip(values, try entry.numbers("pseudo_values")) { #expect(close(mine, theirs)) }

    let error = LongRunError(values, terms: 8)
    #expect(LongRunError.terms(units: 24) == 8)
    #expect(close(error.cosine, try entry.number("se_ewc8")))
    #expect(close(error.independent, try entry.number("se_iid")))
    let rule = try entry.entry("recommended_rule")
    let floor = try rule.number("aa_floor_sd")
    let total = (error.error * error.error + floor * floor).squareRoot()
    #expect(close(total, try rule.number("se_total")))
    let tolerance = log(1 + (try rule.number("tolerance")))
    #expect(close(StudentT.upperTail((tolerance - ratio) / total, df: 8), try rule.number("p_pass")))
    #expect(close(StudentT.upperTail((ratio - tolerance) / total, df: 8), try rule.number("p_fail")))
    #expect(close(100 * detectableEffect(standardError: total, df: 8), try rule.number("mde80_percent")))
    let reach = StudentT.quantile(0.95, df: 8) * total
    let interval = try rule.numbers("ci90_percent")
    #expect(close(100 * expm1(ratio - reach), interval[0]))
    #expect(close(100 * expm1(ratio + reach), interval[1]))
}

@Test func pairedRatiosAgreeWithTheVectors() throws {
    guard let all = try vectors() else { return }
    let entry = try all.entry("paired_t_log_ratio")
    let test = PairedT(old: try entry.numbers("old"), new: try entry.numbers("new"))
    #expect(close(test.mean, try entry.number("mean_log_ratio")))
    #expect(close(test.error, try entry.number("se")))
    #expect(close(test.statistic, try entry.number("t")))
    #expect(close(test.probability, try entry.number("p_two_sided")))
    for (confidence, key) in [(0.95, "ci95_log"), (0.9, "ci90_log")] {
        let (interval, ends) = (test.interval(confidence: confidence), try entry.numbers(key))
        #expect(close(interval.lower, ends[0]) && close(interval.upper, ends[1]), "\(key)")
    }
    let (interval, ends) = (test.interval(confidence: 0.9), try entry.numbers("ci90_ratio_percent"))
    #expect(close(100 * expm1(interval.lower), ends[0]) && close(100 * expm1(interval.upper), ends[1]))
    let margin = try entry.entry("noninferiority")
    let found = test.nonInferiority(tolerance: try margin.number("tol"))
    #expect(close(found.statistic, try margin.number("t")))
    #expect(close(found.passProbability, try margin.number("p_pass")))
    #expect(close(found.failProbability, try margin.number("p_fail")))
}

@Test func theBootstrapAgreesWithTheVectors() throws {
    guard let all = try vectors() else { return }
    let entry = try all.entry("bca_bootstrap_mean")
    let sample = try entry.numbers("x")
    let resamples = try #require(entry["indices"] as? [[Int]])
    #expect(resamples.count == Int(try entry.number("B")))
    let found = try #require(BootstrapInterval(sample, resamples: resamples, confidence: 0.95))
    #expect(close(found.mean, try entry.number("theta")))
    #expect(close(found.bias, try entry.number("z0")))
    #expect(close(found.acceleration, try entry.number("acceleration")))
    let (levels, ends) = (try entry.numbers("adjusted_alphas"), try entry.numbers("ci95"))
    #expect(close(found.lowerLevel, levels[0]) && close(found.upperLevel, levels[1]))
    #expect(close(found.lower, ends[0]) && close(found.upper, ends[1]))
    let scipy = try entry.entry("scipy_bootstrap_99999")
    let (theirs, tolerance) = (try scipy.numbers("ci95"), try scipy.number("tol_abs"))
    let own = try #require(BootstrapInterval(sample, count: 99_999, seed: 1, confidence: 0.95))
    #expect(abs(own.lower - theirs[0]) < tolerance && abs(own.upper - theirs[1]) < tolerance)
}

@Test func ranksAgreeWithTheVectors() throws {
    guard let all = try vectors() else { return }
    let one = try all.entry("hodges_lehmann_one_sample")
    let found = HodgesLehmann(try one.numbers("x"), confidence: 0.95)
    let ends = try one.numbers("ci95_exact")
    #expect(close(found.estimate, try one.number("estimate")))
    let (lower, upper) = (try #require(found.lower), try #require(found.upper))
    #expect(close(lower, ends[0]) && close(upper, ends[1]))
    #expect(close(found.coverage, try one.number("achieved")))
    let wilcoxon = try one.entry("wilcoxon")
    let signed = SignedRank(try one.numbers("x"))
    #expect(signed.statistic == (try wilcoxon.number("stat")))
    #expect(close(signed.probability, try wilcoxon.number("p")))

    let two = try all.entry("hodges_lehmann_two_sample")
    let shift = HodgesLehmann(old: try two.numbers("x"), new: try two.numbers("y"), confidence: 0.95)
    #expect(close(shift.estimate, try two.number("shift_y_minus_x")))

    for each in try all.entries("mann_whitney_u") {
        let (old, new) = (try each.numbers("x"), try each.numbers("y"))
        let test = MannWhitney(old: old, new: new)
        #expect(test.statistic == (try each.number("U_y")))
        if each["U_x"] != nil { #expect(MannWhitney(old: new, new: old).statistic == (try each.number("U_x"))) }
        if each["p_exact"] != nil {
            let exact = try #require(test.exactProbability)
            #expect(close(exact, try each.number("p_exact")))
        } else {
            #expect(test.exactProbability == nil)
        }
        let key = ["p_asymptotic_continuity", "p_asymptotic_tie_corrected_continuity"].first { each[$0] != nil }
        let asymptotic = try each.number(try #require(key))
        #expect(close(test.asymptoticProbability, asymptotic))
    }
}

@Test func trimmingAgreesWithTheVectors() throws {
    guard let all = try vectors() else { return }
    let entry = try all.entry("trimmed_mean_20")
    let found = TrimmedMean(try entry.numbers("series"))
    #expect(close(found.mean, try entry.number("trimmed_mean")))
    #expect(found.winsorised == (try entry.numbers("winsorised")))
    for (mine, theirs) in zip(found.pseudoValues, try entry.numbers("pseudo_values")) { #expect(close(mine, theirs)) }
    let error = LongRunError(found.pseudoValues, terms: 8)
    #expect(close(error.independent, try entry.number("se_iid")))
    #expect(close(error.cosine, try entry.number("se_ewc8")))
}

/// These values are good to a few parts in a million themselves and have a tolerance of their own; what the levels are
/// to nine digits is held by definitions.py.
@Test func groupSequentialLevelsAgreeWithTheVectors() throws {
    guard let all = try vectors() else { return }
    let kinds: [String: Spending] = ["obf": .obrienFleming, "hsd-2": .hwangShihDeCani(-2), "pocock": .pocock]
    let entries = try all.entries("group_sequential_nominal_one_sided")
    #expect(entries.count == 12)
    for each in entries {
        let name = try #require(each["spending"] as? String)
        let spending = try #require(kinds[name])
        let looks = Int(try each.number("looks"))
        let plan = SequentialPlan(
            fractions: (1...looks).map { Double($0) / Double(looks) }, alpha: try each.number("alpha"),
            spending: spending)
        let (z, levels) = (try each.numbers("z"), try each.numbers("nominal_p"))
        #expect(levels.count == looks)
        for look in 0..<looks {
            #expect(abs(-Normal.quantile(plan.nominal[look]) - z[look]) < min(5e-6, try each.number("tol")))
            #expect(close(plan.nominal[look], levels[look], relative: 1e-5), "\(each)")
        }
    }
}
