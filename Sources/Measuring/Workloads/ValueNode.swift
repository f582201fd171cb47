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
        case timestamps(Instants)
        /// Version 1 UUIDs of such milliseconds, the rest of them drawn.
        case timeuuids(Instants)
        /// Days since 1970-01-01.
        case dates(lowest: Int64, count: UInt64)
        /// Nanoseconds since midnight, whole milliseconds apart.
        case times(lowestMilliseconds: Int64, count: UInt64)
        case duration(months: Distribution, days: Distribution, nanoseconds: Distribution)
        case boolean(shareTrue: Double)
        case text(length: Distribution)
        /// So many letters or words of a text of the workload's own.
        case letters(length: Distribution, TextPool.View)
        case words(count: Distribution, TextPool.View)
        /// One of those that were written down.
        case listed(ListedValues.View)
        case blob(length: Distribution)
        /// One part, made `size` times; so is a set, in which equal members become one.
        case list(size: Distribution)
        case set(size: Distribution)
        /// Two parts, key and value.
        case map(size: Distribution)
        case tuple, udt
        /// One part, made `dimensions` times.
        case vector(dimensions: Int)
        /// One of the parts, by their weights.
        case choice(whole: Double)
        /// The one part, as it is in a row of the dataset.
        case existing(Borrowed<ExistingRow>)
        /// The one part, which is another value of the same operation or row, by its name's number, and so much more.
        case after(base: UInt64, plus: Distribution)
    }

    public var element: Element
    /// Of this node and all its parts, at any depth.
    public var nodes = 1
    /// How often it is null, and how often it is left unset.
    public var nullShare = 0.0
    public var unsetShare = 0.0
    /// Of a part of a choice: its weight, and those of the parts before it.
    public var upTo = 0.0

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
    func generate<S: ValueSink & ~Copyable>(into sink: inout S, _ drawing: inout Drawing) {
        switch self {
        case .uuid(let items), .integerKey(let items), .textKey(let items), .timeuuidKey(let items),
            .addressKey(let items, _):
            generate(item: items.sample(&drawing), into: &sink)
        case .integers(let lowest, let count):
            sink.put(integer: drawn(lowest, count, &drawing.random))
        case .rounded(let numbers):
            sink.put(integer: wholeNumber(numbers.sample(&drawing.random)))
        case .bigIntegers(let length):
            sink.put(
                bigInteger: BytePool.blob.slice(max(length.count(&drawing.random, most: 1000), 1), &drawing.random))
        case .double(let numbers):
            sink.put(double: numbers.sample(&drawing.random))
        case .decimal(let numbers, let scale, let factor):
            sink.put(unscaled: wholeNumber(numbers.sample(&drawing.random) * factor), scale: scale)
        case .bigDecimals(let length, let scale):
            let unscaled = BytePool.blob.slice(max(length.count(&drawing.random, most: 1000), 1), &drawing.random)
            sink.put(unscaledBytes: unscaled, scale: scale)
        case .timestamps(let instants):
            sink.put(timestampMilliseconds: instants.sample(&drawing))
        case .timeuuids(let instants):
            let time = instants.sample(&drawing)
            let (high, low) = Items.timeuuid(milliseconds: time, rest: drawing.random.next())
            sink.put(uuidHigh: high, low: low)
        case .dates(let lowest, let count):
            sink.put(days: Int32(clamping: drawn(lowest, count, &drawing.random)))
        case .times(let lowest, let count):
            sink.put(nanosecondsOfDay: drawn(lowest, count, &drawing.random) * 1_000_000)
        case .duration(let months, let days, let nanoseconds):
            let count = Int32(clamping: wholeNumber(months.sample(&drawing.random)))
            let dayCount = Int32(clamping: wholeNumber(days.sample(&drawing.random)))
            sink.put(months: count, days: dayCount, nanoseconds: wholeNumber(nanoseconds.sample(&drawing.random)))
        case .boolean(let shareTrue):
            sink.put(boolean: drawing.random.unit() < shareTrue)
        case .text(let length):
            sink.put(text: BytePool.text.slice(length.count(&drawing.random, most: BytePool.size), &drawing.random))
        case .blob(let length):
            sink.put(blob: BytePool.blob.slice(length.count(&drawing.random, most: BytePool.size), &drawing.random))
        case .letters(let length, let pool):
            let count = length.count(&drawing.random, most: BytePool.size)
            sink.put(text: pool.letters(count, &drawing.random))
        case .words(let count, let pool):
            sink.put(text: pool.words(count.count(&drawing.random, most: pool.words), &drawing.random))
        case .listed(let values): values.generate(into: &sink, &drawing.random)
        case .list, .set, .map, .tuple, .udt, .vector, .choice, .existing, .after:
            preconditionFailure("a collection is made part by part")
        }
    }

    /// Whether it makes numbers that another value may come after.
    var isNumbered: Bool {
        switch self {
        case .integerKey, .integers, .rounded, .timestamps, .dates: true
        default: false
        }
    }

    /// What `generate` would put, as a number; only where it is numbered.
    @usableFromInline
    func number(_ drawing: inout Drawing) -> Int64 {
        switch self {
        case .integerKey(let items): Int64(bitPattern: items.sample(&drawing))
        case .integers(let lowest, let count), .dates(let lowest, let count): drawn(lowest, count, &drawing.random)
        case .rounded(let numbers): wholeNumber(numbers.sample(&drawing.random))
        case .timestamps(let instants): instants.sample(&drawing)
        default: preconditionFailure("nothing comes after such a value")
        }
    }

    /// Puts such a number.
    @inlinable
    func put<S: ValueSink & ~Copyable>(_ number: Int64, into sink: inout S) {
        switch self {
        case .timestamps: sink.put(timestampMilliseconds: number)
        case .dates: sink.put(days: Int32(clamping: number))
        default: sink.put(integer: number)
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

/// Instants in milliseconds since 1970: drawn from a span, or one after the other.
public struct Instants: Sendable {
    var lowest: Int64
    /// Of the span, in milliseconds; for a sequence 0.
    var count: UInt64
    /// From one to the next of a sequence.
    var step: Int64
    /// Whether `lowest` counts from now.
    var isMoving: Bool

    public init(lowest: Int64, count: UInt64, step: Int64 = 0, isMoving: Bool = false) {
        (self.lowest, self.count, self.step, self.isMoving) = (lowest, count, step, isMoving)
    }

    @usableFromInline
    func sample(_ drawing: inout Drawing) -> Int64 {
        let first = isMoving ? drawing.now &+ lowest : lowest
        if count == 0 { return first &+ step &* Int64(truncatingIfNeeded: drawing.ordinal) }
        return first &+ Int64(bitPattern: drawing.random.below(count))
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
