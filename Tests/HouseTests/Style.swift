// What can be held to a rule in a file by itself: its head, its length, the length of its functions.

let longestFile = 400
let longestFunction = 70

func headComplaints(_ file: HouseFile) -> [Complaint] {
    let first = file.lines.first ?? ""
    let isComment = first.hasPrefix("// ") && first.count > 12 && !first.hasPrefix("// swift-tools-version")
    return isComment || (!file.isSwift && first.hasPrefix("/* "))
        ? [] : [Complaint(path: file.path, line: 1, rule: "does not open with a comment that says what it is for")]
}

func lengthComplaints(_ file: HouseFile) -> [Complaint] {
    let count = file.lines.count - (file.text.hasSuffix("\n") ? 1 : 0)
    let head = file.lines.prefix(10).joined(separator: "\n")
    if count <= longestFile || head.contains("longer than 400 lines because") { return [] }
    return [Complaint(path: file.path, line: count, rule: "is longer than \(longestFile) lines")]
}

/// Functions and initialisers longer than `longestFunction` lines from `func` to their closing brace.
func functionComplaints(_ file: HouseFile) -> [Complaint] {
    let lines = file.code.split(separator: "\n", omittingEmptySubsequences: false)
    var found: [Complaint] = []
    for (index, line) in lines.enumerated() {
        guard line.contains("func ") || line.contains("init"),
            let name = line.firstMatch(of: #/^[\s\w@()]*?\b(func [^\s(<]+|init)[?!]?[<(]/#)
        else { continue }
        guard let end = closingLine(lines, from: index), end - index + 1 > longestFunction else { continue }
        let rule = "\(name.1) is \(end - index + 1) lines long, over \(longestFunction)"
        found.append(Complaint(path: file.path, line: index + 1, rule: rule))
    }
    return found
}

/// The line of the brace that closes the first one opened from `start` on; nil where a declaration has no body.
private func closingLine(_ lines: [Substring], from start: Int) -> Int? {
    var depth = 0
    for index in start..<lines.count {
        for character in lines[index] {
            if character == "{" { depth += 1 }
            if character == "}" { depth -= 1 }
            // A closing brace before any opening one ends the protocol that the declaration stands in.
            if depth < 0 { return nil }
            if character == "}" && depth == 0 { return index }
        }
        if depth == 0 && index > start + 8 { return nil }
    }
    return nil
}
