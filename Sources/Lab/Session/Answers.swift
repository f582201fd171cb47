// Bodies of answers, written.

import Bytes
import CQLProtocol

extension ByteWriter {
    /// The body of an ERROR.
    mutating func put(error: CQLError, _ version: ProtocolVersion) {
        let message = String(error.message.prefix(16_000))
        ErrorAnswer(code: error.code.rawValue, message: message, detail: error.detail).write(
            into: &self, version: version)
    }

    mutating func putVoid() { put(ResultKind.void.rawValue) }

    mutating func put(setKeyspace name: String) {
        put(ResultKind.setKeyspace.rawValue)
        put(string: name)
    }

    mutating func put(change: SchemaChange) {
        put(ResultKind.schemaChange.rawValue)
        put(schemaChange: change)
    }

    /// Flags, count, and one table for all columns, as the lab's statements always have.
    /// `changedID` says that the columns are no longer those that the client knows.
    mutating func put(resultMetadata plan: SelectPlan, pagingState: [UInt8]?, skips: Bool, changedID: [UInt8]? = nil) {
        var flags: MetadataFlags = skips ? .noMetadata : .globalTable
        if pagingState != nil { flags.insert(.hasMorePages) }
        if changedID != nil { flags.insert(.metadataChanged) }
        put(flags.rawValue)
        put(Int32(plan.columns.count))
        if let pagingState { put(cell: pagingState) }
        if let changedID { put(shortBytes: changedID) }
        guard !skips else { return }
        put(string: plan.table.definition.keyspace)
        put(string: plan.table.definition.name)
        for column in plan.columns {
            put(string: column.name)
            put(type: column.type)
        }
    }

    /// RESULT Prepared.
    mutating func put(prepared statement: CompiledStatement, id: PreparedID, _ version: ProtocolVersion) {
        put(ResultKind.prepared.rawValue)
        put(shortBytes: id.bytes)
        if version >= .v5 { put(shortBytes: statement.metadataID) }
        put(statement.binds.isEmpty ? 0 : MetadataFlags.globalTable.rawValue)
        put(Int32(statement.binds.count))
        if version >= .v4 {
            put(Int32(statement.partitionKeyBinds.count))
            for index in statement.partitionKeyBinds { put(UInt16(index)) }
        }
        if let first = statement.binds.first {
            put(string: first.keyspace)
            put(string: first.table)
        }
        for bind in statement.binds {
            put(string: bind.name)
            put(type: bind.type)
        }
        if case .select(let plan) = statement.action {
            put(resultMetadata: plan, pagingState: nil, skips: false)
        } else {
            put(MetadataFlags.noMetadata.rawValue)
            put(Int32(0))
        }
    }
}
