// The loop of the generator: send what is due, read what came, give up what is too late, and write down all of it.
//
// One worker is one thread with its own connections to both sides. Nothing is shared while it measures; a finished slice is handed
// on through `deliver`.

import Bytes
import CQLClient
import CQLProtocol
import HTTPClient
import Histograms
import Quantities
import Reactor
import Recordings

/// What a worker needs to know besides what it sends.
public struct WorkerSettings: Sendable {
    /// An operation that has not ended this long after its intended start has failed.
    public var timeOut: Nanoseconds
    /// How each side is reached over CQL, old first.
    public var sides: [SideAccess]
    /// How each side is reached over HTTP, old first; nil where it speaks CQL.
    public var http: [HTTPAccess?] = [nil, nil]
    /// Streams a connection, at most 32,767; fewer where there are many connections.
    public var streams: Int
    /// For a connection and what must be prepared on it.
    public var connectTimeOut: Nanoseconds
    public var assayVersion: String
    /// For the jitter of reconnects.
    public var seed: UInt64
    /// What of the operations is this worker's.
    public var share = WorkerShare.whole
    /// Where changes of the clusters are noted, and come from; nil: nobody wants to know.
    public var news: ClusterNews?

    public init(
        timeOut: Nanoseconds, sides: [SideAccess], streams: Int = 32_767, connectTimeOut: Nanoseconds = .seconds(10),
        assayVersion: String = "",
        seed: UInt64 = 0, news: ClusterNews? = nil
    ) {
        self.timeOut = timeOut
        self.sides = sides
        self.streams = streams
        self.connectTimeOut = connectTimeOut
        self.assayVersion = assayVersion
        self.seed = seed
        self.news = news
    }
}

public final class Worker<W: World, T: TrafficSource> {
    let world: W
    let traffic: T
    let settings: WorkerSettings
    let statements: [TrafficStatement]
    /// Which sides speak HTTP, old first, and what speaks it once they are connected.
    let speaksHTTP: [Bool]
    var engines: [HTTPEngine?] = [nil, nil]
    /// Whether requests have ended since it last waited: what follows from that must not wait.
    @exclusivity(unchecked) var hasEnded = false
    var links: [Link] = []
    /// Each side's nodes, old first.
    let nodes: [SideNodes]
    /// How the nodes for each statement are found: those of the old side, then those of the new.
    let routes: UnsafeMutablePointer<Route>
    /// What each side said of each statement when it was prepared; nil until then.
    var routed: [[RoutedStatement?]]
    /// The values of a request whose node is yet to be found, and its partition key.
    @exclusivity(unchecked) var bound = ByteWriter(capacity: 4096)
    @exclusivity(unchecked) var key = ByteWriter(capacity: 256)
    /// The last news that was followed.
    var seenNews = 0
    /// Whether some link is not ready, or may not be.
    @exclusivity(unchecked) var mayHaveUnready = true
    @exclusivity(unchecked) var dirty: [Int] = []
    @exclusivity(unchecked) var flights: FlightTable
    @exclusivity(unchecked) var gathers: GatherTable
    /// Slices that are under way or not yet drained; a flight names its slice by its place here.
    @exclusivity(unchecked) var slices: [SliceAccumulator?] = []
    var spareSlices: [SliceAccumulator] = []
    /// Slices of the segment under way: for each side the place in `slices`, -1 where nothing is recorded.
    @exclusivity(unchecked) var current: [Int32] = [-1, -1]
    let deliver: (SliceAccumulator) -> Void
    let shouldStop: () -> Bool
    /// Called with an item that failed, in closed loop.
    public var onFailure: ((_ item: Int, _ outcome: OutcomeClass) -> Void)?
    /// Called now and then with how many items have ended, in closed loop.
    public var onProgress: ((_ ended: Int) -> Void)?
    /// Items that have ended, in closed loop.
    @exclusivity(unchecked) public internal(set) var ended = 0
    var isClosedLoop = false
    /// Whether the sides are driven to their limits, so that the worker must show that it is not the limit itself.
    var isSaturating = false
    /// Whether all connections were ready once: from then on a broken one is an outcome, not the end.
    var isRunning = false
    var random: SeededRandom
    /// Of each connection.
    let streams: Int
    /// First failure of a connection before the run; ends it.
    var startFailure: LoadFailure?
    /// When the drive began.
    public internal(set) var started = Instant(nanoseconds: 0)
    /// Told when the first segment begins, before anything is sent.
    public var onStart: ((Instant) -> Void)?

