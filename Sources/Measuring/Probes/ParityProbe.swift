// Whether the two sides are alike in everything but what is being qualified: topology, replication, tables, and a sample of rows.

import CQLClient
import Quantities
import Recordings
import Workloads

/// A comparison of the two sides of a pair. It only reads.
public struct ParityProbe: Sendable {
    /// The kind of its observations, and what it adds to `Observations.probed`.
    public static let kind = "parity"

    /// The tables to compare; their keyspaces are compared with them.
    public var tables: [TableName]
    public var samples: [PartitionSample]
    private let expected: @Sendable (String) -> Bool

    /// `pair` says which differences are known.
    public init(tables: [TableName], samples: [PartitionSample], pair: PairFile) {
        self.init(tables: tables, samples: samples) { pair.expects($0) }
    }

    /// `expected` is asked with the subject of each difference.
    public init(tables: [TableName], samples: [PartitionSample], expected: @escaping @Sendable (String) -> Bool) {
        self.tables = tables
        self.samples = samples
        self.expected = expected
    }

    /// Reads both sides and returns every difference. `topologies` are those of the two as they were found, old first. Rows are
    /// counted for tables that both sides have.
    public func run(
        old: SimpleSession, new: SimpleSession, topologies: [Topology]
    ) throws(RequestFailure) -> Observations {
        let (oldSchema, newSchema) = (try SchemaSnapshot.read(old), try SchemaSnapshot.read(new))
        var found = Parity.topology(topologies[0], topologies[1])
        found += Parity.schema(oldSchema, newSchema, tables)
        for sample in samples where oldSchema.tables[sample.table] != nil && newSchema.tables[sample.table] != nil {
            if let observed = sample.observation(try sample.count(old), try sample.count(new)) {
                found.append(observed)
            }
        }
        let observations = found.map {
            Observation(
                kind: ParityProbe.kind, subject: $0.subject, old: $0.old, new: $0.new, expected: expected($0.subject),
                note: $0.note)
        }
        return Observations(probed: [ParityProbe.kind], observations: observations)
    }
}
