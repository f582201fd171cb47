// observations.json and environment.json: written, and read back equal.

import Documents
import Quantities

extension Observations {
    public func json() -> JSON {
        .object([
            "observations": .array(
                observations.map {
                    .object([
                        "kind": .string($0.kind), "subject": .string($0.subject), "old": .string($0.old),
                        "new": .string($0.new),
                        "expected": .bool($0.expected), "note": .string($0.note)
                    ])
                }),
            "probed": .array(probed.map { .string($0) }),
            "version": .integer(1)
        ])
    }

    public static func read(_ text: String, file: String) throws(InputError) -> Observations {
        var fields = try Fields(YAML.read(text, file: file), what: "observations.json")
        var result = Observations()
        for item in try fields.required("probed").list() { result.probed.append(try item.string()) }
        for item in try fields.required("observations").list() {
            var entry = try Fields(item, what: "an observation")
            result.observations.append(
                Observation(
                    kind: try entry.required("kind").string(), subject: try entry.required("subject").string(),
                    old: try entry.required("old").string(), new: try entry.required("new").string(),
                    expected: try entry.required("expected").boolean(), note: try entry.required("note").string()))
        }
        return result
    }
}

extension Environment {
    public func json() -> JSON {
        .object([
            "environment": .integer(1),
            "assay_version": .string(assayVersion),
            "machine": .object(machine.mapValues { .string($0) }),
            "shared_host": .bool(sharedHost),
            "old": old.json(),
            "new": new.json()
        ])
    }

    public static func read(_ text: String, file: String) throws(InputError) -> Environment {
        var fields = try Fields(YAML.read(text, file: file), what: "environment.json")
        var machine: [String: String] = [:]
        for entry in try fields.required("machine").entries() { machine[entry.key] = try entry.value.string() }
        return Environment(
            assayVersion: try fields.required("assay_version").string(),
            old: try SideEnvironment(fields.required("old")),
            new: try SideEnvironment(fields.required("new")), machine: machine,
            sharedHost: try fields.required("shared_host").boolean())
    }
}

extension SideEnvironment {
    fileprivate func json() -> JSON {
        func texts(_ list: [String]) -> JSON { .array(list.map { .string($0) }) }
        var fields: [String: JSON] = [
            "endpoints": texts(endpoints), "release_version": .string(releaseVersion),
            "cluster_name": .string(clusterName),
            "partitioner": .string(partitioner), "data_centers": texts(dataCenters), "nodes": .integer(nodes),
            "schema_versions": texts(schemaVersions), "protocol_version": .integer(protocolVersion),
            "compression": .string(compression),
            "routing": .string(routing), "routes": .object(routes.mapValues { .string($0) })
        ]
        if let http { fields["http"] = .string(http) }
        fields["security"] = security?.json()
        return .object(fields)
    }

    fileprivate init(_ node: Node) throws(InputError) {
        var fields = try Fields(node, what: "a side")
        func texts(_ node: Node) throws(InputError) -> [String] {
            var result: [String] = []
            for item in try node.list() { result.append(try item.string()) }
            return result
        }
        var routes: [String: String] = [:]
        for entry in try fields.optional("routes")?.entries() ?? [] { routes[entry.key] = try entry.value.string() }
        self.init(
            endpoints: try texts(fields.required("endpoints")),
            releaseVersion: try fields.required("release_version").string(),
            clusterName: try fields.required("cluster_name").string(),
            partitioner: try fields.required("partitioner").string(),
            dataCenters: try texts(fields.required("data_centers")), nodes: try fields.required("nodes").integer(),
            schemaVersions: try texts(fields.required("schema_versions")),
            protocolVersion: try fields.required("protocol_version").integer(),
            // Runs before there was a choice had none.
            compression: try fields.optional("compression")?.string() ?? "none",
            routing: try fields.optional("routing")?.string() ?? "", routes: routes)
        http = try fields.optional("http")?.string()
        security = try fields.optional("security").map(SecurityFacts.init)
    }
}
