// A capture as a whole: packets in, a workload and what to know of it out.

import Bytes
import CQLProtocol
import Quantities

public final class TrafficCapture {
    let observer = TrafficObserver()
    let book: ConversationBook
    private let source: PacketSource
    private var drafted: WorkloadDraft?

    /// `ports`: those that servers listen on; empty: any port on which CQL is spoken.
    /// `trace`: where operations go one by one, if anywhere.
    public init(_ source: PacketSource, ports: Set<UInt16> = [], trace: TraceWriter? = nil) {
        self.source = source
        observer.trace = trace
        book = ConversationBook(link: source.link, ports: ports, listener: observer)
    }

    /// Reads at most `count` packets. False where there are no more.
    public func read(packets count: Int) -> Bool {
        for _ in 0..<count {
            switch source.next() {
            case .packet(let packet): book.take(packet)
            case .none: return true
            case .end: return false
            }
        }
        return true
    }

    /// Says that there are no more.
    public func finish() {
        book.finish()
        observer.trace?.finish()
    }

    public var packets: Int { book.packets.packets }
    public var bytes: Int { book.packets.bytes }
    /// Operations that are kept: first pages.
    public var operations: Int { observer.operations.reduce(0) { $0 + $1.requests } }
    /// From the first packet to the last; nil where there are none.
    public var span: (from: WallTime, to: WallTime)? { book.first.map { ($0, book.latest) } }

    /// Ids of prepared statements whose text is not in the capture.
    public var unknownIDs: [[UInt8]] { observer.statements.filter { $0.read == nil }.compactMap(\.preparedID) }
    /// Keyspaces that its statements touch.
    public var keyspaces: Set<String> {
        Set(observer.statements.filter { !$0.isOfDriver }.map(\.keyspace)).subtracting([""])
    }

    /// What a cluster says of a statement that is known by its id alone.
    public func learn(id: [UInt8], cql: String, keyspace: String, _ answer: PreparedStatement) {
        for statement in observer.statements where statement.preparedID == id && statement.read == nil {
            observer.learn(statement, cql, keyspace: keyspace, answer)
        }
    }

    /// What the capture lacks, in sentences, the gravest first; empty where it lacks nothing.
    public var findings: [String] { book.findings(observer, damage: source.damage, dropped: source.dropped) }

    /// The workload file. `name` is that of the workload, `source` where it comes from.
    public func workload(name: String, source: String, version: String, _ schema: KnownSchema = KnownSchema()) -> String
    {
        var draft = WorkloadDraft(observer, schema)
        draft.leaveOutUnreadable()
        drafted = draft
        return draft.text(name: name, head: head(draft, source: source, version: version), arrivals: observer.arrivals)
    }

    private func head(_ draft: WorkloadDraft, source: String, version: String) -> [String] {
        var lines = ["Captured by assay \(version) from \(source)."]
        if let span {
            let kept = draft.operations.reduce(0) { $0 + $1.observed.requests }
            lines.append(
                "\(span.from.iso8601) to \(span.to.iso8601); \(grouped(kept)) operations of \(draft.operations.count) kinds are described below."
            )
        }
        lines += [
            "Values are not production's own: keys are numbered items, as many and as skewed; texts are random letters, as long.",
            "Writes draw partition keys behind those of reads, so that reads meet the same data in every round."
        ]
        if draft.schemaStatements.isEmpty {
            lines.append(
                "The schema does not show on the wire: ask with --from-cluster, or put its CREATE statements under schema."
            )
        }
        for table in draft.emptyTables {
            lines.append(
                "\(table) is read, and no INSERT into it was seen: nothing says what it holds. Describe it under dataset."
            )
        }
        for (operation, reason) in draft.leftOut {
            lines.append("Left out: \(operation.name), \(grouped(operation.requests)) operations: \(reason).")
        }
        return lines + findings
    }

    /// Operations of the last workload, for a table: name, shape, share, and what was seen on the wire.
    public var summary: [OperationSummary] {
        guard let drafted else { return [] }
        let total = drafted.operations.reduce(0) { $0 + $1.observed.requests }
        return drafted.operations.map { OperationSummary($0, total: total) }
    }

    /// Operations that are not in the last workload, and why.
    public var leftOut: [(name: String, requests: Int, reason: String)] {
        drafted?.leftOut.map { ($0.operation.name, $0.operation.requests, $0.reason) } ?? []
    }
}
