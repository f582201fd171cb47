// Pair files: both ways to give a side, and each mistake with its line.

import Documents
import Quantities
import TestSupport
import Testing
import Workloads

private let sides = "old: {cql: [a]}\nnew: {cql: [b]}\n"

private func pairFailure(_ text: String) -> String {
    do throws(InputError) {
        _ = try PairFile.read(text, file: "p.yaml")
        return "no error"
    } catch { return error.description }
}

@Test func theShippedPairsAreRead() throws {
    let local = try PairFile.read(try shipped("pairs/local-cassandra.yaml"), file: "p")
    #expect(local.name == "local-cassandra")
    #expect(local.old.cql == [ContactPoint(host: "127.0.0.1", port: 9042)])
    #expect(local[.new].cql == [ContactPoint(host: "127.0.0.2", port: 9042)])
    #expect(local.old.version == "3.11")
    #expect(local.new.version == "4.1")
    #expect(local.old.connections == nil && local.old.routing == .tokenAware)
    #expect(local.expects("table_options.shop.orders_by_customer.compression.chunk_length_in_kb"))
    #expect(!local.expects("table_options.shop.orders_by_customer.gc_grace_seconds"))
    let lab = try PairFile.read(try shipped("pairs/lab.yaml"), file: "p")
    #expect(lab.old.cql.isEmpty && lab.new.cql.isEmpty)
    let factors = try #require(try lab.new.lab?.entries().first)
    #expect(factors.key == "factor")
    #expect(try factors.value.entries().map(\.key) == ["point", "write", "range", "multi_partition"])
    #expect(try lab.old.lab?.entries().isEmpty == true)
}

@Test func allThatASideMaySay() throws {
    let text = """
        pair: 1
        name: p
        old:
          cql: [db1, "db2:9999", "[::1]", "[fe80::2]:19042"]
          version: "3.11"
          datacenter: dc1
          credentials: env:ASSAY_OLD
          connections: 64
          protocol: 5
          compression: lz4
          routing: only_these
        new: {lab: {seed: 7}, credentials: "file:secret/new"}
        """
    let pair = try PairFile.read(text, file: "p")
    #expect(pair.old.cql.map(\.description) == ["db1:9042", "db2:9999", "[::1]:9042", "[fe80::2]:19042"])
    #expect(pair.old.cql.map(\.host) == ["db1", "db2", "::1", "fe80::2"])
    #expect(pair.old.datacenter == "dc1")
    #expect(pair.old.credentials == .environment("ASSAY_OLD"))
    #expect(pair.old.connections == 64 && pair.old.routing == .onlyThese)
    #expect(pair.old.protocolVersion == 5 && pair.new.protocolVersion == nil)
    #expect(pair.old.compression == .lz4 && pair.new.compression == .none)
    #expect(pair.old.lab == nil)
    #expect(pair.new.credentials == .file("secret/new"))
    #expect(pair.new.lab != nil)
    #expect(pair.expected.isEmpty)
}

@Test func tlsIsOnOrOffOrDescribed() throws {
    func tls(_ text: String) throws -> SideSecurity? {
        try PairFile.read("pair: 1\nname: p\nold: {cql: [a], tls: \(text)}\nnew: {cql: [b]}\n", file: "p.yaml").old.tls
    }
    #expect(try tls("false") == nil)
    #expect(try tls("true") == SideSecurity() && tls("{}") == SideSecurity())
    let all = try #require(
        try tls("{ca: a.pem, certificate: b.pem, key: c.pem, server_name: d, minimum: 1.3, verify: false}"))
    #expect([all.ca, all.certificate, all.key].map { $0?.path } == ["a.pem", "b.pem", "c.pem"])
    #expect(all.key?.position == Position(file: "p.yaml", line: 3, column: 59))
    #expect(all.serverName == "d" && all.minimum == "1.3" && !all.verify)
}

