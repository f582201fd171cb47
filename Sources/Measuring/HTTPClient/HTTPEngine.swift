// Requests to one side over HTTP/1.1 and HTTP/2: libcurl's state machines (multi_socket), driven by an epoll set of ours. One thread uses
// an engine; none is made for a request. (libcurl looks up a name in a thread of its own, once.)

import CCurl
import Quantities
import Reactor

/// libcurl is not here, or not as it must be.
public struct HTTPUnavailable: Error, Sendable, CustomStringConvertible {
    public var reason: String
    public var description: String { "HTTP is spoken through libcurl 7.85 or later (Debian: libcurl4): \(reason)" }
}

/// Where requests to one of a side's bases go.
final class HTTPRoute {
    let prefix: [UInt8]
    /// For a host that is known by another name than it is reached by.
    let connectTo: UnsafeMutablePointer<curl_slist>?

    init(_ base: HTTPBase, _ access: HTTPAccess) {
        guard base.isSecured, let name = access.tls?.serverName else {
            prefix = Array(base.description.utf8)
            connectTo = nil
            return
        }
        let named = Endpoint(host: name, port: base.endpoint.port)
        prefix = Array("\(base.scheme)://\(named)\(base.path)".utf8)
        connectTo = ccurl_slist_append(nil, "\(named):\(base.endpoint)")
    }

    deinit { ccurl_slist_free_all(connectTo) }
}

public final class HTTPEngine {
    /// Called with each end, never from within `begin` or `giveUp`.
    public var onEnd: (HTTPEnding) -> Void = { _ in }
    /// Writes the request of a tag, when its turn has come.
    public var compose: (_ tag: Int32, inout HTTPRequest) -> Void = { _, _ in }

    private let multi: UnsafeMutableRawPointer
    private let access: HTTPAccess
    private let operations: [HTTPOperation]
    private let routes: [HTTPRoute]
    private unowned let watcher: any SocketWatcher
    private let owner: Int
    private var transfers: [HTTPTransfer] = []
    /// Those that do nothing, by operation.
    private var idle: [[HTTPTransfer]]
    /// For each tag the number of its transfer.
    private let places: UnsafeMutablePointer<Int32>
    private var waiting = HTTPQueue()
    /// Requests that were begun and have not ended, those that wait included.
    public private(set) var count = 0
    private var running = 0
    private var next = 0
    private var isClosed = false
    /// When libcurl wants to be called.
    private var timer: Instant?
    /// Whether requests may have ended that others wait for.
    private var hasRoom = false

    private static let waits: Int32 = -1
    private static let over: Int32 = -2

