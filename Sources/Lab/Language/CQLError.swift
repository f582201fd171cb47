// Errors that go to the client, as Cassandra words and codes them.

import CQLProtocol

/// An ERROR answer: code, message and, for some codes, more fields (native_protocol_v4.spec, section 9).
struct CQLError: Error, Equatable {
    var code: ErrorCode
    var message: String
    var detail: ErrorDetail

    init(_ code: ErrorCode, _ message: String, _ detail: ErrorDetail = .none) {
        self.code = code
        self.message = message
        self.detail = detail
    }

    static func invalid(_ message: String) -> CQLError { CQLError(.invalid, message) }
    static func protocolError(_ message: String) -> CQLError { CQLError(.protocolError, message) }
    /// What CQL has and the lab has not: refused by name, never answered wrongly.
    static func notServed(_ what: String) -> CQLError { CQLError(.invalid, "The lab does not serve \(what)") }

    static func alreadyExists(keyspace: String, table: String = "") -> CQLError {
        let message =
            table.isEmpty
            ? "Cannot add existing keyspace \"\(keyspace)\""
            : "Cannot add already existing table \"\(table)\" to keyspace \"\(keyspace)\""
        return CQLError(.alreadyExists, message, .alreadyExists(keyspace: keyspace, table: table))
    }
}
