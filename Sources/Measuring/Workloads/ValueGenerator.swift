// Makes the values that are bound to statements, from seeds alone and without allocating.

import Glibc
import Quantities

/// One bind of a statement: draws a value, or gives the value of a numbered item.
public struct ValueGenerator: Sendable {
    /// A single value, made of plain numbers.
    public enum Element: Sendable {
        /// Keys: the value that stands for an item.
        case uuid(Items)
        case integerKey(Items)
        case textKey(Items)
        /// `count` neighbouring integers from `lowest` on; 0 means all 2^64.
        case integers(lowest: Int64, count: UInt64)
        /// Numbers rounded to integers.
        case rounded(Distribution)
        case double(Distribution)
        case decimal(Distribution, scale: Int32, factor: Double)
        case timestamps(lowest: Int64, count: UInt64)
        case boolean(shareTrue: Double)
        case text(length: Distribution)
        case blob(length: Distribution)
    }

    /// The name in the workload's `values`.
    public var name: String
    public var element: Element
    /// For a list, how many values it holds. They are drawn one by one, so a key may stand in it twice; a server answers
    /// `IN` with such a partition once.
    public var listCount: Int?

    public init(name: String, element: Element, listCount: Int? = nil) {
        self.name = name
        self.element = element
        self.listCount = listCount
    }

    public var kind: ValueKind { listCount == nil ? element.kind : .list(of: element.kind) }

    /// The items of a key; nil for a list and for values that are not keys.
    public var items: Items? { listCount == nil ? element.items : nil }

    /// Puts one value, or one list, into `sink`.
    @inlinable
    public func generate<S: ValueSink & ~Copyable>(into sink: inout S, _ random: inout SeededRandom) {
        guard let listCount else { return element.generate(into: &sink, &random) }
        sink.beginList(count: listCount)
        for _ in 0..<listCount { element.generate(into: &sink, &random) }
        sink.endList()
    }

    /// Puts the value of item number `item`, for keys that run through their items. Only for generators with `items`.
    @inlinable
    public func generate<S: ValueSink & ~Copyable>(item: UInt64, into sink: inout S) {
        precondition(listCount == nil, "a list does not run through items")
        element.generate(item: item, into: &sink)
    }
}

extension ValueGenerator.Element {
    var kind: ValueKind {
        switch self {
        case .uuid: .uuid
        case .integerKey, .integers, .rounded: .integer
        case .textKey, .text: .text
        case .double: .float
        case .decimal: .decimal
        case .timestamps: .timestamp
        case .boolean: .boolean
        case .blob: .blob
        }
    }

    var items: Items? {
        switch self {
        case .uuid(let items), .integerKey(let items), .textKey(let items): items
        default: nil
        }
    }

    @inlinable
    func generate<S: ValueSink & ~Copyable>(into sink: inout S, _ random: inout SeededRandom) {
        switch self {
        case .uuid(let items), .integerKey(let items), .textKey(let items):
            generate(item: items.sample(&random), into: &sink)
        case .integers(let lowest, let count):
            sink.put(integer: lowest &+ Int64(bitPattern: count == 0 ? random.next() : random.below(count)))
        case .rounded(let numbers):
            sink.put(integer: wholeNumber(numbers.sample(&random)))
        case .double(let numbers):
            sink.put(double: numbers.sample(&random))
        case .decimal(let numbers, let scale, let factor):
            sink.put(unscaled: wholeNumber(numbers.sample(&random) * factor), scale: scale)
        case .timestamps(let lowest, let count):
            sink.put(timestampMilliseconds: lowest &+ Int64(bitPattern: random.below(count)))
        case .boolean(let shareTrue):
            sink.put(boolean: random.unit() < shareTrue)
        case .text(let length):
            sink.put(text: BytePool.text.slice(length.count(&random, most: BytePool.size), &random))
        case .blob(let length):
            sink.put(blob: BytePool.blob.slice(length.count(&random, most: BytePool.size), &random))
        }
    }

    @inlinable
    func generate<S: ValueSink & ~Copyable>(item: UInt64, into sink: inout S) {
        switch self {
        case .uuid:
            let (high, low) = Items.uuid(of: item)
            sink.put(uuidHigh: high, low: low)
        case .integerKey:
            sink.put(integer: Int64(bitPattern: item))
        case .textKey:
            withDigits(of: item) { sink.put(text: $0) }
        default:
            preconditionFailure("this value is not a key and has no items")
        }
    }
}

/// The nearest whole number that 64 bits hold.
@usableFromInline
func wholeNumber(_ value: Double) -> Int64 {
    Int64(exactly: value.rounded()) ?? (value < 0 ? .min : .max)
}

/// Lends the decimal digits of `number`, which need no memory but the stack's.
@usableFromInline
func withDigits(of number: UInt64, _ body: (UnsafeRawBufferPointer) -> Void) {
    withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { buffer in
        var start = buffer.count
        var rest = number
        repeat {
            start -= 1
            buffer[start] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        } while rest > 0
        body(UnsafeRawBufferPointer(rebasing: buffer[start...]))
    }
}
