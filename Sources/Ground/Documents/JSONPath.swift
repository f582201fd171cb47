// Where in a JSON document something stands: `$.data[0].id`, as far as RFC 9535 goes without choices and filters.

/// A path to one place.
public struct JSONPath: Hashable, Sendable, CustomStringConvertible {
    enum Step: Hashable, Sendable {
        case member([UInt8])
        /// From 0.
        case element(Int)
    }

    public let description: String
    let steps: [Step]

    /// nil where `text` is no such path.
    public init?(_ text: String) {
        guard text.first == "$" else { return nil }
        var steps: [Step] = []
        var rest = text.dropFirst()
        while let first = rest.first {
            rest = rest.dropFirst()
            switch first {
            case ".":
                let name = rest.prefix { $0.isLetter || $0.isNumber || "_-".contains($0) }
                guard !name.isEmpty else { return nil }
                steps.append(.member(Array(name.utf8)))
                rest = rest[name.endIndex...]
            case "[":
                guard let end = rest.firstIndex(of: "]") else { return nil }
                let inner = rest[..<end]
                if let index = Int(inner), index >= 0 {
                    steps.append(.element(index))
                } else if inner.count >= 2, let quote = inner.first, "'\"".contains(quote), inner.last == quote {
                    steps.append(.member(Array(inner.dropFirst().dropLast().utf8)))
                } else {
                    return nil
                }
                rest = rest[rest.index(after: end)...]
            default: return nil
            }
        }
        description = text
        self.steps = steps
    }

    /// What a person should write.
    public static let expectation = "a path such as $.data[0].id"
}
