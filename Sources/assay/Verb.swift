// What every verb of the command has in common.

/// One verb: what it is for, its flags, and what it does.
protocol Verb: Sendable {
    static var name: String { get }
    /// One line for the list of verbs.
    static var summary: String { get }
    /// What follows the verb, such as `DIR [--criteria C]`.
    static var usage: String { get }
    /// A paragraph or two for `--help`.
    static var details: String { get }
    static var flags: [Flag] { get }
    /// How many arguments without a flag it takes.
    static var positionalLimit: Int { get }
    static func run(_ arguments: Arguments) throws -> ExitCode
}

extension Verb {
    static var positionalLimit: Int { 0 }

    /// The text of `assay VERB --help`.
    static var help: String {
        var text = "assay \(name) \(usage)\n\n\(details)\n"
        guard !flags.isEmpty else { return text }
        text += "\nFlags:\n"
        let width = flags.map { signature($0).count }.max()! + 2
        for flag in flags {
            let head = signature(flag)
            text += "  \(head)\(String(repeating: " ", count: width - head.count))\(flag.help)\n"
            text += "  \(String(repeating: " ", count: width))example: assay \(name) \(flag.example)\n"
        }
        return text
    }

    private static func signature(_ flag: Flag) -> String { flag.value.map { "\(flag.name) \($0)" } ?? flag.name }
}
