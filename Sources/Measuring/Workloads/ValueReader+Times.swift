// Dates, times, durations and addresses of a workload's values.

import Documents
import Quantities

extension ValueReader {
    private static let day: Int64 = 86_400_000

    func timestamps(_ node: Node) throws(InputError) -> ValueNode.Element {
        let (lowest, count) = try span(node, instant)
        return .timestamps(lowest: lowest, count: count)
    }

    func dates(_ node: Node) throws(InputError) -> ValueNode.Element {
        let (lowest, count) = try span(node) { node throws(InputError) in
            let milliseconds = try instant(node)
            return milliseconds / ValueReader.day - (milliseconds % ValueReader.day < 0 ? 1 : 0)
        }
        return .dates(lowest: lowest, count: count)
    }

    func times(_ node: Node) throws(InputError) -> ValueNode.Element {
        let (lowest, count) = try span(node, timeOfDay)
        return .times(lowestMilliseconds: lowest, count: count)
    }

    /// Keys as for uuid, or the time of each drawn between two dates.
    func timeuuids(_ node: Node) throws(InputError) -> ValueNode.Element {
        if case .mapping(let entries) = node.content, let entry = entries.first, entry.key == "uniform",
            case .sequence = entry.value.content
        {
            let (lowest, count) = try span(node, instant)
            return .timeuuids(lowest: lowest, count: count)
        }
        return .timeuuidKey(try keys(node, most: Items.mostTimeuuids))
    }

    /// Keys, for 10.0.0.0 and what follows, or with `version: 6` for fd00:: and what follows.
    func addresses(_ node: Node) throws(InputError) -> ValueNode.Element {
        guard case .mapping(var entries) = node.content else {
            return .addressKey(try keys(node, most: 0), isVersion6: false)
        }
        var isVersion6 = false
        if let index = entries.firstIndex(where: { $0.key == "version" }) {
            let version = try entries[index].value.integer()
            guard version == 4 || version == 6 else {
                throw InputError(entries[index].value.position, "version is \(version)", expected: "4 or 6")
            }
            isVersion6 = version == 6
            entries.remove(at: index)
        }
        let most = isVersion6 ? Int.max : 0xF5FF_FFFF
        return .addressKey(try keys(Node(.mapping(entries), at: node.position), most: most), isVersion6: isVersion6)
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
