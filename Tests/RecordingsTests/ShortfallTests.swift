// What a side did not take, said with its numbers.

import Quantities
import Recordings
import Testing

private func slice(intended: Int, completed: Int, _ errors: [String: Int]) -> SliceRecord {
    SliceRecord(
        start: .zero, length: .seconds(5),
        operations: [OperationRecord(intended: intended, completed: completed, errors: errors)])
}

@Test func aSideThatKeepsUpHasNone() {
    #expect(Shortfall(slice(intended: 10_000, completed: 9_990, ["time_out": 10])) == nil)
    #expect(Shortfall(slice(intended: 0, completed: 0, [:])) == nil)
}

@Test func whatASideDidNotTakeIsSaidWithItsClasses() throws {
    let found = try #require(
        Shortfall(slice(intended: 10_000, completed: 7_000, ["time_out": 1_000, "overflow": 1_998, "unavailable": 2])))
    #expect(
        "\(found)"
            == "completed 1400/s of 2000/s offered (1,998 overflow, 1,000 time_out, 2 unavailable); what a side does not take counts against it"
    )
}
