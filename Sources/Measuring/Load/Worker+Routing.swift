// Which link an operation takes. Where a side has one node, or a statement no whole partition key, links take turns; otherwise the
// values are written first, aside, and the owners of their row come first.

import Bytes
import CQLClient
import CQLProtocol
import Quantities
import Reactor

/// What a side said of a statement: where its partition key is among the bound values.
struct RoutedStatement: Equatable {
    /// Empty where not all of it is bound.
    var columns: [Int]
    var keyspace: String
}

extension Worker {
    /// Writes the values of an operation into `bound` where the node depends on them. False where it does not.
    @inline(__always)
    func bind(_ item: Int, seed: UInt64, _ statement: Int, _ side: Side) -> Bool {
        guard routes[side.index * statements.count + statement].owners != nil else { return false }
        bound.clear()
        traffic.writeValues(of: item, seed: seed, on: side, into: &bound)
        return true
    }

    /// A link to an owner of the row whose values stand in `bound`: the owners take turns, and so do the links of each. nil where
    /// none can take it.
    func pickOwner(_ statement: Int, _ side: Side) -> Link? {
        let route = routes[side.index * statements.count + statement]
        guard let table = route.owners,
            let token = RoutingKey.token(of: bound.bytes, columns: route.columns, scratch: &key)
        else { return nil }
        let owners = table.owners(of: token)
        let nodes = nodes[side.index]
        nodes.turn &+= 1
        for step in 0..<owners.count {
            let place = nodes.places + Int(owners[Int(UInt(bitPattern: nodes.turn &+ step) % UInt(owners.count))])
            for _ in 0..<place.pointee.count {
                let link = links[Int(place.pointee.first + place.pointee.next)]
                place.pointee.next = place.pointee.next + 1 == place.pointee.count ? 0 : place.pointee.next + 1
                if link.canTake { return link }
            }
        }
        return nil
    }

    /// The next link of a side that is ready and has a free stream.
    func pickLink(_ side: Side) -> Link? {
        let nodes = nodes[side.index]
        let count = nodes.rotation.count
        for _ in 0..<count {
            let link = links[nodes.rotation[nodes.next]]
            nodes.next = nodes.next + 1 == count ? 0 : nodes.next + 1
            if link.canTake { return link }
        }
        return nil
    }

    /// A statement was prepared: from now on its rows' owners can be found.
    func learn(_ statement: Int, on side: Side, from answer: PreparedStatement) {
        let found = RoutedStatement(columns: answer.partitionKeyIndices, keyspace: answer.binds.first?.keyspace ?? "")
        guard routed[side.index][statement] != found else { return }
        routed[side.index][statement] = found
        reroute(statement, on: side)
    }

    /// Looks the owners up anew, as after a change of the cluster.
    func reroute(_ statement: Int, on side: Side) {
        let place = routes + (side.index * statements.count + statement)
        place.pointee.columns.deallocate()
        place.pointee = .turns
        guard let found = routed[side.index][statement], !found.columns.isEmpty,
            let owners = nodes[side.index].owners(ofRowsIn: found.keyspace)
        else { return }
        let columns = UnsafeMutableBufferPointer<Int32>.allocate(capacity: found.columns.count)
        _ = columns.initialize(from: found.columns.map { Int32($0) })
        place.pointee = Route(columns: UnsafeBufferPointer(columns), owners: owners)
    }

    /// The side's nodes as they stand at the start.
    func join(_ side: Side) {
        let access = settings.sides[side.index]
        let members = access.nodes
        for node in members {
            // A node that only its peers name may be down; a contact point must be there, and so must the only node.
            let isRequired = members.count == 1 || access.contactPoints.contains(node.endpoint)
            addLinks(to: node, on: side, count: access.connections(toEachOf: members.count), isRequired: isRequired)
        }
        nodes[side.index].settle(access.topology)
    }

    func addLinks(to node: ClusterNode, on side: Side, count: Int, isRequired: Bool) {
        let number = nodes[side.index].count
        nodes[side.index].add(node, firstLink: links.count, count: count, isRequired: isRequired)
        for _ in 0..<count {
            links.append(
                Link(
                    index: links.count, side: side, node: number, endpoint: node.endpoint,
                    statements: statements, streams: streams))
        }
        mayHaveUnready = true
    }
}
