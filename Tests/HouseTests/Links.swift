// Documents: links that lead somewhere, and shipped examples that say what they imitate.

import Foundation

/// Relative links and image sources of a Markdown file, with their lines. Fenced code is no prose.
func links(_ text: String) -> [(target: String, line: Int)] {
    var found: [(target: String, line: Int)] = []
    var fenced = false
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        if line.trimmingCharacters(in: .whitespaces).hasPrefix("```") { fenced.toggle() }
        if fenced { continue }
        let prose = line.replacing(#/`[^`]*`/#, with: "")
        for match in prose.matches(of: #/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/#) {
            let target = String(match.1)
            if !target.contains("://") && !target.hasPrefix("mailto:") { found.append((target, index + 1)) }
        }
    }
    return found
}

/// The names by which headings of a Markdown file are linked to, as the usual renderers make them.
func anchors(_ text: String) -> Set<String> {
    var found: Set<String> = []
    var fenced = false
    for line in text.split(separator: "\n") {
        if line.hasPrefix("```") { fenced.toggle() }
        guard !fenced, let match = line.firstMatch(of: #/^#{1,6}\s+(.*?)\s*$/#) else { continue }
        let kept = match.1.lowercased().filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
        found.insert(String(kept.map { $0 == " " ? "-" : $0 }))
    }
    return found
}

/// Links of `file` that lead nowhere; `read` gives the text at a path from the root, or nil if there is nothing.
func linkComplaints(_ file: HouseFile, read: (String) -> String?) -> [Complaint] {
    links(file.text).compactMap { target, line in
        let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts[0].isEmpty ? file.path : resolve(String(parts[0]), from: file.path)
        guard let text = path.isEmpty ? "" : read(path) else {
            return Complaint(path: file.path, line: line, rule: "links to \(target), which is not there")
        }
        guard parts.count == 2, path.hasSuffix(".md"), !anchors(text).contains(String(parts[1])) else { return nil }
        return Complaint(path: file.path, line: line, rule: "links to \(target), which has no such heading")
    }
}

/// `target` as seen from the folder of `path`, from the root; empty for the root itself.
private func resolve(_ target: String, from path: String) -> String {
    var parts = target.hasPrefix("/") ? [] : path.split(separator: "/").dropLast().map(String.init)
    for part in target.split(separator: "/") where part != "." {
        if part == ".." {
            if parts.isEmpty { return "../" + target }
            parts.removeLast()
        } else {
            parts.append(String(part))
        }
    }
    return parts.joined(separator: "/")
}

/// A shipped YAML file opens with a comment of more than a word.
func exampleComplaints(_ file: HouseFile) -> [Complaint] {
    let first = file.lines.first ?? ""
    return first.hasPrefix("# ") && first.count > 20
        ? [] : [Complaint(path: file.path, line: 1, rule: "does not open with a comment that says what it imitates")]
}
