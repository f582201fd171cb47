// Values that depend on others of the same operation: those of rows that exist, and those that come after another.

import Documents
import Quantities

extension ValueReader {
    // MARK: Rows that exist

    /// Whether an entry of `values` asks for rows of the dataset, by itself or through others.
    static func needsDataset(
        _ node: Node, _ written: [(key: String, keyPosition: Position, value: Node)], under: Set<String> = []
    ) -> Bool {
        switch node.content {
        case .scalar(let text, _):
            guard !under.contains(text), let entry = written.first(where: { $0.key == text }) else { return false }
            return needsDataset(entry.value, written, under: under.union([text]))
        case .sequence(let members): return members.contains { needsDataset($0, written, under: under) }
        case .mapping(let entries):
            return entries.contains {
                $0.key == Kind.existing.rawValue || needsDataset($0.value, written, under: under)
            }
        }
    }

    /// `{value, key, table}`: the value of that name in a row of the partition that the operation's key names.
    func existing(_ node: Node) throws(InputError) -> Recipe {
        var fields = try Fields(node, what: what)
        let valueNode = try fields.required("value")
        let value = try valueNode.string(expected: "the name of a value that the dataset binds")
        let keyNode = fields.optional("key")
        let tableNode = fields.optional("table")
        try fields.finish()
        let (plan, bind) = try dataset(of: value, valueNode, tableNode)
        let keyName = try keyNode?.choice(of: keys.map(\.name), "key") ?? plan.binds[plan.partitionKey].name
        guard let key = keys.first(where: { $0.name == keyName }), let items = key.items, !key.canBeMissing else {
            let problem = "'\(keyName)', the key of \(what), is none, or is missing at times"
            throw InputError((keyNode ?? node).position, problem, expected: "a key without null and unset")
        }
        guard plan.holds(items) else {
            let last = plan.rows.firstItem + UInt64(plan.partitions) - 1
            let problem =
                "'\(keyName)', the key of \(what), has items beyond the dataset of \(plan.keyspace).\(plan.table)"
            throw InputError(
                (keyNode ?? node).position, problem, expected: "items within \(plan.rows.firstItem) to \(last)")
        }
        let row = Pinned(plan.existing(value, key: key, items))
        var recipe = Recipe(.existing(row.borrowed), keeping: row)
        recipe.add(bind.whole)
        recipe.needs.append(keyName)
        return recipe
    }

    /// The entry of the dataset that binds `value`, and the bind.
    private func dataset(
        of value: String, _ valueNode: Node, _ tableNode: Node?
    ) throws(InputError) -> (DatasetPlan, ValueGenerator) {
        var found: [(DatasetPlan, ValueGenerator)] = []
        let table = try tableNode?.string(expected: "keyspace.table")
        for plan in dataset where table == nil || table == "\(plan.keyspace).\(plan.table)" {
            guard let bind = plan.binds.firstIndex(where: { $0.name == value }) else { continue }
            if bind == plan.partitionKey {
                throw InputError(
                    valueNode.position, "\(what) is the partition key of \(plan.keyspace).\(plan.table)",
                    expected: "the key itself, which is bound by its name")
            }
            found.append((plan, plan.binds[bind]))
        }
        guard found.count == 1, let only = found.first else {
            throw InputError(
                valueNode.position, "\(found.count) entries of the dataset bind '\(value)'",
                expected: found.isEmpty ? "a value that one of them binds" : "a 'table' beside it")
        }
        return only
    }

    // MARK: After another value

    /// `{value, plus}` or `{value, minus}`: so much more or less than the value of that name in the same operation.
    func after(_ node: Node) throws(InputError) -> Recipe {
        var fields = try Fields(node, what: what)
        let valueNode = try fields.required("value")
        let (sign, distance) = try one(of: ["plus", "minus"], &fields)
        try fields.finish()
        let name = try valueNode.string(expected: "the name of a value")
        let base = try part(Node(.scalar(name, quoted: true), at: valueNode.position))
        var leaf = 0
        while base.nodes[leaf].isWrapper { leaf += 1 }
        guard base.nodes[leaf].element.isNumbered, base.nodes.allSatisfy({ $0.nullShare + $0.unsetShare == 0 }) else {
            throw InputError(
                valueNode.position, "'\(name)', which \(what) comes after, has no numbers, or is missing at times",
                expected: "integers, timestamps or dates that are always there")
        }
        var more: Distribution
        if case .timestamps = base.nodes[leaf].element {
            more = try span(distance)
        } else {
            more = try number(distance)
        }
        if sign == "minus" { more = try negated(more, distance) }
        var recipe = Recipe(.after(base: Drawing.number(of: name), plus: more))
        recipe.add(base)
        recipe.needs.append(name)
        return recipe
    }

    /// A duration, or `{uniform: [1m, 2h]}`, in milliseconds.
    private func span(_ node: Node) throws(InputError) -> Distribution {
        func milliseconds(_ node: Node) throws(InputError) -> Double { try node.duration().milliseconds }
        guard case .mapping = node.content else { return Distribution(.constant(try milliseconds(node))) }
        var fields = try Fields(node, what: what)
        let bounds = try fields.required("uniform")
        try fields.finish()
        let (low, high) = try pair(
            try bounds.list(expected: "two durations, [shortest, longest]"), at: bounds.position, milliseconds)
        return Distribution(.uniform, lowest: low, highest: high)
    }

    private func negated(_ distance: Distribution, _ node: Node) throws(InputError) -> Distribution {
        switch distance.form {
        case .constant(let value): return Distribution(.constant(-value))
        case .uniform: return Distribution(.uniform, lowest: -distance.highest, highest: -distance.lowest)
        case .normal, .lognormal, .exponential:
            throw InputError(node.position, "minus a distribution in \(what)", expected: "a constant or uniform one")
        }
    }
}

extension ValueNode {
    /// Whether it hands on what its part makes.
    public var isWrapper: Bool {
        switch element {
        case .choice, .existing, .after: true
        default: false
        }
    }
}
