// Values that are written down one by one: `{choice: {paid: 80, open: 15}}`, `{file: cities.csv, column: name}`.

import Documents
import Quantities

extension ValueReader {
    /// Values that a choice may list; longer lists belong into a file.
    private static let mostChoices = 10_000

    /// `{choice: …}` or `{file: …}` of scalars; nil where it is neither.
    func listed(_ kind: Kind, _ node: Node) throws(InputError) -> Recipe? {
        guard case .mapping(let entries) = node.content,
            entries.contains(where: { ["choice", "file"].contains($0.key) })
        else { return nil }
        var fields = try Fields(node, what: what)
        let (form, value) = try one(of: ["choice", "file"], &fields)
        var cells: [Node] = []
        var weights: [Double] = []
        if form == "file" {
            let column = try FileColumn(value, &fields, files)
            let isText = kind == .text || kind == .ascii
            cells = column.cells.map { Node(.scalar($0.text, quoted: isText), at: $0.position) }
            weights = column.weights
        } else {
            (cells, weights) = try choices(value)
        }
        try fields.finish()
        var listed: [ListedValues.Entry] = []
        var bytes: [UInt8] = []
        guard let listedKind = kind.listed else {
            throw InputError(
                node.position, "\(form) of the kind \(kind.rawValue)", expected: "a choice of whole values")
        }
        for cell in cells { listed.append(try entry(kind, cell, &bytes)) }
        let table = ListedValues(listedKind, listed, weights: weights, bytes: bytes)
        return Recipe(.listed(table.view), keeping: table)
    }

    /// `[a, b]`, all alike, or `{a: 80, b: 20}` with weights.
    private func choices(_ node: Node) throws(InputError) -> ([Node], [Double]) {
        var cells: [Node] = []
        var weights: [Double] = []
        if case .mapping(let entries) = node.content {
            for entry in entries {
                cells.append(Node(.scalar(entry.key, quoted: false), at: entry.keyPosition))
                weights.append(try weight(entry.value))
            }
        } else {
            cells = try node.list(expected: "a list of values, or a mapping of values to their weights")
            weights = [Double](repeating: 1, count: cells.count)
        }
        try checkChoices(cells.count, weights, node)
        return (cells, weights)
    }

    func weight(_ node: Node) throws(InputError) -> Double {
        let weight = try node.number()
        guard weight >= 0 else { throw InputError(node.position, "weight is \(weight)", expected: "0 or more") }
        return weight
    }

    func checkChoices(_ count: Int, _ weights: [Double], _ node: Node) throws(InputError) {
        guard (1...ValueReader.mostChoices).contains(count), weights.contains(where: { $0 > 0 }) else {
            throw InputError(
                node.position, "\(count) values to choose from in \(what)",
                expected: "1 to \(ValueReader.mostChoices), one at least with a weight above 0")
        }
    }

    /// A mixture: `[{weight: 90, of: VALUE}, …]`, all of one kind.
    func mixture(_ node: Node, _ part: (Node) throws(InputError) -> Recipe) throws(InputError) -> Recipe {
        var mixture = Recipe(.choice(whole: 0))
        var kind: ValueKind?
        var sum = 0.0
        let members = try node.list(expected: "a list of {weight, of: VALUE}")
        var weights: [Double] = []
        for member in members {
            var fields = try Fields(member, what: "a choice of \(what)")
            let value = try fields.required("of")
            weights.append(try weight(try fields.required("weight")))
            try fields.finish()
            var recipe = try part(value)
            sum += weights.last!
            recipe.nodes[0].upTo = sum
            let made = ValueGenerator(name: name, recipe).kind
            guard kind == nil || kind == made else {
                throw InputError(value.position, "\(what) is of several kinds", expected: "choices of one kind")
            }
            kind = made
            mixture.add(recipe)
        }
        try checkChoices(members.count, weights, node)
        mixture.nodes[0].element = .choice(whole: sum)
        return mixture
    }

