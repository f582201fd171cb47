// How the offered rate changes while a side is active: constant, in steps, along a ramp, or as a sine.

import Documents
import Glibc
import Quantities

/// A rate over a side's active time, made of straight pieces. Both sides of a round meet the same stretch of it.
public struct RateProfile: Hashable, Sendable {
    /// A stretch along which the rate goes from one value to another in a straight line.
    public struct Piece: Hashable, Sendable {
        public var length: Nanoseconds
        public var from: Rate
        public var to: Rate

        public init(length: Nanoseconds, from: Rate, to: Rate) {
            self.length = length
            self.from = from
            self.to = to
        }

        /// Operations that fall due along the piece.
        var operations: Double { (from.perSecond + to.perSecond) / 2 * length.seconds }
    }

    public var pieces: [Piece]
    /// After the last piece: the first again; otherwise the last rate holds.
    public var repeats: Bool

    public init(pieces: [Piece], repeats: Bool) {
        precondition(!pieces.isEmpty, "a rate needs a piece at least")
        self.pieces = pieces
        self.repeats = repeats
    }

    public static func constant(_ rate: Rate) -> RateProfile {
        RateProfile(pieces: [Piece(length: .seconds(1), from: rate, to: rate)], repeats: false)
    }

    /// The rate where it never changes; nil where it does.
    public var constant: Rate? {
        let rate = pieces[0].from
        return pieces.allSatisfy { $0.from == rate && $0.to == rate } ? rate : nil
    }

    /// The highest rate that occurs.
    public var highest: Rate { Rate(perSecond: pieces.map { max($0.from.perSecond, $0.to.perSecond) }.max()!) }

    /// Over the first `length` of active time.
    public func mean(over length: Nanoseconds) -> Rate {
        if let constant { return constant }
        var walk = Walk(self, from: .zero)
        var operations = 0.0
        var left = length.seconds
        while left > 0 {
            let step = min(left, walk.pieceSeconds - walk.seconds)
            operations += (walk.rate(at: walk.seconds) + walk.rate(at: walk.seconds + step)) / 2 * step
            left -= step
            walk.enterNextPiece()
        }
        return Rate(perSecond: operations / length.seconds)
    }

    /// Linear pieces that stand for one period of a sine: with 64 of them the rate is off by 0.1 % of the amplitude at most.
    private static let piecesOfSine = 64

    /// `mean` times 1 + `amplitude` sin(2 pi t / `period`).
    public static func sine(mean: Rate, amplitude: Double, period: Nanoseconds) -> RateProfile {
        func rate(_ index: Int) -> Rate {
            let angle = 2 * Double.pi * Double(index) / Double(piecesOfSine)
            return Rate(perSecond: mean.perSecond * (1 + amplitude * sin(angle)))
        }
        let length = Nanoseconds(period.count / Int64(piecesOfSine))
        return RateProfile(
            pieces: (0..<piecesOfSine).map { Piece(length: length, from: rate($0), to: rate($0 + 1)) }, repeats: true)
    }
}

extension RateProfile {
    /// A place in a profile that goes on by operations: where the area under the rate has grown by so much.
    struct Walk: Sendable {
        private let profile: RateProfile
        private var index = 0
        /// From the start of the piece.
        private(set) var seconds = 0.0
        /// From the start of the walk to the start of the piece.
        private var before = 0.0
        /// Beyond the last piece of a profile that does not repeat.
        private var isHolding = false

        init(_ profile: RateProfile, from origin: Nanoseconds) {
            self.profile = profile
            var rest = origin
            let whole = profile.pieces.reduce(Nanoseconds.zero) { $0 + $1.length }
            if profile.repeats && whole > .zero { rest = Nanoseconds(rest.count % whole.count) }
            while !isHolding && rest >= profile.pieces[index].length {
                rest = rest - profile.pieces[index].length
                enterNextPiece()
            }
            seconds = isHolding ? 0 : rest.seconds
            before = -seconds
        }

        var pieceSeconds: Double { isHolding ? .infinity : profile.pieces[index].length.seconds }

        /// Operations a second at `seconds` of the piece.
        func rate(at seconds: Double) -> Double {
            let piece = profile.pieces[index]
            if isHolding { return piece.to.perSecond }
            let share = seconds / piece.length.seconds
            return piece.from.perSecond + (piece.to.perSecond - piece.from.perSecond) * share
        }

