// How long a run warms up: as told, or until the sides have settled.

import Documents
import Quantities

/// What happens before the first round, on each side. Never counted.
public enum WarmUp: Hashable, Sendable {
    /// So long a side.
    case given(Nanoseconds)
    /// Until service times no longer change: at least and at most so long a side.
    case detected(atLeast: Nanoseconds, atMost: Nanoseconds)

    /// Detection as the word alone asks for it.
    public static let detected = WarmUp.detected(atLeast: .seconds(60), atMost: .seconds(600))

    /// The length where it is known before.
    public var given: Nanoseconds? { if case .given(let length) = self { length } else { nil } }

    /// The longest that it may take.
    var longest: Nanoseconds {
        switch self {
        case .given(let length): length
        case .detected(_, let most): most
        }
    }

    static let lengths = Nanoseconds.zero...Traffic.longestRun

    /// Reads `60 s`, `detect` or `{detect: {at_least: 60 s, at_most: 10m}}`.
    static func read(_ node: Node) throws(InputError) -> WarmUp {
        if case .scalar("detect", _) = node.content { return .detected }
        guard case .mapping = node.content else { return .given(try length(node)) }
        var fields = try Fields(node, what: "warm_up")
        var inner = try Fields(try fields.required("detect"), what: "detect of warm_up")
        try fields.finish()
        let least = try inner.optional("at_least").map(length) ?? .seconds(60)
        let mostNode = inner.optional("at_most")
        let most = try mostNode.map(length) ?? max(.seconds(600), least)
        try inner.finish()
        guard most >= least else {
            throw InputError(mostNode?.position, "at_most is \(most)", expected: "at_least, which is \(least), or more")
        }
        return .detected(atLeast: least, atMost: most)
    }

    private static func length(_ node: Node) throws(InputError) -> Nanoseconds {
        let length = try node.duration()
        guard lengths.contains(length) else {
            throw InputError(node.position, "warm_up is \(length)", expected: "at most \(lengths.upperBound)")
        }
        return length
    }
}