    private func entry(_ kind: Kind, _ node: Node, _ bytes: inout [UInt8]) throws(InputError) -> ListedValues.Entry {
        func number(_ value: Int64) -> ListedValues.Entry {
            ListedValues.Entry(high: 0, low: UInt64(bitPattern: value))
        }
        func added(_ new: [UInt8]) -> ListedValues.Entry {
            defer { bytes += new }
            return ListedValues.Entry(high: UInt64(bytes.count), low: UInt64(new.count))
        }
        switch kind {
        case .tinyint: return number(Int64(try node.integer(in: Int(Int8.min)...Int(Int8.max), "a value")))
        case .smallint: return number(Int64(try node.integer(in: Int(Int16.min)...Int(Int16.max), "a value")))
        case .int: return number(Int64(try node.integer(in: Int(Int32.min)...Int(Int32.max), "a value")))
        case .timestamp: return number(try instant(node))
        case .date: return number(day(of: try instant(node)))
        case .time: return number(try timeOfDay(node) * 1_000_000)
        case .double, .float: return ListedValues.Entry(high: 0, low: try node.number().bitPattern)
        case .decimal: return try decimalEntry(node)
        case .uuid, .timeuuid: return try uuidEntry(node)
        case .boolean: return number(try node.boolean() ? 1 : 0)
        case .text: return added(Array(try node.text().utf8))
        case .ascii:
            let text = Array(try node.text().utf8)
            guard text.allSatisfy({ $0 < 0x80 }) else {
                throw InputError(node.position, "found \(node.summary)", expected: "ASCII")
            }
            return added(text)
        case .blob: return added(try blob(node))
        default: return number(Int64(try node.integer()))
        }
    }

    private func decimalEntry(_ node: Node) throws(InputError) -> ListedValues.Entry {
        let text = try node.string(expected: "a decimal, such as 12.50")
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let unscaled = Int64(parts.joined()), parts.last?.isEmpty == false else {
            throw InputError(node.position, "found \(node.summary)", expected: "a decimal, such as 12.50")
        }
        let scale = parts.count == 2 ? parts[1].count : 0
        return ListedValues.Entry(high: UInt64(scale), low: UInt64(bitPattern: unscaled))
    }

    private func uuidEntry(_ node: Node) throws(InputError) -> ListedValues.Entry {
        let expected = "a uuid, such as 123e4567-e89b-42d3-a456-426614174000"
        let text = try node.string(expected: expected)
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        let digits = groups.joined()
        guard groups.map(\.count) == [8, 4, 4, 4, 12], digits.allSatisfy(\.isHexDigit),
            let high = UInt64(digits.prefix(16), radix: 16), let low = UInt64(digits.suffix(16), radix: 16)
        else { throw InputError(node.position, "found \(node.summary)", expected: expected) }
        return ListedValues.Entry(high: high, low: low)
    }

    private func blob(_ node: Node) throws(InputError) -> [UInt8] {
        let expected = "a blob in hexadecimal digits, such as 0xCAFE"
        let text = Array(try node.string(expected: expected))
        let digits = text.dropFirst(2).compactMap(\.hexDigitValue)
        guard text.starts(with: "0x"), digits.count == text.count - 2, digits.count % 2 == 0 else {
            throw InputError(node.position, "found \(node.summary)", expected: expected)
        }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}

extension Node {
    /// The text of a scalar, which may be empty.
    fileprivate func text() throws(InputError) -> String {
        if case .scalar(let text, _) = content, !text.isEmpty { return text }
        if case .scalar("", quoted: true) = content { return "" }
        return try string()
    }
}

extension ValueReader.Kind {
    /// How its values are kept in a table; nil where they are not.
    fileprivate var listed: ListedValues.Kind? {
        switch self {
        case .tinyint, .smallint, .int, .bigint, .counter, .varint: .integer
        case .timestamp: .timestamp
        case .date: .date
        case .time: .time
        case .float, .double: .double
        case .decimal: .decimal
        case .uuid: .uuid
        case .timeuuid: .timeuuid
        case .boolean: .boolean
        case .text, .ascii: .text
        case .blob: .blob
        case .after, .choice, .duration, .existing, .inet, .list, .map, .set, .tuple, .udt, .vector: nil
        }
    }
}
