// Why a statement of a probe or of DDL got no result, in one line.

import CQLProtocol
import Quantities

/// A statement without a result.
public struct RequestFailure: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Reason: Equatable, Sendable {
        /// The server's own answer.
        case server(ErrorAnswer)
        case timedOut(Nanoseconds)
        case connectionLost
        case malformed(ProtocolError)
        /// A good answer of a kind that does not go with the request.
        case unexpectedAnswer
    }

    public var target: Target
    public var statement: String
    public var reason: Reason

    public init(target: Target, statement: String, reason: Reason) {
        self.target = target
        self.statement = statement
        self.reason = reason
    }

    public var description: String {
        let shown = statement.count <= 120 ? statement : statement.prefix(117) + "..."
        return "\(target) \(words), to: \(shown)"
    }

    private var words: String {
        switch reason {
        case .server(let answer): "answered \(answer)"
        case .timedOut(let limit): "gave no answer within \(limit)"
        case .connectionLost: "closed the connection instead of answering"
        case .malformed(let error): "sent a corrupt answer (\(error))"
        case .unexpectedAnswer: "gave an answer of another kind"
        }
    }
}
