// WHERE: which partitions, which stretch of rows, and what is left to filter.

import CQLProtocol

/// A restriction that no key answers, checked row by row.
struct Filter {
    var place: Int
    var comparison: Relation.Comparison
    var operands: OperandList
}

struct RangeBound {
    var operand: Operand
    var inclusive: Bool
}

/// A WHERE clause against a table.
struct Restrictions {
    /// One list for each partition key column, or none at all where partitions are scanned.
    var partition: [OperandList] = []
    var tokenLower: RangeBound?
    var tokenUpper: RangeBound?
    /// Equalities and INs on the first clustering columns.
    var clustering: [OperandList] = []
    /// On the clustering column behind those, in the order of its values.
    var lower: RangeBound?
    var upper: RangeBound?
    var filters: [Filter] = []
    /// IN on a column of the partition key, or of the clustering key.
    var hasPartitionIn = false
    var hasClusteringIn = false

    var isRange: Bool { lower != nil || upper != nil }
}

/// Reads the relations of a statement into `Restrictions`.
struct RestrictionCompiler {
    let table: TableDefinition
    let context: CompileContext
    var compiler: OperandCompiler
    private var byColumn: [Int: [Relation]] = [:]
    private(set) var restrictions = Restrictions()

    init(table: TableDefinition, context: CompileContext, compiler: OperandCompiler) {
        self.table = table
        self.context = context
        self.compiler = compiler
    }

    mutating func compile(_ relations: [Relation], allowsFiltering: Bool) throws(CQLError) {
        for relation in relations {
            switch relation.subject {
            case .token(let columns): try compileToken(relation, columns)
            case .column(let name):
                guard let place = table.place(of: name) else { throw context.undefined(name, in: table) }
                byColumn[place, default: []].append(relation)
            }
        }
        for (place, relations) in byColumn where relations.count > 1 {
            let mixed = relations.contains { $0.comparison == .equal || $0.comparison == .within }
            if mixed {
                let name = table.columns[place].name
                throw .invalid("\(name) cannot be restricted by more than one relation if it includes an Equal")
            }
        }
        try compilePartition()
        try compileClustering(allowsFiltering: allowsFiltering)
        try compileFilters()
        if !restrictions.filters.isEmpty && !allowsFiltering { throw .invalid(RestrictionCompiler.filtering) }
    }

    static let filtering =
        "Cannot execute this query as it might involve data filtering and thus may have unpredictable performance. "
        + "If you want to execute this query despite the performance unpredictability, use ALLOW FILTERING"

    private mutating func compileToken(_ relation: Relation, _ columns: [String]) throws(CQLError) {
        guard columns == table.partitionColumns.map(\.name) else {
            throw .invalid("The token() function must be applied to all partition key components or none of them")
        }
        var term = relation.term
        // `token(key) > token(?)`: the token of a value, which only makes sense as a constant or bound key.
        if case .function = term { throw .notServed("token() of values; give the token itself") }
        if case .tuple = term { term = .null }
        let operand = try compiler.operand(term, "partition key token", .bigint)
        switch relation.comparison {
        case .greater, .greaterOrEqual:
            restrictions.tokenLower = RangeBound(operand: operand, inclusive: relation.comparison == .greaterOrEqual)
        case .less, .lessOrEqual:
            restrictions.tokenUpper = RangeBound(operand: operand, inclusive: relation.comparison == .lessOrEqual)
        case .equal:
            restrictions.tokenLower = RangeBound(operand: operand, inclusive: true)
            restrictions.tokenUpper = restrictions.tokenLower
        case .within: throw .invalid("IN cannot be used with the token function")
        }
    }

    /// The operands of an equality or IN on a column, which is then done with.
    private mutating func takeExact(_ place: Int) throws(CQLError) -> (list: OperandList, isIn: Bool)? {
        guard let relation = byColumn[place]?.first, relation.comparison == .equal || relation.comparison == .within
        else {
            return nil
        }
        let column = table.columns[place]
        byColumn[place] = nil
        if relation.comparison == .within { return (try compiler.list(relation.term, column.name, column.type), true) }
        return (.each([try compiler.operand(relation.term, column.name, column.type)]), false)
    }

    private mutating func compilePartition() throws(CQLError) {
        let isExact = (0..<table.partitionCount).allSatisfy { place in
            let comparison = byColumn[place]?.first?.comparison
            return comparison == .equal || comparison == .within
        }
        guard isExact else { return }
        for place in 0..<table.partitionCount {
            let exact = try takeExact(place)!
            restrictions.partition.append(exact.list)
            restrictions.hasPartitionIn = restrictions.hasPartitionIn || exact.isIn
        }
    }

