// What a side says it is.

import CQLClient
import CQLProtocol
import Quantities
import Reactor
import Recordings
import Testing

@testable import Probes

@Test func aNodeIsReadFromEitherSystemTable() {
    let id = CQLValue.uuid(UUIDValue("e7b331c1-be30-491d-bdad-0e7784b828b9")!)
    let texts = ["data_center": "dc1", "rack": "r1", "release_version": "4.1.9"]
    let local = row(texts, ["host_id": id, "rpc_address": .inet([10, 0, 0, 1]), "listen_address": .inet([10, 0, 0, 9])])
    let expected = node("10.0.0.1", id: "e7b331c1-be30-491d-bdad-0e7784b828b9", release: "4.1.9")
    #expect(NodeDescription(local) == expected)
    let peer = row(texts, ["host_id": id, "rpc_address": .inet([0, 0, 0, 0]), "peer": .inet([10, 0, 0, 1])])
    #expect(NodeDescription(peer) == expected)
}

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

@Test(arguments: [
    ("org.apache.cassandra.db.compaction.SizeTieredCompactionStrategy", "SizeTieredCompactionStrategy"),
    ("LZ4Compressor", "LZ4Compressor"), ("0.1", "0.1"), ("99.9PERCENTILE", "99.9PERCENTILE"),
    ("a. Sentence", "a. Sentence")
]) func classesLoseTheirPackage(name: String, short: String) {
    #expect(shortClass(name) == short)
}
