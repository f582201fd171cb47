// What the command says to the shell. Part of the contract: pipelines gate on these.

import Documents
import Recordings

/// Exit codes of `assay`.
enum ExitCode: Int32 {
    /// Qualified, or the verb did what it was asked.
    case success = 0
    /// At least one criterion failed.
    case notQualified = 1
    /// Evidence is missing or too weak.
    case undecided = 2
    /// The run is void: its own validity checks failed.
    case void = 3
    /// A flag or a verb is wrong.
    case usage = 64
    /// An input file is wrong.
    case input = 65
    /// A target cannot be reached or refuses.
    case unreachable = 69
    /// A defect of Assay's own.
    case defect = 70
    /// A file cannot be written or read.
    case file = 74
    /// Interrupted; what was measured until then is kept.
    case interrupted = 130
}

/// The end of a verb: one line for people and a code for the shell.
struct Failure: Error, CustomStringConvertible {
    var code: ExitCode
    var description: String

    init(_ code: ExitCode, _ description: String) {
        self.code = code
        self.description = description
    }
}
