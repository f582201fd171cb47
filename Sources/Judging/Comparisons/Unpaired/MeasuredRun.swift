// One of two runs that are set against each other without pairs: what it is, and what it measured, tag by tag.

import Histograms
import Quantities
import Recordings

/// A unit in which a log's values may be: the format of interval logs does not name it.
public enum TimeUnit: String, CaseIterable, Sendable {
    case nanoseconds = "ns"
    case microseconds = "us"
    case milliseconds = "ms"

    /// How many nanoseconds it is.
    public var length: Double {
        switch self {
        case .nanoseconds: 1
        case .microseconds: 1e3
        case .milliseconds: 1e6
        }
    }
}

/// What one tag held over a run, in order of time.
public struct TagSeries: Sendable {
    /// One interval, or one slice of a recording.
    struct Stretch: Sendable {
        /// How long was measured, without what an earlier stretch covers already.
        var seconds: Double
        /// What it adds to a unit of evidence: for a slice, the measured time of its round, as in a paired comparison.
        var span: Double
        var histogram: LoggedHistogram
    }

    public let tag: String
    /// The tag without `-rt` or `-st`.
    public let operation: String
    /// Which of the two times; nil where the tag does not tell.
    public let timing: Timing?
    /// What a value of 1 is worth.
    let nanoseconds: Double
    let stretches: [Stretch]
    /// Whether all of it is one interval of a log, or one round.
    var isSingle = false
    /// Failed and intended operations where a recording tells of them, and the time-out at which the failed ones stand.
    var failed = 0
    var intended = 0
    var timeOut: Nanoseconds?

    init(tag: String, nanoseconds: Double, stretches: [Stretch]) {
        self.tag = tag
        (operation, timing) = TagSeries.meaning(of: tag)
        self.nanoseconds = nanoseconds
        self.stretches = stretches
    }

    /// Assay, cassandra-stress and cql-stress end the tags of response and service times alike.
    static func meaning(of tag: String) -> (operation: String, timing: Timing?) {
        if tag.hasSuffix("-rt") { return (String(tag.dropLast(3)), .response) }
        if tag.hasSuffix("-st") { return (String(tag.dropLast(3)), .service) }
        return (tag, nil)
    }

    public var count: Int { stretches.reduce(0) { $0 + $1.histogram.count } }
    public var seconds: Double { stretches.reduce(0) { $0 + $1.seconds } }
    /// Operations a second of measured time; nil where there is none.
    public var perSecond: Double? { seconds > 0 ? Double(count) / seconds : nil }
}

/// A run as far as an unpaired comparison needs it: one side of a recording, or an interval log of any program.
public struct MeasuredRun: Sendable {
    /// What a recording knows of how it came about, and a log does not.
    struct Circumstances: Sendable, Equatable {
        var workload: String
        /// SHA-256 of the workload file; nil where it is not there.
        var workloadDigest: String?
        var operations: [OperationInfo]
        var mode: Mode
        var timeOut: Nanoseconds
        var pair: String
        var side: Side
        /// SHA-256 of recording.json.
        var recordingDigest: String
    }

    /// As the user named it.
    public let name: String
    /// What it is, in a few words.
    public let description: String
    /// SHA-256 of the files that it was read from, by name.
    public let madeFrom: [String: String]
    /// Whether Assay measured it.
    public let isOwn: Bool
    /// Seconds since the epoch; nil where a log does not tell.
    public let begin: Double?
    public let end: Double?
    let circumstances: Circumstances?
    /// What holds for every figure of this run.
    let caveats: [Caveat]
    /// In the order of a recording's operations, or of the tags in a log.
    public let series: [TagSeries]
    /// Tags that are nobody's latency under the workload, such as those of a side at its limit.
    public let leftOut: [String]

    /// How long the longest tag was measured.
    public var seconds: Double { series.map(\.seconds).max() ?? 0 }
}
