// Markup as a type of its own: whatever is interpolated into it is escaped, unless it is markup already.

/// A piece of an HTML document. `"<td>\(name)</td>"` escapes `name`; markup and lists of markup go in as they are.
struct HTML: ExpressibleByStringInterpolation, Equatable {
    var text: String

    init(stringLiteral text: String) { self.text = text }
    init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }
    init(_ pieces: [HTML]) { text = pieces.map(\.text).joined() }

    struct StringInterpolation: StringInterpolationProtocol {
        var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 32 * interpolationCount)
        }
        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ outside: String) { text += escapedMarkup(outside) }
        mutating func appendInterpolation(_ number: Int) { text += String(number) }
        mutating func appendInterpolation(_ markup: HTML) { text += markup.text }
        mutating func appendInterpolation(_ pieces: [HTML]) { for piece in pieces { text += piece.text } }
    }

    static func + (a: HTML, b: HTML) -> HTML { HTML([a, b]) }
}

/// A table that scrolls by itself where the screen is narrow. The first cell of each row is its head.
func htmlTable(_ head: [String], _ rows: [[HTML]]) -> HTML {
    let heads = head.map { "<th scope=\"col\">\($0)</th>" as HTML }
    let body = rows.map { row -> HTML in
        let cells = row.enumerated().map { index, cell -> HTML in
            index == 0 ? "<th scope=\"row\">\(cell)</th>" : "<td>\(cell)</td>"
        }
        return "<tr>\(cells)</tr>\n"
    }
    return """
        <div class="scroll"><table>
        <thead><tr>\(heads)</tr></thead>
        <tbody>
        \(body)</tbody></table></div>

        """
}

func htmlTable(_ head: [String], texts rows: [[String]]) -> HTML { htmlTable(head, rows.map { $0.map { "\($0)" } }) }
