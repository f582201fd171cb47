// A recipe at work: one value, with all its parts, into a sink. No allocation, and nothing that counts references.

import Quantities

/// The nodes of one value, borrowed from its `ValueGenerator`, which must outlive it.
public struct ValueRecipe: @unchecked Sendable {
    // Never written to after it was made: hence Sendable.
    @usableFromInline let nodes: UnsafePointer<ValueNode>
    public let count: Int

    init(_ nodes: UnsafePointer<ValueNode>, count: Int) {
        self.nodes = nodes
        self.count = count
    }

    public subscript(index: Int) -> ValueNode { nodes[index] }

    /// Puts one value.
    @inlinable
    public func generate<S: ValueSink & ~Copyable>(into sink: inout S, _ drawing: inout Drawing) {
        generate(0, into: &sink, &drawing)
        sink.endBind(nodes: count)
    }

    /// Puts the value of item number `item`, for keys that run through their items.
    @inlinable
    public func generate<S: ValueSink & ~Copyable>(item: UInt64, into sink: inout S) {
        sink.enter(0)
        nodes.pointee.element.generate(item: item, into: &sink)
        sink.endBind(nodes: count)
    }

    @inlinable
    func generate<S: ValueSink & ~Copyable>(_ index: Int, into sink: inout S, _ drawing: inout Drawing) {
        let node = nodes + index
        sink.enter(index)
        if missing(index, into: &sink, &drawing) { return }
        switch node.pointee.element {
        case .list(let size), .set(let size):
            let count = size.count(&drawing.random, most: ValueNode.mostMembers)
            let start = sink.begin(members: count)
            for _ in 0..<count { generate(index + 1, into: &sink, &drawing) }
            sink.enter(index)
            sink.end(start)
        case .map(let size):
            let count = size.count(&drawing.random, most: ValueNode.mostMembers)
            let start = sink.begin(members: count)
            for _ in 0..<count {
                generate(index + 1, into: &sink, &drawing)
                generate(index + 1 + nodes[index + 1].nodes, into: &sink, &drawing)
            }
            sink.enter(index)
            sink.end(start)
        case .tuple, .udt:
            let start = sink.beginParts()
            var part = index + 1
            while part < index + node.pointee.nodes {
                generate(part, into: &sink, &drawing)
                part += nodes[part].nodes
            }
            sink.enter(index)
            sink.end(start)
        case .vector(let dimensions):
            let start = sink.beginParts()
            for _ in 0..<dimensions { generate(index + 1, into: &sink, &drawing) }
            sink.enter(index)
            sink.end(start)
        case .choice(let whole):
            let drawn = drawing.random.unit() * whole
            var part = index + 1
            while nodes[part].upTo <= drawn { part += nodes[part].nodes }
            generate(part, into: &sink, &drawing)
        case .existing(let row):
            var found = row.value.drawing(drawing)
            generate(index + 1, into: &sink, &found)
        case .after(let base, let plus):
            var found = drawing.shared(base)
            if missing(index + 1, into: &sink, &found) { return }
            let (number, leaf) = number(index + 1, &found)
            let more = wholeNumber(plus.sample(&drawing.random))
            nodes[leaf].element.put(number &+ more, into: &sink)
        default:
            node.pointee.element.generate(into: &sink, &drawing)
        }
    }

    /// Puts null or unset where the chance has it so.
    @inlinable
    func missing<S: ValueSink & ~Copyable>(_ index: Int, into sink: inout S, _ drawing: inout Drawing) -> Bool {
        let node = nodes + index
        guard node.pointee.nullShare + node.pointee.unsetShare > 0 else { return false }
        let draw = drawing.random.unit()
        if draw < node.pointee.nullShare {
            sink.putNull()
            return true
        }
        guard draw < node.pointee.nullShare + node.pointee.unsetShare else { return false }
        sink.putUnset()
        return true
    }

    /// The number of a value that has one, and the node that makes it. It is never missing.
    @usableFromInline
    func number(_ index: Int, _ drawing: inout Drawing) -> (number: Int64, leaf: Int) {
        switch nodes[index].element {
        case .existing(let row):
            var found = row.value.drawing(drawing)
            return number(index + 1, &found)
        case .after(let base, let plus):
            var found = drawing.shared(base)
            let (number, leaf) = number(index + 1, &found)
            return (number &+ wholeNumber(plus.sample(&drawing.random)), leaf)
        default: return (nodes[index].element.number(&drawing), index)
        }
    }
}

extension Items {
    /// From the 15th of October 1582, where version 1 UUIDs begin to count, to 1970, in their units of 100 ns.
    private static let epoch: UInt64 = 0x01B2_1DD2_1381_4000
    /// Milliseconds from 1970 to 2020: item 0 stands for that instant, and each further one for the next millisecond.
    static let firstTimeuuid: Int64 = 1_577_836_800_000
    /// Items above this have no time in a version 1 UUID.
    static let mostTimeuuids = 10_000_000_000_000

    /// The version 1 UUID (RFC 9562) of an instant; `rest` gives its clock sequence and its node, which is marked as no hardware's.
    public static func timeuuid(milliseconds: Int64, rest: UInt64) -> (high: UInt64, low: UInt64) {
        let time = epoch &+ UInt64(bitPattern: milliseconds) &* 10_000
        let high = time << 32 | (time >> 32 & 0xFFFF) << 16 | 0x1000 | (time >> 48 & 0xFFF)
        return (high, 0x8000_0100_0000_0000 | rest & 0x3FFF_FFFF_FFFF_FFFF)
    }

    /// The one that stands for an item.
    public static func timeuuid(of item: UInt64) -> (high: UInt64, low: UInt64) {
        timeuuid(milliseconds: firstTimeuuid &+ Int64(bitPattern: item), rest: SeededRandom.mix(item &+ 1))
    }
}
