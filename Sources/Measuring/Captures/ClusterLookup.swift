// What the wire does not show, asked from a cluster: statements that were prepared before the capture, the schema, sizes of partitions.

import Bytes
import CQLClient
import CQLProtocol
import Quantities

/// What became of a question to a cluster.
public struct ClusterAnswers: Sendable {
    public var schema = KnownSchema()
    /// Statements that were known by their id alone and are known now.
    public var found = 0
    /// What could not be had, in sentences.
    public var notes: [String] = []
}

extension TrafficCapture {
    /// Asks the node at the other end of `session` for what the capture lacks. What it does not answer is noted, and left open.
    public func ask(_ session: SimpleSession) -> ClusterAnswers {
        var answers = ClusterAnswers()
        findStatements(session, &answers)
        for keyspace in keyspaces.sorted() where !keyspace.hasPrefix("system") {
            do throws(RequestFailure) {
                try readSchema(keyspace, session, &answers)
            } catch {
                answers.notes.append("The schema of \(keyspace) could not be read: \(error)")
                continue
            }
            do throws(RequestFailure) {
                try readSizes(keyspace, session, &answers)
            } catch {
                answers.notes.append("Sizes of partitions of \(keyspace) are not known: \(error)")
            }
        }
        return answers
    }

    /// By ids: from 3.10 on nodes keep what was prepared in a table, ids and texts.
    private func findStatements(_ session: SimpleSession, _ answers: inout ClusterAnswers) {
        let wanted = Set(unknownIDs)
        guard !wanted.isEmpty else { return }
        let rows: Rows
        do throws(RequestFailure) {
            rows = try session.query(
                "SELECT prepared_id, logged_keyspace, query_string FROM system.prepared_statements")
        } catch {
            answers.notes.append("\(session.target.endpoint) does not tell what was prepared: \(error)")
            return
        }
        for row in rows.all {
            guard case .blob(let id) = row["prepared_id"], wanted.contains(id), let cql = row.text("query_string")
            else {
                continue
            }
            let keyspace = row.text("logged_keyspace") ?? ""
            let read = ReadStatement(Array(cql.utf8))
            // As it was sent, but for its keyspace, so that markers keep their numbers.
            let qualified = read.qualified(Array(cql.utf8), keyspace)
            do throws(RequestFailure) {
                learn(id: id, cql: qualified, keyspace: keyspace, try session.prepare(qualified))
                answers.found += 1
            } catch {
                answers.notes.append("'\(cql)' cannot be prepared any more: \(error)")
            }
        }
        if answers.found < wanted.count {
            let left = wanted.count - answers.found
            answers.notes.append(
                "\(grouped(left)) prepared statements are not known to \(session.target.endpoint) either.")
        }
    }

    // MARK: Schema

    private func readSchema(
        _ keyspace: String, _ session: SimpleSession, _ answers: inout ClusterAnswers
    ) throws(RequestFailure) {
        let name = literal(keyspace)
        func rows(_ what: String, _ table: String) throws(RequestFailure) -> [Row] {
            try session.query("SELECT \(what) FROM system_schema.\(table) WHERE keyspace_name = \(name)").all
        }
        guard let found = try rows("replication", "keyspaces").first else {
            answers.notes.append("\(session.target.endpoint) has no keyspace \(keyspace).")
            return
        }
        let replication = (found["replication"].textMap ?? [:]).sorted { $0.key < $1.key }
            .map { "'\($0.key)': '\($0.value)'" }.joined(separator: ", ")
        answers.schema.statements.append(
            "CREATE KEYSPACE IF NOT EXISTS \(cqlName(keyspace)) WITH replication = {\(replication)}")
        for type in try rows("type_name, field_names, field_types", "types") {
            answers.schema.statements.append(createType(type, keyspace))
        }
        let columns = try rows("table_name, column_name, clustering_order, kind, position, type", "columns")
        let indexes = try rows("table_name, index_name, kind, options", "indexes")
        let tables = try rows("table_name", "tables").compactMap { $0.text("table_name") }
        for table in tables where isTouched(keyspace, table) {
            let own = columns.filter { $0.text("table_name") == table }
            let layout = TableLayout(own)
            answers.schema.keys["\(keyspace).\(table)"] = TableKey(
                partition: layout.partition, clustering: layout.clustering.map(\.name))
            answers.schema.statements.append(layout.create("\(cqlName(keyspace)).\(cqlName(table))"))
            for index in indexes where index.text("table_name") == table {
                answers.schema.statements.append(createIndex(index, keyspace, table))
            }
            // The types of all columns, as the protocol describes them.
            let described = try session.prepare("SELECT * FROM \(cqlName(keyspace)).\(cqlName(table))")
            for column in described.result.columns {
                answers.schema.types["\(keyspace).\(table).\(column.name)"] = column.type
            }
        }
    }

