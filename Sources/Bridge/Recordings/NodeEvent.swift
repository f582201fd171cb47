// What happened to the nodes of a side during a run: a reader of latencies wants to know that one was gone.

import Documents
import Quantities

/// A change of a side's cluster.
public struct NodeEvent: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        /// The generator has no connection to it any more, or had none before the run.
        case lost
        /// The generator has connections to it again.
        case reconnected
        /// Its peers say that it is gone.
        case down
        /// Its peers say that it is there.
        case up
        /// It is a member of the cluster now.
        case added
        /// It is no member any more.
        case removed
        /// The schema is another; the node is the one that said so.
        case schemaChanged = "schema_changed"
    }

    /// From `Recording.started`; negative before the first round.
    public var at: Nanoseconds
    public var side: Side
    /// The node's endpoint.
    public var node: String
    public var kind: Kind
    public var note: String

    public init(at: Nanoseconds, side: Side, node: String, kind: Kind, note: String = "") {
        self.at = at
        self.side = side
        self.node = node
        self.kind = kind
        self.note = note
    }

    func json() -> JSON {
        .object([
            "at_s": .number(at.seconds), "side": .string(side.rawValue), "node": .string(node),
            "kind": .string(kind.rawValue), "note": .string(note)
        ])
    }

    init(_ node: Node) throws(InputError) {
        var fields = try Fields(node, what: "an event")
        let at = try fields.required("at_s").number()
        guard abs(at) < 1e9 else {
            throw InputError(node.position, "an event at \(at) s", expected: "within thirty years of the run")
        }
        self.init(
            at: .seconds(at), side: try fields.required("side").choice(of: Side.self, "side"),
            node: try fields.required("node").string(),
            kind: try fields.required("kind").choice(of: Kind.self, "kind"),
            note: try fields.required("note").string())
    }
}
