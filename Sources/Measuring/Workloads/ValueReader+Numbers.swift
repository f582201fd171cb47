// Keys and numbers of a workload's values: how they are spread, and between which bounds.

import Documents
import Quantities

extension ValueReader {
    static let numbers = ["constant", "uniform", "lognormal", "normal", "exponential"]

    // MARK: Keys

    private static let popularities = ["constant", "uniform", "zipf", "hot", "sequence", "spread"]

    /// `{uniform: {items, from}}`, another popularity, or `{constant: item}`; items stay within 0 ... `most`.
    /// `beside` are keys that the caller has read.
    func keys(_ node: Node, most: Int, beside: [String] = []) throws(InputError) -> Items {
        var fields = try Fields(node, what: what)
        for key in beside { _ = fields.optional(key) }
        let (form, value) = try one(of: ValueReader.popularities, &fields)
        try fields.finish()
        if form == "constant" {
            return Items(items: 1, from: UInt64(try value.integer(in: 0...most, "an item")))
        }
        var inner = try Fields(value, what: "\(form) of \(what)")
        let itemsNode = try inner.required("items")
        let items = try itemsNode.integer(in: 1...Int.max, "items")
        let from = try inner.optional("from")?.integer(in: 0...Int.max, "from") ?? 0
        let popularity = try popularity(form, items, &inner)
        try inner.finish()
        guard from <= most - (items - 1) else {
            let problem = "items of \(what) go beyond \(most)"
            throw InputError(itemsNode.position, problem, expected: "fewer, or a lower 'from'")
        }
        return Items(items: UInt64(items), from: UInt64(from), popularity: popularity)
    }

    private func popularity(_ form: String, _ items: Int, _ fields: inout Fields) throws(InputError) -> Items.Popularity
    {
        switch form {
        case "zipf":
            let node = try fields.required("exponent")
            let exponent = try node.number()
            guard exponent > 0 && exponent <= 10 else {
                throw InputError(node.position, "exponent is \(exponent)", expected: "more than 0 and at most 10")
            }
            let ranks = Zipfian(items: UInt64(items), exponent: exponent)
            let isScattered = try fields.optional("scattered")?.boolean() ?? false
            return isScattered ? .scattered(ranks, Scatter(count: UInt64(items))) : .zipf(ranks)
        case "hot":
            let hotNode = try fields.required("hot_items")
            guard items > 1 else { throw InputError(hotNode.position, "\(items) items in all", expected: "2 at least") }
            let hot = try hotNode.integer(in: 1...items - 1, "hot_items")
            return .hot(items: UInt64(hot), share: try fields.required("hot_share").share("the share of the hot items"))
        case "sequence": return .sequence
        case "spread": return .spread(try number(try fields.required("as")))
        default: return .uniform
        }
    }

    // MARK: Numbers

    func integers(_ node: Node, _ range: ClosedRange<Int>) throws(InputError) -> ValueNode.Element {
        if case .mapping(let entries) = node.content, let entry = entries.first {
            if ["zipf", "hot", "sequence", "spread"].contains(entry.key) {
                return .integerKey(try keys(node, most: range.upperBound))
            }
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
        let centre = try inner.required(form == "lognormal" ? "median" : "mean")
        let sigmaNode = form == "exponential" ? nil : try inner.required("sigma")
        let lowest = try inner.optional("min")?.number() ?? -.infinity
        let maximum = inner.optional("max")
        let highest = try maximum?.number() ?? .infinity
        try inner.finish()
        let (middle, sigma) = (try centre.number(), try sigmaNode?.number() ?? 0)
        if form != "normal" && middle <= 0 {
            let name = form == "lognormal" ? "median" : "mean"
            throw InputError(centre.position, "\(name) is \(middle)", expected: "more than 0")
        }
        guard sigma >= 0 else { throw InputError(sigmaNode?.position, "sigma is \(sigma)", expected: "0 or more") }
        guard lowest <= highest else {
            throw InputError(maximum?.position, "max is \(highest)", expected: "at least min, which is \(lowest)")
        }
        let shape: Distribution.Form =
            switch form {
            case "normal": .normal(mean: middle, sigma: sigma)
            case "exponential": .exponential(mean: middle)
            default: .lognormal(median: middle, sigma: sigma)
            }
        return Distribution(shape, lowest: lowest, highest: highest)
    }

    func decimal(_ node: Node) throws(InputError) -> ValueNode.Element {
        var fields = try Fields(node, what: what)
        let scaleNode = fields.optional("scale")
        if let length = fields.optional("length") {
            let scale = try scaleNode?.integer(in: -1000...1000, "scale") ?? 2
            try fields.finish()
            return .bigDecimals(length: try number(length), scale: Int32(scale))
        }
        let scale = try scaleNode?.integer(in: 0...18, "scale") ?? 2
        let distribution = try number(&fields)
        try fields.finish()
        let factor = (0..<scale).reduce(1.0) { power, _ in power * 10 }
        return .decimal(distribution, scale: Int32(scale), factor: factor)
    }

    func length(_ node: Node) throws(InputError) -> Distribution? {
        guard case .mapping(let entries) = node.content, entries.contains(where: { $0.key == "length" })
        else { return nil }
        var fields = try Fields(node, what: what)
        let length = try fields.required("length")
        try fields.finish()
        return try number(length)
    }

    func shareTrue(_ node: Node) throws(InputError) -> Double {
        var fields = try Fields(node, what: what)
        let node = try fields.required("true")
        try fields.finish()
        return try node.share("the share of true")
    }

    // MARK: Parts

    /// The one of `names` that is there, with its value.
    func one(of names: [String], _ fields: inout Fields) throws(InputError) -> (form: String, value: Node) {
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

    func pair<T: Comparable>(
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

extension Node {
    /// A percentage of all; `what` names it in the error.
    func share(_ what: String) throws(InputError) -> Double {
        let share = try ratio().value
        guard share >= 0 && share <= 1 else {
            throw InputError(position, "\(what) is beyond all", expected: "0 % to 100 %")
        }
        return share
    }
}