    private func literal(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }

    private func isTouched(_ keyspace: String, _ table: String) -> Bool {
        observer.statements.contains { $0.keyspace == keyspace && $0.read?.table == table }
    }

    private func createType(_ row: Row, _ keyspace: String) -> String {
        let names = (row["field_names"].elements ?? []).compactMap(\.text)
        let types = (row["field_types"].elements ?? []).compactMap(\.text)
        let fields = zip(names, types).map { "\(cqlName($0)) \($1)" }.joined(separator: ", ")
        return "CREATE TYPE IF NOT EXISTS \(cqlName(keyspace)).\(cqlName(row.text("type_name") ?? "")) (\(fields))"
    }

    private func createIndex(_ row: Row, _ keyspace: String, _ table: String) -> String {
        let options = row["options"].textMap ?? [:]
        let target = options["target"] ?? ""
        let kind = row.text("kind") == "CUSTOM" ? "CUSTOM INDEX" : "INDEX"
        let using = options["class_name"].map { " USING '\($0)'" } ?? ""
        let name = cqlName(row.text("index_name") ?? "")
        return "CREATE \(kind) IF NOT EXISTS \(name) ON \(cqlName(keyspace)).\(cqlName(table)) (\(target))\(using)"
    }

    /// Of the ranges that the node owns: means weighted by how many partitions each range has.
    private func readSizes(
        _ keyspace: String, _ session: SimpleSession, _ answers: inout ClusterAnswers
    ) throws(RequestFailure) {
        let rows = try session.query(
            "SELECT table_name, mean_partition_size, partitions_count FROM system.size_estimates WHERE keyspace_name = \(literal(keyspace))"
        )
        var sums: [String: (bytes: Double, count: Int)] = [:]
        for row in rows.all {
            guard let table = row.text("table_name"), let mean = row["mean_partition_size"].integer,
                let count = row["partitions_count"].integer, count > 0, mean > 0
            else { continue }
            let before = sums[table] ?? (0, 0)
            sums[table] = (before.bytes + Double(mean) * Double(count), before.count + Int(count))
        }
        for (table, sum) in sums where isTouched(keyspace, table) {
            answers.schema.partitions["\(keyspace).\(table)"] = (Int(sum.bytes / Double(sum.count)), sum.count)
        }
    }
}

/// Columns of a table, by what they are in its key.
private struct TableLayout {
    var partition: [String] = []
    var clustering: [(name: String, order: String)] = []
    private var columns: [(name: String, type: String, isStatic: Bool)] = []

    init(_ rows: [Row]) {
        func keys(_ kind: String) -> [Row] {
            rows.filter { $0.text("kind") == kind }.sorted {
                ($0["position"].integer ?? 0) < ($1["position"].integer ?? 0)
            }
        }
        partition = keys("partition_key").compactMap { $0.text("column_name") }
        clustering = keys("clustering").compactMap { row in
            row.text("column_name").map { ($0, row.text("clustering_order")?.uppercased() ?? "ASC") }
        }
        let others = rows.filter { ["regular", "static"].contains($0.text("kind") ?? "") }
        for row in keys("partition_key") + keys("clustering") + others {
            guard let name = row.text("column_name"), let type = row.text("type") else { continue }
            columns.append((name, type, row.text("kind") == "static"))
        }
    }

    func create(_ table: String) -> String {
        let definitions = columns.map { "\(cqlName($0.name)) \($0.type)\($0.isStatic ? " static" : "")" }
        let first = partition.map(cqlName).joined(separator: ", ")
        let key = ([partition.count > 1 ? "(\(first))" : first] + clustering.map { cqlName($0.name) }).joined(
            separator: ", ")
        var text = "CREATE TABLE IF NOT EXISTS \(table) (\(definitions.joined(separator: ", ")), PRIMARY KEY (\(key)))"
        if clustering.contains(where: { $0.order == "DESC" }) {
            let order = clustering.map { "\(cqlName($0.name)) \($0.order)" }.joined(separator: ", ")
            text += " WITH CLUSTERING ORDER BY (\(order))"
        }
        return text
    }
}

/// In double quotes where CQL would take it for something else.
func cqlName(_ name: String) -> String {
    let isPlain = name.utf8.allSatisfy { byte in
        byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
    let begins = name.utf8.first.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) } ?? false
    if isPlain && begins { return name }
    return "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
}
