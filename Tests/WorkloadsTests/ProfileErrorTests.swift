// Workload files that are wrong: each mistake with its line, character for character.

import Documents
import Quantities
import TestSupport
import Testing
import Workloads

private let shapes = "point, range, multi_partition, scan, aggregate, write, batch, lwt, counter, api"
private let kinds =
    "after, ascii, bigint, blob, boolean, choice, counter, date, decimal, double, duration, existing, float, inet, int, list, "
    + "map, set, smallint, text, time, timestamp, timeuuid, tinyint, tuple, udt, uuid, varint, vector"
private let levels = "ANY, ONE, TWO, THREE, QUORUM, ALL, LOCAL_QUORUM, EACH_QUORUM, LOCAL_ONE, SERIAL, LOCAL_SERIAL"

@Test(arguments: [
    Mistake("workload: 1", "workload: 2", "1:11: version 2 of the workload format, expected 1"),
    Mistake("workload: 1\n", "", "1:1: the workload has no 'workload', expected the key workload"),
    Mistake(
        "name: small", "name: ''",
        "2:7: unusable name '' of the workload, expected letters, digits, '_', '-' and '.', ",
        "at most 64, with a letter or digit first"
    ),
    Mistake(
        "name: small", "name: a/b",
        "2:7: unusable name 'a/b' of the workload, expected letters, digits, '_', '-' and '.', ",
        "at most 64, with a letter or digit first"
    ),
    Mistake("traffic:", "trafic:", "1:1: the workload has no 'traffic', expected the key traffic"),
    Mistake(
        "schema:", "shema:",
        "4:1: unknown key 'shema' in the workload, did you mean 'schema'? ",
        "expected one of clock, dataset, name, operations, parameters, schema, traffic, values, workload"
    ),
    Mistake("- CREATE", "- SELECT", "5:5: a statement of the schema begins with 'SELECT', expected CREATE or ALTER"),
    Mistake(
        "operations:", "operations: {}\nx:",
        "15:1: unknown key 'x' in the workload, ",
        "expected one of clock, dataset, name, operations, parameters, schema, traffic, values, workload"
    )
])
func wholeFile(mistake: Mistake) {
    #expect(failure(varied(mistake.parts[0], mistake.parts[1])) == "w.yaml:" + mistake.parts[2...].joined())
}

@Test(arguments: [
    Mistake(
        "type: unlogged", "type: fast", "3:11: unknown type of batch 'fast', expected one of logged, unlogged, counter"),
    Mistake(
        "cql: INSERT INTO k.t (a) VALUES (?)", "cql: SELECT * FROM k.t",
        "5:24: the statement of statement 1 of the batch of operation 'put' begins with 'SELECT', ",
        "expected INSERT or UPDATE or DELETE"
    ),
    Mistake(
        "VALUES (?)", "VALUES (?) IF NOT EXISTS",
        "5:24: the statement of statement 1 of the batch of operation 'put' has an IF, ",
        "expected a statement without IF, or the shape lwt"),
    Mistake("once: [a]", "once: [b]", "4:12: bind 'b' is not in values, expected one of a"),
    Mistake("repeat: 5", "repeat: 0", "5:75: repeat is 0, expected 1 to 10000"),
    Mistake(
        "repeat: 5", "again: 5",
        "5:67: unknown key 'again' in statement 1 of the batch of operation 'put', expected one of bind, cql, repeat")
]) func batches(mistake: Mistake) {
    let text = """
        {workload: 1, name: x, values: {a: {int: 1}}, traffic: {arrivals: constant, rate: 1/s}, operations: {put: {
          shape: batch, weight: 1, batch: {
            type: unlogged,
            once: [a],
            statements: [{cql: INSERT INTO k.t (a) VALUES (?), bind: [a], repeat: 5}]}}}}
        """
    let bent = text.replacing(mistake.parts[0], with: mistake.parts[1], maxReplacements: 1)
    #expect(bent != text)
    #expect(failure(bent) == "w.yaml:" + mistake.parts[2...].joined())
}

@Test func noOperations() {
    let text = "{workload: 1, name: x, operations: {}, traffic: {arrivals: constant, rate: 1/s}}"
    #expect(failure(text) == "w.yaml:1:36: the workload has no operations, expected at least one")
}

