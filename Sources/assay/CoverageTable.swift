// Whether error bars hold on this set-up, as a table: the share of intervals of a side against itself that hold no difference.

import Comparisons
import Quantities

enum CoverageTable {
    /// Empty where the windows are too few.
    static func text(_ windows: [FloorWindow]) -> String {
        let rows = FloorHistory.coverage(windows)
        guard !rows.isEmpty else { return "" }
        let width = rows.map(\.measure.count).max()!
        var lines = [
            "90 % intervals that hold no difference, over all operations (by each window's own error; with the floor of the others)"
        ]
        for row in rows {
            let shares = [row.alone, row.withFloor].map { padded(percent(Double($0) / Double(row.intervals))) }
            lines.append(
                row.measure + String(repeating: " ", count: width - row.measure.count) + shares.joined()
                    + "   of \(row.intervals)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func percent(_ share: Double) -> String { "\(decimal(share * 100, places: 1)) %" }
    private static func padded(_ text: String) -> String {
        String(repeating: " ", count: max(1, 10 - text.count)) + text
    }
}