        mutating func enterNextPiece() {
            guard !isHolding else { return }
            before += profile.pieces[index].length.seconds
            seconds = 0
            if index + 1 < profile.pieces.count {
                index += 1
            } else if profile.repeats {
                index = 0
            } else {
                isHolding = true
            }
        }

        /// Goes on until `operations` more have fallen due; returns the seconds since the start of the walk.
        mutating func advance(_ operations: Double) -> Double {
            var left = operations
            while true {
                let here = rate(at: seconds)
                let slope = isHolding ? 0 : (rate(at: pieceSeconds) - rate(at: 0)) / pieceSeconds
                let rest = pieceSeconds - seconds
                let due = isHolding ? .infinity : (here + slope * rest / 2) * rest
                if left <= due && due > 0 {
                    // The root of slope/2 d^2 + here d = left in the form that loses no digits for small slopes.
                    seconds += min(2 * left / (here + (max(0, here * here + 2 * slope * left)).squareRoot()), rest)
                    return before + seconds
                }
                left -= due
                enterNextPiece()
            }
        }
    }
}

extension RateProfile {
    /// Reads `2000/s`, `{steps: […]}`, `{ramp: {…}}` or `{sine: {…}}`.
    static func read(_ node: Node) throws(InputError) -> RateProfile {
        guard case .mapping = node.content else { return .constant(try rate(node)) }
        var fields = try Fields(node, what: "rate")
        let (steps, ramp, sine) = (fields.optional("steps"), fields.optional("ramp"), fields.optional("sine"))
        try fields.finish()
        guard [steps, ramp, sine].count(where: { $0 != nil }) == 1 else {
            throw InputError(node.position, "rate is no single profile", expected: "one of steps, ramp, sine")
        }
        if let steps { return try readSteps(steps) }
        if let ramp { return try readRamp(ramp) }
        return try readSine(sine!)
    }

    private static func rate(_ node: Node) throws(InputError) -> Rate {
        let rate = try node.rate()
        guard Traffic.rates.contains(rate.perSecond) else {
            let expected = rate.perSecond > 0 ? "0.001/s to 10,000,000/s" : "more than 0/s"
            throw InputError(node.position, "rate is \(rate)", expected: expected)
        }
        return rate
    }

    private static func length(_ node: Node, _ what: String) throws(InputError) -> Nanoseconds {
        let length = try node.duration()
        guard length >= .seconds(1) && length <= Traffic.longestRun else {
            throw InputError(node.position, "\(what) is \(length)", expected: "1 s to 7 d")
        }
        return length
    }

    private static func readSteps(_ node: Node) throws(InputError) -> RateProfile {
        let expected = "a list of steps, each {rate: 1000/s, for: 2m}"
        var pieces: [Piece] = []
        for member in try node.list(expected: expected) {
            var fields = try Fields(member, what: "the step")
            let rate = try rate(try fields.required("rate"))
            let length = try length(try fields.required("for"), "a step")
            try fields.finish()
            pieces.append(Piece(length: length, from: rate, to: rate))
        }
        guard !pieces.isEmpty else { throw InputError(node.position, "no steps", expected: expected) }
        return RateProfile(pieces: pieces, repeats: true)
    }

    private static func readRamp(_ node: Node) throws(InputError) -> RateProfile {
        var fields = try Fields(node, what: "the ramp")
        let (from, to) = (try rate(try fields.required("from")), try rate(try fields.required("to")))
        let length = try length(try fields.required("over"), "the ramp")
        try fields.finish()
        return RateProfile(pieces: [Piece(length: length, from: from, to: to)], repeats: false)
    }

    private static func readSine(_ node: Node) throws(InputError) -> RateProfile {
        var fields = try Fields(node, what: "the sine")
        let mean = try rate(try fields.required("mean"))
        let amplitudeNode = try fields.required("amplitude")
        let amplitude = try amplitudeNode.ratio().value
        let period = try length(try fields.required("period"), "the period")
        try fields.finish()
        guard amplitude > 0 && amplitude < 1 else {
            throw InputError(amplitudeNode.position, "the rate would touch zero or not swing", expected: "1 % to 99 %")
        }
        return .sine(mean: mean, amplitude: amplitude, period: period)
    }
}
