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
}

/// The series of one side in the vectors: bins of equal width on the log scale.
private func series(_ rows: [[Int]], low: Double, width: Double) -> BinnedSeries {
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
    let old = series(try #require(entry["old"] as? [[Int]]), low: low, width: width)
    let new = series(try #require(entry["new"] as? [[Int]]), low: low, width: width)
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
