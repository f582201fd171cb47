// Differences between two schemas and two topologies: pure, from what was read of each side.

import CQLClient
import Quantities
import Recordings

/// A difference before the pair file was asked whether it is expected.
struct Observed: Hashable, Sendable {
    var subject: String
    var old: String
    var new: String
    var note = ""
}

enum Parity {
    /// What stands for a part that a side does not have.
    static let absent = "absent"

    static func topology(_ old: Topology, _ new: Topology) -> [Observed] {
        func perDataCenter(_ side: Topology, _ words: ([ClusterNode]) -> String) -> [String: String] {
            Dictionary(grouping: side.nodes, by: \.dataCenter).mapValues(words)
        }
        func agreement(_ side: Topology) -> String {
            side.schemaAgrees ? "one schema version" : "\(side.schemaVersions.count) schema versions"
        }
        func racks(_ nodes: [ClusterNode]) -> String { Set(nodes.map(\.rack)).sorted().joined(separator: ", ") }
        var found = compare(
            "topology.nodes", perDataCenter(old) { "\($0.count)" }, perDataCenter(new) { "\($0.count)" })
        found += compare("topology.racks", perDataCenter(old, racks), perDataCenter(new, racks))
        found += compare(
            "topology", ["partitioner": old.partitioner, "schema_agreement": agreement(old)],
            ["partitioner": new.partitioner, "schema_agreement": agreement(new)])
        return found
    }

    /// Of the keyspaces of `tables`, their replication and types; of `tables`, everything.
    static func schema(_ old: SchemaSnapshot, _ new: SchemaSnapshot, _ tables: [TableName]) -> [Observed] {
        let keyspaces = Set(tables.map(\.keyspace)).sorted()
        var found: [Observed] = []
        for keyspace in keyspaces {
            switch (old.keyspaces[keyspace], new.keyspaces[keyspace]) {
            case (let old?, let new?): found += compare("replication.\(keyspace)", old, new)
            case (nil, nil): break
            case (let old, let new):
                found.append(presence("keyspaces.\(keyspace)", old: old != nil, new: new != nil))
            }
        }
        func ofKeyspaces(_ types: [String: String]) -> [String: String] {
            types.filter { type in keyspaces.contains { type.key.hasPrefix($0 + ".") } }
        }
        found += compare("types", ofKeyspaces(old.types), ofKeyspaces(new.types))
        for name in tables {
            switch (old.tables[name], new.tables[name]) {
            case (let old?, let new?): found += table(name, old, new)
            case (nil, nil): break
            case (let old, let new): found.append(presence("tables.\(name)", old: old != nil, new: new != nil))
            }
        }
        return found
    }

    private static func table(_ name: TableName, _ old: TableSnapshot, _ new: TableSnapshot) -> [Observed] {
        compare("columns.\(name)", old.columns, new.columns) + compare("indexes.\(name)", old.indexes, new.indexes)
            + options("table_options.\(name)", old.options, new.options)
    }

    /// Options differ in kind when only one release knows them; one that is known and not set is as good as unknown.
    private static func options(_ prefix: String, _ old: [String: String?], _ new: [String: String?]) -> [Observed] {
        let (oldSet, newSet) = (old.compactMapValues { $0 }, new.compactMapValues { $0 })
        return compare(prefix, oldSet, newSet).map { observed in
            var observed = observed
            let option = String(observed.subject.dropFirst(prefix.count + 1))
            if old.keys.contains(option) && oldSet[option] == nil { observed.old = "not set" }
            if new.keys.contains(option) && newSet[option] == nil { observed.new = "not set" }
            return observed
        }
    }

    /// The entries that differ, in order of their names. A note says where only one side has an entry.
    static func compare(_ prefix: String, _ old: [String: String], _ new: [String: String]) -> [Observed] {
        Set(old.keys).union(new.keys).sorted().compactMap { name in
            let (a, b) = (old[name], new[name])
            if a == b { return nil }
            let note = a == nil ? "only on new" : b == nil ? "only on old" : ""
            return Observed(subject: "\(prefix).\(name)", old: a ?? absent, new: b ?? absent, note: note)
        }
    }

    private static func presence(_ subject: String, old: Bool, new: Bool) -> Observed {
        Observed(
            subject: subject, old: old ? "present" : absent, new: new ? "present" : absent,
            note: old ? "only on old" : "only on new")
    }
}
