// What results and prepared statements say of their columns (native_protocol_v4.spec, sections 4.2.5.2 and 4.2.5.4).

import Bytes

/// A column of a result, or a bind marker of a prepared statement.
public struct ColumnDescription: Hashable, Sendable {
    public var keyspace: String
    public var table: String
    public var name: String
    public var type: CQLType

    public init(keyspace: String, table: String, name: String, type: CQLType) {
        self.keyspace = keyspace
        self.table = table
        self.name = name
        self.type = type
    }
}

/// Flags of a result's metadata.
public struct MetadataFlags: OptionSet, Hashable, Sendable {
    public var rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }

    public static let globalTable = MetadataFlags(rawValue: 1)
    public static let hasMorePages = MetadataFlags(rawValue: 2)
    public static let noMetadata = MetadataFlags(rawValue: 4)
    /// From v5 on: the columns are no longer those that the request named by id.
    public static let metadataChanged = MetadataFlags(rawValue: 8)
}

/// The metadata of rows. `columns` is empty where the request asked to skip it; `columnCount` is always right.
public struct ResultMetadata: Equatable, Sendable {
    public var columnCount: Int
    public var columns: [ColumnDescription]
    /// Where the next page begins; nil on the last.
    public var pagingState: [UInt8]?
    /// The id of these columns where they are no longer those that the request named; v5 alone says it.
    public var changedID: [UInt8]?

    public init(
        columnCount: Int, columns: [ColumnDescription], pagingState: [UInt8]? = nil, changedID: [UInt8]? = nil
    ) {
        self.columnCount = columnCount
        self.columns = columns
        self.pagingState = pagingState
        self.changedID = changedID
    }
}

/// The answer to PREPARE.
public struct PreparedStatement: Equatable, Sendable {
    public var id: [UInt8]
    /// Names the columns of the result, for EXECUTE to say which it knows; empty before v5.
    public var metadataID: [UInt8]
    /// The bind markers, in order.
    public var binds: [ColumnDescription]
    /// For each column of the partition key the index of its bind marker; empty where not all of them are bound, and in v3.
    public var partitionKeyIndices: [Int]
    public var result: ResultMetadata

    public init(
        id: [UInt8], metadataID: [UInt8] = [], binds: [ColumnDescription], partitionKeyIndices: [Int],
        result: ResultMetadata
    ) {
        self.id = id
        self.metadataID = metadataID
        self.binds = binds
        self.partitionKeyIndices = partitionKeyIndices
        self.result = result
    }
}

extension BodyReader {
    /// The smallest column description: an empty name and a type id.
    private static let leastColumn = 4

    mutating func resultMetadata() throws(ProtocolError) -> ResultMetadata {
        let flags = MetadataFlags(rawValue: try int())
        let described = !flags.contains(.noMetadata)
        let count = try count(leastBytes: described ? BodyReader.leastColumn : 0, of: "columns")
        var pagingState: [UInt8]?
        if flags.contains(.hasMorePages) {
            guard let state = try bytes() else { throw .malformed("more pages are announced without a paging state") }
            pagingState = Array(state)
        }
        let changedID = flags.contains(.metadataChanged) ? Array(try shortBytes()) : nil
        let columns = described ? try self.columns(count, flags) : []
        return ResultMetadata(columnCount: count, columns: columns, pagingState: pagingState, changedID: changedID)
    }

    /// As `version` has it: v3 says nothing of the partition key, v5 names the result's columns by an id.
    mutating func preparedStatement(version: UInt8) throws(ProtocolError) -> PreparedStatement {
        let id = Array(try shortBytes())
        let metadataID = version >= 5 ? Array(try shortBytes()) : []
        let flags = MetadataFlags(rawValue: try int())
        let count = try count(leastBytes: BodyReader.leastColumn, of: "bind markers")
        var indices: [Int] = []
        let keys = version >= 4 ? try self.count(leastBytes: 2, of: "partition key columns") : 0
        for _ in 0..<keys {
            let index = Int(try short())
            guard index < count else { throw .malformed("partition key marker \(index) of \(count) bind markers") }
            indices.append(index)
        }
        let binds = try columns(count, flags)
        return PreparedStatement(
            id: id, metadataID: metadataID, binds: binds, partitionKeyIndices: indices, result: try resultMetadata())
    }

    private mutating func columns(
        _ count: Int, _ flags: MetadataFlags
    ) throws(ProtocolError) -> [ColumnDescription] {
        var columns: [ColumnDescription] = []
        if count == 0 && remaining == 0 { return columns }
        let global = flags.contains(.globalTable) ? (try string(), try string()) : nil
        columns.reserveCapacity(count)
        for _ in 0..<count {
            let (keyspace, table) = if let global { global } else { (try string(), try string()) }
            let name = try string()
            columns.append(ColumnDescription(keyspace: keyspace, table: table, name: name, type: try type()))
        }
        return columns
    }

    /// Passes over the description of `count` columns without storing anything.
    mutating func skipColumns(_ count: Int, _ flags: MetadataFlags) throws(ProtocolError) {
        if flags.contains(.globalTable) {
            _ = try shortBytes()
            _ = try shortBytes()
        }
        for _ in 0..<count {
            if !flags.contains(.globalTable) {
                _ = try shortBytes()
                _ = try shortBytes()
            }
            _ = try shortBytes()
            try skipType()
        }
    }
}

extension ByteWriter {
    /// Writes the metadata of a Rows result, as a server does.
    public mutating func put(metadata: ResultMetadata) {
        var flags: MetadataFlags = []
        if metadata.pagingState != nil { flags.insert(.hasMorePages) }
        if metadata.changedID != nil { flags.insert(.metadataChanged) }
        if metadata.columns.isEmpty { flags.insert(.noMetadata) }
        put(flags.rawValue)
        put(Int32(metadata.columnCount))
        if let state = metadata.pagingState { put(cell: state) }
        if let id = metadata.changedID { put(shortBytes: id) }
        put(columns: metadata.columns)
    }

    /// Writes the body of a Prepared result behind its kind, as a server does.
    public mutating func put(prepared: PreparedStatement, version: ProtocolVersion = .v4) {
        put(shortBytes: prepared.id)
        if version >= .v5 { put(shortBytes: prepared.metadataID) }
        put(Int32(0))
        put(Int32(prepared.binds.count))
        if version >= .v4 {
            put(Int32(prepared.partitionKeyIndices.count))
            for index in prepared.partitionKeyIndices { put(UInt16(index)) }
        }
        put(columns: prepared.binds)
        put(metadata: prepared.result)
    }

    private mutating func put(columns: [ColumnDescription]) {
        for column in columns {
            put(string: column.keyspace)
            put(string: column.table)
            put(string: column.name)
            put(type: column.type)
        }
    }
}
