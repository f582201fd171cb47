// A SELECT at work: rows in order, limits, pages, and the cells of each row written to the answer.

import Bytes
import CQLProtocol
import Quantities

/// Which rows an answer leaves out on purpose: a share of them, the same ones every time.
struct RowOmission {
    var share: Double
    var seed: UInt64

    func leavesOut(_ token: Int64, _ clustering: UnsafeRawBufferPointer) -> Bool {
        guard share > 0 else { return false }
        let row = SeededRandom.derive(UInt64(bitPattern: token), Murmur3.hash(clustering).0)
        return Double(SeededRandom.derive(seed, row) >> 11) * 0x1p-53 < share
    }
}

/// What one page of a read came to; the cells of its rows are in the writer.
struct SelectOutcome: Equatable {
    var rows: Int
    var pagingState: [UInt8]?
}

/// Reads one page.
struct SelectExecution {
    let plan: SelectPlan
    let values: [BoundValue]
    let pageSize: Int
    let omission: RowOmission
    private let slices: [ClusteringSlice]
    private let filters: [(place: Int, comparison: Relation.Comparison, values: [[UInt8]])]
    private var remaining: Int32
    private let perPartition: Int32
    private var resume: PagingState?
    private var read = 0
    private var counted: Int64 = 0
    private var written = 0
    private var cells: [RowView.Cell?]
    private var last: (partition: Partition, row: Int, remainingInPartition: Int32)?

    /// `pageSize` nil or not positive: one page holds all.
    init(
        _ plan: SelectPlan, _ values: [BoundValue], pageSize: Int32?, pagingState: [UInt8]?, omission: RowOmission
    ) throws(CQLError) {
        self.plan = plan
        self.values = values
        self.omission = omission
        self.pageSize = pageSize.map { $0 > 0 ? Int($0) : Int.max } ?? Int.max
        slices = try plan.restrictions.slices(of: plan.table, values)
        var filters: [(place: Int, comparison: Relation.Comparison, values: [[UInt8]])] = []
        for filter in plan.restrictions.filters {
            let name = plan.table.definition.columns[filter.place].name
            filters.append((filter.place, filter.comparison, try filter.operands.resolved(values, name)))
        }
        self.filters = filters
        func limit(_ operand: Operand?, _ name: String) throws(CQLError) -> Int32 {
            guard let operand, let value = try operand.integer(values) else { return .max }
            guard value > 0 else { throw .invalid("\(name) must be strictly positive") }
            return Int32(clamping: value)
        }
        let perPartition = try limit(plan.perPartitionLimit, "PER PARTITION LIMIT")
        self.perPartition = plan.isDistinct ? 1 : perPartition
        remaining = try limit(plan.limit, "LIMIT")
        cells = Array(repeating: nil, count: plan.table.definition.regularColumns.count)
        if let pagingState {
            let state = try PagingState(pagingState, clusteringCount: plan.table.definition.clusteringCount)
            remaining = min(remaining, state.remaining)
            resume = state
        }
    }

    mutating func run(into writer: inout ByteWriter) throws(CQLError) -> SelectOutcome {
        var partitions = try selected()
        if let resume {
            let key = PartitionKey(resume.partitionKey)
            if plan.restrictions.partition.isEmpty {
                partitions = partitions.drop { PartitionKey.precedes($0.key, key) }
            } else {
                partitions = partitions.drop { $0.key != key }
            }
        }
        for partition in partitions {
            let goesOn = readPartition(partition, &writer)
            resume = nil
            if !goesOn { break }
        }
        if plan.isCount {
            writer.put(Int32(8))
            writer.put(counted)
            return SelectOutcome(rows: 1)
        }
        return SelectOutcome(rows: written, pagingState: isPageFull ? state() : nil)
    }

    /// Set when a further row was met that this page has no place for.
    private var isPageFull = false

    private func selected() throws(CQLError) -> ArraySlice<Partition> {
        let table = plan.table
        guard plan.restrictions.partition.isEmpty else {
            return try plan.restrictions.keys(of: table.definition, values).compactMap { table.partition($0) }[...]
        }
        var partitions = table.inTokenOrder()[...]
        if let lower = plan.restrictions.tokenLower, let bound = try lower.operand.integer(values) {
            partitions = partitions.drop { lower.inclusive ? $0.key.token < bound : $0.key.token <= bound }
        }
        if let upper = plan.restrictions.tokenUpper, let bound = try upper.operand.integer(values) {
            partitions = partitions.prefix { upper.inclusive ? $0.key.token <= bound : $0.key.token < bound }
        }
        return partitions
    }

