// The dataset: every partition once, any row again from its place alone, sizes as the file says.

import Quantities
import TestSupport
import Testing
import Workloads

private func orders() throws -> DatasetPlan {
    try Profile.read(try shipped("workloads/orders.yaml"), file: "orders.yaml").dataset[0]
}

private func row(_ plan: DatasetPlan, _ partition: Int, _ row: Int, seed: UInt64 = 1) -> [KeepingSink.Value] {
    var sink = KeepingSink()
    plan.generate(partition: partition, row: row, seed: seed, into: &sink)
    return sink.values
}

@Test func thePartitionKeyIsTheItem() throws {
    let plan = try orders()
    for partition in [0, 1, 99_999] {
        let (high, low) = Items.uuid(of: UInt64(partition))
        #expect(row(plan, partition, 0).first == .uuid(high, low))
        #expect(row(plan, partition, 1).first == .uuid(high, low))
    }
}

@Test func theKeyBeginsAtItsFirstItemAndMayBeNamed() throws {
    let text = varied("{items: $people}}", "{items: 10, from: 100}}")
        .replacing("bind: [a, b]\n    part", with: "bind: [b, a]\n    partition_key: a\n    part")
    let plan = try Profile.read(text, file: "w").dataset[0]
    #expect(plan.partitionKey == 1)
    #expect(row(plan, 3, 0)[1] == .integer(103))
}

@Test func anyRowCanBeMadeAgainAlone() throws {
    let plan = try orders()
    #expect(row(plan, 17, 3) == row(plan, 17, 3))
    let others = [row(plan, 17, 4), row(plan, 18, 3), row(plan, 17, 3, seed: 2)]
    for other in others { #expect(other.dropFirst() != row(plan, 17, 3).dropFirst()) }
    // Bind by bind, as a loader writes, is the same as all at once.
    var sink = KeepingSink()
    for bind in plan.binds.indices { plan.generate(bind: bind, partition: 17, row: 3, seed: 1, into: &sink) }
    #expect(sink.values == row(plan, 17, 3))
}

@Test func tablesOfOneDatasetAreDrawnApart() throws {
    let insert = "  - insert: INSERT INTO k.t (a, b) VALUES (?, ?)\n    bind: [a, b]\n"
    let text = varied("dataset:\n", "dataset:\n" + insert + "    partitions: 10\n    rows_per_partition: 1\n")
        .replacing("b: {int: {uniform: [-5, 5]}}", with: "b: {bigint: {uniform: [0, 1_000_000_000]}}")
    let plans = try Profile.read(text, file: "w").dataset
    #expect(plans.count == 2)
    #expect(row(plans[0], 1, 0)[0] == row(plans[1], 1, 0)[0])
    #expect(row(plans[0], 1, 0)[1] != row(plans[1], 1, 0)[1])
}

@Test func partitionsAreAsLargeAsTheFileSays() throws {
    let plan = try orders()
    let sizes = (0..<20_000).map { plan.rows(in: $0, seed: 1) }
    #expect(sizes == (0..<20_000).map { plan.rows(in: $0, seed: 1) })
    #expect(sizes != (0..<20_000).map { plan.rows(in: $0, seed: 2) })
    let sorted = sizes.sorted()
    #expect(sorted[0] == 1)
    #expect((7...9).contains(sorted[10_000]))
    #expect(sorted[19_999] > 200 && sorted[19_999] <= 2_000)
    let small = try Profile.read(small, file: "w").dataset[0]
    #expect(small.totalRows(seed: 3) == (0..<10).reduce(0) { $0 + small.rows(in: $1, seed: 3) })
    #expect(small.rows(in: 0, seed: 3) <= 9)
}
