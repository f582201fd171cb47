// What goes wrong in one simulated run: kinds of faults and how often each comes, drawn from a seed. Swarm style: each seed has some of
// the kinds and not others, because faults that come together hide what each of them finds alone.

import Quantities

/// Shares are of answers, sends or connections, 0 where this storm has none of a kind.
struct Storm: CustomStringConvertible {
    /// Answers that never come.
    var drops = 0.0
    /// Answers that come up to 150 ms later.
    var delays = 0.0
    /// Answers that come in two pieces.
    var pieces = 0.0
    /// Sends of which only a part is taken, or nothing for a while.
    var partialSends = 0.0
    /// Answers instead of which the connection is reset, or closed.
    var breaks = 0.0
    /// Answers with bytes changed, cut off, or followed by bytes that mean nothing.
    var garbage = 0.0
    /// Answers that come twice.
    var repeats = 0.0
    /// Connections that are refused, or never come about.
    var refusals = 0.0

    static let none = Storm()

    init() {}

    init(seed: UInt64) {
        var random = SeededRandom(seed: SeededRandom.derive(seed, "storm"))
        func share(_ most: Double) -> Double { random.unit() < 0.5 ? most * random.unit() : 0 }
        drops = share(0.01)
        delays = share(0.2)
        pieces = share(1)
        partialSends = share(0.5)
        // Half of the storms leave connections alone: what they do to single answers would be lost among broken connections.
        guard random.unit() < 0.5 else { return }
        breaks = share(0.002)
        garbage = share(0.002)
        repeats = share(0.002)
        refusals = share(0.5)
    }

    /// Whether each answer ends its own operation, or nothing.
    var isGentle: Bool { breaks == 0 && garbage == 0 && repeats == 0 && refusals == 0 }
    /// Whether an answer may come that nobody sent.
    var forges: Bool { garbage > 0 || repeats > 0 }

    var description: String {
        let kinds = [
            ("drops", drops), ("delays", delays), ("pieces", pieces), ("partial sends", partialSends),
            ("breaks", breaks), ("garbage", garbage), ("repeats", repeats), ("refusals", refusals)
        ]
        let present = kinds.filter { $0.1 > 0 }.map { "\($0.0) \(decimal($0.1, places: 4))" }
        return present.isEmpty ? "no faults" : present.joined(separator: ", ")
    }
}

/// Defects planted in the world itself, which the checks must find. None of them may pass unseen.
enum PlantedDefect: CaseIterable, Sendable {
    /// One answer is lost and nobody wrote it down.
    case losesOneAnswerInSilence
    /// The clock goes back a little whenever an answer is taken, for a while.
    case clockGoesBack
    /// One operation is answered twice over, the second time instead of another's answer.
    case answersForAnother
    /// What one round delivered is lost on its way into the recording.
    case losesARound
}
