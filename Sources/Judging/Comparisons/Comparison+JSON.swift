// comparison.json: every effect with its interval and caveats. The same recording gives the same bytes.

import Documents
import Glibc
import Quantities
import Statistics

extension Comparison {
    /// The content of `comparison.json`; `madeFrom` names the SHA-256 of each file that it was made from.
    public func json(madeFrom: [String: String] = [:]) -> JSON {
        var keys: [String: JSON] = [
            "comparison": .integer(1),
            "made_from": .object(madeFrom.mapValues { .string($0) }),
            "run": .object([
                "counted_rounds": .integer(run.countedRounds),
                "minutes": .number(run.minutes),
                "comparable": .bool(run.isComparable),
                "interrupted": .bool(run.interrupted),
                "saturation_rounds": .integer(run.saturationRounds),
                "saturation_minutes": .number(run.saturationMinutes)
            ]),
            "validity": .object([
                "void": .bool(validity.isVoid),
                "reasons": .array(validity.reasons.map { .string($0) }),
                "rounds": .integer(validity.rounds),
                "void_rounds": .integer(validity.voidRounds),
                "void_rounds_old": .integer(validity.voidOld),
                "void_rounds_new": .integer(validity.voidNew)
            ]),
            "effects": .array(effects.map { $0.json() }),
            "levels": .array(levels.map { $0.json() }),
            "error_rates": .array(errorRates.map { $0.json() }),
            "time_outs": .array(timeOuts.map { $0.json() }),
            "rows": .array(rows.map { $0.json() })
        ]
        if let boost { keys["boost"] = boost.json }
        return .object(keys)
    }
}

/// Keys that say what a figure is of; with `side` for figures of one.
private func identity(_ measure: Measure, _ scope: Scope) -> [String: JSON] {
    var keys: [String: JSON] = [
        "measure": .string(measure.text), "metric": .string(measure.metric.text), "of": .string(scope.text)
    ]
    if case .operation(let name) = scope { keys["operation"] = .string(name) } else { keys["operation"] = .null }
    return keys
}

func optional(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
func optional(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }

extension [Caveat] {
    public var json: JSON {
        .array(map { .object(["code": .string($0.code.rawValue), "sentence": .string($0.sentence)]) })
    }
}

extension Effect {
    /// Shares are relative changes: 0.05 is 5 %.
    public func json() -> JSON {
        var keys = identity(measure, scope)
        keys["shape"] = optional(shape?.rawValue)
        keys["keyspace"] = optional(keyspace)
        if measure.metric == .throughput {
            keys["old_per_s"] = optional(oldPerSecond)
            keys["new_per_s"] = optional(newPerSecond)
        } else {
            keys["old_ms"] = optional(oldMilliseconds)
            keys["new_ms"] = optional(newMilliseconds)
        }
        keys["unavailable"] = optional(unavailable)
        keys["caveats"] = caveats.json
        if let estimate {
            let interval = estimate.interval()
            keys["change"] = .number(expm1(estimate.log))
            keys["change_low"] = .number(expm1(interval.low))
            keys["change_high"] = .number(expm1(interval.high))
            keys["detectable_change"] = .number(estimate.detectable())
            keys["estimate"] = estimate.json(of: "log_ratio")
        }
        return .object(keys)
    }
}

extension Level {
    public func json() -> JSON {
        var keys = identity(measure, scope)
        let unit = measure.metric == .throughput ? "per_s" : "ms"
        keys["side"] = .string(side.rawValue)
        keys["value_\(unit)"] = optional(measure.metric == .throughput ? perSecond : milliseconds)
        if measure.isLatency { keys["at_time_out"] = .bool(isAtTimeOut) }
        keys["unavailable"] = optional(unavailable)
        if let estimate {
            let interval = estimate.interval()
            keys["low_\(unit)"] = .number(exp(interval.low))
            keys["high_\(unit)"] = .number(exp(interval.high))
            keys["estimate"] = estimate.json(of: "log_\(unit)")
        }
        return .object(keys)
    }
}

extension Estimate {
    fileprivate func json(of name: String) -> JSON {
        .object([
            name: .number(log),
            "confidence": .number(0.9),
            "standard_error": .number(standardError),
            "run_error": .number(runError),
            "floor": .number(floor),
            "degrees_of_freedom": .integer(degreesOfFreedom),
            "units": .integer(units),
            "exceedances_per_side": .integer(exceedancesPerSide),
            "variance_inflation": .number(varianceInflation)
        ])
    }
}

extension ErrorRate {
    public func json() -> JSON {
        let bounds = evidence.bounds(alpha: 0.05)
        var keys = identity(measure, scope)
        keys["side"] = .string(side.rawValue)
        keys["errors"] = .integer(evidence.errors)
        keys["operations"] = .integer(evidence.operations)
        keys["classes"] = .object(classes.mapValues { .integer($0) })
        keys["rate"] = .number(evidence.rate)
        keys["rate_low"] = .number(bounds.lower)
        keys["rate_high"] = .number(bounds.upper)
        keys["confidence"] = .number(0.9)
        keys["design_effect"] = .number(evidence.designEffect)
        keys["units"] = .integer(evidence.units)
        keys["unavailable"] = optional(unavailable)
        keys["caveats"] = caveats.json
        return .object(keys)
    }
}

extension RowComparison {
    public func json() -> JSON {
        .object([
            "operation": .string(operation),
            "finding": .string(finding.rawValue),
            "clean_rounds": .integer(cleanRounds),
            "old_rows": .integer(oldRows),
            "new_rows": .integer(newRows),
            "difference": .number(difference),
            "self_difference": .number(selfDifference),
            "sentence": .string(sentence)
        ])
    }
}
