// Dates, times, durations and addresses of a workload's values.

import Documents
import Quantities

extension ValueReader {
    func timestamps(_ node: Node) throws(InputError) -> ValueNode.Element { .timestamps(try instants(node)) }

    /// `{constant: …}`, `{uniform: [first, last]}` or `{sequence: {from or until, step}}`.
    private func instants(_ node: Node) throws(InputError) -> Instants {
        var fields = try Fields(node, what: what)
        let (form, value) = try one(of: ["constant", "uniform", "sequence"], &fields)
        try fields.finish()
        switch form {
        case "constant":
            let at = try moment(value)
            return Instants(lowest: at.milliseconds, count: 1, step: 0, isMoving: at.isMoving)
        case "uniform":
            let bounds = try value.list(expected: "two bounds, [first, last]")
            let moving = try bounds.map(moment).filter(\.isMoving)
            guard moving.isEmpty || moving.count == bounds.count else {
                throw InputError(value.position, "one bound of \(what) counts from now", expected: "both, or neither")
            }
            let (first, last) = try pair(bounds, at: value.position, moment)
            let count = UInt64(last.milliseconds - first.milliseconds) + 1
            return Instants(lowest: first.milliseconds, count: count, step: 0, isMoving: first.isMoving)
        default:
            var inner = try Fields(value, what: "sequence of \(what)")
            let (end, fromNode) = try one(of: ["from", "until"], &inner)
            let from = try instant(fromNode)
            let stepNode = try inner.required("step")
            try inner.finish()
            let step = try stepNode.duration().count / 1_000_000
            guard step > 0 else {
                throw InputError(stepNode.position, "step is \(stepNode.summary)", expected: "1 ms or more")
            }
            return Instants(lowest: from, count: 0, step: end == "from" ? step : -step, isMoving: false)
        }
    }

    func dates(_ node: Node) throws(InputError) -> ValueNode.Element {
        let (lowest, count) = try span(node) { node throws(InputError) in day(of: try instant(node)) }
        return .dates(lowest: lowest, count: count)
    }

    func times(_ node: Node) throws(InputError) -> ValueNode.Element {
        let (lowest, count) = try span(node, timeOfDay)
        return .times(lowestMilliseconds: lowest, count: count)
    }

    /// Keys as for uuid, or the time of each drawn between two dates.
    func timeuuids(_ node: Node) throws(InputError) -> ValueNode.Element {
        if case .mapping(let entries) = node.content, let entry = entries.first {
            switch (entry.key, entry.value.content) {
            case ("uniform", .sequence): return .timeuuids(try instants(node))
            case ("constant", .scalar(let text, _)) where text.contains("-") || text.hasPrefix("now"):
                return .timeuuids(try instants(node))
            case ("sequence", .mapping(let inner)) where inner.contains(where: { $0.key == "step" }):
                return .timeuuids(try instants(node))
            default: break
            }
        }
        return .timeuuidKey(try keys(node, most: Items.mostTimeuuids))
    }

    /// Keys, for 10.0.0.0 and what follows, or with `version: 6` for fd00:: and what follows.
    func addresses(_ node: Node) throws(InputError) -> ValueNode.Element {
        guard case .mapping(let entries) = node.content else {
            return .addressKey(try keys(node, most: 0), isVersion6: false)
        }
        var isVersion6 = false
        if let index = entries.firstIndex(where: { $0.key == "version" }) {
            let version = try entries[index].value.integer()
            guard version == 4 || version == 6 else {
                throw InputError(entries[index].value.position, "version is \(version)", expected: "4 or 6")
            }
            isVersion6 = version == 6
        }
        let most = isVersion6 ? Int.max : 0xF5FF_FFFF
        return .addressKey(try keys(node, most: most, beside: ["version"]), isVersion6: isVersion6)
    }

    /// `{months, days, nanoseconds}`, each a number; what is left out is 0.
    func duration(_ node: Node) throws(InputError) -> ValueNode.Element {
        var fields = try Fields(node, what: "duration of \(what)")
        func part(_ node: Node?, _ highest: Double) throws(InputError) -> Distribution {
            guard let node else { return Distribution(.constant(0)) }
            var distribution = try number(node)
            // Cassandra takes durations whose parts have one sign only.
            distribution.lowest = max(distribution.lowest, 0)
            distribution.highest = max(min(distribution.highest, highest), 0)
            return distribution
        }
        let months = try part(fields.optional("months"), Double(Int32.max))
        let days = try part(fields.optional("days"), Double(Int32.max))
        let nanoseconds = try part(fields.optional("nanoseconds"), 9e18)
        try fields.finish()
        return .duration(months: months, days: days, nanoseconds: nanoseconds)
    }

    /// `{constant: …}` or `{uniform: [first, last]}` of things that `read` numbers.
    private func span(
        _ node: Node, _ read: (Node) throws(InputError) -> Int64
    ) throws(InputError) -> (lowest: Int64, count: UInt64) {
        var fields = try Fields(node, what: what)
        let (form, value) = try one(of: ["constant", "uniform"], &fields)
        try fields.finish()
        if form == "constant" { return (try read(value), 1) }
        let bounds = try value.list(expected: "two bounds, [first, last]")
        let (first, last) = try pair(bounds, at: value.position, read)
        return (first, UInt64(last - first) + 1)
    }
}

/// The day of an instant in milliseconds, counted from 1970-01-01.
func day(of milliseconds: Int64) -> Int64 {
    let length: Int64 = 86_400_000
    return milliseconds / length - (milliseconds % length < 0 ? 1 : 0)
}
