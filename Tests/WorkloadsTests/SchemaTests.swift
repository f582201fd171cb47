// The schema of workload files against their reader: what one takes the other takes, key by key, through everything that is shipped.

import Documents
import Quantities
import TestSupport
import Testing
import Workloads

/// What the shipped workloads do not have.
private let rest = """
    workload: 1
    name: rest
    parameters: {rows: 10}
    clock: 2026-07-01
    values:
      key: {int: {uniform: {items: $rows, from: 0}}}
      hot: {int: {hot: {items: 100, hot_items: 10, hot_share: 90 %, from: 1}}}
      zipf: {int: {zipf: {items: 100, exponent: 1, from: 1, scattered: true}}}
      turn: {uuid: {sequence: {items: 100, from: 1}}}
      near: {uuid: {spread: {items: 100, as: {normal: {mean: 50, sigma: 10, min: 3, max: 90}}, from: 1}}}
      only: {uuid: {constant: 5}}
      at: {timestamp: {sequence: {until: 2026-07-01, step: 1m}}}
      seen: {existing: {value: at, key: key, table: k.t}}
      later: {after: {value: seen, minus: {uniform: [1 s, 2 s]}}}
      recent: {timestamp: {uniform: [now - 1h, now]}}
      hex: {text: {length: 8, alphabet: 0123abc}}
      words: {text: {words: 3, of: [red, green]}}
      more: {text: {words: 3, of: {file: f.csv, column: name, weight: count}}}
      city: {text: {file: f.csv, column: name, weight: count}}
      price: {decimal: {exponential: {mean: 4, min: 1, max: 90}, scale: 3}}
      long: {decimal: {length: 20, scale: 1}}
      wide: {varint: {length: {lognormal: {median: 20, sigma: 1, min: 1, max: 100}}}}
      v6: {inet: {uniform: {items: 5}, version: 6}}
      span: {duration: {months: 1, days: 2, nanoseconds: 3}}
      yes: {boolean: {true: 5 %}, unset: 1 %}
    dataset:
      - insert: INSERT INTO k.t (a, b) VALUES (?, ?)
        bind: [key, at]
        partition_key: key
        partitions: 10
        rows_per_partition: 3
        rank_correlation: 0.5
    operations:
      get: {shape: point, weight: 1, cql: SELECT * FROM k.t WHERE a = ?, bind: [key], once: [key], prepared: false, tracing: 1 %, boost: 20 %}
    traffic:
      arrivals: poisson
      rate: {steps: [{rate: 500/s, for: 2m}]}
      time_out: 5 s
      warm_up: {detect: {at_least: 10 s, at_most: 5m}}
      slice: 5 s
      guard: 500 ms
      saturation: {length: 3m, in_flight: auto, slice: 5 s}
    """

private let otherTraffic = [
    "{arrivals: constant, rate: {ramp: {from: 5/s, to: 10/s, over: 5m}}, search: {length: 3m, objective: \"p99 <= 50 ms\", of: get, slice: 2 s}}",
    "{arrivals: {trace: f.csv}, warm_up: detect}",
    "{arrivals: poisson, rate: {sine: {mean: 5/s, amplitude: 50 %, period: 5m}}, saturation: {in_flight: 5}}"
]

private func samples() throws -> [Node] {
    let names = [
        "everything", "lwt-counters-indexes", "multi-partition", "orders", "range-and-scan", "timeseries", "tombstones",
        "vectors", "wide-rows"
    ]
    var samples = try names.map { try YAML.read(try shipped("workloads/\($0).yaml"), file: "\($0).yaml") }
    samples.append(try YAML.read(rest, file: "rest.yaml"))
    let start = rest.split(separator: "traffic:")[0]
    for traffic in otherTraffic { samples.append(try YAML.read(start + "traffic: \(traffic)\n", file: "t.yaml")) }
    return samples
}

/// What reading it ends with; nil where it is right.
private func complaint(_ node: Node) -> InputError? {
    do throws(InputError) {
        _ = try Profile.read(node.flow, file: "w.yaml") { _, _ in "name,count\na,1\nb,2\n" }
        return nil
    } catch { return error }
}

/// A place in a document: which mapping or list, from the root.
private typealias Path = [Int]

private func changed(_ node: Node, _ path: ArraySlice<Int>, _ change: (inout Node) -> Void) -> Node {
    var node = node
    guard let first = path.first else {
        change(&node)
        return node
    }
    switch node.content {
    case .mapping(var entries):
        entries[first].value = changed(entries[first].value, path.dropFirst(), change)
        node.content = .mapping(entries)
    case .sequence(var members):
        members[first] = changed(members[first], path.dropFirst(), change)
        node.content = .sequence(members)
    case .scalar: break
    }
    return node
}

