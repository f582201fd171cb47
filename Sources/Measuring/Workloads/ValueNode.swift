// What a value is made of, as plain numbers: a scalar, or a collection with its parts right behind it.

import Quantities

/// One part of a value's recipe. A recipe is an array of these in which each is followed by its parts.
public struct ValueNode: Sendable {
    public enum Element: Sendable {
        /// Keys: the value that stands for an item.
        case uuid(Items)
        case integerKey(Items)
        case textKey(Items)
        case timeuuidKey(Items)
        case addressKey(Items, isVersion6: Bool)
        /// `count` neighbouring integers from `lowest` on; 0 means all 2^64.
        case integers(lowest: Int64, count: UInt64)
        /// Numbers rounded to integers.
        case rounded(Distribution)
        /// Whole numbers of so many bytes.
        case bigIntegers(length: Distribution)
        case double(Distribution)
        case decimal(Distribution, scale: Int32, factor: Double)
        /// Decimals whose unscaled number has so many bytes.
        case bigDecimals(length: Distribution, scale: Int32)
        /// Milliseconds since 1970.
        case timestamps(lowest: Int64, count: UInt64)
        /// Version 1 UUIDs of such milliseconds, the rest of them drawn.
        case timeuuids(lowest: Int64, count: UInt64)
        /// Days since 1970-01-01.
        case dates(lowest: Int64, count: UInt64)
        /// Nanoseconds since midnight, whole milliseconds apart.
        case times(lowestMilliseconds: Int64, count: UInt64)
        case duration(months: Distribution, days: Distribution, nanoseconds: Distribution)
        case boolean(shareTrue: Double)
        case text(length: Distribution)
        case blob(length: Distribution)
        /// One part, made `size` times; so is a set, in which equal members become one.
        case list(size: Distribution)
        case set(size: Distribution)
        /// Two parts, key and value.
        case map(size: Distribution)
        case tuple, udt
        /// One part, made `dimensions` times.
        case vector(dimensions: Int)
    }

    public var element: Element
    /// Of this node and all its parts, at any depth.
    public var nodes = 1
    /// How often it is null, and how often it is left unset.
    public var nullShare = 0.0
    public var unsetShare = 0.0

    public init(_ element: Element) { self.element = element }

    /// The items of a key.
    public var items: Items? {
        switch element {
        case .uuid(let items), .integerKey(let items), .textKey(let items), .timeuuidKey(let items),
            .addressKey(let items, _):
            items
        default: nil
        }
    }

    /// Members that a list, set or map may get.
    public static let mostMembers = 10_000
}

extension ValueNode.Element {
    /// Puts a scalar; collections are `ValueRecipe`'s.
    @inlinable
    func generate<S: ValueSink & ~Copyable>(into sink: inout S, _ random: inout SeededRandom) {
        switch self {
        case .uuid(let items), .integerKey(let items), .textKey(let items), .timeuuidKey(let items),
            .addressKey(let items, _):
            generate(item: items.sample(&random), into: &sink)
        case .integers(let lowest, let count):
            sink.put(integer: drawn(lowest, count, &random))
        case .rounded(let numbers):
            sink.put(integer: wholeNumber(numbers.sample(&random)))
        case .bigIntegers(let length):
            sink.put(bigInteger: BytePool.blob.slice(max(length.count(&random, most: 1000), 1), &random))
        case .double(let numbers):
            sink.put(double: numbers.sample(&random))
        case .decimal(let numbers, let scale, let factor):
            sink.put(unscaled: wholeNumber(numbers.sample(&random) * factor), scale: scale)
        case .bigDecimals(let length, let scale):
            let unscaled = BytePool.blob.slice(max(length.count(&random, most: 1000), 1), &random)
            sink.put(unscaledBytes: unscaled, scale: scale)
        case .timestamps(let lowest, let count):
            sink.put(timestampMilliseconds: drawn(lowest, count, &random))
        case .timeuuids(let lowest, let count):
            let time = drawn(lowest, count, &random)
            let (high, low) = Items.timeuuid(milliseconds: time, rest: random.next())
            sink.put(uuidHigh: high, low: low)
        case .dates(let lowest, let count):
            sink.put(days: Int32(clamping: drawn(lowest, count, &random)))
        case .times(let lowest, let count):
            sink.put(nanosecondsOfDay: drawn(lowest, count, &random) * 1_000_000)
        case .duration(let months, let days, let nanoseconds):
            let count = Int32(clamping: wholeNumber(months.sample(&random)))
            let dayCount = Int32(clamping: wholeNumber(days.sample(&random)))
            sink.put(months: count, days: dayCount, nanoseconds: wholeNumber(nanoseconds.sample(&random)))
        case .boolean(let shareTrue):
            sink.put(boolean: random.unit() < shareTrue)
        case .text(let length):
            sink.put(text: BytePool.text.slice(length.count(&random, most: BytePool.size), &random))
        case .blob(let length):
            sink.put(blob: BytePool.blob.slice(length.count(&random, most: BytePool.size), &random))
        case .list, .set, .map, .tuple, .udt, .vector:
            preconditionFailure("a collection is made part by part")
        }
    }

    @inlinable
    func generate<S: ValueSink & ~Copyable>(item: UInt64, into sink: inout S) {
        switch self {
        case .uuid:
            let (high, low) = Items.uuid(of: item)
            sink.put(uuidHigh: high, low: low)
        case .timeuuidKey:
            let (high, low) = Items.timeuuid(of: item)
            sink.put(uuidHigh: high, low: low)
        case .integerKey:
            sink.put(integer: Int64(bitPattern: item))
        case .textKey:
            withDigits(of: item) { sink.put(text: $0) }
        case .addressKey(_, let isVersion6):
            if isVersion6 {
                sink.put(addressHigh: 0xFD00_0000_0000_0000, low: item)
            } else {
                sink.put(address: 0x0A00_0000 &+ UInt32(truncatingIfNeeded: item))
            }
        default:
            preconditionFailure("this value is not a key and has no items")
        }
    }
}

/// One of `count` neighbours from `lowest` on; a count of 0 means all 2^64.
@inlinable
func drawn(_ lowest: Int64, _ count: UInt64, _ random: inout SeededRandom) -> Int64 {
    lowest &+ Int64(bitPattern: count == 0 ? random.next() : random.below(count))
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
