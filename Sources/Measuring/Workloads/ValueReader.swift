// Reads one entry of a workload's `values`: `customer: {uuid: {zipf: {items: 100_000, exponent: 0.99}}}`.

import Documents
import Quantities

/// Reads the value called `name`; the name stands in its errors.
struct ValueReader {
    private enum Kind: String, CaseIterable {
        case uuid, int, bigint, text, blob, boolean, double, decimal, timestamp
    }

    let name: String
    private var what: String { "value '\(name)'" }
    private static let numbers = ["constant", "uniform", "lognormal", "normal"]

    init(name: String) { self.name = name }

    func read(_ node: Node) throws(InputError) -> ValueGenerator.Element {
        let kinds = Kind.allCases.map(\.rawValue).joined(separator: ", ")
        let entries = try node.entries(expected: "one of \(kinds), with how it is spread")
        guard entries.count == 1, let entry = entries.first else {
            throw InputError(node.position, "\(what) has \(entries.count) kinds", expected: "one of \(kinds)")
        }
        let key = Node(.scalar(entry.key, quoted: true), at: entry.keyPosition)
        let kind = try key.choice(of: Kind.self, "kind of value")
        switch kind {
        case .uuid: return .uuid(try keys(entry.value, most: Int.max))
        case .int: return try integers(entry.value, Int(Int32.min)...Int(Int32.max))
        case .bigint: return try integers(entry.value, Int.min...Int.max)
        case .text:
            if let length = try length(entry.value) { return .text(length: length) }
            return .textKey(try keys(entry.value, most: Int.max))
        case .blob:
            guard let length = try length(entry.value) else {
                throw InputError(entry.value.position, "\(what) has no 'length'", expected: "blob: {length: …}")
            }
            return .blob(length: length)
        case .boolean: return .boolean(shareTrue: try shareTrue(entry.value))
        case .double: return .double(try number(entry.value))
        case .decimal: return try decimal(entry.value)
        case .timestamp: return try timestamps(entry.value)
        }
    }

    // MARK: Keys

    /// `{uniform: {items, from}}`, `{zipf: {items, exponent, from}}` or `{constant: item}`; items stay within 0 ... `most`.
    private func keys(_ node: Node, most: Int) throws(InputError) -> Items {
        var fields = try Fields(node, what: what)
        let (form, value) = try one(of: ["constant", "uniform", "zipf"], &fields)
        try fields.finish()
        if form == "constant" {
            return Items(items: 1, from: UInt64(try value.integer(in: 0...most, "an item")))
        }
        var inner = try Fields(value, what: "\(form) of \(what)")
        let itemsNode = try inner.required("items")
        let items = try itemsNode.integer(in: 1...Int.max, "items")
        let from = try inner.optional("from")?.integer(in: 0...Int.max, "from") ?? 0
        var exponent: Double?
        if form == "zipf" {
            let node = try inner.required("exponent")
            let value = try node.number()
            guard value > 0 && value <= 10 else {
                throw InputError(node.position, "exponent is \(value)", expected: "more than 0 and at most 10")
            }
            exponent = value
        }
        try inner.finish()
        guard from <= most - (items - 1) else {
            let problem = "items of \(what) go beyond \(most)"
            throw InputError(itemsNode.position, problem, expected: "fewer, or a lower 'from'")
        }
        return Items(items: UInt64(items), from: UInt64(from), exponent: exponent)
    }

    // MARK: Numbers

    private func integers(_ node: Node, _ range: ClosedRange<Int>) throws(InputError) -> ValueGenerator.Element {
        if case .mapping(let entries) = node.content, let entry = entries.first {
            if entry.key == "zipf" { return .integerKey(try keys(node, most: range.upperBound)) }
            if entry.key == "uniform", case .mapping = entry.value.content {
                return .integerKey(try keys(node, most: range.upperBound))
            }
            if entry.key == "uniform", case .sequence(let bounds) = entry.value.content {
                var fields = try Fields(node, what: what)
                _ = try one(of: ["uniform"], &fields)
                try fields.finish()
                let (lowest, highest) = try pair(bounds, at: entry.value.position) { node throws(InputError) in
                    try node.integer(in: range, "a bound")
                }
                return .integers(lowest: Int64(lowest), count: UInt64(bitPattern: Int64(highest &- lowest)) &+ 1)
            }
        }
        var distribution = try number(node)
        distribution.lowest = max(distribution.lowest, Double(range.lowerBound))
        distribution.highest = min(distribution.highest, Double(range.upperBound))
        return .rounded(distribution)
    }

