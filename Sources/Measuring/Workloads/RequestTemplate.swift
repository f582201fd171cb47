// A request over HTTP with places for values: what an operation sends, and what must come back.

import Documents

/// Text with values in it.
public struct Template: Sendable {
    public enum Form: Sendable {
        /// As a person would write it: `17`, `2026-01-01T00:00:00.000Z`; a list with commas.
        case plain
        /// As a JSON value of its own: a number, a text in quotes, a list in brackets.
        case json
        /// As plain text within the quotes of a JSON string.
        case jsonText
    }

    public enum Piece: Sendable {
        /// As it is sent.
        case text([UInt8])
        /// The value at this place among the request's; `percent`: percent-encoded (RFC 3986).
        case value(Int, Form, percent: Bool)
    }

    public var pieces: [Piece] = []

    mutating func put(_ text: String) {
        if case .text(let before)? = pieces.last {
            pieces[pieces.count - 1] = .text(before + text.utf8)
        } else if !text.isEmpty {
            pieces.append(.text(Array(text.utf8)))
        }
    }
}

/// What an answer must be for its operation to count as completed.
public struct ExpectedAnswer: Sendable {
    /// Empty: any from 200 to 299.
    public var statuses: [Int] = []
    /// A header that must be there, and what it must be where that is said.
    public var headers: [(name: String, value: String?)] = []
    public var isJSON = false
    public var values: [(path: JSONPath, text: String?)] = []
    /// The list whose members count as rows.
    public var rows: JSONPath?
    /// What says, by being there, that the request failed although the status is good.
    public var failure: JSONPath?
}

/// One request of an operation.
public struct RequestTemplate: Sendable {
    public var method: String
    /// Path and query, behind the side's own.
    public var target = Template()
    public var headers: [(name: String, value: Template)] = []
    public var body: Template?
    public var contentType: String?
    /// In the order of their first appearance in target, headers and body. A name stands for one draw, however often it appears.
    public var binds: [ValueGenerator] = []
    public var expected = ExpectedAnswer()
    /// As it stands in the file, for the plan's record.
    let written: Node
    public let position: Position
}

extension RequestTemplate {
    /// What is sent, on a line: `GET /orders/{customer}`.
    public var words: String {
        let path = target.pieces.map { piece in
            switch piece {
            case .text(let bytes): String(decoding: bytes, as: UTF8.self)
            case .value(let place, _, _): "{\(binds[place].words)}"
            }
        }
        return "\(method) \(path.joined())"
    }
}

extension ValueGenerator {
    /// `customer`, or `customer * 20` for a list.
    fileprivate var words: String { listCount.map { "\(name) * \($0)" } ?? name }
}
