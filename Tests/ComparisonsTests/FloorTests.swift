// The noise floor: what windows of a side against itself come to, what a run makes of it, and its file.

import Comparisons
import Documents
import Glibc
import Quantities
import Recordings
import RunSupport
import Statistics
import Testing

private func window(
    _ log: Double, error: Double = 0.002, part: String = "read", separate: Bool = true, calibration: Int64 = 0
) throws -> FloorWindow {
    var sketch = RunSketch()
    sketch.rounds = 12
    let recording = sketch.recording { for step in 0..<100 { $0.take(2 + Double(step) / 50) } }
    var window = try #require(
        FloorWindow(
            recording, compare(recording), calibration: WallTime(unixNanoseconds: calibration), traffic: "0123",
            side: .old, separateDeployment: separate))
    window.figures = [
        FloorWindow.Figure(measure: "p99 of response time", part: part, log: log, runError: error)
    ]
    return window
}

@Test func aFloorIsWhatWindowsScatterBeyondTheirErrors() throws {
    let logs = [0.03, -0.02, 0.01, -0.03, 0.02, -0.01, 0.025, -0.025]
    let floor = try #require(NoiseFloor(logs.map { try window($0) }))
    let expected = (logs.reduce(0) { $0 + $1 * $1 } / 8 - 0.002 * 0.002).squareRoot()
    let entry = try #require(floor.entries.first)
    #expect(abs(entry.deviation - expected) < 1e-12 && entry.bias == nil)
    #expect(floor.windows == 8 && !floor.isProvisional)
    // A shorter run has more of it, a longer one no less.
    let length = floor.windowLength
    func over(_ time: Nanoseconds) -> Double? { floor.deviation("p99 of response time", of: "read", over: time) }
    #expect(abs(over(.seconds(length.seconds / 4))! - 2 * expected) < 1e-9)
    #expect(over(length * 10) == entry.deviation)
    #expect(floor.deviation("p99 of response time", of: "write", over: length) == nil)
}

@Test func fewWindowsAreProvisionalAndFewerNone() throws {
    #expect(NoiseFloor(try (0..<3).map { try window(0.01 * Double($0 - 1)) }) == nil)
    #expect(try #require(NoiseFloor(try (0..<5).map { try window(0.01 * Double($0 - 2)) })).isProvisional)
    let same = try (0..<8).map { try window(0.01 * Double($0 - 4), separate: false) }
    #expect(try #require(NoiseFloor(same)).isProvisional)
}

/// Windows that all lie to one side are no noise; a bias that is smaller than what is assumed anyway is of no harm.
@Test func aSetUpThatFavoursASideIsFound() throws {
    let biased = try (0..<8).map { try window(0.05 + 0.001 * Double($0), separate: false) }
    let floor = try #require(NoiseFloor(biased))
    #expect(try #require(floor.entries[0].bias).contains("+5.5 %"))
    #expect(try #require(NoiseFloor((0..<8).map { try window(0.003 + 0.0001 * Double($0)) })).entries[0].bias == nil)
    // Two deployments may differ by as much: that is what a floor is for.
    #expect(try #require(NoiseFloor((0..<8).map { try window(0.05 + 0.001 * Double($0)) })).entries[0].bias == nil)
    var sketch = RunSketch()
    sketch.rounds = 24
    var recording = sketch.recording { for step in 0..<100 { $0.take(2 + Double(step) / 50) } }
    recording.floor = floor
    let validity = compare(recording).validity
    #expect(validity.isVoid && validity.reasons[0].contains("assay calibrate"))
}

@Test func aRunTakesItsFloorAndSaysHowGoodItIs() throws {
    var sketch = RunSketch()
    sketch.rounds = 30
    var recording = sketch.recording { operation in
        for _ in 0..<1000 { operation.take(exp(0.5 * operation.random.normal())) }
    }
    func effect(_ measure: Measure) throws -> Effect {
        try #require(compare(recording, measures: [measure]).effect(measure, of: .operation("read")))
    }
    let before = try #require(try effect(.p(99)).estimate)
    #expect(before.floor == 0.005 && before.degreesOfFreedom == 4)
    #expect(try effect(.p(99)).has(.uncalibrated))
    recording.floor = NoiseFloor(
        windows: 8, windowLength: .seconds(60), separateDeployments: true,
        entries: [NoiseFloor.Entry(measure: "p99 of response time", part: "read", deviation: 0.02)])
    let after = try #require(try effect(.p(99)).estimate)
    #expect(after.floor == 0.02 && after.degreesOfFreedom == 8)
    #expect(after.log == before.log)
    #expect(try !effect(.p(99)).has(.uncalibrated) && !effect(.p(99)).has(.provisionalFloor))
    // What was not calibrated is not.
    #expect(try effect(.p(50)).has(.uncalibrated))
    recording.floor?.windows = 5
    #expect(try effect(.p(99)).has(.provisionalFloor))
    // A few quiet windows make nothing easier.
    recording.floor?.entries[0].deviation = 0
    let provisional = try #require(try effect(.p(99)).estimate)
    #expect(provisional.floor == 0.005 && provisional.degreesOfFreedom == 4)
}

