// A document as a tree in which every part knows where it stands in its file.

import Quantities

/// One value of a document: a scalar as it was written, a sequence, or a mapping in the order of the file.
public struct Node: Sendable {
    public enum Content: Sendable {
        /// The text without its quotes and escapes. `quoted` tells "5" from 5, and "" from nothing.
        case scalar(String, quoted: Bool)
        case sequence([Node])
        case mapping([(key: String, keyPosition: Position, value: Node)])
    }

    public var content: Content
    public var position: Position

    public init(_ content: Content, at position: Position) {
        self.content = content
        self.position = position
    }

    /// Nothing was written, or `null` or `~`.
    public var isNull: Bool {
        if case .scalar(let text, quoted: false) = content { return text.isEmpty || text == "null" || text == "~" }
        return false
    }

    /// What stands here, in the words of an error: `'5'`, `a list`, `a mapping`, `nothing`.
    public var summary: String {
        switch content {
        case .scalar(let text, _): isNull ? "nothing" : "'\(text)'"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

extension Node {
    private func wrong(_ expected: String) -> InputError {
        InputError(position, "found \(summary)", expected: expected)
    }

    /// The text of a scalar; a plain number is a text too. `expected` names what belongs here.
    public func string(expected: String = "a text") throws(InputError) -> String {
        guard case .scalar(let text, _) = content, !isNull else { throw wrong(expected) }
        return text
    }

    private func plain(_ expected: String) throws(InputError) -> String {
        guard case .scalar(let text, quoted: false) = content, !isNull else { throw wrong(expected) }
        return text
    }

    /// A whole number that fits 64 bits, `_` allowed between its digits.
    public func integer() throws(InputError) -> Int {
        let text = try plain("a whole number")
        guard let value = Int(text) ?? parseInteger(text) else { throw wrong("a whole number") }
        return value
    }

    /// A whole number within `range`; `what` names it in the error.
    public func integer(in range: ClosedRange<Int>, _ what: String) throws(InputError) -> Int {
        let value = try integer()
        guard range.contains(value) else {
            let (low, high) = (range.lowerBound, range.upperBound)
            throw InputError(
                position, "\(what) is \(value)", expected: high == .max ? "at least \(low)" : "\(low) to \(high)")
        }
        return value
    }

    /// A finite number.
    public func number() throws(InputError) -> Double {
        let text = try plain("a number")
        guard let value = parseNumber(text) else { throw wrong("a number") }
        return value
    }

    /// `true` or `false`.
    public func boolean() throws(InputError) -> Bool {
        switch try plain("true or false") {
        case "true": return true
        case "false": return false
        default: throw wrong("true or false")
        }
    }

    /// A length of time with its unit: `250 ms`, `1h30m`.
    public func duration() throws(InputError) -> Nanoseconds {
        let text = try string(expected: "a duration with its unit, such as 250 ms, 5 s or 10m")
        return try quantity { () throws(QuantityError) in try Nanoseconds(parsing: text) }
    }

    /// `2000/s`
    public func rate() throws(InputError) -> Rate {
        let text = try string(expected: "a rate with its unit, such as 2000/s")
        return try quantity { () throws(QuantityError) in try Rate(parsing: text) }
    }

    /// `+5 %`
    public func ratio() throws(InputError) -> Ratio {
        let text = try string(expected: "a percentage, such as +5 %")
        return try quantity { () throws(QuantityError) in try Ratio(parsing: text) }
    }

    private func quantity<T>(_ parse: () throws(QuantityError) -> T) throws(InputError) -> T {
        do throws(QuantityError) { return try parse() } catch {
            throw InputError(position, error.problem, expected: error.expected)
        }
    }

    /// The members of a sequence; `expected` names what belongs here.
    public func list(expected: String = "a list") throws(InputError) -> [Node] {
        guard case .sequence(let members) = content else { throw wrong(expected) }
        return members
    }

    /// The entries of a mapping, in the order of the file.
    public func entries(
        expected: String = "a mapping"
    ) throws(InputError) -> [(key: String, keyPosition: Position, value: Node)] {
        guard case .mapping(let entries) = content else { throw wrong(expected) }
        return entries
    }

    /// One of `names`. An unknown one is an error that lists them and points out the nearest.
    public func choice(of names: [String], _ what: String) throws(InputError) -> String {
        let expected = "one of " + names.joined(separator: ", ")
        let text = try string(expected: expected)
        guard names.contains(text) else {
            throw InputError(position, suggesting("unknown \(what) '\(text)'", text, among: names), expected: expected)
        }
        return text
    }

    /// One of the cases of `T`, by its raw value; `what` names the kind of choice in the error.
    public func choice<T: RawRepresentable & CaseIterable>(
        of type: T.Type, _ what: String = "choice"
    ) throws(InputError) -> T where T.RawValue == String {
        let text = try choice(of: T.allCases.map(\.rawValue), what)
        guard let value = T(rawValue: text) else { preconditionFailure("\(T.self) does not know its own case \(text)") }
        return value
    }
}
