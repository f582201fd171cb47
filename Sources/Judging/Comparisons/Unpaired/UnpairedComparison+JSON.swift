// What `assay compare --json` writes: the same runs give the same bytes. Shares are relative changes: 0.05 is 5 %.

import Documents
import Glibc

extension UnpairedComparison {
    public func json() -> JSON {
        .object([
            "a": a.json(), "b": b.json(),
            "caveats": caveats.json,
            "operations": .array(operations.map { $0.json(confidence) }),
            "only_in_a": .array(onlyInA.map { .string($0) }),
            "only_in_b": .array(onlyInB.map { .string($0) }),
            "left_out_of_a": .array(a.leftOut.map { .string($0) }),
            "left_out_of_b": .array(b.leftOut.map { .string($0) })
        ])
    }

    /// The whole document; several comparisons where both sides of two dossiers are compared.
    public static func document(_ comparisons: [UnpairedComparison]) -> JSON {
        .object([
            "compare": .integer(1),
            "paired": .bool(false),
            // Nobody shall take the absence of a word for a good one.
            "verdict": .string("none"),
            "reading": .string(unpairedReading),
            "comparisons": .array(comparisons.map { $0.json() })
        ])
    }
}

extension MeasuredRun {
    fileprivate func json() -> JSON {
        .object([
            "name": .string(name),
            "description": .string(description),
            "made_from": .object(madeFrom.mapValues { .string($0) }),
            "measured_s": .number(seconds),
            "begin_unix_s": optional(begin),
            "end_unix_s": optional(end)
        ])
    }
}

extension UnpairedOperation {
    fileprivate func json(_ confidence: Double) -> JSON {
        .object([
            "operation": .string(name),
            "timing": optional(timing?.rawValue),
            "tag_a": .string(tagA), "tag_b": .string(tagB),
            "count_a": .integer(countA), "count_b": .integer(countB),
            "rate_a_per_s": optional(perSecondA), "rate_b_per_s": optional(perSecondB),
            "max_a_ms": optional(maximumMillisecondsA), "max_b_ms": optional(maximumMillisecondsB),
            "effects": .array(effects.map { $0.json(confidence) })
        ])
    }
}

extension UnpairedEffect {
    fileprivate func json(_ confidence: Double) -> JSON {
        var keys: [String: JSON] = [
            "measure": .string(metric.text),
            "a_ms": optional(a.milliseconds), "b_ms": optional(b.milliseconds),
            "change": optional(logRatio.map { expm1($0) }),
            "caveats": caveats.json,
            "unavailable": optional(unavailable)
        ]
        if let estimate {
            let interval = estimate.interval(confidence: confidence)
            keys["change_low"] = .number(expm1(interval.low))
            keys["change_high"] = .number(expm1(interval.high))
            keys["estimate"] = .object([
                "log_ratio": .number(estimate.log),
                "confidence": .number(confidence),
                "standard_error": .number(estimate.standardError),
                "run_error_a": .number(estimate.errorA), "run_error_b": .number(estimate.errorB),
                "bin_error": .number(estimate.binError),
                "degrees_of_freedom": .number(estimate.degreesOfFreedom),
                "units_a": .integer(a.units), "units_b": .integer(b.units),
                "exceedances_a": .integer(a.exceedances), "exceedances_b": .integer(b.exceedances),
                "variance_inflation_a": .number(a.varianceInflation),
                "variance_inflation_b": .number(b.varianceInflation)
            ])
        }
        return .object(keys)
    }
}
