// Text from outside (names, reasons, versions, error classes) made harmless for the format that it is put into.

/// For HTML and XML, in text and in quoted attributes. Characters that XML 1.0 does not allow become U+FFFD.
func escapedMarkup(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": out += "&amp;"
        case "<": out += "&lt;"
        case ">": out += "&gt;"
        case "\"": out += "&quot;"
        case "'": out += "&#39;"
        case "\t", "\n", "\r": out.unicodeScalars.append(scalar)
        case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": out += "\u{FFFD}"
        default: out.unicodeScalars.append(scalar)
        }
    }
    return out
}

/// For Markdown, in a line of prose or a cell of a table: one line, and no character that means something there.
func escapedMarkdown(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\n", "\r", "\t": out += " "
        case "\\", "`", "*", "_", "[", "]", "|", "#", "~": out += "\\" + String(scalar)
        case "<": out += "&lt;"
        case ">": out += "&gt;"
        case "&": out += "&amp;"
        case "\u{0}"..."\u{1F}", "\u{7F}": out += "\u{FFFD}"
        default: out.unicodeScalars.append(scalar)
        }
    }
    return out
}

/// For a terminal: no control characters, so that a server's message cannot move the cursor or change colours.
func escapedTerminal(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\n", "\r", "\t": out += " "
        case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}": out += "\u{FFFD}"
        default: out.unicodeScalars.append(scalar)
        }
    }
    return out
}
