// Which partitions are sampled, how they are asked for, and what is said where they differ.

import CQLClient
import CQLProtocol
import Quantities
import Testing
import Workloads

@testable import Probes

private let workload = """
    workload: 1
    name: orders
    values:
      customer: {uuid: {uniform: {items: 100}}}
      region:   {text: {length: {uniform: [3, 3]}}}
      at:       {timestamp: {uniform: [2026-01-01, 2026-06-30]}}
    dataset:
      - insert: INSERT INTO shop.orders (region, at, customer) VALUES (?, ?, ?)
        bind: [region, at, customer]
        partition_key: customer
        partitions: 100
        rows_per_partition: 8
    operations:
      one: {shape: point, weight: 1, cql: "SELECT * FROM shop.orders WHERE customer = ?", bind: [customer]}
    traffic: {arrivals: constant, rate: 100/s, time_out: 10 s, warm_up: 1 s}
    """

/// What a server says to the dataset's INSERT when (customer, region) is the partition key.
private let prepared = PreparedStatement(
    id: [1],
    binds: [("region", CQLType.text), ("at", .timestamp), ("customer", .uuid)].map {
        ColumnDescription(keyspace: "shop", table: "orders", name: $0.0, type: $0.1)
    },
    partitionKeyIndices: [2, 0], result: ResultMetadata(columnCount: 0, columns: []))

@Test func partitionsAreSpreadOverTheDataset() throws {
    let profile = try Profile.read(workload, file: "orders.yaml")
    #expect(profile.tables == [orders])
    let sample = try #require(try PartitionSample(profile.dataset[0], seed: 7, count: 4, prepared: prepared))
    #expect(sample.columns == ["customer", "region"])
    let customers = [0, 25, 50, 75].map { (item: UInt64) in
        let (high, low) = Items.uuid(of: item)
        return CQLValue.uuid(UUIDValue(high: high, low: low))
    }
    #expect(sample.keys.map { $0[0] } == customers)
    #expect(sample.keys.allSatisfy { $0[1].text?.count == 3 })
    #expect(try PartitionSample(profile.dataset[0], seed: 7, count: 4, prepared: prepared) == sample)
    #expect(try PartitionSample(profile.dataset[0], seed: 7, count: 500, prepared: prepared)?.keys.count == 100)
    var unbound = prepared
    unbound.partitionKeyIndices = []
    #expect(try PartitionSample(profile.dataset[0], seed: 7, count: 4, prepared: unbound) == nil)
}

@Test func theStatementQuotesWhatNeedsIt() {
    let sample = PartitionSample(
        table: TableName("shop", "Orders"), columns: ["customer", "by \"day\"", "2nd"], keys: [])
    #expect(
        sample.countStatement
            == #"SELECT count(*) FROM shop."Orders" WHERE customer = ? AND "by ""day""" = ? AND "2nd" = ?"#)
}

@Test func differingCountsAreOneObservation() {
    let sample = PartitionSample(
        table: orders, columns: ["customer"], keys: [[.integer(1)], [.integer(2)], [.integer(3)]])
    #expect(sample.observation([.rows(8), .rows(0), .rows(3)], [.rows(8), .rows(0), .rows(3)]) == nil)
    #expect(
        sample.observation([.rows(8), .rows(5), .rows(3)], [.rows(8), .rows(3), .rows(5)])
            == Observed(
                subject: "row_counts.shop.orders", old: "16 rows in 3 partitions, 5 where customer = 2",
                new: "16 rows in 3 partitions, 3 where customer = 2",
                note: "2 of 3 sampled partitions differ in their rows"))
    #expect(
        sample.observation([.rows(8), .rows(5), .rows(3)], [.failed(.readTimeout), .rows(5), .rows(3)])?.new
            == "8 rows in 3 partitions, read_timeout where customer = 1")
}
