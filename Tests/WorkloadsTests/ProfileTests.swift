// Workload files that are right: what each part becomes, parameters, defaults.

import Documents
import Quantities
import TestSupport
import Testing
import Workloads

@Test func theShippedWorkloadIsReadWhole() throws {
    let profile = try Profile.read(try shipped("workloads/orders.yaml"), file: "workloads/orders.yaml")
    #expect(profile.name == "orders")
    #expect(profile.parameters == [Profile.Setting(name: "customers", value: "100_000")])
    #expect(
        profile.schema.map(\.cql)[0]
            == "CREATE KEYSPACE IF NOT EXISTS shop "
            + "WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}")
    #expect(profile.schema.count == 2)
    #expect(profile.values.map(\.name) == ["customer", "shopper", "at", "id", "total", "note"])
    #expect(profile.values.map(\.kind) == [.uuid, .uuid, .timestamp, .uuid, .decimal, .text])
    #expect(profile.operations.map(\.name) == ["latest_order", "recent_orders", "orders_of_many", "place_order"])
    #expect(profile.operations.map(\.shape) == [.point, .range, .multiPartition, .write])
    #expect(profile.operations.map(\.weight) == [55, 15, 10, 20])
    #expect(profile.operations.allSatisfy { $0.keyspace == "shop" && $0.table == "orders_by_customer" })
    #expect(profile.operations.map(\.pageSize) == [nil, 50, nil, nil])
    #expect(profile.operations.map(\.consistency) == [.localOne, .localOne, .localOne, .localQuorum])
    #expect(profile.operations[2].binds.map(\.kind) == [.list(of: .uuid)])
    #expect(profile.operations[2].binds[0].listCount == 20)
    #expect(profile.dataset[0].partitions == 100_000)
    #expect(profile.dataset[0].partitionKey == 0)
    #expect(profile.traffic.arrivals == .poisson)
    #expect(profile.traffic.rate?.constant == Rate(perSecond: 2000))
    #expect(profile.traffic.timeOut == .seconds(10))
    #expect(profile.traffic.warmUp == .given(.seconds(60)))
}

@Test func writesOfTheShippedWorkloadTouchNoKeyOfItsReads() throws {
    let text = try shipped("workloads/orders.yaml")
    let settings = [Profile.Setting(name: "customers", value: "500")]
    let profile = try Profile.read(text, file: "orders.yaml", settings: settings)
    var keys: [String: Set<KeepingSink.Value>] = [:]
    for operation in profile.operations {
        keys[operation.name] = Set(
            draw(operation.binds[0], 2_000).filter { if case .uuid = $0 { true } else { false } })
    }
    let written = try #require(keys["place_order"])
    #expect(written.count > 400)
    for (name, read) in keys where name != "place_order" {
        #expect(read.count > 100)
        #expect(read.isDisjoint(with: written))
    }
}

@Test func parametersAreReplacedEverywhere() throws {
    let profile = try Profile.read(small, file: "w", settings: [Profile.Setting(name: "people", value: "1_000")])
    #expect(profile.parameters == [Profile.Setting(name: "people", value: "1_000")])
    #expect(profile.values[0].items?.items == 1_000)
    #expect(profile.dataset[0].partitions == 1_000)
    let rate = varied("people: 10", "people: 10, pace: 7/s").replacing("rate: 100/s", with: "rate: $pace")
    #expect(try Profile.read(rate, file: "w").traffic.rate?.constant == Rate(perSecond: 7))
    let weight = varied("weight: 3", "weight: $people")
    #expect(try Profile.read(weight, file: "w").operations[0].weight == 10)
    let last = [Profile.Setting(name: "people", value: "2"), Profile.Setting(name: "people", value: "3")]
    #expect(try Profile.read(small, file: "w", settings: last).values[0].items?.items == 3)
}

@Test func whatIsLeftOutHasItsDefault() throws {
    let profile = try Profile.read(small, file: "w.yaml")
    #expect(profile.traffic.timeOut == .seconds(10))
    #expect(profile.traffic.warmUp == .given(.seconds(60)))
    #expect(profile.traffic.slice == .seconds(5))
    #expect(profile.traffic.guardLength == .milliseconds(500))
    #expect(profile.operations.map(\.consistency) == [.localOne, .localOne])
    #expect(profile.operations[0].pageSize == nil)
    #expect(profile.operations[0].position == Position(file: "w.yaml", line: 15, column: 3))
    #expect(profile.operations[0].cqlPosition == Position(file: "w.yaml", line: 18, column: 10))
}

@Test func statementsAreUnderstoodAsCQL() throws {
    func operation(_ cql: String) throws -> PlannedOperation {
        try Profile.read(varied("SELECT * FROM k.t WHERE a = ?", cql), file: "w").operations[0]
    }
    let quoted = try operation(#"'SELECT * FROM "Big" . "T" WHERE a = ? AND b = ''?'' -- ? '"#)
    #expect(quoted.keyspace == "Big")
    #expect(quoted.table == "T")
    let plain = try operation("select /* from x.y ? */ * from Shop.Orders where a = ? and c = $$ ? $$")
    #expect(plain.keyspace == "shop")
    #expect(plain.table == "orders")
    let update = varied("INSERT INTO k.t (a, b) VALUES (?, ?)\n    bind", "UPDATE k.u SET x = ? WHERE a = ?\n    bind")
    #expect(try Profile.read(update, file: "w").dataset[0].table == "u")
}
