// `assay init DIR`: a workload, a pair and a criteria file to start from.

import Glibc
import Recordings

enum Init: Verb {
    static let name = "init"
    static let summary = "writes a workload, a pair and a criteria file to start from"
    static let usage = "DIR"
    static let details = """
        Makes the folder DIR with workload.yaml, pair.yaml and criteria.yaml, each with comments. Files that are there already are
        left alone, and said so.
        """
    static let flags: [Flag] = []
    static let positionalLimit = 1

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let folder = try Dossier.creating(arguments.argument(0, "the folder"))
        for (name, template) in [
            ("workload.yaml", Templates.workload), ("pair.yaml", Templates.pair), ("criteria.yaml", Templates.criteria)
        ] {
            if try folder.readIfThere(name) != nil {
                Console.note("\(folder.file(name)) is there already and stays as it is")
            } else {
                try folder.write(template, to: name)
                Console.note("wrote \(folder.file(name))")
            }
        }
        Console.note(
            """
            next: edit the addresses in pair.yaml, then
              assay check --pair \(folder.file("pair.yaml")) --workload \(folder.file("workload.yaml"))
            """)
        return .success
    }
}
