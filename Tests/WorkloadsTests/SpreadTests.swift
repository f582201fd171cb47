// How keys are spread over their items, and values over those that are written down.

import Documents
import Glibc
import Quantities
import TestSupport
import Testing
import Workloads

private func items(_ spec: String, _ count: Int) throws -> [Int64: Int] {
    let values = draw(try generator(spec), count)
    return Dictionary(
        values.map { if case .integer(let item) = $0 { (item, 1) } else { (-1, 1) } }, uniquingKeysWith: +)
}

/// Whether a count of `all` draws is what a share of them comes to, within five standard deviations.
private func agrees(_ count: Int?, _ share: Double, of all: Int) -> Bool {
    abs(Double(count ?? 0) - share * Double(all)) <= 5 * (share * (1 - share) * Double(all)).squareRoot()
}

@Test func hotItemsGetTheirShare() throws {
    let counts = try items("{int: {hot: {items: 1000, hot_items: 10, hot_share: 90 %, from: 5}}}", 50_000)
    #expect(agrees(counts.filter { $0.key < 15 }.values.reduce(0, +), 0.9, of: 50_000))
    for item in [Int64(5), 14] { #expect(agrees(counts[item], 0.09, of: 50_000)) }
    #expect(counts.keys.min() == 5 && counts.keys.max()! <= 1004 && counts.count > 900)
}

@Test func scatteredItemsAreAsPopularAsOthersAndElsewhere() throws {
    let plain = try items("{int: {zipf: {items: 1000, exponent: 1.1}}}", 50_000)
    let scattered = try items("{int: {zipf: {items: 1000, exponent: 1.1, scattered: true}}}", 50_000)
    #expect(plain.values.sorted() == scattered.values.sorted())
    let first = scattered.sorted { $0.value > $1.value }.prefix(4).map(\.key)
    #expect(Set(first) != [0, 1, 2, 3])
    #expect(zip(first, first.dropFirst()).allSatisfy { abs($0 - $1) > 50 })
}

@Test func aScatteredOrderTakesEachPlaceOnce() {
    for count in [1, 2, 3, 4, 6, 10, 97, 1000, 1024] as [UInt64] {
        let scatter = Scatter(count: count)
        #expect(Set((0..<count).map(scatter.place)) == Set(0..<count), "\(count)")
    }
    let large = Scatter(count: 1 << 62)
    #expect(Set((0..<1000).map(large.place)).count == 1000)
}

@Test func sequencesGoThroughTheirItems() throws {
    let sequence = try generator("{int: {sequence: {items: 3, from: 7}}}")
    let times = try generator("{timestamp: {sequence: {from: 2026-01-01, step: 1m}}}")
    var sink = KeepingSink()
    for ordinal in 0..<4 as Range<UInt64> {
        var drawing = Drawing(SeededRandom(seed: 1), ordinal: ordinal)
        sequence.generate(into: &sink, &drawing)
        times.generate(into: &sink, &drawing)
    }
    let start: Int64 = 1_767_225_600_000
    #expect(
        sink.values == [
            .integer(7), .timestamp(start), .integer(8), .timestamp(start + 60_000), .integer(9),
            .timestamp(start + 120_000), .integer(7), .timestamp(start + 180_000)
        ])
}

@Test func itemsMayFollowAnyDistribution() throws {
    let counts = try items("{int: {spread: {items: 100, from: 1, as: {normal: {mean: 50, sigma: 10}}}}}", 50_000)
    // 0.0399 is the density of a normal distribution at its mean, for sigma 10.
    #expect(agrees(counts[51], 0.0399, of: 50_000))
    #expect(counts.keys.min()! >= 1 && counts.keys.max()! <= 100)
    let ends = try items("{int: {spread: {items: 10, as: {exponential: {mean: 1000}}}}}", 1000)
    #expect(Set(ends.keys).isSubset(of: Set(0...9)) && agrees(ends[9], exp(-0.0085), of: 1000))
}

@Test func exponentialNumbersHaveTheirMean() throws {
    let values = draw(try generator("{double: {exponential: {mean: 40}}}"), 40_000).map { value in
        if case .double(let number) = value { number } else { Double.nan }
    }
    #expect(close(values.reduce(0, +) / 40_000, 40, relative: 0.03))
    #expect(agrees(values.count { $0 > 80 }, exp(-2), of: 40_000))
}

@Test func choicesComeByTheirWeights() throws {
    let values = draw(try generator("{text: {choice: {paid: 80, open: 15, refunded: 5, never: 0}}}"), 20_000)
    for (word, share) in [("paid", 0.8), ("open", 0.15), ("refunded", 0.05), ("never", 0)] {
        #expect(agrees(values.count { $0 == .text(word) }, share, of: 20_000), "\(word)")
    }
    let alike = draw(try generator("{smallint: {choice: [-1, 5]}}"), 20_000)
    #expect(agrees(alike.count { $0 == .integer(-1) }, 0.5, of: 20_000))
    #expect(Set(alike) == [.integer(-1), .integer(5)])
}