@Test(arguments: [
    Mistake("weight: 3", "weigth: 3", "16:5: operation 'get' has no 'weight', expected the key weight"),
    Mistake(
        "bind: [a]\n  put", "bnid: [a]\n  put",
        "19:5: unknown key 'bnid' in operation 'get', did you mean 'bind'? ",
        "expected one of bind, boost, consistency, cql, fan_out, http, once, page_size, pages, prepared, serial_consistency, shape, ",
        "timestamps, tracing, ",
        "weight"
    ),
    Mistake("weight: 3", "weight: 0", "17:13: weight is 0.0, expected more than 0"),
    Mistake("weight: 3", "weight: -1", "17:13: weight is -1.0, expected more than 0"),
    Mistake("weight: 3", "weight: much", "17:13: found 'much', expected a number"),
    Mistake(
        "shape: point", "shape: pont", "16:12: unknown shape 'pont', did you mean 'point'? expected one of \(shapes)"),
    Mistake("shape: point", "shape: odd", "16:12: unknown shape 'odd', expected one of \(shapes)"),
    Mistake(
        "shape: point", "shape: api", "16:12: shape 'api' in operation 'get', which is CQL, expected it over HTTP only"),
    Mistake(
        "shape: write", "shape: lwt",
        "23:10: the statement of operation 'put' has no IF, expected one, or the shape write"),
    Mistake(
        "shape: point", "shape: lwt\n    consistency: ONE",
        "17:18: consistency ONE in operation 'get', expected SERIAL or LOCAL_SERIAL, which make a read an lwt"
    ),
    Mistake(
        "shape: point", "shape: point\n    consistency: SERIAL",
        "17:18: consistency SERIAL in operation 'get', expected another; a serial read is a SELECT of shape lwt"
    ),
    Mistake(
        "shape: point", "shape: point\n    serial_consistency: SERIAL",
        "17:25: serial_consistency in operation 'get', which has no IF, expected it with an IF only"
    ),
    Mistake(
        "shape: point", "shape: point\n    fan_out: 3",
        "17:14: fan_out in operation 'get', which is of shape point, expected the shape multi_partition"),
    Mistake(
        "shape: point", "shape: multi_partition\n    fan_out: 1", "17:14: fan_out is 1, expected 2 to 1000"),
    Mistake("shape: point", "shape: scan\n    pages: 3", "17:12: pages without page_size, expected both, or neither"),
    Mistake(
        "shape: point", "shape: point\n    tracing: 120 %",
        "17:14: the share of traced requests is beyond all, expected 0 % to 100 %"),
    Mistake(
        "shape: point", "shape: point\n    timestamps: client",
        "17:17: client timestamps in operation 'get', which is of shape point, expected them on writes and batches only"
    ),
    Mistake(
        "shape: write", "shape: counter",
        "23:10: the statement of operation 'put' begins with 'INSERT', expected UPDATE"
    ),
    Mistake("shape: write", "shape: batch", "21:5: operation 'put' has no 'batch', expected the key batch"),
    Mistake(
        "shape: point", "shape: write",
        "18:10: the statement of operation 'get' begins with 'SELECT', ",
        "expected INSERT or UPDATE or DELETE"
    ),
    Mistake(
        "shape: write", "shape: range", "23:10: the statement of operation 'put' begins with 'INSERT', expected SELECT"),
    Mistake(
        "cql: SELECT * FROM k.t", "cql: SELECT * FROM t",
        "18:10: the statement of operation 'get' does not say in which ",
        "keyspace 't' is, expected keyspace.table"
    ),
    Mistake("bind: [a]\n  put", "bind: [c]\n  put", "19:12: bind 'c' is not in values, expected one of a, b"),
    Mistake(
        "bind: [a]\n  put", "bind: [a, b]\n  put",
        "19:11: operation 'get' binds 2 of 1 '?' of its statement, ",
        "expected a bind for each '?'"
    ),
    Mistake(
        "    bind: [a]\n  put", "  put",
        "18:10: operation 'get' binds 0 of 1 '?' of its statement, expected a bind for each '?'"
    ),
    Mistake("bind: [a]\n  put", "bind: a\n  put", "19:11: found 'a', expected a list of names of values"),
    Mistake("bind: [a]\n  put", "bind: [{list: a, count: 0}]\n  put", "19:29: count is 0, expected 1 to 10000"),
    Mistake("bind: [a]\n  put", "bind: [{list: a}]\n  put", "19:12: the list has no 'count', expected the key count"),
    Mistake("bind: [a]\n  put", "bind: [a]\n    page_size: 0\n  put", "20:16: page_size is 0, expected 1 to 1000000"),
    Mistake(
        "bind: [a, b]\ntraffic", "bind: [a, b]\n    page_size: 5\ntraffic",
        "25:16: page_size on a write, ",
        "expected it on reads only"
    ),
    Mistake(
        "bind: [a]\n  put", "bind: [a]\n    consistency: LOCAL_QUORM\n  put",
        "20:18: unknown consistency 'LOCAL_QUORM', ",
        "did you mean 'LOCAL_QUORUM'? expected one of \(levels)"
    ),
    Mistake(
        "bind: [a]\n  put", "bind: [a]\n    consistency: ANY\n  put",
        "20:18: ANY is no consistency of a read, ",
        "expected LOCAL_ONE or above"
    ),
    Mistake(
        "cql: SELECT * FROM k.t WHERE a = ?", "rest: GET /x",
        "18:5: 'rest' in operation 'get' is not in this version, ",
        "expected only shape, weight"
    ),
    Mistake(
        "VALUES (?, ?)\n    bind: [a, b]\ntraffic", "VALUES (?, ?) IF NOT EXISTS\n    bind: [a, b]\ntraffic",
        "23:10: the statement of operation 'put' has an IF, expected a statement without IF, or the shape lwt"
    ),
    Mistake(
        "VALUES (?, ?)\n    bind: [a, b]\ntraffic", "VALUES (?, now())\n    bind: [a]\ntraffic",
        "23:10: now() in the statement of operation 'put' gives each side another value, expected a ? and a seeded value"
    ),
    Mistake(
        "  get:", "  g t:",
        "15:3: unusable name 'g t' of the operation, expected letters, digits, '_', '-' and '.', at most 64, ",
        "with a letter or digit first"
    )
])
func operations(mistake: Mistake) {
    #expect(failure(varied(mistake.parts[0], mistake.parts[1])) == "w.yaml:" + mistake.parts[2...].joined())
}