@Test(arguments: [
    Mistake("", "1:1: the pair has no 'old', expected the key old"),
    Mistake(
        "old: {}\nnew: {cql: [b]}", "3:6: side 'old' has neither cql nor lab nor http, expected one of cql, lab, http"),
    Mistake(
        "old: {cql: [a], lab: {}}\nnew: {cql: [b]}", "3:6: side 'old' has cql and lab, expected one of cql, lab, http"),
    Mistake("old: {lab: true}\nnew: {cql: [b]}", "3:12: lab of side 'old' is 'true', expected a mapping"),
    Mistake(
        "old: {cqll: [a]}\nnew: {cql: [b]}",
        "3:7: unknown key 'cqll' in side 'old', did you mean 'cql'? ",
        "expected one of compression, connections, cql, credentials, datacenter, http, lab, protocol, routing, tls, version"
    ),
    Mistake(
        "old: {cql: [a], tls: 1}\nnew: {cql: [b]}",
        "3:22: found '1', ",
        "expected true, false, or a mapping with ca, certificate, key, server_name, minimum, verify"
    ),
    Mistake(
        "old: {cql: [a], tls: {cert: a.pem}}\nnew: {cql: [b]}",
        "3:23: unknown key 'cert' in tls of side 'old', ",
        "expected one of ca, certificate, key, minimum, server_name, verify"
    ),
    Mistake(
        "old: {cql: [a], tls: {minimum: 1.1}}\nnew: {cql: [b]}",
        "3:32: unknown lowest version of TLS '1.1', did you mean '1.2'? expected one of 1.2, 1.3"
    ),
    Mistake(
        "old: {cql: [a], tls: {key: a}}\nnew: {cql: [b]}",
        "3:28: a key without a certificate, expected certificate beside key"
    ),
    Mistake(
        "old: {cql: [a], tls: {server_name: 'a/b'}}\nnew: {cql: [b]}",
        "3:36: 'a/b' is no host, expected a name or an address, without port"
    ),
    Mistake(
        "old: {lab: {}, tls: true}\nnew: {cql: [b]}",
        "3:21: a lab node speaks no TLS, expected tls on a side with cql alone"
    ),
    Mistake(
        "old: {cql: [a], metrics: []}\nnew: {cql: [b]}",
        "3:17: 'metrics' in side 'old' is not in this version, ",
        "expected only compression, connections, cql, credentials, datacenter, http, lab, protocol, routing, tls, version"
    ),
    Mistake(
        "\(sides)components: []",
        "5:1: 'components' in the pair is not in this version, ",
        "expected only control, expected, name, new, old, pair"
    ),
    Mistake("\(sides)expected: x", "5:11: found 'x', expected a list of known differences"),
    Mistake("\(sides)expected: ['*']", "5:12: '*' expects every difference, expected what differs, by name"),
    Mistake(
        "old: {cql: []}\nnew: {cql: [b]}",
        "3:12: no place to connect to, ",
        "expected at least one host, host:port or [IPv6]:port"
    ),
    Mistake("old: {cql: a}\nnew: {cql: [b]}", "3:12: found 'a', expected a list of host, host:port or [IPv6]:port"),
    Mistake(
        "old: {cql: ['a:0']}\nnew: {cql: [b]}",
        "3:13: 'a:0' is not a place to connect to, ",
        "expected host, host:port or [IPv6]:port"
    ),
    Mistake(
        "old: {cql: ['a:65536']}\nnew: {cql: [b]}",
        "3:13: 'a:65536' is not a place to connect to, ",
        "expected host, host:port or [IPv6]:port"
    ),
    Mistake(
        "old: {cql: ['::1']}\nnew: {cql: [b]}",
        "3:13: '::1' is not a place to connect to, ",
        "expected host, host:port or [IPv6]:port"
    ),
    Mistake(
        "old: {cql: ['[::1']}\nnew: {cql: [b]}",
        "3:13: '[::1' is not a place to connect to, ",
        "expected host, host:port or [IPv6]:port"
    ),
    Mistake(
        "old: {cql: ['me:pw@a']}\nnew: {cql: [b]}",
        "3:13: 'me:pw@a' is not a place to connect to, ",
        "expected host, host:port or [IPv6]:port"
    ),
    Mistake(
        "old: {cql: [a], routing: token_awake}\nnew: {cql: [b]}",
        "3:26: unknown routing 'token_awake', did you mean 'token_aware'? ",
        "expected one of token_aware, round_robin, only_these"
    ),
    Mistake("old: {cql: [a], connections: 65}\nnew: {cql: [b]}", "3:30: connections is 65, expected 1 to 64"),
    Mistake(
        "old: {cql: [a], credentials: 'me:secret'}\nnew: {cql: [b]}",
        "3:30: credentials that name no place, ",
        "expected env:NAME, file:PATH, cassandra, cassandra:PATH, cqlshrc or cqlshrc:PATH"
    )
])
func pairErrors(mistake: Mistake) {
    let text = "pair: 1\nname: p\n" + mistake.parts[0]
    #expect(pairFailure(text) == "p.yaml:" + mistake.parts[1...].joined())
}

