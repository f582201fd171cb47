// Table options: what they are where nobody set them, per version, and how set ones are kept.

import CQLProtocol

enum TableDefaults {
    /// The defaults of Cassandra 3.11.19 and 4.1.9; they differ in the compression chunk, read repair and retries.
    static func options(isVersion4: Bool) -> TableOptions {
        var options: TableOptions = [
            "bloom_filter_fp_chance": .float("0.01"),
            "caching": map(["keys": "ALL", "rows_per_partition": "NONE"]),
            "comment": .string(""),
            "compaction": map([
                "class": "org.apache.cassandra.db.compaction.SizeTieredCompactionStrategy", "max_threshold": "32",
                "min_threshold": "4"
            ]),
            "compression": map([
                "chunk_length_in_kb": isVersion4 ? "16" : "64",
                "class": "org.apache.cassandra.io.compress.LZ4Compressor"
            ]),
            "crc_check_chance": .float("1.0"),
            "dclocal_read_repair_chance": .float(isVersion4 ? "0.0" : "0.1"),
            "default_time_to_live": .integer("0"),
            "extensions": .map([]),
            "gc_grace_seconds": .integer("864000"),
            "max_index_interval": .integer("2048"),
            "memtable_flush_period_in_ms": .integer("0"),
            "min_index_interval": .integer("128"),
            "read_repair_chance": .float("0.0"),
            "speculative_retry": .string(isVersion4 ? "99p" : "99PERCENTILE")
        ]
        if isVersion4 {
            options["additional_write_policy"] = .string("99p")
            options["read_repair"] = .string("BLOCKING")
        }
        return options
    }

    /// The options of a new table: those given over the defaults. An unknown one is a syntax error, as in Cassandra.
    static func merged(_ given: TableOptions, isVersion4: Bool) throws(CQLError) -> TableOptions {
        var options = self.options(isVersion4: isVersion4)
        for (name, term) in given {
            switch (name, term) {
            case ("compaction", .map(let entries)):
                let texts = texts(entries)
                let keepsDefaults = texts["class"]?.hasSuffix("SizeTieredCompactionStrategy") ?? true
                options[name] = map(
                    (keepsDefaults ? self.texts(of: options[name]) : [:]).merging(
                        qualified(texts, "org.apache.cassandra.db.compaction."), uniquingKeysWith: { $1 }))
            case ("compression", .map(let entries)):
                let texts = qualified(texts(entries), "org.apache.cassandra.io.compress.")
                options[name] =
                    texts["enabled"] == "false" || texts["sstable_compression"] == ""
                    ? map(["enabled": "false"])
                    : map(self.texts(of: options[name]).merging(texts, uniquingKeysWith: { $1 }))
            case ("caching", .map(let entries)):
                options[name] = map(self.texts(of: options[name]).merging(texts(entries), uniquingKeysWith: { $1 }))
            case ("cdc", _), ("memtable", _), ("id", _): options[name] = term
            default:
                guard options[name] != nil else { throw CQLError(.syntaxError, "Unknown property '\(name)'") }
                options[name] = term
            }
        }
        return options
    }

    static func map(_ texts: [String: String]) -> Term {
        .map(texts.sorted { $0.key < $1.key }.map { Term.Entry(key: .string($0.key), value: .string($0.value)) })
    }

    static func texts(_ entries: [Term.Entry]) -> [String: String] {
        Dictionary(
            entries.compactMap { entry in
                guard let key = entry.key.plainText, let value = entry.value.plainText else { return nil }
                return (key, value)
            }, uniquingKeysWith: { $1 })
    }

    private static func texts(of term: Term?) -> [String: String] {
        if case .map(let entries) = term { texts(entries) } else { [:] }
    }

    /// Class names in full.
    private static func qualified(_ texts: [String: String], _ package: String) -> [String: String] {
        var texts = texts
        if let name = texts["class"], !name.contains(".") { texts["class"] = package + name }
        return texts
    }
}

extension Term {
    /// A literal without parts as text.
    var plainText: String? {
        switch self {
        case .string(let text), .integer(let text), .float(let text), .uuid(let text): text
        case .boolean(let value): "\(value)"
        default: nil
        }
    }
}
