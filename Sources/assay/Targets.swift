// The two sides as something that can be connected to: addresses and credentials, and lab nodes where the pair asks for them.

import CQLClient
import CQLProtocol
import Documents
import HTTPClient
import Lab
import Quantities
import Reactor
import Recordings
import Workloads

/// Where the sides are. Lab nodes start with it and end with `close`.
final class Targets {
    /// Over CQL, old first; a side that speaks HTTP has no contact points here.
    private(set) var sides: [SideAccess]
    /// Over HTTP, old first; nil for sides that speak CQL.
    let http: [HTTPAccess?]
    private let labs: [LabServer]

    /// Reads credentials where the pair says they are, and starts the lab's nodes on free ports.
    init(_ pair: PairFile) throws {
        var sides: [SideAccess] = []
        var labs: [LabServer] = []
        var http: [HTTPAccess?] = [nil, nil]
        for side in Side.allCases {
            if pair[side].speaksHTTP {
                sides.append(SideAccess(side, [], connections: 0))
                http[side.index] = try Targets.access(side, pair[side], &labs)
            } else if let node = pair[side].lab {
                let dials = try LabDials.read(node, side: side)
                let lab = try Targets.serve(
                    dials, side: side, at: Endpoint(host: "127.0.0.1", port: 0), prioritised: true)
                labs.append(lab)
                let credentials = dials.credentials.map { Credentials(user: $0.user, password: $0.password) }
                sides.append(
                    SideAccess(
                        side, [lab.endpoint], credentials: credentials, routing: pair[side].routing,
                        dataCenter: pair[side].datacenter, connections: pair[side].connections))
            } else {
                sides.append(
                    SideAccess(
                        side, pair[side].cql.map(Endpoint.init), credentials: try Logins.credentials(side, pair[side]),
                        tls: try pair[side].tls.map(Security.context), routing: pair[side].routing,
                        dataCenter: pair[side].datacenter, connections: pair[side].connections))
            }
        }
        for side in Side.allCases { sides[side.index].compression = Compression(pair[side].compression) }
        do {
            try Negotiation.settle(&sides, pair)
        } catch {
            for lab in labs { lab.stop() }
            throw error
        }
        self.sides = sides
        self.http = http
        self.labs = labs
        labSides = Side.allCases.filter { pair[$0].lab != nil }
        emptySides = labSides.filter { !pair[$0].speaksHTTP }
    }

    /// How a side is reached over HTTP; a gateway of the lab is started.
    private static func access(_ side: Side, _ pair: PairSide, _ labs: inout [LabServer]) throws -> HTTPAccess {
        var access: HTTPAccess
        if let node = pair.lab {
            let gateway = LabGateway(side: side, dials: try LabDials.read(node, side: side))
            let lab = try serve(side: side) { () throws(SystemError) in
                try LabServer(listening: Endpoint(host: "127.0.0.1", port: 0), gateway: gateway)
            }
            lab.start(prioritised: true)
            labs.append(lab)
            access = HTTPAccess(side, [HTTPBase(isSecured: false, endpoint: lab.endpoint)])
        } else {
            access = try HTTPAccess(side, pair)
        }
        access.connections = pair.connections ?? HTTPAccess.usualConnections
        access.isCompressed = pair.compression == .gzip
        do throws(HTTPUnavailable) {
            try access.check()
        } catch {
            for lab in labs { lab.stop() }
            throw Failure(.unreachable, error.description)
        }
        return access
    }

    /// A lab node that listens and answers.
    static func serve(
        _ dials: LabDials, side: Side, at endpoint: Endpoint, prioritised: Bool = false
    ) throws(Failure) -> LabServer {
        let server = try serve(side: side) { () throws(SystemError) in
            try LabServer(listening: endpoint, node: LabNode(side: side, dials: dials))
        }
        server.start(prioritised: prioritised)
        return server
    }

    private static func serve(
        side: Side, _ make: () throws(SystemError) -> LabServer
    ) throws(Failure) -> LabServer {
        do {
            return try make()
        } catch {
            throw Failure(.unreachable, "the lab's \(side) side cannot start: \(error)")
        }
    }

    /// The sides that are of the lab: they start with each run.
    let labSides: [Side]
    /// Those of them that start empty and take rows.
    let emptySides: [Side]

    /// Reads who belongs to a side, from the node at the other end of `session`: from now on load goes to all of them.
    @discardableResult
    func explore(_ side: Side, _ session: SimpleSession) throws -> Topology {
        let topology = try Preflight.asking { try session.topology() }
        sides[side.index].topology = topology
        return topology
    }

    func close() {
        for lab in labs { lab.stop() }
    }

    /// A session to the first contact point of a side that answers; the failure of the last where none does.
    func session(_ side: Side) throws -> SimpleSession {
        var failure: ConnectFailure?
        for endpoint in sides[side.index].contactPoints {
            do {
                return try SimpleSession(sides[side.index], endpoint)
            } catch {
                failure = error
            }
        }
        throw failure!
    }

}
