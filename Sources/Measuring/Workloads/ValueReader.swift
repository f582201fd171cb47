// Reads the entries of a workload's `values`: `customer: {uuid: {zipf: {items: 100_000, exponent: 0.99}}}`.

import Documents
import Quantities

/// Reads the value called `name`; the name stands in its errors.
struct ValueReader {
    enum Kind: String, CaseIterable {
        case after, ascii, bigint, blob, boolean, choice, counter, date, decimal, double, duration, existing, float,
            inet, int,
            list, map, set, smallint, text, time, timestamp, timeuuid, tinyint, tuple, udt, uuid, varint, vector
    }

    /// A recipe on its way: its nodes, and for each the names of its fields.
    struct Recipe {
        var nodes: [ValueNode]
        var fieldNames: [[String]]
        /// What its nodes point to.
        var kept: [any AnyObject & Sendable] = []
        /// Names of values of the same operation that it depends on.
        var needs: [String] = []

        init(_ element: ValueNode.Element, keeping memory: (any AnyObject & Sendable)? = nil) {
            nodes = [ValueNode(element)]
            fieldNames = [[]]
            if let memory { kept = [memory] }
        }

        init(_ nodes: [ValueNode], _ fieldNames: [[String]], kept: [any AnyObject & Sendable], needs: [String]) {
            (self.nodes, self.fieldNames, self.kept, self.needs) = (nodes, fieldNames, kept, needs)
        }

        mutating func add(_ part: Recipe) {
            nodes += part.nodes
            fieldNames += part.fieldNames
            kept += part.kept
            needs += part.needs
            nodes[0].nodes = nodes.count
        }
    }

    let name: String
    /// All entries of `values`, for those that are made of others.
    var written: [(key: String, keyPosition: Position, value: Node)] = []
    /// How it gets at files.
    var files: FileReading = { (path, position) throws(InputError) in
        throw InputError(
            position, "the file \(path) beside a workload without a place", expected: "values without files")
    }
    /// The dataset, and the values that may be keys of its rows; empty while it has not been read.
    var dataset: [DatasetPlan] = []
    var keys: [ValueGenerator] = []
    /// Names of the values that are being read, outermost first: none may be a part of itself.
    var under: [String] = []
    var what: String { "value '\(name)'" }

    init(name: String) { self.name = name }

    /// The generator of a whole entry: a kind, and how often it is missing.
    func read(_ node: Node) throws(InputError) -> ValueGenerator {
        let recipe = try entry(node, mayBeNull: true, mayBeUnset: true)
        return ValueGenerator(name: name, recipe)
    }

    private func entry(_ node: Node, mayBeNull: Bool, mayBeUnset: Bool) throws(InputError) -> Recipe {
        let kinds = Kind.allCases.map(\.rawValue).joined(separator: ", ")
        let entries = try node.entries(expected: "one of \(kinds), with how it is spread")
        let isKind = { (key: String) in key != "null" && key != "unset" }
        guard entries.count(where: { isKind($0.key) }) == 1, let entry = entries.first(where: { isKind($0.key) }) else {
            let count = entries.count(where: { isKind($0.key) })
            throw InputError(node.position, "\(what) has \(count) kinds", expected: "one of \(kinds)")
        }
        let key = Node(.scalar(entry.key, quoted: true), at: entry.keyPosition)
        let kind = try key.choice(of: Kind.self, "kind of value")
        var recipe: Recipe
        switch kind {
        case .existing: recipe = try existing(entry.value)
        case .after: recipe = try after(entry.value)
        case .choice:
            recipe = try mixture(entry.value) { part throws(InputError) in
                try self.part(part, mayBeNull: mayBeNull, mayBeUnset: mayBeUnset)
            }
        default: recipe = try self.recipe(kind, entry.value)
        }
        for entry in entries where !isKind(entry.key) {
            let share = try entry.value.share("the share of \(entry.key)")
            guard entry.key == "null" ? mayBeNull : mayBeUnset else {
                let problem = "\(entry.key) inside a collection in \(what)"
                throw InputError(entry.keyPosition, problem, expected: "a value that is always there")
            }
            if entry.key == "null" { recipe.nodes[0].nullShare = share } else { recipe.nodes[0].unsetShare = share }
        }
        guard recipe.nodes[0].nullShare + recipe.nodes[0].unsetShare <= 1 else {
            throw InputError(
                node.position, "\(what) is missing more often than always", expected: "100 % in all at most")
        }
        return recipe
    }

