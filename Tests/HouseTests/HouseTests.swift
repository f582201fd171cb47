// The house holds to its own rules: floors, style, banned calls, links. Each failure names the file, the line and the rule.

import Foundation
import Testing

@Suite struct HouseTests {
    let table = Table(manifest: House.manifest)

    /// Fails once for each complaint, so that a run shows them all.
    private func expectNone(_ complaints: [Complaint]) {
        for complaint in complaints { Issue.record("\(complaint)") }
    }

    @Test func `The files and the table were found at all`() {
        #expect(House.sources.count > 20)
        #expect(House.tests.count > 5)
        #expect(table.rooms.count >= 8)
        #expect(table.room("Recordings")?.tower == "Bridge")
        #expect(table.libraries.contains("CLinux"))
    }

    @Test func `Rooms rest on rooms above them, and never across the bridge`() {
        expectNone(table.complaints())
    }

    @Test func `Files import only what their room's row names`() {
        expectNone(House.sources.flatMap { importComplaints($0, table) })
    }

    @Test func `Tests stand beside a room`() {
        let homes = Set(table.rooms.map { $0.name + "Tests" })
            .union([
                "assayTests", "TestSupport", "RunSupport", "CaptureSupport", "SimulationTests", "EndToEndTests",
                "HouseTests", "Fuzz"
            ]
            )
        for file in House.tests where !homes.contains(String(file.path.split(separator: "/")[1])) {
            Issue.record("\(file.path) belongs to no target")
        }
    }

    @Test func `Files open with what they are for`() {
        let written = House.files.filter { file in
            (file.isBelow("Sources") || file.isBelow("Tests")) && file.isSwift
                || file.isBelow("Benchmarks") && file.path.hasSuffix(".c")
        }
        expectNone(written.flatMap(headComplaints))
    }

    @Test func `Files and functions are short`() {
        let written = House.files.filter { file in
            [".swift", ".c", ".h", ".sh"].contains { file.path.hasSuffix($0) }
        }
        expectNone(written.flatMap(lengthComplaints))
        expectNone(House.sources.flatMap(functionComplaints))
    }

    @Test func `Calls stay in the room that they belong to`() {
        expectNone(House.sources.flatMap(callComplaints))
    }

    @Test func `Nothing is unfinished, and no machine is named`() {
        expectNone(House.files.flatMap(wordComplaints))
    }

    @Test func `Links in the documents lead somewhere`() {
        let documents = House.files.filter {
            $0.path == "README.md" || ($0.isBelow("docs") && $0.path.hasSuffix(".md"))
        }
        let read: (String) -> String? = { path in
            House.files.first { $0.path == path }?.text ?? (House.exists(path) ? "" : nil)
        }
        expectNone(documents.flatMap { linkComplaints($0, read: read) })
    }

    @Test func `Shipped examples say what they imitate`() {
        let shipped = House.files.filter { file in
            ["workloads", "pairs", "criteria"].contains { file.isBelow($0) } && file.path.hasSuffix(".yaml")
        }
        expectNone(shipped.flatMap(exampleComplaints))
    }
}