@Test(arguments: [
    Mistake("{sting: 5}", "8:7: unknown kind of value 'sting', expected one of \(kinds)"),
    Mistake("{decimel: 5}", "8:7: unknown kind of value 'decimel', did you mean 'decimal'? expected one of \(kinds)"),
    Mistake("{list: {of: {int: 5}}}", "8:13: list of value 'b' has no 'size', expected the key size"),
    Mistake(
        "{list: {of: c, size: 2}}", "8:18: 'c' in value 'b' is not in values, expected the name of a value, or a value"),
    Mistake("{list: {of: b, size: 2}}", "8:18: value 'b' is a part of itself, expected another value"),
    Mistake(
        "{list: {of: {int: 5, null: 5 %}, size: 2}}",
        "8:27: null inside a collection in value 'b', expected a value that is always there"),
    Mistake(
        "{tuple: [{int: 5, unset: 5 %}]}",
        "8:24: unset inside a collection in value 'b', expected a value that is always there"),
    Mistake(
        "{int: 5, null: 60 %, unset: 50 %}",
        "8:6: value 'b' is missing more often than always, expected 100 % in all at most"),
    Mistake("{int: 5, null: 120 %}", "8:21: the share of null is beyond all, expected 0 % to 100 %"),
    Mistake("{tuple: []}", "8:14: value 'b' has no parts, expected one at least"),
    Mistake("{vector: {dimensions: 0, of: {float: 1}}}", "8:28: dimensions is 0, expected 1 to 8192"),
    Mistake("{time: {constant: 8 h}}", "8:24: '8 h' is not a time of day, expected a time of day, such as 08:30:00"),
    Mistake("{inet: {uniform: {items: 5}, version: 5}}", "8:44: version is 5, expected 4 or 6"),
    Mistake("{tinyint: {uniform: [0, 128]}}", "8:30: a bound is 128, expected -128 to 127"),
    Mistake(
        "{duration: {weeks: 1}}",
        "8:18: unknown key 'weeks' in duration of value 'b', expected one of days, months, nanoseconds"),
    Mistake("{int: 5, text: 5}", "8:6: value 'b' has 2 kinds, expected one of \(kinds)"),
    Mistake("5", "8:6: found '5', expected one of \(kinds), with how it is spread"),
    Mistake(
        "{int: {unifrom: [1, 2]}}",
        "8:13: unknown key 'unifrom' in value 'b', did you mean 'uniform'? ",
        "expected one of constant, exponential, lognormal, normal, uniform"
    ),
    Mistake(
        "{int: {}}",
        "8:12: value 'b' has no distribution, expected one of constant, uniform, lognormal, normal, exponential"),
    Mistake(
        "{double: {constant: 1, uniform: [1, 2]}}",
        "8:15: value 'b' has 2 distributions, ",
        "expected one of constant, uniform, lognormal, normal, exponential"
    ),
    Mistake("{int: {uniform: [1]}}", "8:22: a list of 1, expected two bounds, [lowest, highest]"),
    Mistake(
        "{int: {uniform: [2, 1]}}", "8:22: the bounds of value 'b' stand in the wrong order, expected [lowest, highest]"
    ),
    Mistake("{int: {uniform: [0, 3_000_000_000]}}", "8:26: a bound is 3000000000, expected -2147483648 to 2147483647"),
    Mistake("{double: {uniform: {items: 5}}}", "8:25: found a mapping, expected two numbers, [lowest, highest]"),
    Mistake("{uuid: {zipf: {items: 0, exponent: 1}}}", "8:28: items is 0, expected at least 1"),
    Mistake("{uuid: {zipf: {items: 5}}}", "8:20: zipf of value 'b' has no 'exponent', expected the key exponent"),
    Mistake("{uuid: {zipf: {items: 5, exponent: 0}}}", "8:41: exponent is 0.0, expected more than 0 and at most 10"),
    Mistake("{uuid: {uniform: {items: 5, from: -1}}}", "8:40: from is -1, expected at least 0"),
    Mistake(
        "{uuid: {uniform: {items: 5, frm: 1}}}",
        "8:34: unknown key 'frm' in uniform of value 'b', did you mean 'from'? ",
        "expected one of from, items"
    ),
    Mistake("{uuid: {uniform: [1, 2]}}", "8:23: uniform of value 'b' is a list, expected a mapping"),
    Mistake(
        "{uuid: {lognormal: {median: 1, sigma: 1}}}",
        "8:14: unknown key 'lognormal' in value 'b', ",
        "expected one of constant, hot, sequence, spread, uniform, zipf"
    ),
    Mistake(
        "{int: {zipf: {items: 3_000_000_000, exponent: 1}}}",
        "8:27: items of value 'b' go beyond 2147483647, ",
        "expected fewer, or a lower 'from'"
    ),
    Mistake("{int: {lognormal: {median: 0, sigma: 1}}}", "8:33: median is 0.0, expected more than 0"),
    Mistake("{int: {lognormal: {median: 1, sigma: -1}}}", "8:43: sigma is -1.0, expected 0 or more"),
    Mistake(
        "{int: {normal: {mean: 1, sigma: 1, min: 5, max: 4}}}", "8:54: max is 4.0, expected at least min, which is 5.0"),
    Mistake("{decimal: {constant: 1, scale: 19}}", "8:37: scale is 19, expected 0 to 18"),
    Mistake(
        "{text: {lenght: 5}}", "8:14: unknown key 'lenght' in value 'b', ",
        "expected one of constant, hot, sequence, spread, uniform, zipf"),
    Mistake("{blob: {uniform: {items: 5}}}", "8:13: value 'b' has no 'length', expected blob: {length: …}"),
    Mistake("{boolean: {true: 120 %}}", "8:23: the share of true is beyond all, expected 0 % to 100 %"),
    Mistake("{boolean: {true: 1}}", "8:23: '1' has no %, expected a percentage, such as +5 %"),
    Mistake(
        "{timestamp: {uniform: [2026-02-30, 2026-03-01]}}",
        "8:29: '2026-02-30' is not in the calendar, expected a date of ",
        "the years 1700 to 2200 in UTC, such as 2026-01-31 or 2026-01-31T10:20:30Z"
    ),
    Mistake(
        "{timestamp: {constant: yesterday}}",
        "8:29: 'yesterday' is not a date, expected a date of ",
        "the years 1700 to 2200 in UTC, such as 2026-01-31 or 2026-01-31T10:20:30Z"
    ),
    Mistake(
        "{timestamp: {uniform: [2026-02-02, 2026-02-01]}}",
        "8:28: the bounds of value 'b' stand in the wrong order, ",
        "expected [lowest, highest]"
    )
])
func values(mistake: Mistake) {
    let text = varied("{int: {uniform: [-5, 5]}}", mistake.parts[0])
    #expect(failure(text) == "w.yaml:" + mistake.parts[1...].joined())
}

