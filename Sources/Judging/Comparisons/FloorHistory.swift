// What runs of a side against itself showed, kept in a file beside the pair: the noise floor, and how long a change takes to be seen.

import Documents
import Glibc
import Quantities
import Recordings
import Statistics

/// One run of a side against itself.
public struct FloorWindow: Equatable, Sendable {
    /// One figure of one part of the workload; both on the log scale.
    public struct Figure: Hashable, Sendable {
        /// As criteria name them.
        public var measure: String
        public var part: String
        public var log: Double
        /// The error of `log` within the window.
        public var runError: Double

        public init(measure: String, part: String, log: Double, runError: Double) {
            self.measure = measure
            self.part = part
            self.log = log
            self.runError = runError
        }
    }

    public var started: WallTime
    /// When the calibration began that it is a window of: one of several, with nothing restarted in between.
    public var calibration: WallTime
    /// The side that was set against itself.
    public var side: Side
    public var workload: String
    /// SHA-256 of the workload's file and parameters.
    public var traffic: String
    public var mode: Mode
    public var ratePerSecond: Double
    /// Of its rounds, guards included.
    public var length: Nanoseconds
    /// Whether another deployment of the side stood in for new.
    public var separateDeployment: Bool
    public var figures: [Figure]

    /// `comparison` is that of `recording`. nil where the window is no evidence: void, or not of this kind.
    public init?(
        _ recording: Recording, _ comparison: Comparison, calibration: WallTime, traffic: String, side: Side,
        separateDeployment: Bool
    ) {
        guard !comparison.validity.isVoid, comparison.run.isComparable, !recording.interrupted else { return nil }
        started = recording.started
        self.calibration = calibration
        self.side = side
        workload = recording.workload
        self.traffic = traffic
        mode = recording.mode
        ratePerSecond = recording.ratePerSecond
        length = .seconds(60 * comparison.run.minutes)
        self.separateDeployment = separateDeployment
        figures = comparison.effects.compactMap { effect in
            effect.estimate.map {
                Figure(measure: effect.measure.text, part: effect.scope.text, log: $0.log, runError: $0.runError)
            }
        }
        guard !figures.isEmpty else { return nil }
    }
}

/// All windows of a pair, in order of time.
public struct FloorHistory: Equatable, Sendable {
    public var pair: String
    public var windows: [FloorWindow]

    public init(pair: String, windows: [FloorWindow] = []) {
        self.pair = pair
        self.windows = windows
    }

    /// Windows with this workload, driven in this way: what another workload scatters by tells nothing.
    public func windows(traffic: String, mode: Mode, ratePerSecond: Double) -> [FloorWindow] {
        windows.filter {
            $0.traffic == traffic && $0.mode == mode
                && abs(log($0.ratePerSecond / ratePerSecond)) < FloorHistory.alike
        }
    }

    /// Rates that differ by less than this, on the log scale, are one rate.
    private static let alike = 0.1
}