    /// False when the page or the limit is reached.
    private mutating func readPartition(_ partition: Partition, _ writer: inout ByteWriter) -> Bool {
        var left = perPartition
        var bounds = 0..<partition.rows.count
        if let resume, resume.partitionKey == partition.key.bytes {
            if resume.clustering.isEmpty { return true }
            left = min(left, resume.remainingInPartition)
            let edge = ClusteringBound(prefix: resume.clustering, inclusive: false)
            let slice =
                plan.isReversed
                ? ClusteringSlice(start: ClusteringSlice.all.start, end: edge)
                : ClusteringSlice(start: edge, end: ClusteringSlice.all.end)
            bounds = partition.indices(of: slice, plan.table.order)
        }
        for index in slices.indices {
            let slice = slices[plan.isReversed ? slices.count - 1 - index : index]
            let rows = partition.indices(of: slice, plan.table.order).clamped(to: bounds)
            var next = plan.isReversed ? rows.upperBound - 1 : rows.lowerBound
            while rows.contains(next) {
                if left == 0 { return true }
                if take(partition, next, &writer, left) {
                    if isPageFull || remaining == 0 { return false }
                    left = left == .max ? left : left - 1
                }
                next += plan.isReversed ? -1 : 1
            }
        }
        return true
    }

    /// Reads one row, where it is there and passes the filters.
    private mutating func take(_ partition: Partition, _ row: Int, _ writer: inout ByteWriter, _ left: Int32) -> Bool {
        partition.rows[row].withView { view in
            load(view)
            guard view.marker != PackedRow.none || cells.contains(where: { $0?.value != nil }), passes(partition, view)
            else {
                return false
            }
            let clusteringEnd = view.clusteringEnd(plan.table.definition.clusteringCount)
            let clustering = UnsafeRawBufferPointer(rebasing: view.bytes[16..<clusteringEnd])
            if plan.isCount {
                counted += omission.leavesOut(partition.key.token, clustering) ? 0 : 1
                return true
            }
            guard read < pageSize else {
                isPageFull = true
                return true
            }
            read += 1
            remaining = remaining == .max ? remaining : remaining - 1
            last = (partition, row, left == .max ? left : left - 1)
            if omission.leavesOut(partition.key.token, clustering) { return true }
            written += 1
            for column in plan.columns { write(column, partition, view, &writer) }
            return true
        }
    }

    private mutating func load(_ view: RowView) {
        for place in cells.indices { cells[place] = nil }
        view.forEachCell(from: view.clusteringEnd(plan.table.definition.clusteringCount)) { cells[$0.column] = $0 }
    }

    /// A column's value; nil where it is null. `key` and `view` must outlive it.
    private func value(_ place: Int, _ key: UnsafeRawBufferPointer, _ view: RowView) -> UnsafeRawBufferPointer? {
        let definition = plan.table.definition
        if place < definition.partitionCount { return definition.keyPart(place, of: key) }
        let behind = place - definition.partitionCount
        if behind < definition.clusteringCount { return view.clustering(behind) }
        return cells[behind - definition.clusteringCount]?.value
    }

    private func passes(_ partition: Partition, _ view: RowView) -> Bool {
        guard !filters.isEmpty else { return true }
        return partition.key.bytes.withUnsafeBytes { key in
            filters.allSatisfy { filter in
                guard let value = value(filter.place, key, view) else { return false }
                let type = plan.table.definition.columns[filter.place].type
                return filter.values.contains { wanted in
                    let order = wanted.withUnsafeBytes { type.compare(value, $0) }
                    return switch filter.comparison {
                    case .equal, .within: order == 0
                    case .less: order < 0
                    case .lessOrEqual: order <= 0
                    case .greater: order > 0
                    case .greaterOrEqual: order >= 0
                    }
                }
            }
        }
    }

    private func write(_ column: ResultColumn, _ partition: Partition, _ view: RowView, _ writer: inout ByteWriter) {
        let definition = plan.table.definition
        switch column.source {
        case .column(let place):
            partition.key.bytes.withUnsafeBytes { key in
                if let value = value(place, key, view) { writer.put(cell: value) } else { writer.put(Int32(-1)) }
            }
        case .writeTime(let place):
            guard let cell = cells[place - definition.partitionCount - definition.clusteringCount], cell.value != nil
            else {
                return writer.put(Int32(-1))
            }
            writer.put(Int32(8))
            writer.put(cell.time)
        case .timeToLive: writer.put(Int32(-1))
        case .token:
            writer.put(Int32(8))
            writer.put(partition.key.token)
        case .count: preconditionFailure("a count has no rows to write")
        }
    }

    private func state() -> [UInt8]? {
        guard let last else { return nil }
        let clustering = last.partition.rows[last.row].withView { view in
            (0..<plan.table.definition.clusteringCount).map { Array(view.clustering($0)) }
        }
        return PagingState(
            remaining: remaining, remainingInPartition: last.remainingInPartition,
            partitionKey: last.partition.key.bytes, clustering: clustering
        ).bytes
    }
}
