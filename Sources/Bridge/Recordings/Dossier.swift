// The folder of a run. Files appear whole or not at all: written under another name, synced, renamed.

import Bytes
import Glibc

/// A file of a dossier that could not be written or read.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
    public var path: String
    public var attempt: String
    /// errno
    public var code: Int32

    public init(path: String, attempt: String, code: Int32) {
        self.path = path
        self.attempt = attempt
        self.code = code
    }

    /// Also where what should be the folder above it is a file.
    public var isMissing: Bool { code == ENOENT || code == ENOTDIR }
    public var description: String { "\(path): cannot \(attempt): \(String(cString: strerror(code)))" }
}

/// One result directory.
public struct Dossier: Hashable, Sendable {
    public let path: String

    /// An existing folder; nothing is touched.
    public init(path: String) { self.path = path }

    /// Makes the folder and those above it, and proves that it can be written to.
    public static func creating(_ path: String) throws(FileError) -> Dossier {
        var built = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            built += part
            if mkdir(built, 0o777) != 0 && errno != EEXIST {
                throw FileError(path: built, attempt: "make the folder", code: errno)
            }
            built += "/"
        }
        let dossier = Dossier(path: path)
        var status = stat()
        if stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR {
            throw FileError(path: path, attempt: "use as a folder", code: ENOTDIR)
        }
        try dossier.write("", to: ".writable")
        unlink(dossier.file(".writable"))
        return dossier
    }

    /// Removes the folder and an empty `inputs` in it, where a run ended before it wrote anything.
    public func discardIfEmpty() {
        rmdir(file("inputs"))
        rmdir(path)
    }

    public func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes `text` to a temporary name, syncs it and renames it into place.
    public func write(_ text: String, to name: String) throws(FileError) {
        try Dossier.write(text, path: file(name))
    }

    /// The same for any file.
    public static func write(_ text: String, path: String) throws(FileError) {
        let temporary = "\(path).\(getpid()).tmp"
        try put(text, at: temporary, flags: O_WRONLY | O_CREAT | O_TRUNC, "write")
        if rename(temporary, path) != 0 {
            let code = errno
            unlink(temporary)
            throw FileError(path: path, attempt: "put the file in place", code: code)
        }
        syncFolder(of: path)
    }

    /// Adds `text` at the end and syncs: for logs that grow while a run lasts.
    public func append(_ text: String, to name: String) throws(FileError) {
        try Dossier.append(text, path: file(name))
    }

    /// Adds to the end of any file.
    public static func append(_ text: String, path: String) throws(FileError) {
        try put(text, at: path, flags: O_WRONLY | O_CREAT | O_APPEND, "append")
    }

    /// Makes a folder inside the dossier; false where it is there already.
    @discardableResult
    public func makeFolder(_ name: String) throws(FileError) -> Bool {
        if mkdir(file(name), 0o777) == 0 { return true }
        guard errno == EEXIST else { throw FileError(path: file(name), attempt: "make the folder", code: errno) }
        return false
    }

    private static func put(_ text: String, at path: String, flags: Int32, _ attempt: String) throws(FileError) {
        let descriptor = open(path, flags | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError(path: path, attempt: attempt, code: errno) }
        var text = text
        let code = text.withUTF8 { bytes -> Int32 in
            var done = 0
            while done < bytes.count {
                let n = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
                if n < 0 && errno == EINTR { continue }
                if n <= 0 { return errno }
                done += n
            }
            return fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS ? 0 : errno
        }
        let closed = close(descriptor)
        if code != 0 || closed != 0 {
            let reason = code != 0 ? code : errno
            if flags & O_TRUNC != 0 { unlink(path) }
            throw FileError(path: path, attempt: attempt, code: reason)
        }
    }

    private static func syncFolder(of path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let folder = parts.isEmpty ? "." : parts == [""] ? "/" : parts.joined(separator: "/")
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    public func read(_ name: String) throws(FileError) -> String { try Dossier.read(path: file(name)) }

    /// nil where there is no such file.
    public func readIfThere(_ name: String) throws(FileError) -> String? {
        try Dossier.readIfThere(path: file(name))
    }

    /// SHA-256 of a file's bytes; nil where there is no such file.
    public func digestIfThere(_ name: String) throws(FileError) -> String? {
        let path = file(name)
        return try Dossier.ifThere { () throws(FileError) in sha256(try Dossier.readBytes(path: path)) }
    }

    /// The same for any file.
    public static func readIfThere(path: String) throws(FileError) -> String? {
        try ifThere { () throws(FileError) in try read(path: path) }
    }

    private static func ifThere<T>(_ read: () throws(FileError) -> T) throws(FileError) -> T? {
        do throws(FileError) { return try read() } catch {
            if error.isMissing { return nil }
            throw error
        }
    }

    /// The whole of any file as UTF-8.
    public static func read(path: String) throws(FileError) -> String {
        String(decoding: try readBytes(path: path), as: UTF8.self)
    }

    /// The whole of any file.
    public static func readBytes(path: String) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path: path, attempt: "read", code: errno) }
        defer { close(descriptor) }
        var status = stat()
        fstat(descriptor, &status)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(status.st_size) + 1)
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let n = Glibc.read(descriptor, &chunk, chunk.count)
            if n < 0 && errno == EINTR { continue }
            if n < 0 { throw FileError(path: path, attempt: "read", code: errno) }
            if n == 0 { break }
            bytes.append(contentsOf: chunk[..<n])
        }
        return bytes
    }

    /// SHA-256 of a text's UTF-8, as all files of a dossier name each other.
    public static func digest(_ text: String) -> String { sha256(text.utf8) }
}
