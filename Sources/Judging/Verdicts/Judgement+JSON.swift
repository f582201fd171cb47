// verdict.json: the outcome, and for each verdict its reason and the evidence that it rests on.

import Comparisons
import Documents
import Recordings

extension Judgement {
    /// The content of `verdict.json`; `madeFrom` names the SHA-256 of each file that it was made from.
    public func json(madeFrom: [String: String] = [:]) -> JSON {
        .object([
            "verdict": .integer(1),
            "made_from": .object(madeFrom.mapValues { .string($0) }),
            "criteria": .string(criteria),
            "outcome": .string(outcome.rawValue),
            "score": .number(score),
            "summary": .string(summary),
            "void_reasons": .array(voidReasons.map { .string($0) }),
            "caveats": .array(
                caveats.map { .object(["code": .string($0.code.rawValue), "sentence": .string($0.sentence)]) }),
            "verdicts": .array(verdicts.map { $0.json() })
        ])
    }
}

extension Verdict {
    public func json() -> JSON {
        var keys: [String: JSON] = [
            "id": .string(id),
            "criterion": .string(criterion),
            "family": .string(family.rawValue),
            "verdict": .string(finding.rawValue),
            "reason": .string(reason),
            "advisory": .bool(advisory),
            "weight": .number(weight),
            "pass_probability": passProbability.map { .number($0) } ?? .null,
            "fail_probability": failProbability.map { .number($0) } ?? .null
        ]
        switch evidence {
        case .effect(let effect): keys["effect"] = effect.json()
        case .level(let level): keys["level"] = level.json()
        case .errorRate(let rate): keys["error_rate"] = rate.json()
        case .observations(let observations): keys["observations"] = .array(observations.map(Verdict.json))
        case .none: break
        }
        return .object(keys)
    }

    private static func json(_ observation: Observation) -> JSON {
        .object([
            "kind": .string(observation.kind),
            "subject": .string(observation.subject),
            "old": .string(observation.old),
            "new": .string(observation.new),
            "expected": .bool(observation.expected),
            "note": .string(observation.note)
        ])
    }
}
