// Calls that belong to one room: clocks to Reactor, files to the command and to those who read and write recordings.

/// A family of calls, and who alone may make them.
struct Ban {
    var rule: String
    var calls: [String]
    var allowedBelow: [String]
}

// Spelled so that this file does not name what it looks for.
let bans = [
    Ban(
        rule: "reads a clock outside Reactor",
        calls: ["clock_gettime", "gettimeofday", "ContinuousClock", "SuspendingClock", "Date()", "time(nil)"],
        allowedBelow: ["Sources/Ground/Reactor"]),
    Ban(
        rule: "touches the file system outside the command, Recordings and Reactor",
        calls: ["open(", "openat(", "fopen(", "unlink(", "rename(", "mkdir(", "opendir(", "FileManager"],
        allowedBelow: ["Sources/Bridge/Recordings", "Sources/assay", "Sources/Ground/Reactor"]),
    Ban(rule: "prints outside the command", calls: ["print(", "puts(", "printf("], allowedBelow: ["Sources/assay"]),
    Ban(
        rule: "sleeps outside Reactor", calls: ["usleep(", "nanosleep(", "sleep("],
        allowedBelow: ["Sources/Ground/Reactor"]),
    Ban(rule: "gives up where a precondition would say what must hold", calls: ["fatal" + "Error("], allowedBelow: [])
]

/// Banned calls in `file`; a method (`.open(`), a declaration (`func open(`) and a longer name (`reopen(`) are not meant.
func callComplaints(_ file: HouseFile) -> [Complaint] {
    var found: [Complaint] = []
    let lines = file.code.split(separator: "\n", omittingEmptySubsequences: false)
    for ban in bans where !ban.allowedBelow.contains(where: file.isBelow) {
        for (index, line) in lines.enumerated() {
            for call in ban.calls where makes(call, line) {
                found.append(Complaint(path: file.path, line: index + 1, rule: "\(ban.rule): \(call)"))
            }
        }
    }
    return found
}

private func makes(_ call: String, _ line: Substring) -> Bool {
    var rest = line[...]
    while let range = rest.firstRange(of: call) {
        let before = line[..<range.lowerBound]
        let isPart = before.last.map { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." || $0 == "`" } ?? false
        // `Glibc.open(` is the call after all.
        let isQualified = before.hasSuffix("Glibc.") || before.hasSuffix("Foundation.")
        let isDeclared = before.hasSuffix("func ") || before.hasSuffix("case ")
        if (!isPart || isQualified) && !isDeclared { return true }
        rest = rest[range.upperBound...]
    }
    return false
}

/// Words that say that something is unfinished, and paths of somebody's machine. Spelled in two halves for the same reason.
let unfinished = ["TO" + "DO", "FIX" + "ME", "X" + "XX", "not " + "implemented", "un" + "implemented"]
let machinePaths = ["/wo" + "rk/main", "/wo" + "rk/shared", "/ro" + "ot/", "/tmp/" + "w-"]

func wordComplaints(_ file: HouseFile) -> [Complaint] {
    var found: [Complaint] = []
    for (index, line) in file.lines.enumerated() {
        for word in unfinished where line.contains(word) {
            found.append(Complaint(path: file.path, line: index + 1, rule: "is unfinished: \(word)"))
        }
        for path in machinePaths where line.contains(path) {
            found.append(Complaint(path: file.path, line: index + 1, rule: "names a path of one machine: \(path)"))
        }
    }
    return found
}
