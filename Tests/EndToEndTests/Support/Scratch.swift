// A folder for one test, gone when the test is.

import Foundation
import Glibc
import Synchronization

final class Scratch: Sendable {
    let path: String

    /// What is still there when the tests end, such as a dossier that several of them share.
    private static let open = Mutex<Set<String>>([])
    private static let cleaning: Void = {
        atexit { Scratch.open.withLock { for path in $0 { try? FileManager.default.removeItem(atPath: path) } } }
    }()

    init() {
        _ = Scratch.cleaning
        path = FileManager.default.temporaryDirectory.appendingPathComponent("assay-e2e-\(UUID().uuidString)").path
        try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        Scratch.open.withLock { [path] in _ = $0.insert(path) }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
        Scratch.open.withLock { [path] in _ = $0.remove(path) }
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file and gives its path.
    @discardableResult
    func write(_ text: String, to name: String) -> String {
        try! text.write(toFile: file(name), atomically: false, encoding: .utf8)
        return file(name)
    }

    /// nil where there is no such file.
    func read(_ name: String) -> String? { try? String(contentsOfFile: file(name), encoding: .utf8) }
}

/// All files below a folder with their bytes, by relative path.
func snapshot(_ folder: String) -> [String: Data] {
    var files: [String: Data] = [:]
    for name in (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? [] {
        var isFolder: ObjCBool = false
        let path = "\(folder)/\(name)"
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
            continue
        }
        files[name] = FileManager.default.contents(atPath: path)
    }
    return files
}

/// The names whose bytes differ, or that only one of the two has.
func difference(_ a: [String: Data], _ b: [String: Data]) -> [String] {
    Set(a.keys).union(b.keys).filter { a[$0] != b[$0] }.sorted()
}
