// Answers of probes: rows with named, decoded columns.

import CQLProtocol

/// All pages of an answer.
public struct Rows: Equatable, Sendable {
    public var columns: [ColumnDescription]
    /// A row's values, in the order of `columns`.
    public var values: [[CQLValue]]

    public init(columns: [ColumnDescription] = [], values: [[CQLValue]] = []) {
        self.columns = columns
        self.values = values
    }

    public var count: Int { values.count }
    public var isEmpty: Bool { values.isEmpty }

    /// The row at `index`, its values by name.
    public subscript(index: Int) -> Row { Row(columns: columns, values: values[index]) }
    public var all: [Row] { values.map { Row(columns: columns, values: $0) } }
}

/// One row. A column that is not there reads as null: versions differ in what their system tables have.
public struct Row: Equatable, Sendable {
    public var columns: [ColumnDescription]
    public var values: [CQLValue]

    public subscript(name: String) -> CQLValue {
        columns.firstIndex { $0.name == name }.map { values[$0] } ?? .null
    }

    /// The value as text without quotes; nil where it is null or the column is not there.
    public func text(_ name: String) -> String? {
        let value = self[name]
        return value == .null ? nil : value.plain
    }
}