    /// `deliver` gets each slice when it is over and drained, on the worker's thread. `shouldStop` is asked in every turn of the
    /// loop, and at least four times a second.
    public init(
        world: W, traffic: T, settings: WorkerSettings, shouldStop: @escaping () -> Bool,
        deliver: @escaping (SliceAccumulator) -> Void
    ) {
        self.world = world
        self.traffic = traffic
        self.settings = settings
        self.shouldStop = shouldStop
        self.deliver = deliver
        statements = traffic.statements
        speaksHTTP = settings.http.map { $0 != nil }
        nodes = settings.sides.map(SideNodes.init)
        routes = .allocate(capacity: 2 * max(statements.count, 1))
        routes.initialize(repeating: .turns, count: 2 * max(statements.count, 1))
        routed = [[RoutedStatement?]](repeating: Array(repeating: nil, count: statements.count), count: 2)
        let connections = settings.sides.reduce(0) { sum, access in
            let nodes = access.nodes.count
            return sum + nodes * access.connections(toEachOf: nodes)
        }
        streams = min(settings.streams, max(1, Self.mostFlights / max(connections, 1)))
        // As many as there are streams: a side that hangs fills its own connections and never takes a place from the other.
        // Nodes that are added later find some room too.
        flights = FlightTable(capacity: streams * connections + 65_536)
        gathers = GatherTable(capacity: statements.contains { $0.fanOut > 1 } ? flights.capacity : 0)
        random = SeededRandom(seed: settings.seed)
        for side in Side.allCases { join(side) }
    }

    deinit {
        for index in 0..<2 * statements.count { routes[index].columns.deallocate() }
        routes.deallocate()
    }

    /// Operations in flight that memory is set aside for (it is touched only when they are).
    static var mostFlights: Int { 1 << 21 }

    /// How long a nap may be before `shouldStop` is asked again.
    static var longestNap: Nanoseconds { .milliseconds(250) }

    /// Connects everything and prepares all statements on every connection. From here on a broken connection is an outcome.
    public func connect() throws(LoadFailure) {
        try connectAll()
        isRunning = true
    }

    /// Serves the connections until `time` gives an instant; nil where it was stopped before.
    func wait(for time: () -> Instant?) -> Instant? {
        while !shouldStop() {
            if let instant = time() { return instant }
            nap(until: world.now() + .milliseconds(1))
            flush()
        }
        return nil
    }

    /// Drives, connected before or now; an open loop begins at `start`, or soon. Returns whether the drive came to its end (false:
    /// it was stopped).
    public func run(_ drive: Drive, from start: Instant? = nil) throws(LoadFailure) -> Bool {
        if !isRunning { try connect() }
        switch drive {
        case .open(let segments, let arrivals, let isLeftOut):
            started = start ?? world.now() + StartGate.lead
            onStart?(started)
            return runOpen(
                Cursor(
                    segments, start: started, share: settings.share, isLeftOut: isLeftOut, arrivals: arrivals))
        case .closed(let loop):
            return try runClosed(loop)
        }
    }

    /// Closes all connections; operations in flight are forgotten.
    public func close() {
        for link in links { world.close(link.index) }
        for engine in engines { engine?.close() }
    }

    // MARK: Open loop

