// Values: that keys are keys, that numbers are spread as the file says, that the same seed gives the same values.

import Glibc
import Quantities
import TestSupport
import Testing
import Workloads

private func numbers(_ spec: String, _ count: Int) throws -> [Double] {
    draw(try generator(spec), count).map { value in
        switch value {
        case .integer(let number): Double(number)
        case .double(let number): number
        case .decimal(let unscaled, let scale): Double(unscaled) / pow(10, Double(scale))
        case .timestamp(let number): Double(number)
        case .text(let text): Double(text.utf8.count)
        case .blob(let bytes): Double(bytes.count)
        case .days(let number): Double(number)
        case .time(let number): Double(number)
        default: .nan
        }
    }.sorted()
}

private func mean(_ numbers: [Double]) -> Double { numbers.reduce(0, +) / Double(numbers.count) }

@Test func uniformNumbersFillTheirRange() throws {
    let whole = try numbers("{int: {uniform: [-5, 5]}}", 11_000)
    for value in -5...5 {
        let count = whole.count { $0 == Double(value) }
        #expect((850...1150).contains(count), "\(value): \(count)")
    }
    let real = try numbers("{double: {uniform: [10, 20]}}", 10_000)
    #expect(real[0] >= 10 && real[9_999] <= 20)
    #expect(close(mean(real), 15, relative: 0.01))
    #expect(close(real[2_500], 12.5, relative: 0.02))
    let bounds = try numbers("{bigint: {uniform: [-9223372036854775808, 9223372036854775807]}}", 1_000)
    #expect(bounds[0] < -9e18 && bounds[999] > 9e18)
}

@Test func logarithmsOfLognormalNumbersAreNormal() throws {
    let values = try numbers("{double: {lognormal: {median: 40, sigma: 1}}}", 40_000)
    #expect(close(values[20_000], 40, relative: 0.03))
    // The 84.13th percentile of a normal distribution lies one sigma up.
    #expect(close(values[33_654], 40 * exp(1), relative: 0.04))
    #expect(close(mean(values), 40 * exp(0.5), relative: 0.04))
    let cut = try numbers("{double: {lognormal: {median: 40, sigma: 1, min: 30, max: 50}}}", 5_000)
    #expect(cut[0] == 30 && cut[4_999] == 50)
}

@Test func normalNumbersHaveTheirMeanAndSigma() throws {
    let values = try numbers("{double: {normal: {mean: -3, sigma: 2}}}", 40_000)
    #expect(abs(mean(values) + 3) < 0.04)
    #expect(close(mean(values.map { ($0 + 3) * ($0 + 3) }), 4, relative: 0.03))
}

@Test func roundedNumbersStayWithinTheirType() throws {
    let values = try numbers("{int: {normal: {mean: 0, sigma: 1e12}}}", 1_000)
    #expect(values[0] == Double(Int32.min) && values[999] == Double(Int32.max))
    let large = try numbers("{bigint: {normal: {mean: 0, sigma: 1e30}}}", 1_000)
    #expect(large[0] == Double(Int64.min) && large[999] == Double(Int64.max))
    #expect(draw(try generator("{bigint: 7}"), 2) == [.integer(7), .integer(7)])
    #expect(draw(try generator("{double: 0.5}"), 1) == [.double(0.5)])
}

@Test func decimalsHaveTheirScale() throws {
    #expect(draw(try generator("{decimal: {constant: 12.344, scale: 2}}"), 1) == [.decimal(1_234, 2)])
    #expect(draw(try generator("{decimal: {constant: 12.346}}"), 1) == [.decimal(1_235, 2)])
    #expect(draw(try generator("{decimal: {constant: -1, scale: 0}}"), 1) == [.decimal(-1, 0)])
    let prices = try numbers("{decimal: {lognormal: {median: 40, sigma: 1}, scale: 2}}", 20_000)
    #expect(close(prices[10_000], 40, relative: 0.04))
}

