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
    public func generate<S: ValueSink & ~Copyable>(into sink: inout S, _ random: inout SeededRandom) {
        generate(0, into: &sink, &random)
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
    func generate<S: ValueSink & ~Copyable>(_ index: Int, into sink: inout S, _ random: inout SeededRandom) {
        let node = nodes + index
        sink.enter(index)
        if node.pointee.nullShare + node.pointee.unsetShare > 0 {
            let draw = random.unit()
            if draw < node.pointee.nullShare { return sink.putNull() }
            if draw < node.pointee.nullShare + node.pointee.unsetShare { return sink.putUnset() }
        }
        switch node.pointee.element {
        case .list(let size), .set(let size):
            let count = size.count(&random, most: ValueNode.mostMembers)
            let start = sink.begin(members: count)
            for _ in 0..<count { generate(index + 1, into: &sink, &random) }
            sink.enter(index)
            sink.end(start)
        case .map(let size):
            let count = size.count(&random, most: ValueNode.mostMembers)
            let start = sink.begin(members: count)
            for _ in 0..<count {
                generate(index + 1, into: &sink, &random)
                generate(index + 1 + nodes[index + 1].nodes, into: &sink, &random)
            }
            sink.enter(index)
            sink.end(start)
        case .tuple, .udt:
            let start = sink.beginParts()
            var part = index + 1
            while part < index + node.pointee.nodes {
                generate(part, into: &sink, &random)
                part += nodes[part].nodes
            }
            sink.enter(index)
            sink.end(start)
        case .vector(let dimensions):
            let start = sink.beginParts()
            for _ in 0..<dimensions { generate(index + 1, into: &sink, &random) }
            sink.enter(index)
            sink.end(start)
        default:
            node.pointee.element.generate(into: &sink, &random)
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