    /// A plain number, or one of the distributions of numbers.
    func number(_ node: Node) throws(InputError) -> Distribution {
        if case .scalar = node.content { return Distribution(.constant(try node.number())) }
        var fields = try Fields(node, what: what)
        let distribution = try number(&fields)
        try fields.finish()
        return distribution
    }

    private func number(_ fields: inout Fields) throws(InputError) -> Distribution {
        let (form, node) = try one(of: ValueReader.numbers, &fields)
        if form == "constant" { return Distribution(.constant(try node.number())) }
        if form == "uniform" {
            let bounds = try node.list(expected: "two numbers, [lowest, highest]")
            let (lowest, highest) = try pair(bounds, at: node.position) { node throws(InputError) in try node.number() }
            return Distribution(.uniform, lowest: lowest, highest: highest)
        }
        var inner = try Fields(node, what: "\(form) of \(what)")
        let centre = try inner.required(form == "normal" ? "mean" : "median")
        let sigmaNode = try inner.required("sigma")
        let lowest = try inner.optional("min")?.number() ?? -.infinity
        let maximum = inner.optional("max")
        let highest = try maximum?.number() ?? .infinity
        try inner.finish()
        let (middle, sigma) = (try centre.number(), try sigmaNode.number())
        if form == "lognormal" && middle <= 0 {
            throw InputError(centre.position, "median is \(middle)", expected: "more than 0")
        }
        guard sigma >= 0 else { throw InputError(sigmaNode.position, "sigma is \(sigma)", expected: "0 or more") }
        guard lowest <= highest else {
            throw InputError(maximum?.position, "max is \(highest)", expected: "at least min, which is \(lowest)")
        }
        let shape: Distribution.Form =
            form == "normal" ? .normal(mean: middle, sigma: sigma) : .lognormal(median: middle, sigma: sigma)
        return Distribution(shape, lowest: lowest, highest: highest)
    }

    private func decimal(_ node: Node) throws(InputError) -> ValueGenerator.Element {
        var fields = try Fields(node, what: what)
        let scale = try fields.optional("scale")?.integer(in: 0...18, "scale") ?? 2
        let distribution = try number(&fields)
        try fields.finish()
        let factor = (0..<scale).reduce(1.0) { power, _ in power * 10 }
        return .decimal(distribution, scale: Int32(scale), factor: factor)
    }

    private func length(_ node: Node) throws(InputError) -> Distribution? {
        guard case .mapping(let entries) = node.content, entries.contains(where: { $0.key == "length" })
        else { return nil }
        var fields = try Fields(node, what: what)
        let length = try fields.required("length")
        try fields.finish()
        return try number(length)
    }

    private func shareTrue(_ node: Node) throws(InputError) -> Double {
        var fields = try Fields(node, what: what)
        let node = try fields.required("true")
        try fields.finish()
        let share = try node.ratio().value
        guard share >= 0 && share <= 1 else {
            throw InputError(node.position, "the share of true is beyond all", expected: "0 % to 100 %")
        }
        return share
    }

    private func timestamps(_ node: Node) throws(InputError) -> ValueGenerator.Element {
        var fields = try Fields(node, what: what)
        let (form, value) = try one(of: ["constant", "uniform"], &fields)
        try fields.finish()
        if form == "constant" { return .timestamps(lowest: try instant(value), count: 1) }
        let bounds = try value.list(expected: "two dates, [first, last]")
        let (first, last) = try pair(bounds, at: value.position, instant)
        return .timestamps(lowest: first, count: UInt64(last - first) + 1)
    }

    // MARK: Parts

    /// The one of `names` that is there, with its value.
    private func one(of names: [String], _ fields: inout Fields) throws(InputError) -> (form: String, value: Node) {
        var found: [(String, Node)] = []
        for name in names {
            if let value = fields.optional(name) { found.append((name, value)) }
        }
        if found.isEmpty { try fields.finish() }
        guard found.count == 1, let only = found.first else {
            let problem = "\(what) has \(found.isEmpty ? "no distribution" : "\(found.count) distributions")"
            throw InputError(fields.position, problem, expected: "one of " + names.joined(separator: ", "))
        }
        return only
    }

    private func pair<T: Comparable>(
        _ bounds: [Node], at position: Position, _ read: (Node) throws(InputError) -> T
    ) throws(InputError) -> (T, T) {
        guard bounds.count == 2 else {
            throw InputError(position, "a list of \(bounds.count)", expected: "two bounds, [lowest, highest]")
        }
        let (low, high) = (try read(bounds[0]), try read(bounds[1]))
        guard low <= high else {
            throw InputError(position, "the bounds of \(what) stand in the wrong order", expected: "[lowest, highest]")
        }
        return (low, high)
    }
}
