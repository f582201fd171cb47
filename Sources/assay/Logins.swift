// Users and passwords of the sides: from where the pair says, or from where cqlsh would take them.

import CQLProtocol
import Documents
import Glibc
import Quantities
import Recordings
import Workloads

enum Logins {
    /// What the pair names must be there. Where it names nothing: the variable ASSAY_OLD or ASSAY_NEW, then cqlsh's own files, as far
    /// as they hold something; they are used only if the side asks for a login.
    static func credentials(_ side: Side, _ pair: PairSide) throws -> Credentials? {
        if let source = pair.credentials { return try find(source, pair.position) }
        let variable = "ASSAY_\(side.rawValue.uppercased())"
        if getenv(variable) != nil { return try find(.environment(variable), pair.position) }
        let usual = CredentialsSource.usual
        for source in [CredentialsSource.cassandra(usual.credentials), .cqlshrc(usual.cqlshrc)] {
            // Files that serve other purposes too: what they do not hold is no mistake.
            if let found = try? find(source, pair.position) { return found }
        }
        return nil
    }

    private static func find(
        _ source: CredentialsSource, _ position: Position, user: String? = nil
    ) throws(InputError) -> Credentials {
        let content: String
        switch source {
        case .environment(let name):
            guard let value = getenv(name) else {
                throw InputError(position, "the environment has no variable \(name)", expected: "user:password in it")
            }
            content = String(cString: value)
        case .file(let path), .cassandra(let path), .cqlshrc(let path):
            do {
                content = try Dossier.read(path: place(path, position))
            } catch {
                throw InputError(position, "the credentials cannot be read: \(error)", expected: "a readable file")
            }
        }
        do throws(InputError) {
            switch try source.find(content, user: user) {
            case .login(let user, let password):
                if let path = source.path { noteIfOpen(place(path, position)) }
                return Credentials(user: user, password: password, source: source.description)
            case .elsewhere(let path, let user): return try find(.cassandra(path), position, user: user)
            }
        } catch {
            throw InputError(error.position ?? position, error.problem, expected: error.expected)
        }
    }

    /// `~` is the home folder; other paths are relative to the folder of the pair file.
    private static func place(_ path: String, _ position: Position) -> String {
        if path.hasPrefix("~/"), let home = getenv("HOME") { return String(cString: home) + path.dropFirst() }
        return Security.place(NamedFile(path: path, position: position))
    }

    /// As cqlsh does: a file with a password that others can read is worth a word.
    private static func noteIfOpen(_ path: String) {
        var status = stat()
        if stat(path, &status) == 0 && status.st_mode & 0o044 != 0 {
            Console.note("note: \(path) holds a password and others than its owner can read it")
        }
    }
}
