// Other people's readers on our files: PyPI's hdrhistogram on the interval logs, XML parsers on junit.xml.

import Foundation
import FoundationXML
import Testing

/// Counts elements, and what the attributes of suites say of them.
private final class TestCounter: NSObject, XMLParserDelegate {
    private(set) var elements: [String: Int] = [:]
    /// Of the root, and summed over its suites.
    private(set) var said: [String: Int] = [:]
    private(set) var saidBySuites: [String: Int] = [:]

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        elements[name, default: 0] += 1
        for key in ["tests", "failures", "errors", "skipped"] {
            guard let count = attributes[key].flatMap({ Int($0) }) else { continue }
            if name == "testsuites" { said[key] = count }
            if name == "testsuite" { saidBySuites[key, default: 0] += count }
        }
    }
}

extension EndToEnd {
    @Suite(.timeLimit(.minutes(4))) struct LogTests {
        @Test func `hdrhistogram reads the logs and finds what recording.json says`() async throws {
            guard await Python.has("hdrh.log") else { return }
            let results = try await Demo.shared.value.results
            let outcome = try await Python.run("read_logs.py", results.path)
            #expect(outcome.code == 0, "\(outcome)")
            // 3 rounds, 4 operations, response and service time, 2 sides.
            #expect(outcome.out.contains("48 lines agree"), "\(outcome)")
        }

        @Test func `hdrhistogram would notice a wrong figure`() async throws {
            guard await Python.has("hdrh.log") else { return }
            let results = try await Demo.shared.value.results
            let folder = Scratch()
            for name in ["recording.json", "old.hlog", "new.hlog"] {
                try FileManager.default.copyItem(atPath: results.file(name), toPath: folder.file(name))
            }
            let recording = try #require(folder.read("recording.json"))
            let p99 = try #require(results.rounds[0]["old"]["operations"]["latest_order"]["response"]["p99_ms"].number)
            folder.write(
                recording.replacing("\"p99_ms\": \(p99)", with: "\"p99_ms\": \(p99 * 1.004)"), to: "recording.json")
            #expect(try await Python.run("read_logs.py", folder.path).code == 1)
        }

        @Test func `junit.xml is well formed and counts right`() async throws {
            let results = try await Demo.shared.value.results
            let counter = TestCounter()
            let parser = XMLParser(data: try Data(contentsOf: URL(fileURLWithPath: results.file("junit.xml"))))
            parser.delegate = counter
            #expect(parser.parse(), "\(String(describing: parser.parserError))")
            let kinds = ["tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"]
            for (key, element) in kinds {
                #expect(counter.said[key] == counter.elements[element] ?? 0, "\(key)")
                #expect(counter.saidBySuites[key] == counter.said[key], "\(key)")
            }
            let verdict = try results.document("verdict.json")
            let gating = verdict["verdicts"].list.filter { $0["advisory"].bool == false }
            func count(_ finding: String) -> Int { gating.count { $0["verdict"].string == finding } }
            // One more case for the run as a whole.
            let isFailure = verdict["outcome"].string == "not_qualified"
            #expect(counter.said["tests"] == verdict["verdicts"].list.count + 1)
            #expect(counter.said["failures"] == count("fail") + (isFailure ? 1 : 0))
            #expect(counter.said["errors"] == count("undecided") + (isFailure ? 0 : 1))
        }

        @Test func `xmllint takes junit.xml`() async throws {
            guard await Child.succeeds("xmllint", "--version") else {
                print("end-to-end: xmllint is not here, so junit.xml was only read by Foundation")
                return
            }
            let results = try await Demo.shared.value.results
            let outcome = try await Child("xmllint", ["--noout", results.file("junit.xml")]).ended()
            #expect(outcome.code == 0 && outcome.err.isEmpty, "\(outcome)")
        }
    }
}
