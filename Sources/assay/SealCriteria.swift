// `assay seal CRITERIA`: fixes a criteria file by hash and time, so that it can be shown to be older than the numbers.

import Documents
import Quantities
import Reactor
import Recordings
import Verdicts

enum SealCriteria: Verb {
    static let name = "seal"
    static let summary = "fixes a criteria file by hash and time, before the run"
    static let usage = "CRITERIA [--by NAME] [--again]"
    static let details = """
        Reads the file as a run would, and writes CRITERIA.seal beside it: the SHA-256 of its bytes, the time, and who sealed it. A run
        takes the seal into its dossier, and refuses criteria that were changed after they were sealed. A sealed file that did not change
        keeps its seal. The seal is no signature: it proves as much as whoever keeps the two files can be trusted with them.
        """
    static let flags = [
        Flag("--by", "NAME", "who seals it", example: "criteria/major-upgrade.yaml --by 'Jane Doe'"),
        Flag(
            "--again", nil, "seals a file that was changed after it was sealed; the earlier seal stays named",
            example: "criteria/major-upgrade.yaml --again")
    ]
    static let positionalLimit = 1

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let file = try InputFile(role: "criteria", path: arguments.argument(0, "the criteria file"))
        _ = try Criteria.read(file.text, file: file.path)
        let by = arguments.string("--by")
        if let by, !by.contains(where: { !$0.isWhitespace }) { throw Failure(.usage, "assay seal: --by is empty") }
        let before = try existing(file)
        if let before, before.fits(file.text) {
            Console.note(
                "\(file.path) is sealed already, at \(before.words); it did not change since, and keeps its seal")
            return .success
        }
        if let before, !arguments.has("--again") { throw changed(file, before) }
        let seal = Seal(
            file: file.name, sha256: Dossier.digest(file.text), sealed: Clock.wall(), by: by,
            assayVersion: assayVersion,
            earlier: before.map { $0.earlier + [Seal.Earlier(sha256: $0.sha256, sealed: $0.sealed)] } ?? [])
        try Dossier.write(seal.json().text(), path: path(file))
        Console.note("wrote \(path(file)): \(file.path) has the SHA-256 \(seal.sha256), sealed \(seal.words)")
        return .success
    }

    private static func path(_ criteria: InputFile) -> String { criteria.path + ".seal" }

    private static func existing(_ criteria: InputFile) throws -> Seal? {
        guard let text = try Dossier.readIfThere(path: path(criteria)) else { return nil }
        return try Seal.read(text, file: path(criteria))
    }

    private static func changed(_ criteria: InputFile, _ seal: Seal) -> InputError {
        InputError(
            Position(file: criteria.path, line: 1, column: 1),
            "the file was changed after it was sealed at \(seal.words)",
            expected: "the SHA-256 \(seal.sha256), or a new seal by assay seal \(criteria.path) --again")
    }

    /// The seal beside a criteria file that a run is given, or nil where there is none. A seal of other bytes is an
    /// error.
    static func seal(of criteria: InputFile) throws -> InputFile? {
        guard let text = try Dossier.readIfThere(path: path(criteria)) else { return nil }
        let seal = try Seal.read(text, file: path(criteria))
        guard seal.fits(criteria.text) else { throw changed(criteria, seal) }
        return InputFile(role: "seal", path: path(criteria), text: text)
    }
}