/// A figure that few of the windows showed has a floor of its own quality, whatever the others have.
@Test func eachFigureIsAsProvisionalAsItsOwnWindows() throws {
    var windows = try (0..<9).map { try window($0 % 2 == 0 ? 0.02 : -0.02) }
    for index in windows.indices {
        let rare = FloorWindow.Figure(measure: "p50 of response time", part: "read", log: 0.01, runError: 0.002)
        if index < 5 { windows[index].figures.append(rare) }
    }
    let floor = try #require(NoiseFloor(windows))
    #expect(floor.windows == 9 && !floor.isProvisional)
    #expect(floor.isProvisional("p99 of response time", of: "read") == false)
    #expect(floor.isProvisional("p50 of response time", of: "read") == true)
    #expect(floor.isProvisional("p90 of response time", of: "read") == nil)
    // One window of a deployment against itself spoils the figures that it holds, and no others.
    var mixed = windows
    mixed[8].separateDeployment = false
    mixed[8].figures = [FloorWindow.Figure(measure: "mean of response time", part: "read", log: 0, runError: 0.002)]
    let other = try #require(NoiseFloor(mixed))
    #expect(other.isProvisional && other.isProvisional("p99 of response time", of: "read") == false)

    var sketch = RunSketch()
    sketch.rounds = 30
    var recording = sketch.recording { operation in
        for _ in 0..<1000 { operation.take(exp(0.5 * operation.random.normal())) }
    }
    recording.floor = floor
    let comparison = compare(recording)
    let (tail, middle) = (
        comparison.effect(.p(99), of: .operation("read")), comparison.effect(.p(50), of: .operation("read"))
    )
    #expect(tail?.has(.provisionalFloor) == false && tail?.estimate?.degreesOfFreedom == 8)
    #expect(middle?.estimate?.degreesOfFreedom == 4)
    #expect(
        middle?.caveats.first { $0.code == .provisionalFloor }?.sentence
            == "the noise floor is provisional: it rests on 5 windows of the 8 that are needed")
    // A floor of an earlier version does not say by figure: it is as good as the whole.
    recording.floor?.entries = [NoiseFloor.Entry(measure: "p50 of response time", part: "read", deviation: 0.01)]
    #expect(compare(recording).effect(.p(50), of: .operation("read"))?.has(.provisionalFloor) == false)
}

@Test func aHistoryComesBackEqualAndWrongOnesAreNamed() throws {
    let history = FloorHistory(pair: "staging", windows: [try window(0.01), try window(-0.02, part: "shape range")])
    let text = history.json().text()
    #expect(try FloorHistory.read(text, file: "f.json") == history)
    #expect(try FloorHistory.read(text, file: "f.json").json().text() == text)
    for (word, other) in [
        ("\"floor\": 1", "\"floor\": 2"), ("\"length_s\": ", "\"length_s\": -"), ("\"old\"", "\"odd\""),
        ("\"run_error_log\": ", "\"run_error_log\": -"), ("\"log_ratio\": ", "\"log_ratio\": 1e308, \"x\": "),
        ("\"figures\"", "\"figurs\"")
    ] {
        let wrong = text.replacing(word, with: other, maxReplacements: 1)
        #expect(wrong != text)
        #expect(throws: InputError.self, "\(other)") { try FloorHistory.read(wrong, file: "f.json") }
    }
    #expect(history.windows(traffic: "0123", mode: .interleaved, ratePerSecond: 205).count == 2)
    #expect(history.windows(traffic: "0123", mode: .interleaved, ratePerSecond: 250).isEmpty)
    #expect(history.windows(traffic: "4567", mode: .interleaved, ratePerSecond: 200).isEmpty)
}

@Test func whatARunWouldFindShrinksWithItsLengthDownToTheFloor() throws {
    let windows = try (0..<8).map { try window($0 % 2 == 0 ? 0.02 : -0.02, error: 0.01) }
    let rows = FloorHistory.resolutions(windows, lengths: [.seconds(600), .seconds(3600), .seconds(1e7)])
    let found = try #require(rows.first).detectable
    #expect(found[0] > found[1] && found[1] > found[2])
    let floor = try #require(NoiseFloor(windows)).entries[0].deviation
    #expect(abs(found[2] - detectableEffect(standardError: floor, df: 8)) < 1e-3)
}

@Test func coverageIsThatOfTheFloorOfTheOtherCalibrations() throws {
    // Two calibrations of four windows each; in the second the deployments lie further apart.
    let first = try [0.001, -0.001, 0.002, -0.002].map { try window($0, error: 0.002, calibration: 1) }
    let second = try [0.02, -0.02, 0.03, -0.03].map { try window($0, error: 0.002, calibration: 2) }
    let rows = FloorHistory.coverage(first + second)
    #expect(rows.map(\.measure) == ["p99 of response time"])
    // t of four degrees at 95 % is 2.13: the first four hold no difference by themselves, the second by no other's floor.
    #expect(rows.first?.intervals == 8 && rows.first?.alone == 4 && rows.first?.withFloor == 4)
    // One calibration: the floor of all other windows.
    let alone = try [0.02, -0.02, 0.03, -0.03, 0.025, -0.025].map { try window($0, error: 0.002, calibration: 3) }
    let row = try #require(FloorHistory.coverage(alone).first)
    #expect(row.intervals == 6 && row.alone == 0 && row.withFloor == 6)
    // Too few outside of each to be a floor.
    #expect(FloorHistory.coverage(first).isEmpty)
}