@Test(arguments: [
    Mistake("partitions: $people", "partitions: 0", "12:17: partitions is 0, expected 1 to 100000000"),
    Mistake(
        "partitions: $people", "partitions: 11",
        "12:17: dataset entry 1 has 11 partitions and its key 10 items, expected at most as many partitions as items"
    ),
    Mistake("insert:", "inset:", "10:5: dataset entry 1 has no 'insert', expected the key insert"),
    Mistake(
        "bind: [a, b]\n    part", "bind: [b, a]\n    part",
        "11:11: the partition key of dataset entry 1 is 'b', ",
        "which has no items, expected a key as first bind, or named by partition_key"
    ),
    Mistake(
        "partitions: $people", "partition_key: c\n    partitions: 5", "12:20: unknown bind 'c', expected one of a, b"),
    Mistake(", max: 9", "", "13:25: rows_per_partition has no 'max', expected one, such as max: 2000"),
    Mistake(
        "INSERT INTO k.t (a, b) VALUES (?, ?)\n    bind", "DELETE FROM k.t WHERE a = ?\n    bind",
        "10:13: the statement of dataset entry 1 begins with 'DELETE', expected INSERT or UPDATE"
    )
])
func dataset(mistake: Mistake) {
    #expect(failure(varied(mistake.parts[0], mistake.parts[1])) == "w.yaml:" + mistake.parts[2...].joined())
}

