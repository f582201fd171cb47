// Makes the values that are bound to statements, from seeds alone.

import Quantities

/// One bind of a statement: draws a value, or gives the value of a numbered item.
public struct ValueGenerator: Sendable {
    /// A recipe's memory. Values are made from a pointer into it, so that making one counts no references.
    private final class Memory: @unchecked Sendable {
        let nodes: UnsafeMutablePointer<ValueNode>
        let count: Int
        /// What the nodes point to.
        let kept: [any AnyObject & Sendable]

        init(_ nodes: [ValueNode], keeping kept: [any AnyObject & Sendable]) {
            count = nodes.count
            self.kept = kept
            self.nodes = .allocate(capacity: nodes.count)
            for (index, node) in nodes.enumerated() { (self.nodes + index).initialize(to: node) }
        }

        deinit { nodes.deallocate() }
    }

    /// The name in the workload's `values`.
    public var name: String
    private let memory: Memory
    /// For each node the names of its fields, where it is a user-defined value; empty for all others.
    public let fieldNames: [[String]]
    /// For the list of an `IN`, how many values it holds. They are drawn one by one, so a key may stand in it twice; a server
    /// answers `IN` with such a partition once.
    public let listCount: Int?
    /// Names of values of the same operation that it depends on.
    let needs: [String]
    /// Whether an operation draws it once, wherever it is bound.
    public var isShared = false

    public init(name: String, element: ValueNode.Element) {
        self.init(name: name, ValueReader.Recipe(element))
    }

    init(name: String, _ recipe: ValueReader.Recipe, listCount: Int? = nil) {
        precondition(
            recipe.nodes.count == recipe.fieldNames.count && recipe.nodes.first?.nodes == recipe.nodes.count,
            "a recipe is one whole value")
        self.name = name
        memory = Memory(recipe.nodes, keeping: recipe.kept)
        fieldNames = recipe.fieldNames
        needs = recipe.needs
        self.listCount = listCount
    }

    /// Valid while the generator lives.
    public var recipe: ValueRecipe { ValueRecipe(memory.nodes, count: memory.count) }
    /// For values that are made of this one.
    var whole: ValueReader.Recipe { ValueReader.Recipe(nodes, fieldNames, kept: memory.kept, needs: needs) }
    var nodes: [ValueNode] { (0..<memory.count).map { memory.nodes[$0] } }

    /// A list of `count` such values.
    public func list(of count: Int) -> ValueGenerator {
        var recipe = ValueReader.Recipe(.list(size: Distribution(.constant(Double(count)))))
        recipe.add(whole)
        return ValueGenerator(name: name, recipe, listCount: count)
    }

    public var kind: ValueKind { kind(0) }

    /// The kind of a part of the value.
    public func kind(_ index: Int) -> ValueKind {
        let node = memory.nodes[index]
        switch node.element {
        case .uuid: return .uuid
        case .timeuuidKey, .timeuuids: return .timeuuid
        case .integerKey, .integers, .rounded: return .integer
        case .bigIntegers: return .bigInteger
        case .textKey, .text, .letters, .words: return .text
        case .listed(let values): return values.kind.valueKind
        case .choice, .existing, .after: return kind(index + 1)
        case .double: return .float
        case .decimal, .bigDecimals: return .decimal
        case .timestamps: return .timestamp
        case .dates: return .date
        case .times: return .time
        case .duration: return .duration
        case .addressKey: return .address
        case .boolean: return .boolean
        case .blob: return .blob
        case .list: return .list(of: kind(index + 1))
        case .set: return .set(of: kind(index + 1))
        case .map: return .map(key: kind(index + 1), value: kind(index + 1 + memory.nodes[index + 1].nodes))
        case .tuple: return .tuple(parts(of: index).map { kind($0) })
        case .udt: return .udt(fields: fieldNames[index])
        case .vector(let dimensions): return .vector(of: kind(index + 1), dimensions: dimensions)
        }
    }

    /// Where the parts of a collection stand among the nodes.
    public func parts(of index: Int) -> [Int] {
        var parts: [Int] = []
        var part = index + 1
        while part < index + memory.nodes[index].nodes {
            parts.append(part)
            part += memory.nodes[part].nodes
        }
        return parts
    }

    /// The items of a key; nil for values that are not keys.
    public var items: Items? { memory.nodes.pointee.items }

    /// Whether a value may be left unset, which a server must know.
    public var hasUnset: Bool { nodes.contains { $0.unsetShare > 0 } }
    /// Whether it counts from now.
    var isMoving: Bool {
        nodes.contains { node in
            switch node.element {
            case .timestamps(let instants), .timeuuids(let instants): instants.isMoving
            default: false
            }
        }
    }
    /// Whether it may be missing where something must be.
    var canBeMissing: Bool { nodes[0].nullShare + nodes[0].unsetShare > 0 }

    /// Puts one value, or one list, into `sink`.
    @inlinable
    public func generate<S: ValueSink & ~Copyable>(into sink: inout S, _ drawing: inout Drawing) {
        recipe.generate(into: &sink, &drawing)
    }

    /// Puts the value of item number `item`, for keys that run through their items. Only for generators with `items`.
    @inlinable
    public func generate<S: ValueSink & ~Copyable>(item: UInt64, into sink: inout S) {
        recipe.generate(item: item, into: &sink)
    }
}
