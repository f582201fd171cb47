// Logs of other programs, line by line: what is read of them, and where and why a line cannot be read.

import Bytes
import Histograms
import Quantities
import RunSupport
import Testing

private let one: HistogramSketch = {
    var sketch = HistogramSketch()
    sketch.record(5)
    return sketch
}()
private let word = base64(one.encoded)

@Test func allFormsOfALineAreRead() throws {
    var log = LogSketch.java("somebody's log")
    log.add(one, tag: "read-rt", start: 0.5)
    log.add(line: "0.5 1.0 2.0 \(word)\r")
    log.add(line: "")
    log.add(line: "  Tag=with,1.5, 1.0 ,2.0,\(word)  ")
    log.add(line: "#a comment in between")
    let file = try IntervalLogFile(log.text)
    #expect(file.comments == ["somebody's log"])
    #expect(file.baseTime == 1_790_000_000 && file.startTime == 1_790_000_000 && file.begin == 1_790_000_000.5)
    #expect(file.intervals.map(\.tag) == ["read-rt", "", "with"])
    #expect(file.intervals.map(\.line) == [6, 7, 9])
    #expect(file.intervals.map(\.start) == [0.5, 0.5, 1.5] && file.intervals.allSatisfy { $0.length == 1 })
    #expect(!file.isTruncated && !file.isOwn)
    let own = IntervalLog.header(
        comment: "Assay 0.1.0, new side of lab, workload orders", base: WallTime(unixNanoseconds: 0))
    #expect(try IntervalLogFile(own).isOwn)
}

@Test func timesAreTakenAsHdrHistogramsReaderTakesThem() throws {
    func begin(_ head: String, _ start: Double) throws -> Double? {
        try IntervalLogFile(head + LogSketch.line(word, start: start) + "\n").begin
    }
    #expect(try begin("#[StartTime: 1790000000.5 (seconds since epoch)]\n", 3) == 1_790_000_003.5)
    #expect(try begin("#[StartTime: 1790000000.5 (seconds since epoch)]\n", 1_790_000_001) == 1_790_000_001)
    #expect(try begin("", 1_790_000_001) == 1_790_000_001)
    #expect(try begin("", 3) == nil)
    #expect(try begin("#[BaseTime: nonsense]\n", 3) == nil)
    // Two logs in one file: the second counts from its own base.
    var log = LogSketch("#[BaseTime: 1000 (seconds since epoch)]")
    log.add(one, start: 1)
    log.add(line: "#[BaseTime: 1010 (seconds since epoch)]")
    log.add(one, start: 1)
    #expect(try IntervalLogFile(log.text).intervals.map(\.start) == [1, 11])
}

@Test func aLastLineCountsWhereItIsWhole() throws {
    let text = LogSketch.line(word) + "\n" + LogSketch.line(word, start: 1)
    #expect(try IntervalLogFile(text).intervals.count == 2)
    #expect(try !IntervalLogFile(text).isTruncated)
    for length in 1..<word.count {
        let cut = try IntervalLogFile(String(text.dropLast(length)))
        #expect(cut.intervals.count == 1 && cut.isTruncated, "\(length) characters less")
    }
    // With its line end it was written so.
    #expect(throws: IntervalLogError.self) { try IntervalLogFile(String(text.dropLast(9)) + "\n") }
}

@Test(arguments: [
    ("1.0,2.0,HIST", 1, "3 fields"),
    ("PNG\u{1B}[31m", 1, "1 fields"),
    ("Tag=x,zero,1.0,1.0,WORD", 7, "'zero' as the interval's start"),
    ("0.0,\u{1B}[31m,1.0,WORD", 5, "'?[31m' as its length"),
    ("0.0,1.0,max,WORD", 9, "'max' as its maximum"),
    ("inf,1.0,1.0,WORD", 1, "'inf'"),
    ("1e300,1.0,1.0,WORD", 1, "'1e300'"),
    ("0.0,-1.0,1.0,WORD", 5, "an interval of -1.0 s"),
    ("0.0,1.0,1.0,*WORD", 13, "not Base64"),
    ("0.0,1.0,1.0,QUJDRA==", 13, "no histogram"),
    ("Tag=a,0.0,1.0,1.0,HISTFAAAAEV42pNp", 19, "cut off or damaged")
])
func aLineThatCannotBeReadIsNamed(line: String, column: Int, problem: String) throws {
    var log = LogSketch.java("a log")
    log.add(one, start: 0)
    log.add(line: line.replacing("WORD", with: word))
    log.add(one, start: 2)
    do throws(IntervalLogError) {
        _ = try IntervalLogFile(log.text)
        Issue.record("read without complaint")
    } catch {
        #expect(error.line == 7 && error.column == column, "\(error)")
        #expect(error.problem.contains(problem) && !error.problem.contains("\u{1B}"), "\(error)")
    }
}
