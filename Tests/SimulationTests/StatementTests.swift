// Statements other than plain reads and writes, in virtual time: batches, pages that end early, statements without preparation.

import Lab
import Load
import Quantities
import Recordings
import Testing
import Workloads

/// Operations of the kinds that the lab serves.
let statementWorkload = """
    workload: 1
    name: statements
    schema:
      - "CREATE KEYSPACE IF NOT EXISTS k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}"
      - CREATE TABLE IF NOT EXISTS k.t (a int, b int, c map<text, int>, PRIMARY KEY (a, b))
      - CREATE TABLE IF NOT EXISTS k.u (a int, b int, PRIMARY KEY (a, b))
    values:
      a: {int: {uniform: {items: 100}}}
      other: {int: {uniform: {items: 100, from: 100}}}
      b: {int: {uniform: [0, 1000000]}}
      c: {map: {size: {uniform: [0, 3]}, key: word, value: b}, null: 10 %, unset: 10 %}
      known_b: {existing: {value: b}}
      later_b: {after: {value: known_b, plus: 1}}
      word: {choice: [{weight: 2, of: {text: {choice: {x: 2, y: 1}}}}, {weight: 1, of: {text: {words: 2}}}]}
      token: {bigint: {uniform: [-9223372036854775808, 0]}}
    dataset:
      - {insert: "INSERT INTO k.t (a, b, c) VALUES (?, ?, ?)", bind: [a, b, c], partitions: 100, rows_per_partition: 5}
    operations:
      batch:
        shape: batch
        weight: 2
        batch:
          type: unlogged
          once: [other]
          statements:
            - {cql: "INSERT INTO k.u (a, b) VALUES (?, ?)", bind: [other, b], repeat: 3}
            - {cql: "INSERT INTO k.u (b, a) VALUES (?, ?)", bind: [b, other]}
      scan: {shape: scan, weight: 1, cql: SELECT * FROM k.t WHERE token(a) >= ?, bind: [token], page_size: 20, pages: 3}
      count: {shape: aggregate, weight: 1, cql: SELECT count(*) FROM k.t WHERE a = ?, bind: [a]}
      plain: {shape: point, weight: 1, cql: SELECT * FROM k.t WHERE a = ? LIMIT 1, bind: [a], prepared: false, tracing: 50 %}
      write: {shape: write, weight: 1, cql: "INSERT INTO k.t (a, b, c) VALUES (?, ?, ?)", bind: [other, b, c], prepared: false}
      row: {shape: point, weight: 1, cql: SELECT * FROM k.t WHERE a = ? AND b = ?, bind: [a, known_b]}
      slice: {shape: range, weight: 1, cql: SELECT * FROM k.t WHERE a = ? AND b >= ? AND b < ?, bind: [a, known_b, later_b]}
      many: {shape: multi_partition, weight: 1, cql: SELECT * FROM k.t WHERE a = ? LIMIT 1, bind: [a], fan_out: 7}
      many_rows: {shape: multi_partition, weight: 1, cql: SELECT * FROM k.t WHERE a = ? AND b = ?, bind: [a, known_b], fan_out: 3, page_size: 1}
    traffic: {arrivals: poisson, rate: 300/s, warm_up: 0 s}
    """

@Test func everyKindOfStatementIsCompletedAlikeOnBothSides() throws {
    let run = try SimulatedRun(seed: 4, minutes: 0.3, workload: statementWorkload)
    let recording = try run.record()
    for side in Side.allCases {
        let whole = recording.whole(side)
        for (operation, record) in zip(recording.operations, whole) {
            #expect(record.intended > 50 && record.completed == record.intended, "\(operation.name): \(record.errors)")
        }
        // Three pages of twenty at most, and the half of the ring from 0 on holds that many.
        #expect(whole[1].rows == 60 * whole[1].completed)
        #expect(whole[2].rows == whole[2].completed && whole[3].rows == whole[3].completed)
        // Rows that are said to exist do, and an operation of many requests has the rows of all.
        #expect(whole[5].rows == whole[5].completed && whole[6].rows == whole[6].completed)
        #expect(whole[7].rows == 7 * whole[7].completed && whole[8].rows == 3 * whole[8].completed)
        #expect(whole[0].rows == 0 && whole[0].notApplied == 0)
    }
    #expect(recording.whole(.old).map(\.rows) == recording.whole(.new).map(\.rows))
    #expect(recording.rounds[0].old.operations.map(\.intended) == recording.rounds[0].new.operations.map(\.intended))
}
