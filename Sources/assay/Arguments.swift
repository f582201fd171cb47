// The command line: flags with their values, what is left over, and help that shows each flag in use.

import Documents
import Quantities
import Workloads

/// One flag of a verb.
struct Flag: Sendable {
    var name: String
    /// What the value is, such as `FILE`; nil for a switch.
    var value: String?
    var help: String
    /// The flag as somebody would type it.
    var example: String

    init(_ name: String, _ value: String?, _ help: String, example: String) {
        self.name = name
        self.value = value
        self.help = help
        self.example = example
    }
}

/// What was given to a verb.
struct Arguments {
    private(set) var positional: [String] = []
    private var values: [String: [String]] = [:]
    private let verb: String

    /// Reads `words`. `limit` is how many arguments without a flag the verb takes.
    init(_ words: [String], verb: String, flags: [Flag], positionalLimit limit: Int) throws(Failure) {
        self.verb = verb
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("--") else {
                guard positional.count < limit else {
                    throw Failure(.usage, "assay \(verb): '\(word)' is one argument too many; see assay \(verb) --help")
                }
                positional.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let flag = flags.first(where: { $0.name == parts[0] }) else {
                let problem = suggesting(
                    "assay \(verb): unknown flag '\(parts[0])'", parts[0], among: flags.map(\.name))
                throw Failure(.usage, "\(problem); see assay \(verb) --help")
            }
            if flag.value == nil {
                guard parts.count == 1 else { throw Failure(.usage, "assay \(verb): \(flag.name) takes no value") }
                values[flag.name, default: []].append("")
            } else if parts.count == 2 {
                values[flag.name, default: []].append(parts[1])
            } else if let next = rest.popFirst() {
                values[flag.name, default: []].append(next)
            } else {
                throw Failure(.usage, "assay \(verb): \(flag.name) needs a value, such as \(flag.example)")
            }
        }
    }

    func has(_ flag: String) -> Bool { values[flag] != nil }
    func string(_ flag: String) -> String? { values[flag]?.last }
    func all(_ flag: String) -> [String] { values[flag] ?? [] }

    func duration(_ flag: String) throws(Failure) -> Nanoseconds? {
        try quantity(flag) { (text: String) throws(QuantityError) in try Nanoseconds(parsing: text) }
    }
    func ratio(_ flag: String) throws(Failure) -> Ratio? {
        try quantity(flag) { (text: String) throws(QuantityError) in try Ratio(parsing: text) }
    }
    func rate(_ flag: String) throws(Failure) -> Rate? {
        try quantity(flag) { (text: String) throws(QuantityError) in try Rate(parsing: text) }
    }

    private func quantity<T>(_ flag: String, _ parse: (String) throws(QuantityError) -> T) throws(Failure) -> T? {
        guard let text = string(flag) else { return nil }
        do {
            return try parse(text)
        } catch {
            throw Failure(.usage, "assay \(verb): \(flag): \(error)")
        }
    }

    func integer(_ flag: String, in range: ClosedRange<Int>) throws(Failure) -> Int? {
        guard let text = string(flag) else { return nil }
        guard let value = parseInteger(text), range.contains(value) else {
            throw Failure(
                .usage,
                "assay \(verb): \(flag): '\(text)' is not a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return value
    }

    /// A length, or `detect`.
    func warmUp() throws(Failure) -> WarmUp? {
        if string("--warm-up") == "detect" { return .detected }
        return try duration("--warm-up").map(WarmUp.given)
    }

    /// What names the data, arrivals and operations; the same in all verbs where none is given.
    func seed() throws(Failure) -> UInt64 { UInt64(try integer("--seed", in: 0...(1 << 53)) ?? 42) }

    /// The words of `--set name=value`.
    func settings() throws(Failure) -> [(name: String, value: String)] {
        var result: [(name: String, value: String)] = []
        for word in all("--set") {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw Failure(.usage, "assay \(verb): --set: '\(word)' is not name=value, such as --set customers=5000")
            }
            result.append((parts[0], parts[1]))
        }
        return result
    }

    /// A required argument without a flag.
    func argument(_ index: Int, _ what: String) throws(Failure) -> String {
        guard index < positional.count else {
            throw Failure(.usage, "assay \(verb): \(what) is missing; see assay \(verb) --help")
        }
        return positional[index]
    }
}
