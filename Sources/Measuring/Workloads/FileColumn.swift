// A column of a text file: values that were taken from production, one a line, or cells of a CSV.

import Documents
import Quantities

/// How values of a workload get at the files that it names.
public typealias FileReading = (_ path: String, _ at: Position) throws(InputError) -> String

/// The cells of one column, each with its place.
struct FileColumn {
    private(set) var cells: [(text: String, position: Position)] = []
    /// One a cell; 1 where the file has none.
    private(set) var weights: [Double] = []

    /// Reads the file that `node` names. `column` and `weight` beside it make it a CSV with a line of headings (RFC 4180, without
    /// line breaks in cells); without them each line is a value.
    init(_ node: Node, _ fields: inout Fields, _ files: FileReading) throws(InputError) {
        let path = try node.string(expected: "the path of a file")
        let columnNode = fields.optional("column")
        let weightNode = fields.optional("weight")
        let text = try files(path, node.position)
        var lines = text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        guard columnNode != nil || weightNode != nil else {
            for (index, line) in lines.enumerated() {
                cells.append((String(line), Position(file: path, line: index + 1, column: 1)))
            }
            weights = [Double](repeating: 1, count: cells.count)
            try check(node, path)
            return
        }
        let headings = lines.first.map(FileColumn.cells) ?? []
        let column = try columnNode.map { node throws(InputError) in try node.choice(of: headings, "column") }
        let weight = try weightNode.map { node throws(InputError) in try node.choice(of: headings, "column") }
        let place = column.flatMap(headings.firstIndex) ?? 0
        let weightPlace = weight.flatMap(headings.firstIndex)
        for (index, line) in lines.enumerated().dropFirst() {
            let found = FileColumn.cells(line)
            let position = Position(file: path, line: index + 1, column: 1)
            guard found.count == headings.count else {
                throw InputError(
                    position, "a line of \(found.count) cells", expected: "\(headings.count), as the first line")
            }
            cells.append((found[place], position))
            guard let weightPlace else {
                weights.append(1)
                continue
            }
            guard let weight = parseNumber(found[weightPlace]), weight >= 0 else {
                throw InputError(position, "the weight is '\(found[weightPlace])'", expected: "a number, 0 or more")
            }
            weights.append(weight)
        }
        try check(node, path)
    }

    private func check(_ node: Node, _ path: String) throws(InputError) {
        guard weights.contains(where: { $0 > 0 }) else {
            throw InputError(node.position, "\(path) holds no values", expected: "one a line, at least one")
        }
    }

    /// The cells of a line: with commas between, in double quotes where they hold commas, a quote doubled.
    private static func cells(_ line: Substring) -> [String] {
        var cells: [String] = []
        var cell = ""
        var isQuoted = false
        var rest = line[...]
        while let character = rest.popFirst() {
            if character == "\"" && isQuoted && rest.first == "\"" {
                cell.append(rest.removeFirst())
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == "," && !isQuoted {
                cells.append(cell)
                cell = ""
            } else {
                cell.append(character)
            }
        }
        return cells + [cell]
    }
}
