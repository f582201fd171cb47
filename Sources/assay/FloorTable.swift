// What a run on this set-up can find, as a table: the smallest change of each operation that 10, 30 and 60 minutes resolve.

import Comparisons
import Quantities

enum FloorTable {
    private static let lengths: [Nanoseconds] = [600, 1800, 3600].map { .seconds($0) }

    /// Empty where the windows are too few.
    static func text(_ windows: [FloorWindow]) -> String {
        // Shapes and keyspaces are in the file; here they would say the same over again.
        let rows = FloorHistory.resolutions(windows, lengths: lengths)
            .filter { !$0.part.hasPrefix("shape ") && !$0.part.hasPrefix("keyspace ") }
        guard !rows.isEmpty else { return "" }
        let names = rows.map { "\($0.measure) of \($0.part)" }
        let width = names.map(\.count).max()!
        var lines = ["the change that is found four times in five, at 95 % confidence, in"]
        lines.append(
            String(repeating: " ", count: width) + lengths.map { padded("\(Int($0.seconds) / 60) min") }.joined())
        for (name, row) in zip(names, rows) {
            lines.append(
                name + String(repeating: " ", count: width - name.count)
                    + row.detectable.map { padded("\(decimal($0 * 100, places: 1)) %") }.joined())
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func padded(_ text: String) -> String {
        String(repeating: " ", count: max(1, 10 - text.count)) + text
    }
}
