// Rates that change: what falls due follows the area under the rate, wherever a slice begins.

import Documents
import Quantities
import TestSupport
import Testing

@testable import Workloads

private func rate(_ text: String) throws -> RateProfile {
    try RateProfile.read(try YAML.read(text, file: "rate.yaml"))
}

private func starts(_ source: ArrivalSource, from origin: Nanoseconds, within length: Nanoseconds) -> [Double] {
    var schedule = ArrivalSchedule(source, from: origin, seed: 7)
    var starts: [Double] = []
    while true {
        let next = schedule.next()
        if next >= length { return starts }
        starts.append(next.seconds)
    }
}

@Test func aRampsArrivalsFollowTheAreaUnderIt() throws {
    let ramp = try rate("{ramp: {from: 100/s, to: 300/s, over: 10s}}")
    let all = starts(.constant(ramp), from: .zero, within: .seconds(12))
    // 200/s on average for 10 s, then 300/s.
    #expect(all.count == 2_600)
    for (index, start) in all.enumerated() where start < 10 {
        #expect(abs(100 * start + 10 * start * start - Double(index)) < 1e-4)
    }
    let later = starts(.constant(ramp), from: .seconds(5), within: .seconds(1))
    #expect(later.count == 210)
    #expect(close(ramp.mean(over: .seconds(10)).perSecond, 200, relative: 1e-12))
    #expect(close(ramp.mean(over: .seconds(20)).perSecond, 250, relative: 1e-12))
}

@Test func stepsComeAgainAndBeginWhereASliceBegins() throws {
    let steps = try rate("{steps: [{rate: 10/s, for: 2s}, {rate: 50/s, for: 1s}]}")
    let all = starts(.constant(steps), from: .zero, within: .seconds(6))
    #expect(all.count == 140)
    #expect(all.count { (2..<3).contains($0) } == 50)
    #expect(all.count { (5..<6).contains($0) } == 50)
    let second = starts(.constant(steps), from: .seconds(2), within: .seconds(1))
    #expect(second.count == 50)
    #expect(close(steps.mean(over: .seconds(3)).perSecond, 70.0 / 3, relative: 1e-12))
}

@Test func aSineSwingsAroundItsMean() throws {
    let sine = try rate("{sine: {mean: 1000/s, amplitude: 50 %, period: 8s}}")
    let all = starts(.poisson(sine), from: .zero, within: .seconds(80))
    #expect(abs(Double(all.count) - 80_000) < 5 * 80_000.squareRoot())
    let high = all.count { $0.truncatingRemainder(dividingBy: 8) < 4 }
    // The first half period holds 1/2 + 1/(2 pi) of a swing of one half.
    #expect(abs(Double(high) / Double(all.count) - (0.5 + 0.5 / Double.pi)) < 0.01)
}

@Test func aTraceIsPlayedFromAnyPlaceAndAgain() throws {
    let trace = try ArrivalTrace.read("# seconds\n10.0\n10.25\n10.5\n11.0\n", file: "trace.txt")
    #expect(trace.offsets == [.zero, .milliseconds(250), .milliseconds(500), .seconds(1)])
    let span = 1.0 + 1.0 / 3
    let all = starts(.trace(trace), from: .zero, within: .seconds(2))
    #expect(all.count == 7)
    #expect(close(all[4], span, relative: 1e-6))
    let later = starts(.trace(trace), from: .milliseconds(400), within: .seconds(1))
    #expect(zip(later, [0.1, 0.6, span - 0.4]).allSatisfy { close($0, $1, relative: 1e-6) })
}

@Test func sidesOfARoundMeetTheSameStretchWhateverTheSeed() throws {
    let steps = try rate("{steps: [{rate: 10/s, for: 5s}, {rate: 500/s, for: 5s}]}")
    for (seed, _) in seededCases(20) {
        var schedule = ArrivalSchedule(.poisson(steps), from: .seconds(5), seed: seed)
        var count = 0
        while schedule.next() < .seconds(4) { count += 1 }
        #expect(abs(count - 2_000) < 250, "seed \(seed)")
    }
}

@Test(
    arguments: [
        ("{steps: []}", "rate.yaml:1:9: no steps, expected a list of steps, each {rate: 1000/s, for: 2m}"),
        (
            "{sine: {mean: 5/s, amplitude: 100 %, period: 1m}}",
            "rate.yaml:1:31: the rate would touch zero or not swing, expected 1 % to 99 %"
        ),
        ("{ramp: {from: 0/s, to: 5/s, over: 1m}}", "rate.yaml:1:15: rate is 0.00/s, expected more than 0/s"),
        ("{ramp: {from: 1/s, to: 5/s, over: 10ms}}", "rate.yaml:1:35: the ramp is 10.0 ms, expected 1 s to 7 d"),
        (
            "{steps: [{rate: 5/s, for: 1m}], ramp: {}}",
            "rate.yaml:1:1: rate is no single profile, expected one of steps, ramp, sine"
        )
    ]) func aRateThatIsWrongIsSaidWithItsPlace(text: String, message: String)
{
    let error = #expect(throws: InputError.self) { _ = try rate(text) }
    #expect(error.map { "\($0)" } == message)
}

@Test(
    arguments: [
        ("1.0\n0.5\n", "trace.txt:2:1: the trace goes back in time, expected moments in order"),
        (
            "1.0\nsoon\n",
            "trace.txt:2:1: 'soon' is no moment of a trace, expected a moment in seconds, such as 12.000350"
        ),
        (
            "1.0\n",
            "trace.txt:1:1: the trace has 1 moments and spans no time, expected two moments at least, one after the other"
        )
    ]) func aTraceThatIsWrongIsSaidWithItsPlace(text: String, message: String)
{
    let error = #expect(throws: InputError.self) { _ = try ArrivalTrace.read(text, file: "trace.txt") }
    #expect(error.map { "\($0)" } == message)
}
