// Parameters of a workload: names for numbers that a run may set, as with `--set customers=1000`.

import Documents

/// The parameters of one workload with the values that hold in this run.
struct Parameters {
    /// In the order of the file.
    private(set) var values: [(name: String, value: String, quoted: Bool)] = []

    /// `node` is the file's `parameters`; `settings` come from the command line, and the last of a name holds.
    init(_ node: Node?, settings: [Profile.Setting]) throws(InputError) {
        if let node {
            for entry in try node.entries(expected: "a mapping of parameters to their values") {
                let name = try checkedName(Node(.scalar(entry.key, quoted: true), at: entry.keyPosition), "parameter")
                guard case .scalar(let text, let quoted) = entry.value.content, !entry.value.isNull else {
                    let problem = "parameter '\(name)' is \(entry.value.summary)"
                    throw InputError(entry.value.position, problem, expected: "a plain value")
                }
                values.append((name, text, quoted))
            }
        }
        for setting in settings {
            guard let index = values.firstIndex(where: { $0.name == setting.name }) else {
                throw unknown(nil, "unknown parameter '\(setting.name)' in --set", setting.name)
            }
            values[index].value = setting.value
            values[index].quoted = false
        }
    }

    private func unknown(_ position: Position?, _ problem: String, _ name: String) -> InputError {
        let names = values.map(\.name)
        let none = "none, since the workload has no parameters"
        let expected = names.isEmpty ? none : "one of " + names.joined(separator: ", ")
        return InputError(position, suggesting(problem, name, among: names), expected: expected)
    }

    /// `node` with every scalar `$name` replaced. Places stay those of the uses, so that errors point there.
    func resolve(_ node: Node) throws(InputError) -> Node {
        switch node.content {
        case .scalar(let text, _):
            // A path into JSON, `$.rows`, is no name.
            guard text.first == "$", text.dropFirst().allSatisfy({ $0.isLetter || $0.isNumber || "_-.".contains($0) }),
                let second = text.dropFirst().first, second != "."
            else { return node }
            let name = String(text.dropFirst())
            guard let found = values.first(where: { $0.name == name }) else {
                throw unknown(node.position, "unknown parameter '\(text)'", name)
            }
            return Node(.scalar(found.value, quoted: found.quoted), at: node.position)
        case .sequence(let members):
            var resolved: [Node] = []
            for member in members { resolved.append(try resolve(member)) }
            return Node(.sequence(resolved), at: node.position)
        case .mapping(var entries):
            for index in entries.indices { entries[index].value = try resolve(entries[index].value) }
            return Node(.mapping(entries), at: node.position)
        }
    }
}

/// A name that may stand in names of files, in tags and in the columns of a report.
func checkedName(_ node: Node, _ what: String) throws(InputError) -> String {
    let expected = "letters, digits, '_', '-' and '.', at most 64, with a letter or digit first"
    let name = try node.string(expected: "a name: " + expected)
    let allowed = name.utf8.allSatisfy { byte in
        isLetterOrDigit(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }
    guard allowed, let first = name.utf8.first, isLetterOrDigit(first), name.utf8.count <= 64 else {
        throw InputError(node.position, "unusable name '\(name)' of the \(what)", expected: expected)
    }
    return name
}

private func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
}
