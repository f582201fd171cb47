// The system tables that drivers read, as they are in Cassandra 3.11 and 4.1.

/// Their definitions, in CQL, read by the lab's own parser.
enum SystemTables {
    static func statements(isVersion4: Bool) -> [String] {
        common + (isVersion4 ? version4 : version3) + [tableOptions(isVersion4: isVersion4, isView: false)]
            + [tableOptions(isVersion4: isVersion4, isView: true)]
    }

    static func keyspaces(isVersion4: Bool) -> [String] {
        ["system", "system_schema"] + (isVersion4 ? ["system_virtual_schema"] : [])
    }

    private static let local = """
        key text PRIMARY KEY, bootstrapped text, broadcast_address inet, cluster_name text, cql_version text,
        data_center text, gossip_generation int, host_id uuid, listen_address inet, native_protocol_version text,
        partitioner text, rack text, release_version text, rpc_address inet, schema_version uuid, tokens set<text>,
        truncated_at map<uuid, blob>
        """
    private static let columns = """
        keyspace_name text, table_name text, column_name text, clustering_order text, column_name_bytes blob, kind text,
        position int, type text, PRIMARY KEY (keyspace_name, table_name, column_name)
        """

    private static let version3 = ["CREATE TABLE system.local (\(local), thrift_version text)"]

    private static let version4 = [
        "CREATE TABLE system.local (\(local), broadcast_port int, listen_port int, rpc_port int)",
        """
        CREATE TABLE system.peers_v2 (peer inet, peer_port int, data_center text, host_id uuid, native_address inet,
        native_port int, preferred_ip inet, preferred_port int, rack text, release_version text, schema_version uuid,
        tokens set<text>, PRIMARY KEY (peer, peer_port))
        """,
        "CREATE TABLE system_virtual_schema.keyspaces (keyspace_name text PRIMARY KEY)",
        """
        CREATE TABLE system_virtual_schema.tables (keyspace_name text, table_name text, comment text,
        PRIMARY KEY (keyspace_name, table_name))
        """,
        "CREATE TABLE system_virtual_schema.columns (\(columns))"
    ]

    private static let common = [
        """
        CREATE TABLE system.peers (peer inet PRIMARY KEY, data_center text, host_id uuid, preferred_ip inet, rack text,
        release_version text, rpc_address inet, schema_version uuid, tokens set<text>)
        """,
        """
        CREATE TABLE system_schema.keyspaces (keyspace_name text PRIMARY KEY, durable_writes boolean,
        replication frozen<map<text, text>>)
        """,
        "CREATE TABLE system_schema.columns (\(columns))",
        """
        CREATE TABLE system_schema.dropped_columns (keyspace_name text, table_name text, column_name text,
        dropped_time timestamp, kind text, type text, PRIMARY KEY (keyspace_name, table_name, column_name))
        """,
        """
        CREATE TABLE system_schema.triggers (keyspace_name text, table_name text, trigger_name text,
        options frozen<map<text, text>>, PRIMARY KEY (keyspace_name, table_name, trigger_name))
        """,
        """
        CREATE TABLE system_schema.types (keyspace_name text, type_name text, field_names frozen<list<text>>,
        field_types frozen<list<text>>, PRIMARY KEY (keyspace_name, type_name))
        """,
        """
        CREATE TABLE system_schema.functions (keyspace_name text, function_name text, argument_types frozen<list<text>>,
        argument_names frozen<list<text>>, body text, called_on_null_input boolean, language text, return_type text,
        PRIMARY KEY (keyspace_name, function_name, argument_types))
        """,
        """
        CREATE TABLE system_schema.aggregates (keyspace_name text, aggregate_name text,
        argument_types frozen<list<text>>, final_func text, initcond text, return_type text, state_func text,
        state_type text,
        PRIMARY KEY (keyspace_name, aggregate_name, argument_types))
        """,
        """
        CREATE TABLE system_schema.indexes (keyspace_name text, table_name text, index_name text, kind text,
        options frozen<map<text, text>>, PRIMARY KEY (keyspace_name, table_name, index_name))
        """
    ]

    /// `system_schema.tables` and `views`, which have a column for each table option.
    private static func tableOptions(isVersion4: Bool, isView: Bool) -> String {
        let own =
            isView
            ? "view_name text, base_table_id uuid, base_table_name text, include_all_columns boolean, where_clause text"
            : "table_name text, flags frozen<set<text>>"
        let added = isVersion4 ? "additional_write_policy text, memtable text, read_repair text," : ""
        return """
            CREATE TABLE system_schema.\(isView ? "views" : "tables") (keyspace_name text, \(own), \(added)
            bloom_filter_fp_chance double, caching frozen<map<text, text>>, cdc boolean, comment text,
            compaction frozen<map<text, text>>, compression frozen<map<text, text>>, crc_check_chance double,
            dclocal_read_repair_chance double, default_time_to_live int, extensions frozen<map<text, blob>>,
            gc_grace_seconds int, id uuid, max_index_interval int, memtable_flush_period_in_ms int,
            min_index_interval int, read_repair_chance double, speculative_retry text,
            PRIMARY KEY (keyspace_name, \(isView ? "view_name" : "table_name")))
            """
    }
}