    private func recipe(_ kind: Kind, _ node: Node) throws(InputError) -> Recipe {
        switch kind {
        case .list, .set, .map, .tuple, .udt, .vector: return try collection(kind, node)
        default: break
        }
        if let listed = try listed(kind, node) { return listed }
        if kind == .text || kind == .ascii, let text = try text(node) { return text }
        return Recipe(try scalar(kind, node))
    }

    private func scalar(_ kind: Kind, _ node: Node) throws(InputError) -> ValueNode.Element {
        switch kind {
        case .uuid: return .uuid(try keys(node, most: Int.max))
        case .tinyint: return try integers(node, Int(Int8.min)...Int(Int8.max))
        case .smallint: return try integers(node, Int(Int16.min)...Int(Int16.max))
        case .int: return try integers(node, Int(Int32.min)...Int(Int32.max))
        case .bigint, .counter: return try integers(node, Int.min...Int.max)
        case .varint:
            if let length = try length(node) { return .bigIntegers(length: length) }
            return try integers(node, Int.min...Int.max)
        case .text, .ascii: return .textKey(try keys(node, most: Int.max))
        case .blob:
            guard let length = try length(node) else {
                throw InputError(node.position, "\(what) has no 'length'", expected: "blob: {length: …}")
            }
            return .blob(length: length)
        case .boolean: return .boolean(shareTrue: try shareTrue(node))
        case .double, .float: return .double(try number(node))
        case .decimal: return try decimal(node)
        case .timestamp: return try timestamps(node)
        case .timeuuid: return try timeuuids(node)
        case .date: return try dates(node)
        case .time: return try times(node)
        case .duration: return try duration(node)
        case .inet: return try addresses(node)
        case .after, .choice, .existing, .list, .set, .map, .tuple, .udt, .vector:
            preconditionFailure("it has parts")
        }
    }

    // MARK: Collections

    private func collection(_ kind: Kind, _ node: Node) throws(InputError) -> Recipe {
        if kind == .tuple {
            var recipe = Recipe(.tuple)
            for member in try node.list(expected: "a list of values") { recipe.add(try part(member, mayBeNull: true)) }
            return try filled(recipe, node)
        }
        if kind == .udt {
            var recipe = Recipe(.udt)
            for field in try node.entries(expected: "the fields of the type, in its order, each with its value") {
                recipe.add(try part(field.value, mayBeNull: true))
                recipe.fieldNames[0].append(field.key)
            }
            return try filled(recipe, node)
        }
        var fields = try Fields(node, what: "\(kind.rawValue) of \(what)")
        var recipe: Recipe
        switch kind {
        case .vector:
            let dimensions = try fields.required("dimensions").integer(in: 1...8192, "dimensions")
            recipe = Recipe(.vector(dimensions: dimensions))
            recipe.add(try part(try fields.required("of")))
        case .map:
            recipe = Recipe(.map(size: try size(&fields)))
            recipe.add(try part(try fields.required("key")))
            recipe.add(try part(try fields.required("value")))
        default:
            let size = try size(&fields)
            recipe = Recipe(kind == .list ? .list(size: size) : .set(size: size))
            recipe.add(try part(try fields.required("of")))
        }
        try fields.finish()
        return recipe
    }

    private func size(_ fields: inout Fields) throws(InputError) -> Distribution {
        try ValueReader(name: "size of \(name)").number(try fields.required("size"))
    }

    private func filled(_ recipe: Recipe, _ node: Node) throws(InputError) -> Recipe {
        guard recipe.nodes.count > 1 else {
            throw InputError(node.position, "\(what) has no parts", expected: "one at least")
        }
        return recipe
    }

    /// A part of a collection: the name of another value, or one that is written in place.
    func part(_ node: Node, mayBeNull: Bool = false, mayBeUnset: Bool = false) throws(InputError) -> Recipe {
        guard case .scalar = node.content else {
            guard under.count < 16 else {
                throw InputError(node.position, "\(what) is nested more than 16 deep", expected: "less")
            }
            var inner = self
            inner.under.append("")
            return try inner.entry(node, mayBeNull: mayBeNull, mayBeUnset: mayBeUnset)
        }
        let wanted = try node.string(expected: "the name of a value, or a value")
        let names = written.map(\.key)
        guard let found = written.first(where: { $0.key == wanted }) else {
            let problem = suggesting("'\(wanted)' in \(what) is not in values", wanted, among: names)
            throw InputError(node.position, problem, expected: "the name of a value, or a value")
        }
        guard !under.contains(wanted), wanted != name else {
            throw InputError(node.position, "\(what) is a part of itself", expected: "another value")
        }
        var inner = self
        inner.under.append(wanted)
        return try inner.entry(found.value, mayBeNull: mayBeNull, mayBeUnset: mayBeUnset)
    }
}