/// All places with what the schema says of them there.
private func places(_ node: Node, _ schema: Node, _ all: JSONSchema, _ path: Path = []) -> [(Path, Node, Node)] {
    var found = [(path, node, schema)]
    let holding = all.alternatives(schema).first { all.allows(node, $0) }
    switch node.content {
    case .mapping(let entries):
        for (index, entry) in entries.enumerated() {
            guard let part = holding.flatMap({ all.part(of: $0, entry.key) }) else { continue }
            found += places(entry.value, part, all, path + [index])
        }
    case .sequence(let members):
        guard let items = holding?["items"] else { break }
        for (index, member) in members.enumerated() { found += places(member, items, all, path + [index]) }
    case .scalar: break
    }
    return found
}

@Test func theSchemaAllowsWhatTheReaderTakes() throws {
    let schema = try JSONSchema(try shipped("docs/schemas/workload.json"))
    for sample in try samples() {
        #expect(complaint(sample) == nil, "\(sample.position): \(complaint(sample)?.description ?? "")")
        #expect(schema.allows(sample), "\(sample.position)")
    }
}

@Test func theSchemaKnowsTheKeysOfTheReader() throws {
    let schema = try JSONSchema(try shipped("docs/schemas/workload.json"))
    var met: Set<String> = []
    for sample in try samples() {
        for (path, node, part) in places(sample, schema.root, schema) {
            guard case .mapping = node.content,
                let holding = schema.alternatives(part).first(where: { schema.allows(node, $0) }),
                let keys = schema.keys(holding), met.insert(keys.sorted().joined(separator: " ")).inserted
            else { continue }
            let bent = changed(sample, path[...]) { place in
                guard case .mapping(var entries) = place.content else { return }
                entries.append(("zzz", place.position, Node(.scalar("1", quoted: false), at: place.position)))
                place.content = .mapping(entries)
            }
            #expect(!schema.allows(bent), "\(node.position): \(keys)")
            let error = try #require(complaint(bent), "\(node.position): zzz is taken")
            let expected = String(describing: error).split(separator: "expected one of ").last.map(String.init) ?? ""
            // A value's entry names its kinds; null and unset stand beside them.
            let named = Set(expected.split(separator: ", ").map(String.init))
            let others = Set(schema.alternatives(part).compactMap(schema.keys).flatMap { $0 })
            #expect(keys.subtracting(["null", "unset"]).isSubset(of: named), "\(node.position): \(error)")
            #expect(named.isSubset(of: others), "\(node.position): \(error)")
        }
    }
    #expect(met.count > 40, "\(met.count)")
}

/// The document without each of its keys, and with something else in its place.
private func bent(_ sample: Node, _ path: Path, _ node: Node) throws -> [Node] {
    var bents: [Node] = []
    if case .mapping(let entries) = node.content {
        for index in entries.indices {
            bents.append(
                changed(sample, path[...]) { place in
                    guard case .mapping(var entries) = place.content else { return }
                    entries.remove(at: index)
                    place.content = .mapping(entries)
                })
        }
    }
    for other in ["-3", "zzz zzz", "[]", "{}"] where !path.isEmpty {
        let replacement = try YAML.read(other, file: "other")
        bents.append(changed(sample, path[...]) { $0 = replacement })
    }
    return bents
}

@Test func theSchemaRefusesOnlyWhatTheReaderRefuses() throws {
    let schema = try JSONSchema(try shipped("docs/schemas/workload.json"))
    var (refused, missing) = (0, 0)
    var met: Set<Position> = []
    let samples = try samples()
    for sample in [samples[0]] + samples[9...] {
        for (path, node, part) in places(sample, schema.root, schema) {
            // Once for each place of the schema.
            guard met.insert(part.position).inserted else { continue }
            for bent in try bent(sample, path, node) {
                let isAllowed = schema.allows(bent)
                guard let error = complaint(bent) else {
                    #expect(isAllowed, "\(node.position): the reader takes it")
                    continue
                }
                refused += isAllowed ? 0 : 1
                // What must be there must be there for both.
                if String(describing: error).contains("expected the key") {
                    missing += 1
                    #expect(!isAllowed, "\(node.position): \(error)")
                }
            }
        }
    }
    #expect(refused > 200 && missing > 30, "\(refused), \(missing)")
}
