// verdict.json: the outcome, and for each verdict its reason and the evidence that it rests on.

import Comparisons
import Documents
import Quantities
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
            "caveats": caveats.json,
            "verdicts": .array(verdicts.map { $0.json() }),
            "waivers": .array(waivers.map(json)),
            "post_hoc": .bool(standing.postHoc != nil),
            "sealed": standing.seal.map(Judgement.json) ?? .null
        ])
    }

    /// A waiver, and the ids of the failures that do not gate because of it.
    private func json(_ waiver: AppliedWaiver) -> JSON {
        var keys = waiver.keys
        keys["id"] = .string(waiver.waiver.id)
        keys["waived"] = .array(
            verdicts.filter { $0.isWaived && $0.waiver == waiver }.map { .string($0.id) })
        return .object(keys)
    }

    private static func json(_ seal: Seal) -> JSON {
        .object([
            "by": seal.by.map { .string($0) } ?? .null, "sealed": .string(seal.sealed.iso8601),
            "sha256": .string(seal.sha256)
        ])
    }
}

extension AppliedWaiver {
    fileprivate var keys: [String: JSON] {
        [
            "until": .string("\(waiver.until)"), "by": .string(waiver.by), "why": .string(waiver.why),
            "expired": .bool(isExpired)
        ]
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
        if let look {
            var found: [String: JSON] = [
                "number": .integer(look.number), "of": .integer(look.planned), "minutes": .number(look.minutes),
                "level": .number(look.level)
            ]
            if look.isBoost { found["boost"] = .bool(true) }
            keys["look"] = .object(found)
        }
        if let contradiction { keys["contradiction"] = .string(contradiction) }
        keys["waived"] = .bool(isWaived)
        keys["waiver"] = waiver.map { .object($0.keys) } ?? .null
        for evidence in tests.isEmpty ? [evidence] : tests.map(\.evidence) {
            keys.merge(Verdict.json(evidence)) { first, _ in first }
        }
        if !tests.isEmpty { keys["tests"] = .array(zip(["allow", "limit"], tests).map { $1.json(ofTest: $0) }) }
        return .object(keys)
    }

    /// One of the two limits of a criterion; the evidence of both stands beside them.
    private func json(ofTest name: String) -> JSON {
        .object([
            "test": .string(name), "verdict": .string(finding.rawValue), "reason": .string(reason),
            "pass_probability": passProbability.map { .number($0) } ?? .null,
            "fail_probability": failProbability.map { .number($0) } ?? .null
        ])
    }

    private static func json(_ evidence: Evidence) -> [String: JSON] {
        switch evidence {
        case .effect(let effect): ["effect": effect.json()]
        case .level(let level): ["level": level.json()]
        case .errorRate(let rate): ["error_rate": rate.json()]
        case .observations(let observations): ["observations": .array(observations.map(Verdict.json))]
        case .none: [:]
        }
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
