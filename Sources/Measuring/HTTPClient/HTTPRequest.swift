// What is sent over HTTP, as bytes, and what has to come back.

import Bytes
import Documents

/// A request as it is written for one operation after the other: where it goes behind the side's base, its own headers, its body.
public struct HTTPRequest: ~Copyable {
    /// Path and query, encoded: `/orders/17?fields=id`.
    public var target = ByteWriter(capacity: 512)
    /// Lines of headers that change with the values, a zero behind each.
    public var headers = ByteWriter(capacity: 64)
    public var body = ByteWriter(capacity: 512)

    public init() {}

    mutating func clear() {
        target.clear()
        headers.clear()
        body.clear()
    }
}

/// What all requests of an operation have in common.
public struct HTTPOperation: Sendable {
    /// `GET`, `POST` and so on.
    public var method: String
    public var hasBody: Bool
    /// Lines such as `Content-Type: application/json`.
    public var headers: [String]
    public var expected: HTTPExpectation
    /// Whether the ending is to hold the body.
    public var keepsBody = false

    public init(
        method: String = "GET", hasBody: Bool = false, headers: [String] = [],
        expected: HTTPExpectation = HTTPExpectation()
    ) {
        self.method = method
        self.hasBody = hasBody
        self.headers = headers
        self.expected = expected
    }
}

/// What an answer must be for its operation to count as completed.
public struct HTTPExpectation: Sendable {
    /// Values that must stand in the body.
    public struct Value: Sendable {
        public var path: JSONPath
        /// What it must be, as text; nil: it must be there.
        public var text: String?

        public init(path: JSONPath, text: String?) {
            self.path = path
            self.text = text
        }
    }

    public struct Header: Sendable {
        public var name: String
        /// What it must be; nil: it must be there.
        public var value: String?

        public init(name: String, value: String?) {
            self.name = name
            self.value = value
        }
    }

    /// Empty: any from 200 to 299.
    public var statuses: [Int] = []
    public var headers: [Header] = []
    /// Whether the body must be JSON.
    public var isJSON = false
    public var values: [Value] = []
    /// The list whose members count as rows.
    public var rows: JSONPath?
    /// What says, where it is there and neither null nor an empty list, that the request failed after all: `$.errors` of GraphQL.
    public var failure: JSONPath?

    public init() {}

    /// Whether the body is looked into.
    var readsBody: Bool { isJSON || !values.isEmpty || rows != nil || failure != nil }
    func takes(_ status: Int) -> Bool { statuses.isEmpty ? (200...299).contains(status) : statuses.contains(status) }
}
