// How rounds are merged into units for one measure, and whether these are enough.

import Quantities

/// The units for one measure of one part of the workload.
struct UnitPlan {
    /// Fewer units give no error bar worth the name.
    static let fewestUnits = 12
    /// Values beyond the quantile, in each unit on average and in all.
    static let fewestInUnit = 5.0
    static let fewestInAll = 200.0

    let roundsPerUnit: Int
    let units: Int
    /// Values beyond the quantile on the side that has fewer.
    let exceedances: Int
    /// What is missing and how to get it; nil where there is enough.
    let shortage: String?

    /// `count` is the number of operations on the side that has fewer, at least 1.
    init(_ measure: Measure, count: Int, _ evidence: RunEvidence) {
        let rounds = evidence.rounds.count
        let beyond = UnitPlan.share(measure.metric) * Double(count)
        let perRound = beyond / Double(rounds)
        roundsPerUnit = max(evidence.roundsPerUnit, Int((UnitPlan.fewestInUnit / perRound).rounded(.up)))
        units = rounds / roundsPerUnit
        exceedances = Int(beyond)
        if units >= UnitPlan.fewestUnits, beyond >= UnitPlan.fewestInAll {
            shortage = nil
            return
        }
        let needed = max(Double(UnitPlan.fewestUnits * roundsPerUnit), (UnitPlan.fewestInAll / perRound).rounded(.up))
        let minutes = (needed - Double(rounds)) * evidence.minutesPerRound
        var advice = "about \(grouped(max(1, Int(minutes.rounded(.up))))) more minutes at this rate"
        let inUnit = rounds / UnitPlan.fewestUnits
        if inUnit >= evidence.roundsPerUnit {
            let factor = max(UnitPlan.fewestInAll / beyond, UnitPlan.fewestInUnit / (perRound * Double(inUnit)))
            advice += ", or \(significant(factor)) times the rate, would be enough"
        } else {
            advice += " would be enough"
        }
        let what: String
        if case .quantile = measure.metric {
            what = "operations beyond \(measure.metric.text)"
        } else {
            what = "operations"
        }
        var short: [String] = []
        if units < UnitPlan.fewestUnits { short.append("\(units) units of time of the \(UnitPlan.fewestUnits)") }
        if beyond < UnitPlan.fewestInAll {
            short.append("\(grouped(exceedances)) \(what) a side of the \(Int(UnitPlan.fewestInAll))")
        }
        shortage = "too little evidence: \(short.joined(separator: " and ")) that are needed; \(advice)"
    }

    /// The share of values that a measure depends on: those beyond a quantile, all for a mean.
    static func share(_ metric: Metric) -> Double {
        if case .quantile(let p) = metric { min(p, 1 - p) } else { 1 }
    }
}
