// What sides have in common, and what is said of one.

import CQLClient
import CQLProtocol
import Quantities
import Reactor
import Recordings
import Testing

@testable import Probes

@Test func aSideInTheMiddleOfAnUpgradeNamesItsReleases() {
    let mixed = side(
        [node("10.0.0.1", release: "4.1.9"), node("10.0.0.2"), node("10.0.0.3", dataCenter: "dc2")],
        versions: ["a", "b"])
    #expect(mixed.releaseVersions == ["3.11.19", "4.1.9"])
    #expect(!mixed.schemaAgrees)
    var access = SideAccess(.old, [Endpoint(host: "10.0.0.1", port: 9042)])
    access.protocolVersion = .v5
    access.compression = .lz4
    let environment = mixed.environment(access)
    #expect(environment.endpoints == ["10.0.0.1:9042"])
    #expect(environment.protocolVersion == 5 && environment.compression == "lz4")
    #expect(environment.releaseVersion == "3.11.19, 4.1.9")
    #expect(
        environment.nodes == 3 && environment.dataCenters == ["dc1", "dc2"] && environment.schemaVersions == ["a", "b"])
}

@Test(arguments: [
    ("127.0.0.1", "127.0.0.2", true), ("::1", "127.0.0.1", true), ("10.0.0.1", "10.0.0.1", true),
    ("10.0.0.1", "10.0.0.2", false),
    ("127.0.0.1", "10.0.0.2", false)
]) func sidesShareAHostByTheirAddresses(old: String, new: String, shared: Bool) {
    #expect(sharesHost(side([node("10.1.1.1"), node(old)]), side([node(new), node("10.2.2.2")])) == shared)
}

@Test func sidesShareNodesByTheirHostIDs() {
    #expect(sharesNodes(side([node("a", id: "1"), node("b", id: "2")]), side([node("c", id: "2")])))
    #expect(!sharesNodes(side([node("a", id: "1")]), side([node("a", id: "2")])))
    #expect(!sharesNodes(side([node("a")]), side([node("b")])))
}
