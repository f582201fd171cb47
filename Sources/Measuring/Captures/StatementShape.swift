// Which shape an operation has, by what its statement says, what is known of the table's keys, and what was answered.

import CQLProtocol
import Quantities

/// The primary key of a table, as far as it is known.
struct TableKey: Equatable {
    var partition: [String]
    /// Nil where only a cluster could tell.
    var clustering: [String]?
}

extension ReadStatement {
    /// The shape of a statement that is sent by itself. `mostRows`: of its answers; nil where none came.
    func shape(
        _ consistency: Consistency, key: TableKey?, counters: Set<String>, mostRows: Int?
    ) -> Shape {
        if isConditional { return .lwt }
        guard isRead else {
            let addsToCounter = addedTo.contains { counters.contains($0) }
            return addsToCounter ? .counter : .write
        }
        if consistency == .serial || consistency == .localSerial { return .lwt }
        if isAggregate { return .aggregate }
        if relations.contains(where: \.isToken) { return .scan }
        let equal = Set(relations.filter { $0.operation == .equal }.map(\.column))
        let listed = Set(relations.filter { $0.operation == .inList }.map(\.column))
        if let key {
            guard key.partition.allSatisfy({ equal.contains($0) || listed.contains($0) }) else {
                // By an index, or by reading everything.
                return equal.isEmpty || allowsFiltering ? .scan : .range
            }
            if key.partition.contains(where: listed.contains) { return .multiPartition }
            if let clustering = key.clustering, clustering.allSatisfy(equal.contains) { return .point }
        } else if equal.isEmpty {
            return listed.isEmpty ? .scan : .multiPartition
        }
        if isLimitedToOne { return .point }
        let isNarrow = !relations.contains { $0.operation == .slice || $0.operation == .inList }
        // Nobody knows the rest of the key: a read that never found two rows is one of a row.
        return isNarrow && key?.clustering == nil && (mostRows ?? 2) <= 1 ? .point : .range
    }
}
