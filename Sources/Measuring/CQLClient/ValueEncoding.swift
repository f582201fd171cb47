// How a generated value is written for a column: one of these for each node of a recipe, found when a statement is prepared.

import CQLProtocol
import Workloads

/// The form of a value's bytes, and what stands in front of them.
struct ValueEncoding: Sendable, Equatable {
    enum Form: UInt8, Sendable {
        case int8, int16, int32, int64, varint
        case float, double, decimal
        case uuid, timestamp, date, time, duration, address, boolean, bytes
        /// A list, set or map: a count and members; a tuple, a user-defined value or a vector: members alone.
        case members, parts
    }

    enum Framing: UInt8, Sendable {
        /// A [value]: its length as an [int] in front.
        case value
        /// Nothing in front, as elements of a vector whose length their type fixes.
        case bare
        /// Its length as an [unsigned vint], as other elements of a vector.
        case counted
    }

    var form: Form
    var framing: Framing

    init(_ form: Form, _ framing: Framing = .value) {
        self.form = form
        self.framing = framing
    }

    /// How scalars of `kind` are written as `type`; nil where they cannot be. Collections are taken apart by `BindPlan`.
    init?(_ kind: ValueKind, _ type: CQLType, _ framing: Framing = .value) {
        self.framing = framing
        switch (kind, type) {
        case (.integer, .tinyint): form = .int8
        case (.integer, .smallint): form = .int16
        case (.integer, .int): form = .int32
        case (.integer, .bigint), (.integer, .counter): form = .int64
        case (.integer, .varint), (.bigInteger, .varint): form = .varint
        case (.float, .float): form = .float
        case (.float, .double): form = .double
        case (.decimal, .decimal): form = .decimal
        case (.uuid, .uuid), (.timeuuid, .timeuuid), (.timeuuid, .uuid): form = .uuid
        case (.timestamp, .timestamp): form = .timestamp
        case (.timestamp, .date), (.date, .date): form = .date
        case (.time, .time): form = .time
        case (.duration, .duration): form = .duration
        case (.address, .inet): form = .address
        case (.boolean, .boolean): form = .boolean
        case (.text, .text), (.text, .ascii), (.blob, .blob): form = .bytes
        default: return nil
        }
    }

    /// The integers that the encoding holds; nil where it is not one of integers, or holds all.
    var range: ClosedRange<Int64>? {
        switch form {
        case .int8: Int64(Int8.min)...Int64(Int8.max)
        case .int16: Int64(Int16.min)...Int64(Int16.max)
        case .int32: Int64(Int32.min)...Int64(Int32.max)
        default: nil
        }
    }
}

extension ValueKind {
    /// What it makes, in the words of an error.
    var words: String {
        switch self {
        case .integer: "integers"
        case .bigInteger: "integers of any length"
        case .float: "floating-point numbers"
        case .decimal: "decimals"
        case .uuid: "uuids"
        case .timeuuid: "timeuuids"
        case .timestamp: "timestamps"
        case .date: "dates"
        case .time: "times of day"
        case .duration: "durations"
        case .address: "addresses"
        case .boolean: "booleans"
        case .text: "texts"
        case .blob: "blobs"
        case .list(let member): "lists of \(member.words)"
        case .set(let member): "sets of \(member.words)"
        case .map(let key, let value): "maps from \(key.words) to \(value.words)"
        case .tuple(let parts): "tuples of \(parts.map(\.words).joined(separator: ", "))"
        case .udt(let fields): "values with the fields \(fields.joined(separator: ", "))"
        case .vector(let element, let dimensions): "vectors of \(dimensions) \(element.words)"
        }
    }

    /// What a workload must bind to a column of `type`, in the words of an error.
    static func expectation(_ type: CQLType) -> String {
        switch type {
        case .list(let element): return "a list of values for \(element)"
        case .set(let element): return "a set of values for \(element)"
        case .map(let key, let value): return "a map of values for \(key) to values for \(value)"
        case .tuple(let parts): return "a tuple of values for \(parts.map(\.description).joined(separator: ", "))"
        case .udt(_, _, let fields):
            return "a udt with the fields \(fields.map(\.name).joined(separator: ", ")), in this order"
        case .vector(let element, let dimensions): return "a vector of \(dimensions) values for \(element)"
        default:
            let kinds: [ValueKind] = [
                .integer, .float, .decimal, .uuid, .timeuuid, .timestamp, .date, .time, .duration, .address, .boolean,
                .text, .blob
            ]
            // A date is what dates are for, though timestamps can be cut to one.
            let kind = type == .date ? .date : kinds.first { ValueEncoding($0, type) != nil }
            return kind.map { "a value that makes \($0.words)" } ?? "a column of another type: nothing makes \(type)"
        }
    }
}
