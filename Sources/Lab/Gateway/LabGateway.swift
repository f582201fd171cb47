// A small data API over HTTP/1.1: rows that are a function of their key, with the lab's dials on how long each shape of request takes,
// how often it fails, and what it leaves out. No sockets, no clock.

import Documents
import Quantities
import Synchronization

/// Answers requests:
///
///     GET  /items/{key}                  a row                 point
///     GET  /items?from={key}&count={n}   n rows                range
///     POST /items/search {"keys": […]}   a row for each key    multi_partition
///     POST /items                        takes a row           write
///     GET  /health                       {"status": "up"}
///     GET  /faults/{fault}               what must not be      `LabFault`
public final class LabGateway: Sendable {
    public let side: Side
    private let state: Mutex<State>

    private struct State {
        var dials: LabDials
        var hours = ServiceHours(zero: nil)
        var random: SeededRandom
    }

    public init(side: Side, dials: LabDials) {
        self.side = side
        state = Mutex(
            State(dials: dials, random: SeededRandom(seed: SeededRandom.derive(dials.seed, "service times"))))
    }

    /// Rows that one answer may have.
    static let mostRows = 10_000

    /// The answer, and when it is due.
    func answer(_ request: LabHTTPRequest, now: Instant) -> (answer: LabHTTPAnswer, due: Instant) {
        if let fault = request.path.removingPrefix("/faults/") {
            return (LabFault.answer(fault, request), due(now, .zero))
        }
        guard let (shape, answer) = route(request) else {
            return (LabHTTPAnswer(404, json: #"{"description":"no such resource"}"#), due(now, .zero))
        }
        guard let shape else { return (answer, due(now, .zero)) }
        return state.withLock { state in
            let service = state.dials.serviceTime(shape, &state.random)
            let chance = state.random.unit()
            let due = state.hours.due(now, service, state.dials)
            guard let injected = state.dials.errors[shape], chance < injected.share.value else { return (answer, due) }
            return (LabHTTPAnswer(injected.errorClass.status, json: #"{"description":"as its dials say"}"#), due)
        }
    }

    private func due(_ now: Instant, _ service: Nanoseconds) -> Instant {
        state.withLock { $0.hours.due(now, service, $0.dials) }
    }

    /// nil where there is nothing; a nil shape takes no time.
    private func route(_ request: LabHTTPRequest) -> (Shape?, LabHTTPAnswer)? {
        switch (request.method, request.path) {
        case ("GET", "/health"), ("HEAD", "/health"): return (nil, LabHTTPAnswer(200, json: #"{"status":"up"}"#))
        case ("GET", "/items"):
            let from = request.query["from"] ?? "0"
            let count = min(max(0, Int(request.query["count"] ?? "") ?? 10), LabGateway.mostRows)
            let start = LabGateway.number(of: from)
            return (.range, rows(.range, (0..<UInt64(count)).map { String(start &+ $0) }))
        case ("POST", "/items/search"):
            let count = request.body.withUnsafeBytes { bytes in
                JSONScanner(bytes).flatMap { scanner in
                    scanner.value(at: LabGateway.keys).flatMap(scanner.count)
                }
            }
            guard let count, count <= LabGateway.mostRows else {
                return (.multiPartition, LabHTTPAnswer(400, json: #"{"description":"keys is no list"}"#))
            }
            return (.multiPartition, rows(.multiPartition, (0..<count).map(String.init)))
        case ("POST", "/items"):
            let isRow = request.body.withUnsafeBytes { JSONScanner($0) != nil }
            return (
                .write, isRow ? LabHTTPAnswer(201, json: "{}") : LabHTTPAnswer(400, json: #"{"description":"no JSON"}"#)
            )
        case ("GET", let path):
            return path.removingPrefix("/items/").map { (.point, LabHTTPAnswer(200, json: LabGateway.row(String($0)))) }
        default: return nil
        }
    }

    private static let keys = JSONPath("$.keys")!

    private func rows(_ shape: Shape, _ keys: [String]) -> LabHTTPAnswer {
        let (share, seed) = state.withLock { ($0.dials.fewerRows[shape]?.value ?? 0, $0.dials.seed) }
        let kept = keys.filter { key in
            guard share > 0 else { return true }
            var random = SeededRandom(seed: SeededRandom.derive(seed, LabGateway.number(of: key)))
            return random.unit() >= share
        }
        return LabHTTPAnswer(200, json: #"{"rows":["# + kept.map(LabGateway.row).joined(separator: ",") + "]}")
    }

    /// The same on both sides.
    private static func row(_ key: String) -> String {
        let amount = SeededRandom.mix(number(of: key)) % 100_000
        let quoted = key.filter { $0.isLetter || $0.isNumber || $0 == "-" }
        return #"{"key":"\#(quoted)","amount":\#(amount),"note":"row \#(amount) of the lab"}"#
    }

    private static func number(of key: String) -> UInt64 {
        UInt64(key) ?? key.utf8.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    }
}

extension LabGateway: LabService {
    func converse() -> any LabConversation { LabHTTPSession(self) }
    func startClock(_ now: Instant, wall: WallTime) {
        state.withLock { if $0.hours.zero == nil { $0.hours.zero = now } }
    }
}

extension LabDials.ErrorClass {
    fileprivate var status: Int {
        switch self {
        case .overloaded: 429
        case .unavailable: 503
        case .readTimeout, .writeTimeout: 504
        case .serverError: 500
        }
    }
}

extension StringProtocol {
    func removingPrefix(_ prefix: String) -> SubSequence? { hasPrefix(prefix) ? dropFirst(prefix.count) : nil }
}
