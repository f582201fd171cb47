// The table of rooms in Package.swift, and what it says about who may import whom.

/// One room of the table.
struct Room: Equatable {
    var tower: String
    var name: String
    /// The rooms and libraries that its row names.
    var above: [String]

    var folder: String { tower == name ? "Sources/\(name)" : "Sources/\(tower)/\(name)" }
}

struct Table {
    /// In the order of the manifest, top floor first.
    var rooms: [Room]
    /// C targets and system libraries.
    var libraries: [String]

    /// Reads the rows `room("Tower", "Name", ["Above", …])`, `library("Name", …)` and `.target(name: "C…", …)`.
    init(manifest: String) {
        let row = #/\broom\(\s*"(\w+)",\s*"(\w+)"(?:,\s*\[([^\]]*)\])?\s*[,)]/#
        rooms = manifest.matches(of: row).map { match in
            let names = (match.3 ?? "").matches(of: #/"(\w+)"/#).map { String($0.1) }
            return Room(tower: String(match.1), name: String(match.2), above: names)
        }
        libraries = manifest.matches(of: #/\blibrary\("(\w+)"/#).map { String($0.1) }
        libraries += manifest.matches(of: #/\.target\(name: "(C\w+)"/#).map { String($0.1) }
    }

    func room(_ name: String) -> Room? { rooms.first { $0.name == name } }

    /// The room whose folder holds `file`.
    func room(of file: HouseFile) -> Room? { rooms.first { file.isBelow($0.folder) } }

    /// A room's own row, and the rows of all that it rests on.
    func reach(_ room: Room) -> Set<String> {
        var seen: Set<String> = []
        var next = room.above
        while let name = next.popLast() {
            guard seen.insert(name).inserted, let found = self.room(name) else { continue }
            next += found.above
        }
        return seen
    }

    /// Rows that look upward, or across the bridge.
    func complaints() -> [Complaint] {
        var found: [Complaint] = []
        var standing = Set(libraries)
        func complain(_ rule: String) { found.append(Complaint(path: "Package.swift", line: 1, rule: rule)) }
        for room in rooms {
            for name in room.above where !standing.contains(name) {
                complain("\(room.name) rests on \(name), which does not stand above it")
            }
            standing.insert(room.name)
            for name in reach(room).sorted() where isAcrossTheBridge(from: room, to: name) {
                complain("\(room.name) reaches across the bridge to \(name)")
            }
        }
        return found
    }

    /// Measuring knows no good or bad; judging knows no sockets; the bridge and the ground know neither.
    private func isAcrossTheBridge(from room: Room, to name: String) -> Bool {
        guard let other = self.room(name) else { return false }
        switch room.tower {
        case "Ground": return other.tower != "Ground"
        case "Bridge": return !["Ground", "Bridge"].contains(other.tower)
        case "Measuring": return other.tower == "Judging" || other.tower == "Lab"
        case "Judging": return other.tower == "Measuring" || other.tower == "Lab" || name == "Reactor"
        case "Lab": return other.tower == "Judging" || ["Load", "Probes", "CQLClient", "HTTPClient"].contains(name)
        default: return false
        }
    }
}

/// The modules that `text` imports, with the line of each.
func imports(_ text: String) -> [(module: String, line: Int)] {
    let pattern =
        #/^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|typealias|func|let|var|actor)\s+)?(\w+)/#
    var found: [(module: String, line: Int)] = []
    for (index, line) in codeOnly(text).split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        if line.contains("import"), let match = line.firstMatch(of: pattern) {
            found.append((String(match.1), index + 1))
        }
    }
    return found
}

/// Imports of `file` that its room's row does not name.
func importComplaints(_ file: HouseFile, _ table: Table) -> [Complaint] {
    let allowed: Set<String>
    let owner: String
    if let room = table.room(of: file) {
        (owner, allowed) = (room.name, Set(room.above + ["Glibc", "Synchronization"]))
    } else if file.isBelow("Sources/assay") {
        (owner, allowed) = ("assay", Set(table.rooms.map(\.name) + ["Glibc", "Synchronization"]))
    } else {
        return [Complaint(path: file.path, line: 1, rule: "stands in no room of Package.swift's table")]
    }
    return imports(file.text).filter { !allowed.contains($0.module) }.map {
        Complaint(path: file.path, line: $0.line, rule: "\(owner) may not import \($0.module)")
    }
}
