// How much two deployments differ that ought to be the same: measured with old against old, and part of a recording, so that it is
// judged alike for ever.

import Documents
import Quantities

/// What earlier runs of a side against itself showed; the floor that is in force for a run.
public struct NoiseFloor: Equatable, Sendable {
    /// One figure of one part of the workload.
    public struct Entry: Hashable, Sendable {
        /// As criteria name it: `p99 of response time`.
        public var measure: String
        /// As criteria name it: an operation, `shape range`, `the workload`.
        public var part: String
        /// Standard deviation between deployments, on the log scale, for a run as long as the windows.
        public var deviation: Double
        /// Why the set-up itself favours a side; nil where the windows scatter around no difference.
        public var bias: String?
        /// Windows that showed this figure, and whether all of these set two deployments against each other; nil in recordings of
        /// versions that did not say: as the floor as a whole.
        public var windows: Int?
        public var separateDeployments: Bool?

        public init(
            measure: String, part: String, deviation: Double, bias: String? = nil, windows: Int? = nil,
            separateDeployments: Bool? = nil
        ) {
            self.windows = windows
            self.separateDeployments = separateDeployments
            self.measure = measure
            self.part = part
            self.deviation = deviation
            self.bias = bias
        }
    }

    /// Windows that it rests on, and their length: a floor is not made smaller by a longer run than these were.
    public var windows: Int
    public var windowLength: Nanoseconds
    /// Whether the windows set two deployments against each other; one deployment against itself shows less than all of it.
    public var separateDeployments: Bool
    public var entries: [Entry]

    public init(windows: Int, windowLength: Nanoseconds, separateDeployments: Bool, entries: [Entry]) {
        self.windows = windows
        self.windowLength = windowLength
        self.separateDeployments = separateDeployments
        self.entries = entries
    }

    /// Fewer windows than this are no floor, and fewer than `calibratedWindows` a provisional one.
    public static let fewestWindows = 4
    public static let calibratedWindows = 8

    /// Of the floor as a whole; a figure that fewer windows showed may be so where this is not.
    public var isProvisional: Bool { windows < NoiseFloor.calibratedWindows || !separateDeployments }

    /// nil where the windows did not measure this.
    public func entry(_ measure: String, of part: String) -> Entry? {
        entries.first { $0.measure == measure && $0.part == part }
    }

    /// The windows that a figure rests on.
    public func windows(of entry: Entry) -> Int { entry.windows ?? windows }
    public func isOfSeparateDeployments(_ entry: Entry) -> Bool { entry.separateDeployments ?? separateDeployments }

    /// Of one figure; nil where the windows did not measure it.
    public func isProvisional(_ measure: String, of part: String) -> Bool? {
        entry(measure, of: part).map {
            windows(of: $0) < NoiseFloor.calibratedWindows || !isOfSeparateDeployments($0)
        }
    }

    /// For a run of `length`; nil where the windows did not measure this.
    public func deviation(_ measure: String, of part: String, over length: Nanoseconds) -> Double? {
        guard let entry = entry(measure, of: part) else { return nil }
        let ratio = windowLength.seconds / max(length.seconds, 1e-9)
        return entry.deviation * max(1, ratio.squareRoot())
    }

    var json: JSON {
        .object([
            "windows": .integer(windows),
            "window_s": .number(windowLength.seconds),
            "separate_deployments": .bool(separateDeployments),
            "entries": .array(
                entries.map {
                    var keys: [String: JSON] = [
                        "measure": .string($0.measure), "of": .string($0.part), "deviation_log": .number($0.deviation),
                        "bias": $0.bias.map(JSON.string) ?? .null
                    ]
                    keys["windows"] = $0.windows.map { .integer($0) }
                    keys["separate_deployments"] = $0.separateDeployments.map { .bool($0) }
                    return .object(keys)
                })
        ])
    }

    init(_ node: Node) throws(InputError) {
        var fields = try Fields(node, what: "a noise floor")
        var entries: [Entry] = []
        for item in try fields.required("entries").list() {
            var entry = try Fields(item, what: "an entry of the noise floor")
            let deviation = try entry.required("deviation_log")
            guard try deviation.number() >= 0 else {
                throw InputError(deviation.position, "a deviation of \(deviation.summary)", expected: "0 or more")
            }
            entries.append(
                Entry(
                    measure: try entry.required("measure").string(), part: try entry.required("of").string(),
                    deviation: try deviation.number(), bias: try entry.optional("bias")?.string(),
                    windows: try entry.optional("windows")?.integer(in: 1...1_000_000, "the number of windows"),
                    separateDeployments: try entry.optional("separate_deployments")?.boolean()))
        }
        self.init(
            windows: try fields.required("windows").integer(in: 1...1_000_000, "the number of windows"),
            windowLength: try fields.required("window_s").recordedTime(unit: 1e9),
            separateDeployments: try fields.required("separate_deployments").boolean(), entries: entries)
    }
}
