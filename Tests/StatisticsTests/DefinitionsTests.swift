// The room against its definitions, which definitions.py works out by other means: scipy, and whole numbers.

import Foundation
import Statistics
import TestSupport
import Testing

/// What goes into a function or comes out of it, as JSON.
enum Figure: Encodable {
    case nothing
    case number(Double)
    case count(Int)
    case words(String)
    case list([Figure])

    init(_ value: Double?) { self = value.map { .number($0) } ?? .nothing }
    init(_ value: Int?) { self = value.map { .count($0) } ?? .nothing }
    init(_ values: [Double]) { self = .list(values.map { .number($0) }) }
    init(_ values: [Int]) { self = .list(values.map { .count($0) }) }
    init(_ rows: [[Int]]) { self = .list(rows.map { Figure($0) }) }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .nothing: try container.encodeNil()
        case .number(let value): try container.encode(value)
        case .count(let value): try container.encode(value)
        case .words(let value): try container.encode(value)
        case .list(let values): try container.encode(values)
        }
    }

    /// The same with a number that is wrong in its eighth digit, or that is there though it should not be.
    var spoilt: Figure {
        switch self {
        case .nothing: .number(0.1)
        case .number(let value): .number(value == 0 ? 1e-9 : value * (1 + 1e-8))
        case .count(let value): .count(value + 1)
        case .words(let value): .words(value + "?")
        case .list(let values): .list(values.dropLast() + [(values.last ?? .nothing).spoilt])
        }
    }
}

/// What a function was given and what it found, named as `definitions.py` names them.
struct DefinitionCase: Encodable {
    var function: String
    var given: [String: Figure]
    var found: [String: Figure]

    init(_ function: String, _ given: [String: Figure], _ found: [String: Figure]) {
        self.function = function
        self.given = given
        self.found = found
    }
}

/// definitions.py, run by python3 where that has scipy.
private enum Definitions {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    static let isThere: Bool = {
        guard let found = try? run(["-c", "import scipy.stats"], quiet: true) else { return false }
        return found.code == 0
    }()

    /// Hands the cases to the script: its exit code and its lines.
    static func check(_ cases: [DefinitionCase]) throws -> (code: Int32, lines: [Substring]) {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("assay-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try JSONEncoder().encode(cases).write(to: file)
        let found = try run([folder.appendingPathComponent("definitions.py").path, file.path])
        return (found.code, found.out.split(separator: "\n"))
    }

    /// What the script has to say on its errors goes where the test's own does.
    private static func run(_ arguments: [String], quiet: Bool = false) throws -> (code: Int32, out: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        // Where scripts/bootstrap.sh puts what it installs.
        let packages = folder.deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent(".build/python").path
        var environment = ProcessInfo.processInfo.environment
        environment["PYTHONPATH"] = [packages, environment["PYTHONPATH"]].compactMap { $0 }.joined(separator: ":")
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        process.environment = environment
        let pipe = Pipe()
        process.standardOutput = pipe
        if quiet { process.standardError = FileHandle.nullDevice }
        try process.run()
        let out = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: out, as: UTF8.self))
    }
}

@Test(.enabled(if: Definitions.isThere, "python3 with scipy is not here"))
func aThousandRandomInputsAgreeWithTheDefinitions() throws {
    let cases = try definitionCases()
    #expect(cases.count == 1000)
    let outcome = try Definitions.check(cases)
    for line in outcome.lines.dropLast(outcome.code == 0 ? 1 : 0) { Issue.record("\(line)") }
    #expect(outcome.code == 0)
    #expect(outcome.lines.last == "1000 cases agree")
}

/// Each figure of each function once, wrong in the eighth digit: the script must name all of them, and nothing else.
@Test(.enabled(if: Definitions.isThere, "python3 with scipy is not here"))
func theDefinitionsNoticeWhatIsWrong() throws {
    let cases = try definitionCases()
    var spoilt: [DefinitionCase] = []
    var expected: [String] = []
    for function in Set(cases.map(\.function)).sorted() {
        let first = try #require(cases.first { $0.function == function })
        for (name, figure) in first.found.sorted(by: { $0.key < $1.key }) {
            expected.append("case \(spoilt.count), \(function): \(name) is")
            var wrong = first
            wrong.found[name] = figure.spoilt
            spoilt.append(wrong)
        }
    }
    #expect(expected.count > 60)
    let outcome = try Definitions.check(spoilt)
    #expect(outcome.code == 1)
    #expect(outcome.lines.count == expected.count)
    for (line, start) in zip(outcome.lines, expected) { #expect(line.hasPrefix(start), "\(start)") }
    // A function that nobody hands in is noticed too.
    let partial = try Definitions.check(cases.filter { $0.function != "fisher" }.suffix(40))
    #expect(partial.code == 1)
    #expect(partial.lines.last?.contains("fisher") == true)
}
