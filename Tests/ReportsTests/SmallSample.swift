// A judged run small enough to be read: two operations, one round, five verdicts, all written by hand.

import Comparisons
import Documents
import Histograms
import Quantities
import Recordings
import Statistics
import Verdicts

@testable import Comparisons
@testable import Reports
@testable import Verdicts

enum SmallSample {
    static let place = Position(file: "criteria.yaml", line: 1, column: 1)

    static func estimate(_ ratio: Double) -> Estimate {
        Estimate(
            log: ratio, runError: 0.01, floor: 0, degreesOfFreedom: 8, units: 24, exceedancesPerSide: 400,
            varianceInflation: 1.2)
    }

    static func effect(_ operation: String, old: Double, new: Double, _ estimate: Estimate?) -> Effect {
        Effect(
            measure: .p(99), scope: .operation(operation), shape: .range, keyspace: "shop", oldMilliseconds: old,
            newMilliseconds: new, estimate: estimate, unavailable: estimate == nil ? "too little evidence" : nil,
            caveats: [])
    }

    static func criterion(_ id: String, _ requirement: Requirement, advisory: Bool = false) -> Criterion {
        Criterion(
            id: id, family: id == "parity" ? .functional : .performance, requirement: requirement, confidence: 0.95,
            weight: 1,
            advisory: advisory, position: place, targetPosition: place)
    }

    static func verdict(
        _ id: String, _ finding: Finding, _ reason: String, _ evidence: Evidence = .none, family: Family = .performance,
        advisory: Bool = false
    ) -> Verdict {
        Verdict(
            id: id, criterion: String(id.split(separator: "/")[0]), family: family, finding: finding, reason: reason,
            evidence: evidence, advisory: advisory, weight: 1, passProbability: nil, failProbability: nil)
    }

    static let criteria = [
        criterion("p99", .change(.p(99), of: .eachOperation, allow: Ratio(0.05))),
        criterion("slo", .timeLimit(.p(99), of: .eachOperation, on: .new, atMost: .milliseconds(50)), advisory: true),
        criterion("parity", .parity(atMost: 0))
    ]

    static let verdicts = [
        verdict("p99/point", .pass, "within it", .effect(effect("point", old: 1, new: 0.96, estimate(-0.04)))),
        verdict("p99/range", .fail, "slower beyond it", .effect(effect("range", old: 3, new: 5.1, estimate(0.53)))),
        verdict("slo/range", .undecided, "too little evidence", advisory: true),
        verdict("parity", .undecided, "not looked at", .observations([]), family: .functional)
    ]

    static func judgement(_ verdicts: [Verdict], void: [String] = []) -> Judgement {
        Judgement(
            criteria: "small", verdicts: verdicts, voidReasons: void,
            caveats: [Caveat(.uncalibrated, "no noise floor was measured: 0.5 % is assumed")])
    }

    static func report(
        _ judgement: Judgement?, operations: [String] = ["point", "range"], criteria: [Criterion] = criteria
    )
        -> Report
    {
        func slice(_ side: Side) -> SliceRecord {
            let records = operations.map { _ -> OperationRecord in
                var record = OperationRecord(intended: 4, completed: 3, errors: ["time_out": 1], rows: 3)
                for value in [1_000_000, 2_000_000, 3_000_000, 10_000_000_000] { record.response.record(Int64(value)) }
                return record
            }
            return SliceRecord(start: .zero, length: .seconds(5), operations: records)
        }
        let round = RoundRecord(index: 0, first: .old, old: slice(.old), new: slice(.new))
        let started = WallTime(year: 2026, month: 1, day: 2)
        let recording = Recording(
            assayVersion: "0.1.0", workload: "orders", pair: "small", seed: 42, ratePerSecond: 2_000,
            timeOut: .seconds(10),
            started: started, ended: started + .seconds(11),
            operations: operations.map { OperationInfo(name: $0, shape: .range, keyspace: "shop", weight: 1) },
            rounds: [round])
        let effects = [
            effect("point", old: 1, new: 0.96, estimate(-0.04)), effect("range", old: 3, new: 5.1, estimate(0.53))
        ]
        let comparison = Comparison(
            run: RunFacts(countedRounds: 1, minutes: 0.2, isComparable: true, interrupted: false),
            validity: RunValidity(
                rounds: 1, voidRounds: 0, voidOld: 0, voidNew: 0, reasons: judgement?.voidReasons ?? []),
            operations: operations, effects: effects, levels: [], errorRates: [], timeOuts: [], rows: [])
        return Report(
            recording: recording, comparison: comparison, judgement: judgement, criteria: criteria, environment: nil,
            inputs: [InputFile(name: "plan.json", sha256: "00ff")])
    }
}