    /// `owner` is what `watcher` is told with each socket. `tags` are from 0 up to but not including that number. Throws where `HTTPAccess.check` does.
    public init(
        _ access: HTTPAccess, operations: [HTTPOperation], tags: Int, watcher: any SocketWatcher, owner: Int = 0
    ) throws(HTTPUnavailable) {
        try access.check()
        guard let multi = ccurl_multi_init() else { throw HTTPUnavailable(reason: "it gives no handle") }
        self.multi = multi
        self.access = access
        self.operations = operations
        self.watcher = watcher
        self.owner = owner
        routes = access.bases.map { HTTPRoute($0, access) }
        idle = Array(repeating: [], count: operations.count)
        // Memory that is touched only as far as tags are used.
        places = .allocate(capacity: tags)
        let this = Unmanaged.passUnretained(self).toOpaque()
        ccurl_multi_set_pointer(multi, CURLMOPT_SOCKETDATA, this)
        ccurl_multi_set_pointer(multi, CURLMOPT_TIMERDATA, this)
        ccurl_multi_set_socket(multi) { _, descriptor, what, engine, _ in
            HTTPEngine.at(engine).watch(descriptor, what)
            return 0
        }
        ccurl_multi_set_timer(multi) { _, milliseconds, engine in
            HTTPEngine.at(engine).timer =
                milliseconds < 0 ? nil : Clock.now() + Nanoseconds(Int64(milliseconds) * 1_000_000)
            return 0
        }
        ccurl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, access.connections)
        ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, access.connections)
        ccurl_multi_set_long(multi, CURLMOPT_MAX_CONCURRENT_STREAMS, HTTPAccess.streams)
    }

    deinit {
        close()
        places.deallocate()
    }

    private static func at(_ pointer: UnsafeMutableRawPointer?) -> HTTPEngine {
        Unmanaged<HTTPEngine>.fromOpaque(pointer!).takeUnretainedValue()
    }

    private func watch(_ descriptor: Int32, _ what: Int32) {
        if what == CURL_POLL_REMOVE { return watcher.unwatch(descriptor) }
        watcher.watch(descriptor, owner: owner, read: what & CURL_POLL_IN != 0, write: what & CURL_POLL_OUT != 0)
    }

    /// Where requests go, as the recording names it.
    public var names: [String] { access.bases.map(\.description) }

    // MARK: Requests

    /// Begins a request, or lets it wait for a connection. Returns the base that it goes to. The same tag may be used again after its end.
    @discardableResult
    public func begin(_ tag: Int32, operation: Int) -> Int {
        let base = next
        next = next + 1 == routes.count ? 0 : next + 1
        count += 1
        places[Int(tag)] = HTTPEngine.waits
        waiting.append(HTTPQueue.Entry(tag: tag, operation: Int32(operation), base: Int32(base)))
        startWaiting()
        return base
    }

    private func start(_ entry: HTTPQueue.Entry) {
        let operation = Int(entry.operation)
        let transfer: HTTPTransfer
        if let known = idle[operation].popLast() {
            transfer = known
        } else {
            guard
                let made = HTTPTransfer(
                    number: Int32(transfers.count), operation: operation, operations[operation], access)
            else { preconditionFailure("libcurl gives no handle: out of memory") }
            transfers.append(made)
            transfer = made
        }
        running += 1
        places[Int(entry.tag)] = transfer.number
        transfer.prepare(tag: entry.tag, base: Int(entry.base), routes[Int(entry.base)], compose)
        transfer.started = Clock.now()
        ccurl_multi_add_handle(multi, transfer.easy)
    }

    /// Ends a request without an answer; `onEnd` is not called for it.
    public func giveUp(_ tag: Int32) {
        let place = places[Int(tag)]
        places[Int(tag)] = HTTPEngine.over
        count -= 1
        // One that waits is left out when its turn comes.
        guard place >= 0 else { return }
        let transfer = transfers[Int(place)]
        ccurl_multi_remove_handle(multi, transfer.easy)
        rest(transfer)
        // Not here: the next in turn may be given up with the same look at the clock.
        hasRoom = true
    }

    private func rest(_ transfer: HTTPTransfer) {
        running -= 1
        idle[transfer.operation].append(transfer)
    }

    private func startWaiting() {
        while running < access.mostAtOnce, let entry = waiting.popFirst() {
            if places[Int(entry.tag)] == HTTPEngine.waits { start(entry) }
        }
    }

    // MARK: Events

    /// A socket that `watcher` watches is ready.
    public func ready(_ descriptor: Int32, read: Bool, write: Bool, failed: Bool) {
        let events =
            (read ? CURL_CSELECT_IN : 0) | (write ? CURL_CSELECT_OUT : 0) | (failed ? CURL_CSELECT_ERR : 0)
        act(descriptor, events)
    }

    /// When `turn` has something to do; nil where only the sockets matter.
    public var due: Instant? { hasRoom ? Instant(nanoseconds: 0) : timer }

    /// Does what is due.
    public func turn(_ now: Instant) {
        if hasRoom {
            hasRoom = false
            startWaiting()
        }
        guard let timer, timer <= now else { return }
        self.timer = nil
        act(-1, 0)
    }

    private func act(_ descriptor: Int32, _ events: Int32) {
        var open: Int32 = 0
        ccurl_multi_socket_action(multi, descriptor, events, &open)
        var left: Int32 = 0
        while let message = ccurl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            // The message is gone with the handle.
            let code = ccurl_message_result(message)
            ccurl_multi_remove_handle(multi, easy)
            finish(transfer(of: easy), code)
        }
    }

    private func transfer(of easy: UnsafeMutableRawPointer) -> HTTPTransfer {
        var pointer: UnsafeMutablePointer<CChar>?
        ccurl_easy_get_pointer(easy, CURLINFO_PRIVATE, &pointer)
        return HTTPTransfer.at(UnsafeMutableRawPointer(pointer))
    }

    private func finish(_ transfer: HTTPTransfer, _ code: CURLcode) {
        let ending = transfer.ending(code)
        places[Int(transfer.tag)] = HTTPEngine.over
        count -= 1
        rest(transfer)
        onEnd(ending)
        startWaiting()
    }

    /// Closes all connections; requests under way are forgotten.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        for transfer in transfers { ccurl_multi_remove_handle(multi, transfer.easy) }
        ccurl_multi_cleanup(multi)
        transfers = []
        idle = Array(repeating: [], count: operations.count)
        waiting = HTTPQueue()
        (count, running, timer, hasRoom) = (0, 0, nil, false)
    }
}

/// Requests that wait for their turn, first come, first served.
struct HTTPQueue {
    struct Entry {
        var tag: Int32
        var operation: Int32
        var base: Int32
    }

    private var entries: [Entry] = []
    private var first = 0

    var isEmpty: Bool { first == entries.count }

    mutating func append(_ entry: Entry) { entries.append(entry) }

    mutating func popFirst() -> Entry? {
        guard first < entries.count else { return nil }
        defer { first += 1 }
        // What was taken is dropped now and then, so that each entry is moved once at most.
        if first > 1024 && first > entries.count / 2 {
            entries.removeFirst(first)
            first = 0
        }
        return entries[first]
    }
}