@Test func versionOfThePairFormat() {
    #expect(pairFailure("pair: 2\nname: p\n" + sides) == "p.yaml:1:7: version 2 of the pair format, expected 1")
}

@Test func patternsOfKnownDifferences() throws {
    func expects(_ pattern: String, _ subject: String) throws -> Bool {
        try PairFile.read("pair: 1\nname: p\n\(sides)expected: ['\(pattern)']", file: "p").expects(subject)
    }
    #expect(try expects("a.b", "a.b"))
    #expect(try !expects("a.b", "a.b.c"))
    #expect(try !expects("a.b", "x.a.b"))
    #expect(try expects("a.*", "a.b.c"))
    #expect(try expects("a.*.d", "a.b.c.d"))
    #expect(try !expects("a.*.d", "a.b.c.e"))
    #expect(try expects("*d*", "abcde"))
    #expect(try expects("a*", "a"))
}

@Test func credentialsAreFoundInAllForms() throws {
    let source = CredentialsSource.environment("ASSAY_OLD")
    let login = CredentialsSource.Found.login(user: "me", password: "pass:word")
    for content in ["me:pass:word", "me:pass:word\n", "me\npass:word\n", "me\r\npass:word\r\n"] {
        #expect(try source.find(content) == login)
    }
    for content in ["", "secret", ":secret", "a\nb\nc"] {
        let error = #expect(throws: InputError.self) { _ = try source.find(content) }
        #expect(
            error?.description
                == "env:ASSAY_OLD holds no credentials, expected user:password, or the two on a line each")
    }
}

@Test func credentialsAreFoundWhereCqlshHasThem() throws {
    let file = CredentialsSource.cassandra("~/.cassandra/credentials")
    let login = CredentialsSource.Found.login(user: "me", password: "pass:word")
    #expect(try file.find("; cqlsh\n[plain_text_auth]\nusername = me\npassword: pass:word\n") == login)
    #expect(try file.find("[PlainTextAuthProvider]\nUserName=me\npassword=pass:word\n") == login)
    #expect(try file.find("[plain_text_auth]\npassword = pass:word\n", user: "me") == login)
    for content in ["", "username = me\npassword = x\n", "[plain_text_auth]\nusername = me\npassword =\n"] {
        let error = #expect(throws: InputError.self) { _ = try file.find(content) }
        #expect(
            error?.description
                == "~/.cassandra/credentials holds no credentials, expected username and password in its section plain_text_auth"
        )
    }
    let settings = CredentialsSource.cqlshrc("rc")
    #expect(try settings.find("[authentication]\nusername = me\npassword = pass:word\n") == login)
    #expect(
        try settings.find("[authentication]\nusername = me\n[ui]\ncolor = on\n")
            == .elsewhere(path: "~/.cassandra/credentials", user: "me"))
    #expect(try settings.find("[authentication]\ncredentials = there\n") == .elsewhere(path: "there", user: nil))
    #expect(throws: InputError.self) { _ = try settings.find("[ui]\ncolor = on\n") }
}

@Test func placesOfCredentialsAreRead() throws {
    func source(_ text: String) throws -> CredentialsSource? {
        try PairFile.read("pair: 1\nname: p\nold: {cql: [a], credentials: '\(text)'}\nnew: {cql: [b]}\n", file: "p").old
            .credentials
    }
    #expect(try source("cassandra") == .cassandra("~/.cassandra/credentials"))
    #expect(try source("cqlshrc") == .cqlshrc("~/.cassandra/cqlshrc"))
    #expect(try source("cassandra:a/b") == .cassandra("a/b") && source("cqlshrc:c") == .cqlshrc("c"))
    #expect(throws: InputError.self) { _ = try source("cassandra:") }
}