@Test func everyKindCanBeWrittenDown() throws {
    let kinds: [(String, KeepingSink.Value)] = [
        ("{bigint: {choice: [-9223372036854775808]}}", .integer(.min)), ("{double: {choice: [-0.5]}}", .double(-0.5)),
        ("{decimal: {choice: [-12.50]}}", .decimal(-1250, 2)), ("{decimal: {choice: ['7']}}", .decimal(7, 0)),
        (
            "{uuid: {choice: [123e4567-e89b-42d3-a456-426614174000]}}",
            .uuid(0x123E_4567_E89B_42D3, 0xA456_4266_1417_4000)
        ),
        ("{timestamp: {choice: [1969-12-31]}}", .timestamp(-86_400_000)), ("{date: {choice: [1969-12-31]}}", .days(-1)),
        ("{time: {choice: [00:00:01]}}", .time(1_000_000_000)), ("{boolean: {choice: {true: 3}}}", .boolean(true)),
        ("{text: {choice: ['']}}", .text("")), ("{ascii: {choice: [a, a]}}", .text("a")),
        ("{blob: {choice: [0xCAFE]}}", .blob([0xCA, 0xFE]))
    ]
    for (spec, value) in kinds { #expect(draw(try generator(spec), 1) == [value], "\(spec)") }
}

@Test func mixturesDrawOneOfTheirParts() throws {
    let mixed = try generator(
        "{choice: [{weight: 3, of: {text: {length: 4}}}, {weight: 1, of: {text: {length: 900}}, }], null: 10 %}")
    let lengths = draw(mixed, 20_000).map { value in if case .text(let text) = value { text.utf8.count } else { -1 } }
    #expect(agrees(lengths.count { $0 == -1 }, 0.1, of: 20_000))
    #expect(agrees(lengths.count { $0 == 4 }, 0.675, of: 20_000))
    #expect(agrees(lengths.count { $0 == 900 }, 0.225, of: 20_000))
    #expect(mixed.kind == .text)
}

@Test func textsAreOfTheirLettersAndWords() throws {
    for case .text(let text) in draw(try generator("{text: {length: 32, alphabet: 01}}"), 50) {
        #expect(text.utf8.count == 32 && Set(text).isSubset(of: ["0", "1"]))
    }
    let words = try generator("{text: {words: {uniform: [2, 4]}, of: [red, green, blue]}}")
    var counts: Set<Int> = []
    for case .text(let text) in draw(words, 200) {
        let found = text.split(separator: " ", omittingEmptySubsequences: false)
        counts.insert(found.count)
        #expect(found.allSatisfy { ["red", "green", "blue"].contains($0) }, "\(text)")
    }
    #expect(counts == [2, 3, 4])
    for case .text(let text) in draw(try generator("{text: {words: 5}}"), 50) {
        #expect(text.split(separator: " ").count == 5)
    }
    #expect(draw(try generator("{text: {words: 0}}"), 1) == [.text("")])
}

private let cities = "name,people,\"the \"\"code\"\"\"\r\nBerlin,30,1\r\n\"Köln, am Rhein\",10,2\r\nBonn,0,3\r\n"

/// The generator of a value that is read from a file with that text.
private func fromFile(_ spec: String, _ text: String) throws(InputError) -> ValueGenerator {
    let file = varied("{int: {uniform: [-5, 5]}}", spec)
    return try Profile.read(file, file: "w.yaml") { (path, position) throws(InputError) in
        if path != "f.csv" { throw InputError(position, "no \(path)", expected: "f.csv") }
        return text
    }.values[1]
}

@Test func valuesComeFromFiles() throws {
    let names = draw(try fromFile("{text: {file: f.csv, column: name, weight: people}}", cities), 20_000)
    #expect(agrees(names.count { $0 == .text("Berlin") }, 0.75, of: 20_000))
    #expect(Set(names) == [.text("Berlin"), .text("Köln, am Rhein")])
    let codes = draw(try fromFile("{int: {file: f.csv, column: 'the \"code\"'}}", cities), 300)
    #expect(Set(codes) == [.integer(1), .integer(2), .integer(3)])
    #expect(Set(draw(try fromFile("{text: {file: f.csv}}", "a b\n\nc"), 100)) == [.text("a b"), .text(""), .text("c")])
    let words = try fromFile("{text: {words: 1, of: {file: f.csv}}}", "red\ngreen\n")
    #expect(Set(draw(words, 100)) == [.text("red"), .text("green")])
}

@Test(arguments: [
    Mistake("{int: {file: f.csv}}", "1\nx\n", "f.csv:2:1: found 'x', expected a whole number"),
    Mistake("{int: {file: f.csv}}", "", "w.yaml:8:19: f.csv holds no values, expected one a line, at least one"),
    Mistake("{int: {file: g.csv}}", "", "w.yaml:8:19: no g.csv, expected f.csv"),
    Mistake("{int: {file: f.csv, column: b}}", "a,c\n1,2\n", "w.yaml:8:34: unknown column 'b', expected one of a, c"),
    Mistake(
        "{int: {file: f.csv, column: a}}", "a,c\n1\n", "f.csv:2:1: a line of 1 cells, expected 2, as the first line"),
    Mistake(
        "{int: {file: f.csv, weight: c}}", "a,c\n1,-1\n", "f.csv:2:1: the weight is '-1', expected a number, 0 or more")
]) func filesThatAreWrong(mistake: Mistake) {
    do throws(InputError) {
        _ = try fromFile(mistake.parts[0], mistake.parts[1])
        Issue.record("no error")
    } catch { #expect(error.description == mistake.parts[2]) }
}

@Test func aWorkloadWithoutAPlaceHasNoFiles() {
    let text = varied("{int: {uniform: [-5, 5]}}", "{int: {file: f.csv}}")
    #expect(failure(text).contains("the file f.csv"))
}