@Test(arguments: [
    Mistake("rate: 100/s", "rate: 0/s", "25:37: rate is 0.00/s, expected more than 0/s"),
    Mistake("rate: 100/s", "rate: -5/s", "25:37: rate is -5.00/s, expected more than 0/s"),
    Mistake("rate: 100/s", "rate: 100", "25:37: '100' is not a rate, expected a rate with its unit, such as 2000/s"),
    Mistake(
        "arrivals: constant", "arrivals: possion",
        "25:21: unknown arrivals 'possion', did you mean 'poisson'? ",
        "expected one of constant, poisson"
    ),
    Mistake("rate: 100/s", "rate: 1/s, time_out: 0 s", "25:52: time_out is 0 ns, expected at least 1.00 ms"),
    Mistake(
        "rate: 100/s", "rate: 1/s, time_out: -5 s",
        "25:52: '-5 s' is not a duration, ",
        "expected a duration with its unit, such as 250 ms, 5 s or 10m"
    ),
    Mistake(
        "rate: 100/s", "rate: 1/s, warm_up: 60",
        "25:51: '60' has no unit, ",
        "expected a duration with its unit, such as 250 ms, 5 s or 10m"
    ),
    Mistake("rate: 100/s", "rate: 1/s, slice: 1 ms", "25:49: slice is 1.00 ms, expected at least 100 ms"),
    Mistake(
        "rate: 100/s", "rate: 1/s, timeout: 1 s",
        "25:42: unknown key 'timeout' in traffic, did you mean 'time_out'? ",
        "expected one of arrivals, guard, rate, saturation, search, slice, time_out, warm_up"
    )
])
func traffic(mistake: Mistake) {
    #expect(failure(varied(mistake.parts[0], mistake.parts[1])) == "w.yaml:" + mistake.parts[2...].joined())
}

@Test func parameters() {
    #expect(
        failure(varied("items: $people", "items: $peopel"))
            == "w.yaml:7:30: unknown parameter '$peopel', did you mean 'people'? expected one of people")
    let setting = Profile.Setting(name: "poeple", value: "5")
    #expect(
        failure(small, settings: [setting])
            == "unknown parameter 'poeple' in --set, did you mean 'people'? expected one of people")
    #expect(
        failure(varied("{people: 10}", "{people: [1]}"))
            == "w.yaml:3:22: parameter 'people' is a list, expected a plain value")
    #expect(
        failure(small, settings: [Profile.Setting(name: "people", value: "many")])
            == "w.yaml:7:30: found 'many', expected a whole number")
    let none = varied("parameters: {people: 10}\n", "")
    #expect(
        failure(none) == "w.yaml:6:30: unknown parameter '$people', expected none, since the workload has no parameters"
    )
}