    func runOpen(_ first: Cursor) -> Bool {
        var cursor = first
        while true {
            let now = world.now()
            if cursor.position < 0 && now >= cursor.start { enter(&cursor) }
            if cursor.position >= 0 { sendDue(&cursor, now) }
            expire(now)
            flush()
            if cursor.isAtEnd && flights.count == 0 { return true }
            if shouldStop() {
                drain()
                return false
            }
            var deadline = now + Self.longestNap
            if !cursor.isAtEnd {
                deadline = min(deadline, cursor.position < 0 ? cursor.start : min(cursor.next, cursor.end))
            }
            nap(until: deadline)
        }
    }

    /// After a stop: nothing more is sent, but slices that are over get their answers or time-outs, at most one time-out long. Rounds
    /// of a side that hangs would be missing otherwise, and only those.
    private func drain() {
        while slices.contains(where: { $0?.isOver == true }) {
            let now = world.now()
            expire(now)
            flush()
            nap(until: now + Self.longestNap)
        }
    }

    /// Sends what is due, at most a batch, so that answers are read in time even while catching up.
    private func sendDue(_ cursor: inout Cursor, _ now: Instant) {
        var batch = 128
        while let segment = cursor.segment, batch > 0 {
            if cursor.next < cursor.end {
                guard cursor.next <= now else { return }
                sendOne(cursor, segment)
                cursor.advance()
                batch -= 1
            } else {
                guard now >= cursor.end else { return }
                leave(cursor, segment)
                enter(&cursor)
            }
        }
    }

    private func sendOne(_ cursor: Cursor, _ segment: Segment) {
        let recorded = segment.round != nil && cursor.next >= cursor.start + segment.guardLength
        // In duet mode who is written to first is random, so that neither side gains by it.
        let swap = segment.sides.count == 2 && SeededRandom.derive(segment.seed, UInt64(cursor.item)) & 1 == 1
        for place in segment.sides.indices {
            let side = segment.sides[swap ? 1 - place : place]
            let now = world.now()
            let slice = current[side.index]
            if slice >= 0, let accumulator = slices[Int(slice)] {
                accumulator.due += 1
                if now < cursor.end { accumulator.dispatched += 1 }
                if recorded {
                    accumulator.lateness.record((now - cursor.next).count)
                    if accumulator.inFlightAtStart < 0 { accumulator.inFlightAtStart = flights.count }
                }
            }
            dispatch(
                cursor.item, seed: segment.seed, intended: cursor.next, now: now, side: side,
                slice: recorded ? slice : -1)
            if slice >= 0, let accumulator = slices[Int(slice)] {
                accumulator.inFlightMax = max(accumulator.inFlightMax, flights.count)
            }
        }
    }

    private func enter(_ cursor: inout Cursor) {
        cursor.enterNext()
        guard let segment = cursor.segment, let round = segment.round else { return }
        for side in segment.sides {
            current[side.index] = openSlice(
                side, round: round, from: cursor.start + segment.guardLength, length: segment.length)
        }
    }

    private func leave(_ cursor: Cursor, _ segment: Segment) {
        for side in segment.sides {
            closeSlice(current[side.index])
            current[side.index] = -1
        }
    }

    // MARK: Closed loop

    /// Throws when the side cannot be reached for as long as connecting may take.
    private func runClosed(_ loop: ClosedLoop) throws(LoadFailure) -> Bool {
        started = world.now()
        isClosedLoop = true
        let end = started + loop.length
        let slice = loop.recorded ? openSlice(loop.side, round: 0, from: started, length: loop.length) : -1
        var item = 0
        var lastConnected = started
        while true {
            let now = world.now()
            let isOver = now >= end || item >= loop.items
            // Without a connection operations would fail at once, as fast as they can be made: wait for one, but not for ever.
            let isConnected = isConnected(loop.side)
            if isConnected { lastConnected = now }
            if now - lastConnected > settings.connectTimeOut {
                let link = links[nodes[loop.side.index].rotation[0]]
                throw .cannotConnect(ConnectFailure(target: link.target, reason: link.lastFailure))
            }
            while !isOver && isConnected && flights.count < loop.inFlight && item < loop.items
                && hasRoom(loop.side)
            {
                let time = world.now()
                dispatch(item, seed: loop.seed, intended: time, now: time, side: loop.side, slice: slice)
                item += 1
            }
            expire(now)
            flush()
            if isOver && flights.count == 0 { break }
            if shouldStop() { return false }
            onProgress?(ended)
            nap(until: isOver ? now + Self.longestNap : min(end, now + Self.longestNap))
        }
        closeSlice(slice)
        onProgress?(ended)
        return true
    }