extension NoiseFloor {
    /// The floor that `windows` show; nil where they are too few.
    ///
    /// Between deployments alone: f0^2 = mean(d^2) - mean(se^2) over the windows, d being the log ratio of a window and se its own error.
    public init?(_ windows: [FloorWindow]) {
        guard windows.count >= NoiseFloor.fewestWindows else { return nil }
        // Two deployments may differ, and the floor holds by how much; a deployment differs from itself by the set-up alone.
        let same = windows.filter { !$0.separateDeployment }.flatMap(\.figures)
        var ofOne: Set<Key> = []
        for figure in same { ofOne.insert(Key(measure: figure.measure, part: figure.part)) }
        let figures = Dictionary(grouping: windows.flatMap(\.figures)) { Key(measure: $0.measure, part: $0.part) }
            .filter { $0.value.count >= NoiseFloor.fewestWindows }
            .sorted { ($0.key.part, $0.key.measure) < ($1.key.part, $1.key.measure) }
        let adjusted = holmAdjusted(
            figures.map { figure in
                NoiseFloor.biasProbability(
                    same.filter { $0.measure == figure.key.measure && $0.part == figure.key.part })
            })
        let entries = zip(figures, adjusted).map { figure, probability in
            let (key, values) = figure
            let spread = NoiseFloor.meanSquare(values.map(\.log)) - NoiseFloor.meanSquare(values.map(\.runError))
            let mean = values.reduce(0) { $0 + $1.log } / Double(values.count)
            return Entry(
                measure: key.measure, part: key.part, deviation: max(0, spread).squareRoot(),
                bias: probability < biasLevel
                    ? "\(key.measure) of \(key.part) is \(changeText(log: mean)) in \(values.count) windows of a side"
                        + " against itself" : nil,
                windows: values.count, separateDeployments: !ofOne.contains(key))
        }
        let lengths = windows.map(\.length.seconds)
        self.init(
            windows: windows.count, windowLength: .seconds(lengths.reduce(0, +) / Double(lengths.count)),
            separateDeployments: windows.allSatisfy(\.separateDeployment), entries: entries)
    }

    private struct Key: Hashable {
        let measure: String
        let part: String
    }

    private static func meanSquare(_ values: [Double]) -> Double {
        values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
    }

    /// The probability of windows so far to one side if the set-up favoured none by more than what is assumed to be between deployments.
    private static func biasProbability(_ figures: [FloorWindow.Figure]) -> Double {
        guard figures.count >= NoiseFloor.fewestWindows else { return 1 }
        let count = Double(figures.count)
        let mean = figures.reduce(0) { $0 + $1.log } / count
        let scatter = figures.reduce(0) { $0 + ($1.log - mean) * ($1.log - mean) } / (count - 1)
        // Windows that agree by luck are no more certain than each of them is.
        let error = (max(scatter, meanSquare(figures.map(\.runError))) / count).squareRoot()
        guard error > 0 else { return abs(mean) > assumedFloor ? 0 : 1 }
        return min(1, 2 * StudentT.upperTail((abs(mean) - assumedFloor) / error, df: count - 1))
    }
}

/// How unlikely a bias has to be before a set-up is said to have one; all figures are looked at together.
private let biasLevel = 0.01

/// What a run of a given length would find, as the windows showed.
public struct Resolution: Equatable, Sendable {
    public let measure: String
    public let part: String
    /// The relative change that is found four times in five at 95 % confidence, for each of the lengths asked for.
    public let detectable: [Double]
}

extension FloorHistory {
    /// For each figure that is in all of `windows`, at least two.
    public static func resolutions(_ windows: [FloorWindow], lengths: [Nanoseconds]) -> [Resolution] {
        guard windows.count > 1, let first = windows.first else { return [] }
        let floor = NoiseFloor(windows)
        return first.figures.compactMap { figure -> Resolution? in
            let same = windows.compactMap { window in
                window.figures.first { $0.measure == figure.measure && $0.part == figure.part }.map {
                    ($0, window.length)
                }
            }
            guard same.count == windows.count else { return nil }
            // The variance of a minute, which a longer run divides.
            let perSecond = same.reduce(0) { $0 + $1.0.runError * $1.0.runError * $1.1.seconds } / Double(same.count)
            let detectable = lengths.map { length in
                let measured = floor?.deviation(figure.measure, of: figure.part, over: length)
                // As a run would take it.
                let isProvisional = floor?.isProvisional(figure.measure, of: figure.part) ?? true
                let between = isProvisional ? max(measured ?? 0, assumedFloor) : measured ?? assumedFloor
                let error = (perSecond / length.seconds + between * between).squareRoot()
                return detectableEffect(standardError: error, df: isProvisional ? Double(uncalibratedTerms) : 8)
            }
            return Resolution(measure: figure.measure, part: figure.part, detectable: detectable)
        }
    }
}
