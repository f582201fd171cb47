// Sides over HTTP: from what a pair says to what requests need, and what is found there before a run.

import CQLClient
import CQLProtocol
import Documents
import HTTPClient
import Probes
import Quantities
import Reactor
import Recordings
import Workloads

extension HTTPAccess {
    /// Reads the files and the credentials that the pair names.
    init(_ side: Side, _ pair: PairSide) throws {
        guard let http = pair.http else { preconditionFailure("a side that speaks HTTP") }
        self.init(
            side,
            http.urls.map { HTTPBase(isSecured: $0.isSecured, endpoint: Endpoint($0.point), path: $0.path) })
        // Files that cannot be used are found here; libcurl would find them with the first request.
        tls = try pair.tls.map { try Security.context($0).settings }
        version = HTTPVersion(rawValue: http.version)!
        redirects = http.redirects
        proxy = http.proxy
        headers = http.headers
        mostBytes = http.answerAtMost ?? mostBytes
        if pair.credentials != nil, let found = try Logins.credentials(side, pair) {
            login = Login(user: found.user, password: found.password)
        }
    }

    /// Whether it is reached on this machine's own loopback.
    var isLocal: Bool {
        bases.allSatisfy {
            $0.endpoint.host.hasPrefix("127.") || $0.endpoint.host == "::1" || $0.endpoint.host == "localhost"
        }
    }

    /// Asks every base for its root: whatever answers there, it speaks HTTP.
    func environment(_ pair: PairSide) throws -> SideEnvironment {
        var version = ""
        for base in bases {
            var one = self
            one.bases = [base]
            one.redirects = 0
            let answer: HTTPEnding
            do throws(SystemError) {
                answer = try SimpleHTTP(one).get("/", within: connectTimeOut)
            } catch {
                throw Failure(.unreachable, "\(side) side: \(base): \(error)")
            }
            guard answer.status > 0 else {
                throw Failure(.unreachable, "\(side) side: \(base) cannot be used: \(answer.words)")
            }
            version = answer.version
        }
        var found = SideEnvironment(
            endpoints: bases.map(\.description), releaseVersion: pair.version ?? "", clusterName: "", partitioner: "",
            dataCenters: [], nodes: bases.count, schemaVersions: [], protocolVersion: 0,
            compression: isCompressed ? SideCompression.gzip.rawValue : SideCompression.none.rawValue,
            routing: bases.count == 1 ? "the only URL" : "\(bases.count) URLs in turn")
        found.http = version
        return found
    }
}

/// The protocol of each operation must be that of both sides.
func checkProtocols(_ operations: [PlannedOperation], _ pair: PairFile) throws(InputError) {
    for operation in operations {
        for side in Side.allCases where (operation.request != nil) != pair[side].speaksHTTP {
            let (own, other) = operation.request == nil ? ("cql", "http") : ("http", "cql")
            throw InputError(
                operation.position,
                "operation '\(operation.name)' has \(own) and the \(side) side of the pair speaks \(other)",
                expected: "operations and sides of one protocol")
        }
    }
}
