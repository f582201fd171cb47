// The house rules on small samples, good and bad: a rule that cannot fail holds nothing.

import Testing

private func file(_ path: String, _ text: String) -> HouseFile { HouseFile(path: path, text: text) }

private let manifest = """
    targets += [library("CYAML", "yaml-0.1", apt: "libyaml-dev")]
    targets += room("Ground", "Quantities")
    targets += room("Ground", "Reactor", ["Quantities"])
    targets += room("Bridge", "Recordings", ["Quantities"])
    targets += room(
        "Measuring", "Load",
        ["Quantities", "Reactor", "Recordings"])
    targets += room("Judging", "Verdicts", ["Recordings"], scripts: ["check.py"])
    """

@Suite struct BadSamplesTests {
    let table = Table(manifest: manifest)

    @Test func `The table is read in its order, with rows over several lines`() {
        #expect(table.rooms.map(\.name) == ["Quantities", "Reactor", "Recordings", "Load", "Verdicts"])
        #expect(table.room("Load")?.above == ["Quantities", "Reactor", "Recordings"])
        #expect(table.room("Load")?.folder == "Sources/Measuring/Load")
        #expect(table.libraries == ["CYAML"])
        #expect(table.complaints().isEmpty)
    }

    @Test func `A row that looks upward is named`() {
        let upward = Table(manifest: #"room("Ground", "Bytes", ["Reactor"]) room("Ground", "Reactor")"#)
        #expect(upward.complaints().map(\.rule) == ["Bytes rests on Reactor, which does not stand above it"])
    }

    @Test(arguments: [
        (#"room("Judging", "Reports", ["Load"])"#, "Reports reaches across the bridge to Load"),
        (#"room("Judging", "Reports", ["Reactor"])"#, "Reports reaches across the bridge to Reactor"),
        (#"room("Measuring", "Probes", ["Verdicts"])"#, "Probes reaches across the bridge to Verdicts"),
        (#"room("Bridge", "Notes", ["Verdicts"])"#, "Notes reaches across the bridge to Verdicts"),
        (#"room("Lab", "Lab", ["Load"])"#, "Lab reaches across the bridge to Load")
    ])
    func `A row that reaches across the bridge is named`(row: String, rule: String) {
        let rules = Table(manifest: manifest + "\n" + row).complaints().map(\.rule)
        #expect(rules.contains(rule))
    }

    @Test func `A room between does not hide the bridge`() {
        let through = manifest + #" room("Ground", "Glue", ["Reactor"]) room("Judging", "Reports", ["Glue"])"#
        #expect(Table(manifest: through).complaints().map(\.rule) == ["Reports reaches across the bridge to Reactor"])
    }

    @Test func `Imports are found in all their forms`() {
        let text = """
            // import Comment
            import Plain
            @testable import Tested
            public import Shown
            @preconcurrency import Old
            import struct Parts.Part
            let words = "import Words"
            """
        #expect(imports(text).map(\.module) == ["Plain", "Tested", "Shown", "Old", "Parts"])
        #expect(imports(text).first?.line == 2)
    }

    @Test func `An import that the row does not name is a complaint`() {
        let bad = file(
            "Sources/Judging/Verdicts/Judge.swift", "// Judges.\nimport Glibc\nimport Recordings\nimport Load\n")
        let rules = importComplaints(bad, table)
        #expect(rules == [Complaint(path: bad.path, line: 4, rule: "Verdicts may not import Load")])
        #expect(importComplaints(file("Sources/Stray/A.swift", ""), table).count == 1)
        #expect(importComplaints(file("Sources/assay/Main.swift", "import Load\nimport Verdicts"), table).isEmpty)
        #expect(importComplaints(file("Sources/assay/Main.swift", "import Foundation"), table).count == 1)
    }

    @Test func `Heads and lengths`() {
        #expect(headComplaints(file("a.swift", "import Glibc\n")).count == 1)
        #expect(headComplaints(file("a.swift", "// swift-tools-version: 6.3\n")).count == 1)
        #expect(headComplaints(file("a.swift", "// What it is for.\n")).isEmpty)
        let long = String(repeating: "let a = 1\n", count: 401)
        #expect(lengthComplaints(file("a.swift", long)).count == 1)
        #expect(lengthComplaints(file("a.swift", String(long.dropLast(10)))).isEmpty)
        #expect(lengthComplaints(file("a.swift", "// Is longer than 400 lines because of a table.\n" + long)).isEmpty)
    }

    @Test func `Functions that are too long`() {
        func sample(_ lines: Int) -> String {
            "struct A {\n    func b<T>(_ c: T,\n        d: Int) {\n" + String(repeating: "        e()\n", count: lines)
                + "    }\n    func f() {}\n}\n"
        }
        #expect(functionComplaints(file("a.swift", sample(longestFunction - 3))).isEmpty)
        #expect(functionComplaints(file("a.swift", sample(longestFunction - 2))).map(\.line) == [2])
        let requirement =
            "protocol P {\n    func a()\n}\nstruct B {\n" + String(repeating: "    var b = 1\n", count: 99) + "}\n"
        #expect(functionComplaints(file("a.swift", requirement)).isEmpty)
    }

    @Test(arguments: [
        ("Sources/Measuring/Load/A.swift", "let now = clock_gettime(CLOCK_MONOTONIC, &t)", 1),
        ("Sources/Ground/Reactor/A.swift", "let now = clock_gettime(CLOCK_MONOTONIC, &t)", 0),
        ("Sources/Judging/Verdicts/A.swift", "let handle = open(path, O_RDONLY)", 1),
        ("Sources/Judging/Verdicts/A.swift", "let handle = Glibc.open(path, O_RDONLY)", 1),
        ("Sources/Judging/Verdicts/A.swift", "connection.open(path); reopen(path)", 0),
        ("Sources/Judging/Verdicts/A.swift", "func open(_ path: String) {}", 0),
        ("Sources/Judging/Verdicts/A.swift", "// open(path) is for others\nlet a = \"print(b)\"", 0),
        ("Sources/Judging/Verdicts/A.swift", "let a = \"value \\(print(b))\"", 1),
        ("Sources/Bridge/Recordings/A.swift", "rename(a, b)", 0),
        ("Sources/Bridge/Recordings/A.swift", "print(a)", 1),
        ("Sources/assay/A.swift", "print(a)", 0),
        ("Sources/assay/A.swift", "fatal" + "Error(\"\")", 1)
    ])
    func `Calls outside their room`(path: String, text: String, count: Int) {
        #expect(callComplaints(file(path, text)).count == count)
    }

    @Test func `Unfinished words and machine paths`() {
        for word in unfinished + machinePaths {
            #expect(wordComplaints(file("a.md", "one\nsee \(word) here\n")).map(\.line) == [2])
        }
        #expect(wordComplaints(file("a.md", "it works, on every machine\n")).isEmpty)
    }

    @Test func `Prose is blanked, code is kept`() {
        #expect(codeOnly("a // b\nc") == "a     \nc")
        #expect(codeOnly("a /* b /* c */ d */ e") == "a                   e")
        #expect(codeOnly(#"f("x \" y")"#) == #"f("      ")"#)
        #expect(codeOnly(#"f("x \(g("z")) y")"#) == #"f("   (g(" "))  ")"#)
        #expect(codeOnly("let a = \"\"\"\n b \" c\n \"\"\"\nd").hasSuffix("\nd"))
        #expect(codeOnly("a #\"b \\(c) \"d\"# e").filter { $0.isLetter } == "ae")
    }

    @Test func `Links that lead nowhere`() {
        let text = """
            # Top of it
            [a](docs/there.md) [b](docs/gone.md) [c](#top-of-it) [d](#nowhere) [e](https://example.org/x) `[f](no.md)`
            ```
            [g](no.md)
            ```
            [h](docs/there.md#one) [i](docs/there.md#two) [j](../outside.md) ![k](picture.png "words")
            """
        let complaints = linkComplaints(file("README.md", text)) {
            $0 == "docs/there.md" ? "## One" : $0 == "README.md" ? text : nil
        }
        let targets = complaints.map { $0.rule.split(separator: " ")[2].filter { $0 != "," } }
        #expect(targets == ["docs/gone.md", "#nowhere", "docs/there.md#two", "../outside.md", "picture.png"])
        let nested = file("docs/a/b.md", "[up](../c.md)")
        #expect(linkComplaints(nested) { $0 == "docs/c.md" ? "" : nil }.isEmpty)
    }

    @Test func `Examples without a word on what they are`() {
        #expect(exampleComplaints(file("pairs/a.yaml", "pair: 1\n")).count == 1)
        #expect(exampleComplaints(file("pairs/a.yaml", "# Two nodes on this machine.\npair: 1\n")).isEmpty)
    }
}
