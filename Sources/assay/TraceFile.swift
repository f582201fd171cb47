// A trace on its way to a file, as large as it may become.

import Captures
import Glibc
import Recordings

final class TraceFile {
    let path: String
    let writer: TraceWriter
    private let file: Sink

    /// What is open, and what went wrong with it: told at the end, as nobody can listen in between.
    private final class Sink {
        let descriptor: Int32
        var error: Int32 = 0

        init(_ descriptor: Int32) { self.descriptor = descriptor }

        func write(_ bytes: [UInt8]) {
            var done = 0
            while done < bytes.count && error == 0 {
                let count = bytes[done...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { error = errno } else { done += count }
            }
        }
    }

    init(_ path: String, _ values: TraceValues) throws(Failure) {
        self.path = path
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Failure(.file, "\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
        let file = Sink(descriptor)
        self.file = file
        writer = TraceWriter(values) { file.write($0) }
    }

    func close() throws(Failure) {
        Glibc.close(file.descriptor)
        guard file.error == 0 else {
            throw Failure(.file, "\(path) cannot be written: \(String(cString: strerror(file.error)))")
        }
    }
}