    private mutating func compileClustering(allowsFiltering: Bool) throws(CQLError) {
        var gap: Column?
        for (place, column) in zip(table.partitionCount..., table.clusteringColumns) {
            guard let relations = byColumn[place] else {
                gap = gap ?? column
                continue
            }
            if let gap {
                if allowsFiltering { return }
                throw .invalid(
                    restrictions.isRange
                        ? "Clustering column \"\(column.name)\" cannot be restricted (preceding column "
                            + "\"\(gap.name)\" is restricted by a non-EQ relation)"
                        : "PRIMARY KEY column \"\(column.name)\" cannot be restricted as preceding column "
                            + "\"\(gap.name)\" is not restricted")
            }
            if let exact = try takeExact(place) {
                restrictions.clustering.append(exact.list)
                restrictions.hasClusteringIn = restrictions.hasClusteringIn || exact.isIn
                continue
            }
            gap = column
            for relation in relations { try compileBound(relation, column) }
            byColumn[place] = nil
        }
    }

    private mutating func compileBound(_ relation: Relation, _ column: Column) throws(CQLError) {
        let operand = try compiler.operand(relation.term, column.name, column.type)
        let isLower = relation.comparison == .greater || relation.comparison == .greaterOrEqual
        let inclusive = relation.comparison == .greaterOrEqual || relation.comparison == .lessOrEqual
        guard (isLower ? restrictions.lower : restrictions.upper) == nil else {
            throw .invalid(
                "More than one restriction was found for the \(isLower ? "start" : "end") bound on \(column.name)")
        }
        let bound = RangeBound(operand: operand, inclusive: inclusive)
        if isLower { restrictions.lower = bound } else { restrictions.upper = bound }
    }

    private mutating func compileFilters() throws(CQLError) {
        for place in byColumn.keys.sorted() {
            let column = table.columns[place]
            for relation in byColumn[place]! {
                if relation.comparison == .within && column.kind == .regular {
                    throw .invalid("IN predicates on non-primary-key columns (\(column.name)) is not yet supported")
                }
                let operands =
                    relation.comparison == .within
                    ? try compiler.list(relation.term, column.name, column.type)
                    : .each([try compiler.operand(relation.term, column.name, column.type)])
                restrictions.filters.append(Filter(place: place, comparison: relation.comparison, operands: operands))
            }
        }
    }
}

extension Restrictions {
    /// The keys of the partitions in the order of their values, each once.
    func keys(of table: TableDefinition, _ values: [BoundValue]) throws(CQLError) -> [PartitionKey] {
        var keys: [[[UInt8]]] = [[]]
        for (list, column) in zip(partition, table.partitionColumns) {
            let parts = Restrictions.distinct(try list.resolved(values, column.name)) { column.type.compare($0, $1) }
            keys = keys.flatMap { key in parts.map { key + [$0] } }
        }
        let serialised = keys.map(TableDefinition.serialisedKey)
        if serialised.contains(where: \.isEmpty) { throw .invalid("Key may not be empty") }
        return serialised.map { PartitionKey($0) }
    }

    /// The stretches of rows in the order of storage, none overlapping another.
    func slices(of table: LabTable, _ values: [BoundValue]) throws(CQLError) -> [ClusteringSlice] {
        if clustering.isEmpty && !isRange { return [.all] }
        let columns = Array(table.definition.clusteringColumns)
        var prefixes: [[[UInt8]]] = [[]]
        for (list, column) in zip(clustering, columns) {
            let parts = Restrictions.distinct(try list.resolved(values, column.name)) { a, b in
                column.reversed ? column.type.compare(b, a) : column.type.compare(a, b)
            }
            prefixes = prefixes.flatMap { prefix in parts.map { prefix + [$0] } }
        }
        guard isRange else { return prefixes.map(ClusteringSlice.rows) }
        let column = columns[clustering.count]
        let (first, last) = column.reversed ? (upper, lower) : (lower, upper)
        func bound(_ prefix: [[UInt8]], _ end: RangeBound?) throws(CQLError) -> ClusteringBound {
            guard let end else { return ClusteringBound(prefix: prefix, inclusive: true) }
            return ClusteringBound(
                prefix: prefix + [try end.operand.required(values, column.name)], inclusive: end.inclusive)
        }
        var slices: [ClusteringSlice] = []
        for prefix in prefixes {
            slices.append(ClusteringSlice(start: try bound(prefix, first), end: try bound(prefix, last)))
        }
        return slices
    }

    private static func distinct(_ values: [[UInt8]], _ compare: ([UInt8], [UInt8]) -> Int) -> [[UInt8]] {
        guard values.count > 1 else { return values }
        var all: [[UInt8]] = []
        for value in values.sorted(by: { compare($0, $1) < 0 }) where all.last.map({ compare($0, value) != 0 }) ?? true
        {
            all.append(value)
        }
        return all
    }
}