@Test func timestampsAreMillisecondsBetweenTheirDates() throws {
    let values = try numbers("{timestamp: {uniform: [2026-01-01, 2026-06-30]}}", 10_000)
    let (first, last) = (1_767_225_600_000.0, 1_782_777_600_000.0)
    #expect(values[0] >= first && values[9_999] <= last)
    #expect(abs(mean(values) - (first + last) / 2) < (last - first) * 0.01)
    let constant = draw(try generator("{timestamp: {constant: 2026-03-01T10:20:30Z}}"), 2)
    #expect(constant == [.timestamp(1_772_360_430_000), .timestamp(1_772_360_430_000)])
    #expect(draw(try generator("{timestamp: {constant: 1969-12-31}}"), 1) == [.timestamp(-86_400_000)])
}

@Test func textsAndBlobsHaveTheirLengths() throws {
    let lengths = try numbers("{text: {length: {lognormal: {median: 80, sigma: 0.6}}}}", 20_000)
    #expect(close(lengths[10_000], 80, relative: 0.03))
    #expect(try numbers("{blob: {length: {uniform: [3, 5]}}}", 500).allSatisfy { (3...5).contains($0) })
    #expect(try numbers("{text: {length: 1e9}}", 1) == [65_536])
    #expect(try numbers("{text: {length: {normal: {mean: -50, sigma: 1}}}}", 1) == [0])
    let texts = draw(try generator("{text: {length: 12}}"), 50)
    #expect(Set(texts).count > 45)
    for case .text(let text) in texts { #expect(text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }) }
}

@Test func truthValuesHaveTheirShare() throws {
    let share = draw(try generator("{boolean: {true: 20 %}}"), 10_000).count { $0 == .boolean(true) }
    #expect((1_850...2_150).contains(share))
    #expect(draw(try generator("{boolean: {true: 0 %}}"), 100).allSatisfy { $0 == .boolean(false) })
    #expect(draw(try generator("{boolean: {true: 100 %}}"), 100).allSatisfy { $0 == .boolean(true) })
}

@Test func popularItemsComeAsOftenAsZipfSays() throws {
    let keys = draw(try generator("{bigint: {zipf: {items: 1000, exponent: 0.99, from: 7}}}"), 50_000)
    let harmonic = (1...1000).reduce(0.0) { $0 + pow(Double($1), -0.99) }
    for item in [0, 1, 9] {
        let expected = 50_000 * pow(Double(item + 1), -0.99) / harmonic
        let count = Double(keys.count { $0 == .integer(Int64(item) + 7) })
        #expect(abs(count - expected) < 5 * expected.squareRoot(), "item \(item): \(count), expected \(expected)")
    }
}

@Test func everyItemHasAUUIDOfItsOwn() {
    var seen: Set<[UInt64]> = []
    let items = Array(0..<200_000) + (0..<64).map { UInt64(1) << UInt64($0) } + [.max, .max - 1]
    for item in Set(items) {
        let (high, low) = Items.uuid(of: item)
        #expect(high >> 12 & 0xF == 4)
        #expect(low >> 62 == 2)
        #expect(seen.insert([high, low]).inserted)
    }
    // Neighbours share no prefix: partitions are spread over the ring.
    let first = (0..<4_096).map { Items.uuid(of: UInt64($0)).high >> 60 }
    for digit in UInt64(0)..<16 { #expect(first.count { $0 == digit } > 150) }
}

@Test func aUUIDCarriesAllBitsOfItsItem() {
    for (seed, random) in seededCases(2_000) {
        var random = random
        let item = random.next()
        let (high, low) = Items.uuid(of: item)
        // What the generator scattered can be put together again, so no two items can share a UUID.
        let scattered = high & ~0xFFFF | (high & 0xFFF) << 4 | low >> 58 & 0xF
        #expect(scattered == SeededRandom.mix(item &+ 0x9E37_79B9_7F4A_7C15), "seed \(seed)")
    }
}

@Test func keysRunThroughTheirItems() throws {
    var sink = KeepingSink()
    try generator("{text: {uniform: {items: 5}}}").generate(item: 1_234_567_890_123_456_789, into: &sink)
    try generator("{text: {uniform: {items: 5}}}").generate(item: 0, into: &sink)
    try generator("{int: {uniform: {items: 5}}}").generate(item: 42, into: &sink)
    let (high, low) = Items.uuid(of: 42)
    try generator("{uuid: {uniform: {items: 5}}}").generate(item: 42, into: &sink)
    #expect(sink.values == [.text("1234567890123456789"), .text("0"), .integer(42), .uuid(high, low)])
    #expect(draw(try generator("{uuid: {constant: 42}}"), 2) == [.uuid(high, low), .uuid(high, low)])
    #expect(try generator("{text: {length: 5}}").items == nil)
}

@Test func listsHoldTheirCount() throws {
    let list = try generator("{int: {uniform: {items: 5}}}").list(of: 3)
    #expect(list.listCount == 3)
    #expect(list.kind == .list(of: .integer))
    #expect(list.items == nil)
    let values = draw(list, 2)
    #expect(values.count == 10)
    #expect(values[0] == .begin(3) && values[4] == .end && values[5] == .begin(3) && values[9] == .end)
}

@Test func datesAndTimesLieBetweenTheirBounds() throws {
    let days = try numbers("{date: {uniform: [2026-01-01, 2026-01-31]}}", 2_000)
    #expect(days[0] == 20_454 && days[1_999] == 20_484)
    #expect(draw(try generator("{date: {constant: 1969-12-31}}"), 1) == [.days(-1)])
    let times = try numbers("{time: {uniform: [08:00:00, 18:00:00]}}", 2_000)
    #expect(times[0] >= 8 * 3600e9 && times[1_999] <= 18 * 3600e9)
    #expect(close(mean(times), 13 * 3600e9, relative: 0.02))
    let duration = draw(try generator("{duration: {months: {uniform: [-9, -1]}, nanoseconds: 1e30}}"), 1)
    #expect(duration == [.duration(0, 0, 9_000_000_000_000_000_000)])
}

@Test func everyItemHasATimeuuidOfItsOwn() {
    var seen: Set<[UInt64]> = []
    for item in (0..<50_000).map(UInt64.init) + [9_999_999_999_999] {
        let (high, low) = Items.timeuuid(of: item)
        #expect(high >> 12 & 0xF == 1 && low >> 62 == 2)
        #expect(seen.insert([high, low]).inserted)
    }
}

@Test func collectionsHoldTheirSizes() throws {
    let sizes = draw(try generator("{set: {size: {uniform: [1, 3]}, of: {uuid: {uniform: {items: 9}}}}}"), 900)
        .compactMap { value -> Int? in if case .begin(let count) = value { count } else { nil } }
    for size in 1...3 { #expect(sizes.count { $0 == size } > 150) }
    let map = draw(try generator("{map: {size: 1, key: a, value: {tuple: [a, {boolean: {true: 100 %}}]}}}"), 1)
    #expect(map.count == 7 && map[0] == .begin(1) && map[2] == .begin(0) && map[4] == .boolean(true) && map[6] == .end)
    let nested = try generator("{list: {size: 2, of: {vector: {dimensions: 2, of: {float: 1}}}}}")
    #expect(nested.kind == .list(of: .vector(of: .float, dimensions: 2)))
    #expect(draw(nested, 1).count { $0 == .double(1) } == 4)
}

@Test func theSameSeedGivesTheSameValues() throws {
    for spec in ["{text: {length: {uniform: [0, 50]}}}", "{uuid: {zipf: {items: 100, exponent: 1.1}}}"] {
        let generator = try generator(spec)
        #expect(draw(generator, 100, seed: 5) == draw(generator, 100, seed: 5))
        #expect(draw(generator, 100, seed: 5) != draw(generator, 100, seed: 6))
    }
}
