// A cluster that changes while load runs: nodes come, go, and come back, and links with them.

import CQLClient
import Quantities
import Reactor
import Recordings

extension Worker {
    /// Gives up, makes again and closes what is due, as long as some link needs it.
    func tendLinks() {
        expireLinks()
        reconnectDue()
        mayHaveUnready = false
        for link in links {
            if link.isRetired && !link.isIdle && link.streams.isEmpty { close(retired: link) }
            if link.phase != .closed && (!link.isReady || link.isRetired) { mayHaveUnready = true }
        }
    }

    private func close(retired link: Link) {
        if link.isReady { changeReady(link, by: -1) }
        world.close(link.index)
        link.phase = .closed
    }

    /// Takes over what is new of both clusters.
    func follow(_ news: ClusterNews) {
        seenNews = news.current
        for side in Side.allCases {
            if let topology = news.topology(of: side) { follow(topology, of: side) }
        }
    }

    /// New members get links, those that left lose theirs, owners are looked up anew, and lost nodes are tried at once.
    func follow(_ topology: Topology, of side: Side) {
        let nodes = nodes[side.index]
        guard nodes.topology?.places != topology.places else { return hurry(side) }
        let access = settings.sides[side.index]
        guard let members = access.members(of: topology), !members.isEmpty else { return }
        var present: Set<Int> = []
        for node in members {
            if let number = nodes.number(of: node) {
                present.insert(number)
                if nodes.places[number].isRetired { retire(number, of: side, false) }
            } else if nodes.count < nodes.capacity {
                present.insert(nodes.count)
                addLinks(
                    to: node, on: side, count: access.connections(toEachOf: access.nodes.count), isRequired: false)
            }
        }
        for number in 0..<nodes.count where !present.contains(number) && !nodes.places[number].isRetired {
            retire(number, of: side, true)
        }
        nodes.settle(topology)
        for statement in statements.indices { reroute(statement, on: side) }
        hurry(side)
    }

    private func retire(_ number: Int, of side: Side, _ isRetired: Bool) {
        let place = nodes[side.index].places + number
        place.pointee.isRetired = isRetired
        for index in place.pointee.first..<(place.pointee.first + place.pointee.count) {
            let link = links[Int(index)]
            link.isRetired = isRetired
            switch link.phase {
            case .waiting where isRetired: link.phase = .closed
            case .closed where !isRetired: link.phase = .waiting(until: world.now())
            default: break
            }
        }
        mayHaveUnready = true
    }

    /// Links of the side that wait to be made again need not wait.
    private func hurry(_ side: Side) {
        for link in links where link.side == side {
            if case .waiting = link.phase {
                link.attempts = 0
                link.phase = .waiting(until: world.now())
            }
        }
    }
}
