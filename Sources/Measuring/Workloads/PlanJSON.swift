// The plan as `plan.json`: everything that was to be sent, for whoever doubts the result.

import Documents
import Quantities
import Recordings

extension Plan {
    /// The content of `plan.json`. Seeds are texts, because many readers of JSON lose digits beyond 2^53.
    public func json() -> JSON {
        var keys: [String: JSON] = [
            "plan": .integer(1),
            "workload": .string(workload),
            "pair": .string(pair.name),
            "sides": .object(["old": Plan.json(pair.old), "new": Plan.json(pair.new)]),
            "expected_differences": .array(pair.expected.map(JSON.string)),
            "parameters": .object(Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, .string($0.value)) })),
            "inputs": .array(inputs.map(Plan.json)),
            "seed": .string(String(seed)),
            "mode": .string(mode.rawValue),
            "arrivals": .string(arrivals.name),
            "rate_per_s": .number(rate.perSecond),
            "rate": writtenRate.map(Plan.json) ?? .null,
            "time_out_ms": .number(timeOut.milliseconds),
            "warm_up_s": warmUp.given.map { .number($0.seconds) } ?? .null,
            "warm_up": Plan.json(warmUp),
            "slice_s": .number(slice.seconds),
            "guard_s": .number(guardLength.seconds),
            "values": writtenValues.map(Plan.json) ?? .object([:]),
            "operations": .array(operations.map(json)),
            "dataset": writtenDataset.map(Plan.json) ?? .array([]),
            "rounds": .array(rounds.map(Plan.json))
        ]
        if let clock { keys["clock_unix_ms"] = .integer(Int(clock)) }
        if let saturation { keys["saturation"] = json(saturation) }
        if let boost { keys["boost"] = boost.json }
        if let looks { keys["looks_after_rounds"] = .array(looks.afterRounds.map { .integer($0) }) }
        return .object(keys)
    }

    private func json(_ saturation: Saturation) -> JSON {
        var keys: [String: JSON] = [
            "length_s": .number(saturation.length.seconds),
            "slice_s": .number(saturationSlice.seconds),
            "guard_s": .number(saturationGuard.seconds),
            "rounds": .integer(saturationRounds),
            "seed": .string(String(saturationSeed))
        ]
        switch saturation.drive {
        case .closedLoop(let inFlight): keys["in_flight"] = inFlight.map(JSON.integer) ?? .string("auto")
        case .search(let objective): keys["objective"] = .string(objective.description)
        }
        return .object(keys)
    }

    private func json(_ operation: PlannedOperation) -> JSON {
        let whole = operations.reduce(0) { $0 + $1.weight }
        if let request = operation.request {
            return .object([
                "name": .string(operation.name),
                "shape": .string(operation.shape.rawValue),
                "keyspace": .string(operation.keyspace),
                "table": .string(operation.table),
                "request": .string(request.words),
                "http": Plan.json(request.written),
                "bind": .array(operation.binds.map(Plan.json)),
                "weight": .number(operation.weight),
                "share_percent": .number(operation.weight / whole * 100)
            ])
        }
        var members: [String: JSON] = [
            "name": .string(operation.name),
            "shape": .string(operation.shape.rawValue),
            "keyspace": .string(operation.keyspace),
            "table": .string(operation.table),
            "cql": .string(operation.cql),
            "bind": .array(operation.binds.map(Plan.json)),
            "page_size_rows": operation.pageSize.map(JSON.integer) ?? .null,
            "consistency": .string(operation.consistency.rawValue),
            "weight": .number(operation.weight),
            "share_percent": .number(operation.weight / whole * 100)
        ]
        if let batch = operation.batch {
            members["batch"] = .string(batch.rawValue)
            members["statements"] = .integer(operation.statements.count)
        }
        if operation.fanOut > 1 { members["fan_out"] = .integer(operation.fanOut) }
        if let pages = operation.pages { members["pages"] = .integer(pages) }
        if let serial = operation.serialConsistency { members["serial_consistency"] = .string(serial.rawValue) }
        if !operation.isPrepared { members["prepared"] = .bool(false) }
        if operation.tracedShare > 0 { members["tracing_percent"] = .number(operation.tracedShare * 100) }
        if operation.shape == .write || operation.shape == .batch {
            members["timestamps"] = .string(operation.hasClientTimestamps ? "client" : "server")
        }
        return .object(members)
    }

    private static func json(_ warmUp: WarmUp) -> JSON {
        switch warmUp {
        case .given: .string("given")
        case .detected(let least, let most):
            .object([
                "detect": .object(["at_least_s": .number(least.seconds), "at_most_s": .number(most.seconds)])
            ])
        }
    }

    private static func json(_ input: PlanInput) -> JSON {
        .object(["role": .string(input.role), "file": .string(input.file), "sha256": .string(input.sha256)])
    }

    private static func json(_ round: PlannedRound) -> JSON {
        .object([
            "index": .integer(round.index), "purpose": .string(round.purpose.rawValue),
            "first": .string(round.first.rawValue), "seed": .string(String(round.seed))
        ])
    }

    private static func json(_ bind: ValueGenerator) -> JSON {
        guard let count = bind.listCount else { return .string(bind.name) }
        return .object(["list": .string(bind.name), "count": .integer(count)])
    }

    /// Credentials are named by their place, never by their content.
    private static func json(_ side: PairSide) -> JSON {
        var members: [String: JSON] = side.speaksHTTP ? [:] : ["routing": .string(side.routing.rawValue)]
        if let connections = side.connections { members["connections"] = .integer(connections) }
        if !side.cql.isEmpty { members["cql"] = .array(side.cql.map { .string($0.description) }) }
        if let http = side.http { members["http"] = .array(http.texts.map(JSON.string)) }
        if let lab = side.lab { members["lab"] = json(lab) }
        if let version = side.version { members["version"] = .string(version) }
        if let datacenter = side.datacenter { members["datacenter"] = .string(datacenter) }
        if let credentials = side.credentials { members["credentials"] = .string(credentials.description) }
        return .object(members)
    }

    /// Part of an input file as it was written; plain numbers and truth values become those of JSON.
    private static func json(_ node: Node) -> JSON {
        switch node.content {
        case .sequence(let members): return .array(members.map(json))
        case .mapping(let entries):
            return .object(Dictionary(uniqueKeysWithValues: entries.map { ($0.key, json($0.value)) }))
        case .scalar(let text, let quoted):
            if quoted { return .string(text) }
            if node.isNull { return .null }
            if text == "true" || text == "false" { return .bool(text == "true") }
            if let whole = parseInteger(text) { return .integer(whole) }
            return parseNumber(text).map(JSON.number) ?? .string(text)
        }
    }
}
