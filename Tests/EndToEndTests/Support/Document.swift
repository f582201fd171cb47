// JSON of a dossier, read by Foundation: what these tests believe must not come from the readers that they test.

import Foundation
import Testing

struct Document {
    private let value: Any?

    private init(_ value: Any?) { self.value = value is NSNull ? nil : value }

    init(path: String) throws {
        self.init(try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path))))
    }

    subscript(_ key: String) -> Document { Document((value as? [String: Any])?[key]) }

    var isNull: Bool { value == nil }
    var string: String? { value as? String }
    var number: Double? { (value as? NSNumber)?.doubleValue }
    var integer: Int? { (value as? NSNumber)?.intValue }
    var bool: Bool? { (value as? NSNumber)?.boolValue }
    var list: [Document] { (value as? [Any] ?? []).map { Document($0) } }
    /// Entries of an object, by name.
    var entries: [(name: String, value: Document)] {
        (value as? [String: Any] ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, Document($0.value)) }
    }
}

/// A folder that a run has written.
struct Results {
    let path: String
    /// Kept so that the files are there for as long as somebody reads them.
    private let folder: Scratch

    init(_ name: String, in folder: Scratch) {
        path = folder.file(name)
        self.folder = folder
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }
    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }
    func document(_ name: String) throws -> Document { try Document(path: file(name)) }

    var recording: Document { get throws { try document("recording.json") } }
    var rounds: [Document] { get throws { try recording["rounds"].list } }

    /// The reasons of the verdicts whose id begins with `prefix`, each with its finding.
    func verdicts(_ prefix: String = "") throws -> [(id: String, finding: String, reason: String)] {
        try document("verdict.json")["verdicts"].list.map {
            (try #require($0["id"].string), try #require($0["verdict"].string), try #require($0["reason"].string))
        }.filter { $0.id.hasPrefix(prefix) }
    }

    /// Every operation that was due is accounted for, in each slice of each side, and stands in the response times.
    ///
    /// `duePerSlice` is how many operations the arrivals of a slice are; nil where these are random.
    func expectNothingMissing(duePerSlice: Int? = nil, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let rounds = try rounds
        #expect(!rounds.isEmpty, sourceLocation: sourceLocation)
        for round in rounds {
            for side in ["old", "new"] {
                let place = "round \(round["index"].integer ?? -1), \(side)"
                var due = 0
                for (name, operation) in round[side]["operations"].entries {
                    let intended = try #require(operation["intended"].integer, sourceLocation: sourceLocation)
                    let failed = operation["errors"].entries.reduce(0) { $0 + ($1.value.integer ?? 0) }
                    let completed = operation["completed"].integer
                    due += intended
                    #expect(completed == intended - failed, "\(place), \(name)", sourceLocation: sourceLocation)
                    #expect(
                        operation["response"]["count"].integer == intended, "\(place), \(name)",
                        sourceLocation: sourceLocation)
                    #expect(
                        operation["service"]["count"].integer == completed, "\(place), \(name)",
                        sourceLocation: sourceLocation)
                }
                if let duePerSlice { #expect(due == duePerSlice, "\(place)", sourceLocation: sourceLocation) }
            }
        }
    }

    /// What both sides were asked in a round is the same, operation by operation.
    func expectSameOperations(sourceLocation: SourceLocation = #_sourceLocation) throws {
        for round in try rounds {
            for (name, old) in round["old"]["operations"].entries {
                #expect(
                    old["intended"].integer == round["new"]["operations"][name]["intended"].integer,
                    "round \(round["index"].integer ?? -1), \(name)", sourceLocation: sourceLocation)
            }
        }
    }
}
