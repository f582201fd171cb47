// Criteria that were fixed at a time: the seal beside their file, and how criteria stand to the run that they judge.

import Bytes
import Documents
import Quantities

/// What `assay seal` writes beside a criteria file. It proves as much as whoever keeps it can be trusted with it: it is
/// no signature.
public struct Seal: Hashable, Sendable {
    /// An earlier seal of the same file, which this one took the place of.
    public struct Earlier: Hashable, Sendable {
        public let sha256: String
        public let sealed: WallTime

        public init(sha256: String, sealed: WallTime) {
            self.sha256 = sha256
            self.sealed = sealed
        }
    }

    /// The criteria file's name, without its folders.
    public let file: String
    /// Of the criteria file's bytes, as 64 hexadecimal digits.
    public let sha256: String
    public let sealed: WallTime
    /// Who sealed it; nil where nobody was named.
    public let by: String?
    public let assayVersion: String
    /// Seals that were replaced, the oldest first.
    public let earlier: [Earlier]

    public init(
        file: String, sha256: String, sealed: WallTime, by: String?, assayVersion: String, earlier: [Earlier] = []
    ) {
        self.file = file
        self.sha256 = sha256
        self.sealed = sealed
        self.by = by
        self.assayVersion = assayVersion
        self.earlier = earlier
    }

    /// Whether `criteria`, a file's text, is what was sealed.
    public func fits(_ criteria: String) -> Bool { sha256 == Bytes.sha256(criteria.utf8) }

    /// `2026-11-20T10:00:00Z by Jane Doe`
    public var words: String { sealed.iso8601 + (by.map { " by \($0)" } ?? "") }

    /// The content of the file. The time in nanoseconds is a text, because many readers of JSON lose digits beyond
    /// 2^53.
    public func json() -> JSON {
        var keys: [String: JSON] = [
            "seal": .integer(1),
            "criteria": .string(file),
            "sha256": .string(sha256),
            "sealed": .string(sealed.iso8601),
            "sealed_unix_ns": .string(String(sealed.unixNanoseconds)),
            "by": by.map { .string($0) } ?? .null,
            "assay_version": .string(assayVersion)
        ]
        if !earlier.isEmpty {
            keys["earlier"] = .array(
                earlier.map {
                    .object([
                        "sha256": .string($0.sha256), "sealed": .string($0.sealed.iso8601),
                        "sealed_unix_ns": .string(String($0.sealed.unixNanoseconds))
                    ])
                })
        }
        return .object(keys)
    }

    public static func read(_ text: String, file: String) throws(InputError) -> Seal {
        var fields = try Fields(try YAML.read(text, file: file), what: "a seal")
        let version = try fields.required("seal")
        guard try version.integer() == 1 else {
            throw InputError(version.position, "unknown version \(version.summary) of a seal", expected: "seal: 1")
        }
        var earlier: [Earlier] = []
        for node in try fields.optional("earlier")?.list(expected: "a list of seals") ?? [] {
            var entry = try Fields(node, what: "an earlier seal")
            earlier.append(Earlier(sha256: try digest(&entry), sealed: try time(&entry)))
            try entry.finish()
        }
        let seal = Seal(
            file: try fields.required("criteria").string(expected: "a file's name"), sha256: try digest(&fields),
            sealed: try time(&fields), by: try fields.optional("by")?.string(expected: "a name"),
            assayVersion: try fields.required("assay_version").string(), earlier: earlier)
        try fields.finish()
        return seal
    }

    private static func digest(_ fields: inout Fields) throws(InputError) -> String {
        let node = try fields.required("sha256")
        let expected = "a SHA-256 in 64 hexadecimal digits"
        let text = try node.string(expected: expected)
        guard text.utf8.count == 64, text.allSatisfy(\.isHexDigit) else {
            throw InputError(node.position, "found \(node.summary)", expected: expected)
        }
        return text
    }

    /// `sealed` is the same time for people: where both differ, somebody wrote into the file.
    private static func time(_ fields: inout Fields) throws(InputError) -> WallTime {
        let node = try fields.required("sealed_unix_ns")
        let expected = "nanoseconds since 1970, as a text"
        guard let count = Int64(try node.string(expected: expected)), count >= 0 else {
            throw InputError(node.position, "found \(node.summary)", expected: expected)
        }
        let time = WallTime(unixNanoseconds: count)
        let words = try fields.required("sealed")
        guard try words.string(expected: "a time") == time.iso8601 else {
            throw InputError(
                words.position, "found \(words.summary), which is not the time in sealed_unix_ns",
                expected: time.iso8601)
        }
        return time
    }
}

/// How criteria stand to the run that they judge: sealed or not, and whether they were fixed before it.
public struct Standing: Equatable, Sendable {
    /// The seal that the run was given beside its criteria.
    public let seal: Seal?
    /// Why they are post hoc, so that no run can be qualified by them; nil where they were fixed before the run.
    public let postHoc: String?

    public init(seal: Seal? = nil, postHoc: String? = nil) {
        self.seal = seal
        self.postHoc = postHoc
    }

    /// Of the criteria that the run was planned with, and the seal that lies in its dossier. `began` is the start of
    /// its first round.
    public static func own(_ seal: Seal?, began: WallTime) -> Standing {
        guard let seal, seal.sealed > began else { return Standing(seal: seal) }
        return Standing(
            seal: seal,
            postHoc: "the criteria were sealed at \(seal.sealed.iso8601), after the run began at \(began.iso8601)")
    }

    /// Of criteria that the run was not planned with, whenever they were sealed: which of several would count was open
    /// until now.
    public static let others = Standing(
        postHoc:
            "the run was not planned with these criteria, and whoever chooses criteria after the numbers can always"
            + " find some that pass; run again with --criteria to be qualified by them")
}
