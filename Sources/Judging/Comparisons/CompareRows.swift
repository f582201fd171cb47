// Row counts: the same seeded reads must return as many rows on both sides.

import Quantities
import Recordings

/// Compares the rows of the operation at `index` over the rounds that count, or over the `others` that do.
func compareRows(of index: Int, in recording: Recording, over others: [RoundRecord]? = nil) -> RowComparison {
    let rounds = others ?? recording.countedRounds
    var (clean, old, new, apart) = (0, 0, 0, 0)
    for round in rounds {
        let (left, right) = (round.old.operations[index], round.new.operations[index])
        guard isComplete(left), isComplete(right), left.completed == right.completed else { continue }
        clean += 1
        old += left.rows
        new += right.rows
        apart += abs(right.rows - left.rows)
    }
    let difference = Double(apart) / Double(max(old, 1))
    let own = selfDifference(of: index, in: recording)
    let counted = rounds.count
    let isComparable = clean > 0 && clean * 2 >= counted && own <= RowComparison.mostSelfDifference
    let finding: RowComparison.Finding = !isComparable ? .notCompared : difference > own ? .differ : .same
    return RowComparison(
        operation: recording.operations[index].name, finding: finding, cleanRounds: clean, countedRounds: counted,
        oldRows: old, newRows: new, difference: difference, selfDifference: own)
}

private func isComplete(_ record: OperationRecord) -> Bool {
    record.intended > 0 && record.completed == record.intended && record.failed == 0
}

/// What old differs from itself when it is asked the same again at the end; 0 where that cannot be said.
/// New is not asked: a side that is under test must not excuse its own differences.
private func selfDifference(of index: Int, in recording: Recording) -> Double {
    guard let first = recording.rounds.first(where: { $0.purpose == .measure && $0.index == 0 }),
        let again = recording.rounds.first(where: { $0.purpose == .rowsControl })
    else { return 0 }
    let (before, after) = (first.old.operations[index], again.old.operations[index])
    guard isComplete(before), isComplete(after), before.completed == after.completed else { return 0 }
    return Double(abs(after.rows - before.rows)) / Double(max(before.rows, 1))
}
