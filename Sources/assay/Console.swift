// What people read while a verb works: lines on stderr, results on stdout.

import Glibc

enum Console {
    /// A result, for pipes and people.
    static func out(_ text: String) { put(text, 1) }
    /// News of the work.
    static func note(_ text: String) { put("\(text)\n", 2) }

    static let isTerminal = isatty(2) == 1

    /// A line that replaces the one before it on a terminal; elsewhere it is left out.
    static func progress(_ text: String) {
        guard isTerminal else { return }
        put("\r\u{1B}[2K\(text)", 2)
    }

    /// Ends a line of progress.
    static func endProgress() {
        if isTerminal { put("\r\u{1B}[2K", 2) }
    }

    private static func put(_ text: String, _ descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var done = 0
            while done < bytes.count {
                let n = write(descriptor, bytes.baseAddress! + done, bytes.count - done)
                if n < 0 && errno == EINTR { continue }
                // A reader that is gone, as with `| head`, is no reason to lose a run.
                if n <= 0 { return }
                done += n
            }
        }
    }
}