    /// Whether a link of the side takes operations. What is made up faster than it can go out is not sent: it would overflow here, and
    /// through no fault of the side.
    func hasRoom(_ side: Side) -> Bool {
        speaksHTTP[side.index] ? flights.hasRoom : nodes[side.index].rotation.contains { links[$0].canTake }
    }

    /// Whether there is a connection to send on; over HTTP they are made when they are needed.
    func isConnected(_ side: Side) -> Bool {
        speaksHTTP[side.index] || nodes[side.index].rotation.contains { links[$0].isReady }
    }

    // MARK: Slices

    func openSlice(_ side: Side, round: Int, from: Instant, length: Nanoseconds) -> Int32 {
        let accumulator =
            spareSlices.popLast()
            ?? SliceAccumulator(
                operations: statements.count, nodes: nodes.map(\.capacity).max() ?? 0,
                phases: speaksHTTP.contains(true))
        accumulator.side = side
        accumulator.round = round
        accumulator.measuredFrom = from
        accumulator.length = length
        accumulator.isSaturating = isSaturating
        accumulator.openedAt = world.now()
        accumulator.cpuAtStart = world.workerCPU()
        accumulator.delayAtStart = world.runQueueDelay()
        if let free = slices.firstIndex(where: { $0 == nil }) {
            slices[free] = accumulator
            return Int32(free)
        }
        slices.append(accumulator)
        return Int32(slices.count - 1)
    }

    func closeSlice(_ place: Int32) {
        guard place >= 0, let accumulator = slices[Int(place)] else { return }
        accumulator.isOver = true
        accumulator.span = world.now() - accumulator.openedAt
        accumulator.inFlightAtEnd = flights.count
        accumulator.nodeNames = engines[accumulator.side.index]?.names ?? nodes[accumulator.side.index].names
        accumulator.workerCPU = world.workerCPU() - accumulator.cpuAtStart
        accumulator.runQueueDelay = accumulator.delayAtStart.flatMap { start in world.runQueueDelay().map { $0 - start }
        }
        deliverIfDrained(place)
    }

    func deliverIfDrained(_ place: Int32) {
        guard let accumulator = slices[Int(place)], accumulator.isOver && accumulator.outstanding == 0 else { return }
        slices[Int(place)] = nil
        deliver(accumulator)
    }

    /// Takes back a slice that was delivered and read. Only from within `deliver`, or when the worker does not run.
    public func recycle(_ accumulator: SliceAccumulator) {
        accumulator.reset()
        spareSlices.append(accumulator)
    }

    // MARK: Waiting

    /// Sleeps until `deadline`, an expiry or a reconnect is due, or something arrives; then reads what arrived.
    func nap(until deadline: Instant) {
        var deadline = deadline
        if flights.first >= 0 {
            deadline = min(deadline, Instant(nanoseconds: flights[flights.first].intended) + settings.timeOut)
        }
        if mayHaveUnready {
            for link in links {
                if let due = link.due { deadline = min(deadline, due) }
            }
        }
        if speaksHTTP[0] || speaksHTTP[1] { deadline = dueOfEngines(deadline) }
        world.wait(until: deadline) { event in
            if let socket = WatchedSockets.socket(event.token) {
                return ready(socket.descriptor, of: socket.owner, event)
            }
            let link = links[Int(event.token)]
            if event.canWrite || event.failed { writable(link) }
            if event.canRead || event.failed { readable(link) }
        }
        if let news = settings.news, news.current != seenNews { follow(news) }
        if mayHaveUnready { tendLinks() }
    }
}
