// The command: the verbs in the order of the flow, and what each way of ending means to the shell.

import CQLClient
import Documents
import Glibc
import Load
import Quantities
import Recordings

/// The version of everything that is written down.
let assayVersion = "0.1.0"

@main
enum Assay {
    static let verbs: [any Verb.Type] = [
        Demo.self, Init.self, Check.self, LoadDataset.self, SealCriteria.self, Run.self, Calibrate.self,
        JudgeDossier.self, ReportDossier.self, CompareRuns.self, Capture.self, LabPair.self, Plant.self
    ]
    /// Verbs for our own benchmarks; not part of the contract.
    static let hiddenVerbs: [any Verb.Type] = [Bench.self]

    static func main() {
        signal(SIGPIPE, SIG_IGN)
        let code = perform(Array(CommandLine.arguments.dropFirst()))
        exit(code.rawValue)
    }

    /// Does what the words say; every error becomes one line and a code.
    static func perform(_ words: [String]) -> ExitCode {
        do {
            return try dispatch(words)
        } catch let failure as Failure {
            Console.note(failure.description)
            return failure.code
        } catch let error as InputError {
            Console.note(error.description)
            return .input
        } catch let error as FileError {
            Console.note(error.description)
            return .file
        } catch let error as ConnectFailure {
            Console.note(error.description)
            return .unreachable
        } catch let failure as LoadFailure {
            Console.note(failure.description)
            return .unreachable
        } catch {
            Console.note("a defect of Assay: \(error)")
            return .defect
        }
    }

    private static func dispatch(_ words: [String]) throws -> ExitCode {
        guard let first = words.first else {
            Console.note(overview)
            return .usage
        }
        if first == "--help" || first == "help" || first == "-h" {
            Console.out(verbs.first { $0.name == words.dropFirst().first }?.help ?? overview)
            return .success
        }
        if first == "--version" {
            Console.out("assay \(assayVersion)\n")
            return .success
        }
        guard let verb = (verbs + hiddenVerbs).first(where: { $0.name == first }) else {
            throw Failure(
                .usage,
                "\(suggesting("assay: unknown verb '\(first)'", first, among: verbs.map { $0.name })); see assay --help"
            )
        }
        let rest = Array(words.dropFirst())
        if rest.contains("--help") || rest.contains("-h") {
            Console.out(verb.help)
            return .success
        }
        return try verb.run(Arguments(rest, verb: verb.name, flags: verb.flags, positionalLimit: verb.positionalLimit))
    }

    static var overview: String {
        let width = verbs.map { $0.name.count }.max()! + 2
        let list = verbs.map { "  \($0.name)\(String(repeating: " ", count: width - $0.name.count))\($0.summary)\n" }
            .joined()
        return """
            assay tells what a new cluster is worth before production depends on it.

            usage: assay VERB [flags]      assay VERB --help      assay --version

            \(list)
            exit codes: 0 qualified or done, 1 not qualified, 2 undecided, 3 void, 64 usage, 65 input file, 69 target, 70 defect of
            Assay, 74 file, 130 interrupted

            """
    }
}
