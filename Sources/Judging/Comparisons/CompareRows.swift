// Row counts: the same seeded reads must return as many rows on both sides.

import Quantities
import Recordings

/// Compares the rows of the operation at `index` over the rounds that count.
func compareRows(of index: Int, in recording: Recording) -> RowComparison {
    var (clean, old, new, apart) = (0, 0, 0, 0)
    for round in recording.countedRounds {
        let (left, right) = (round.old.operations[index], round.new.operations[index])
        guard isComplete(left), isComplete(right), left.completed == right.completed else { continue }
        clean += 1
        old += left.rows
        new += right.rows
        apart += abs(right.rows - left.rows)
    }
    let difference = Double(apart) / Double(max(old, 1))
    let own = selfDifference(of: index, in: recording)
    let finding: RowComparison.Finding = clean == 0 ? .notCompared : difference > own ? .differ : .same
    return RowComparison(
        operation: recording.operations[index].name, finding: finding, cleanRounds: clean, oldRows: old, newRows: new,
        difference: difference, selfDifference: own)
}

private func isComplete(_ record: OperationRecord) -> Bool {
    record.intended > 0 && record.completed == record.intended && record.failed == 0
}

/// What a side differs from itself when it is asked the same again at the end; 0 where that cannot be said.
private func selfDifference(of index: Int, in recording: Recording) -> Double {
    guard let first = recording.rounds.first(where: { $0.purpose == .measure && $0.index == 0 }),
        let again = recording.rounds.first(where: { $0.purpose == .rowsControl })
    else { return 0 }
    let differences = Side.allCases.compactMap { side -> Double? in
        let (before, after) = (first[side].operations[index], again[side].operations[index])
        guard isComplete(before), isComplete(after), before.completed == after.completed else { return nil }
        return Double(abs(after.rows - before.rows)) / Double(max(before.rows, 1))
    }
    return differences.max() ?? 0
}
