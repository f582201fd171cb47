// Swift source without its prose: so that a rule about calls is not set off by a comment or a message that names one.

/// `text` with comments and the words of string literals replaced by spaces. Line ends stay, and so does the code inside
/// interpolations. Knows nested comments, raw strings (`#"…"#`) and multi-line strings.
func codeOnly(_ text: String) -> String {
    var stripper = Stripper(text: Array(text.unicodeScalars))
    stripper.code(untilParenthesis: false)
    return String(String.UnicodeScalarView(stripper.out))
}

private struct Stripper {
    let text: [Unicode.Scalar]
    var at = 0
    var out: [Unicode.Scalar] = []

    init(text: [Unicode.Scalar]) { self.text = text }

    func sees(_ word: String) -> Bool {
        let scalars = Array(word.unicodeScalars)
        return at + scalars.count <= text.count && Array(text[at..<at + scalars.count]) == scalars
    }

    mutating func keep() {
        out.append(text[at])
        at += 1
    }

    mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where at < text.count {
            out.append(text[at] == "\n" ? "\n" : " ")
            at += 1
        }
    }

    /// To the end, or past the parenthesis that closes an interpolation.
    mutating func code(untilParenthesis: Bool) {
        var depth = 1
        while at < text.count {
            if sees("//") {
                while at < text.count && text[at] != "\n" { blank() }
            } else if sees("/*") {
                comment()
            } else if let hashes = stringStart() {
                string(hashes: hashes)
            } else {
                if text[at] == "(" { depth += 1 }
                if text[at] == ")" { depth -= 1 }
                keep()
                if untilParenthesis && depth == 0 { return }
            }
        }
    }

    mutating func comment() {
        var depth = 0
        repeat {
            if sees("/*") {
                depth += 1
                blank(2)
            } else if sees("*/") {
                depth -= 1
                blank(2)
            } else {
                blank()
            }
        } while depth > 0 && at < text.count
    }

    /// How many `#` stand before the quote that opens a string here; nil if none opens here.
    func stringStart() -> Int? {
        var end = at
        while end < text.count && text[end] == "#" { end += 1 }
        return end < text.count && text[end] == "\"" ? end - at : nil
    }

    mutating func string(hashes: Int) {
        let marks = String(repeating: "#", count: hashes)
        blank(hashes)
        let quote = sees("\"\"\"") ? "\"\"\"" : "\""
        out.append("\"")
        at += 1
        blank(quote.unicodeScalars.count - 1)
        while at < text.count {
            if sees("\\" + marks + "(") {
                blank(hashes + 1)
                keep()
                code(untilParenthesis: true)
            } else if sees("\\" + marks) {
                blank(hashes + 2)
            } else if sees(quote + marks) {
                blank(quote.unicodeScalars.count - 1)
                keep()
                blank(hashes)
                return
            } else {
                if quote == "\"" && text[at] == "\n" { return }
                blank()
            }
        }
    }
}
