// The repository as the house tests see it: its root, and its files as text.

import Foundation

/// One file of the repository.
struct HouseFile {
    /// From the root, with `/`: `Sources/Ground/Bytes/Digests.swift`.
    var path: String
    var text: String

    var name: String { String(path.split(separator: "/").last ?? "") }
    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    var isSwift: Bool { path.hasSuffix(".swift") }
    /// The text with comments and the words of string literals blanked out, line by line as it was.
    var code: String { codeOnly(text) }

    func isBelow(_ folder: String) -> Bool { path.hasPrefix(folder + "/") }
}

/// Something that the house rules forbid, where it is, and what the rule is.
struct Complaint: Hashable, CustomStringConvertible {
    var path: String
    var line: Int
    var rule: String
    var description: String { "\(path):\(line): \(rule)" }
}

enum House {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// All text files that the project consists of, in order of their paths. What is built or measured here is left out.
    static let files: [HouseFile] = {
        let manager = FileManager.default
        let top = ((try? manager.contentsOfDirectory(atPath: root.path)) ?? []).filter {
            ![".git", ".build"].contains($0) && !$0.hasPrefix(".build-")
        }
        var paths: [String] = []
        for name in top {
            var isFolder: ObjCBool = false
            guard manager.fileExists(atPath: root.appendingPathComponent(name).path, isDirectory: &isFolder) else {
                continue
            }
            if !isFolder.boolValue { paths.append(name) }
            if isFolder.boolValue {
                let below = (try? manager.subpathsOfDirectory(atPath: root.appendingPathComponent(name).path)) ?? []
                paths += below.map { name + "/" + $0 }
            }
        }
        // Results are evidence of runs on some machine, not text of the project.
        return paths.filter { !$0.hasPrefix("results/") }.sorted().compactMap { path in
            guard let data = manager.contents(atPath: root.appendingPathComponent(path).path), data.count < 2_000_000,
                let text = String(data: data, encoding: .utf8)
            else { return nil }
            return HouseFile(path: path, text: text)
        }
    }()

    static let sources = files.filter { $0.isBelow("Sources") && $0.isSwift }
    static let tests = files.filter { $0.isBelow("Tests") && $0.isSwift }
    static let manifest = files.first { $0.path == "Package.swift" }?.text ?? ""

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
    }
}
