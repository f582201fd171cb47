// Small files to run with: a workload of short slices, pairs, criteria.

/// The texts of one run's input files, and where they lie.
enum Samples {
    /// 400 operations/s of all four shapes, in slices of 200 ms: 80 operations each, for arrivals are constant.
    static let workload = """
        workload: 1
        name: brief
        schema:
          - >-
            CREATE KEYSPACE IF NOT EXISTS shop
            WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}
          - >-
            CREATE TABLE IF NOT EXISTS shop.orders (
            customer uuid, at timestamp, total decimal, note text, PRIMARY KEY (customer, at))
        values:
          customer: {uuid: {uniform: {items: 100}}}
          shopper: {uuid: {uniform: {items: 100, from: 100}}}
          at: {timestamp: {uniform: [2026-01-01, 2026-06-30]}}
          total: {decimal: {lognormal: {median: 40, sigma: 1}, scale: 2}}
          note: {text: {length: 20}}
        dataset:
          - insert: INSERT INTO shop.orders (customer, at, total, note) VALUES (?, ?, ?, ?)
            bind: [customer, at, total, note]
            partitions: 100
            rows_per_partition: 20
        operations:
          latest_order:
            shape: point
            weight: 4
            cql: SELECT * FROM shop.orders WHERE customer = ? LIMIT 1
            bind: [customer]
          recent_orders:
            shape: range
            weight: 2
            cql: SELECT * FROM shop.orders WHERE customer = ? AND at >= ? LIMIT 200
            bind: [customer, at]
            page_size: 5
          orders_of_many:
            shape: multi_partition
            weight: 1
            cql: SELECT customer, at, total FROM shop.orders WHERE customer IN ? PER PARTITION LIMIT 5
            bind: [{list: customer, count: 3}]
          place_order:
            shape: write
            weight: 2
            cql: INSERT INTO shop.orders (customer, at, total, note) VALUES (?, ?, ?, ?)
            bind: [shopper, at, total, note]
        traffic: {arrivals: constant, rate: 400/s, time_out: 2 s, warm_up: 0 s, slice: 200 ms, guard: 100 ms}

        """
    static let operationsPerSlice = 80

    /// Two lab nodes; `new` is what the new side's `lab:` says, in braces or a mapping of its own lines.
    static func labPair(new: String = "{}") -> String { pair(old: "lab: {}", new: "lab: \(new)") }

    /// `old` and `new` are what stands between a side's braces.
    static func pair(old: String, new: String) -> String {
        """
        pair: 1
        name: brief-pair
        old: {\(old)}
        new: {\(new)}
        expected: ["table_options.*"]

        """
    }

    static let criteria = """
        criteria: 1
        name: brief-criteria
        performance:
          - {id: p99, measure: p99 of response time, of: each operation, allow: +5 %}
          - {id: mean, measure: mean of response time, of: each operation, allow: +3 %}
          - {id: errors, measure: error rate, of: each operation, side: new, at_most: 1 %}

        """
}

/// A folder with the three files of a run, and the run itself.
struct Inputs {
    let folder = Scratch()

    init(workload: String = Samples.workload, pair: String = Samples.labPair(), criteria: String = Samples.criteria) {
        folder.write(workload, to: "workload.yaml")
        folder.write(pair, to: "pair.yaml")
        folder.write(criteria, to: "criteria.yaml")
    }

    var results: Results { Results("out", in: folder) }

    /// `assay run` on the three files into `out`, with more words at the end.
    func words(_ more: [String]) -> [String] {
        let files = ["--pair", "pair.yaml", "--workload", "workload.yaml", "--criteria", "criteria.yaml"]
        return ["run"] + files + ["--quiet", "--out", "out"] + more
    }

    func start(_ more: String...) throws -> Child { try Assay.start(words(more), in: folder) }

    func run(_ more: String..., environment: [String: String] = [:]) async throws -> Outcome {
        try await Assay.start(words(more), in: folder, environment: environment).ended()
    }
}
