// A server with a known limit: what comes too fast waits in line, and what comes slowly enough waits for nothing.

import CQLProtocol
import Lab
import Quantities
import TestSupport
import Testing

/// A node that serves 1,000 requests a second, four at a time, with point reads of 1 ms behind it.
private func client(_ stalls: [Stall] = []) -> TestClient {
    var dials = LabDials(.new)
    dials.base[.point] = LabDials.ServiceTime(median: .milliseconds(1), sigma: 0)
    dials.base[.write] = LabDials.ServiceTime(median: .milliseconds(1), sigma: 0)
    dials.capacity = Capacity(Rate(perSecond: 1000), slots: 4)
    dials.stalls = stalls
    let node = LabNode(side: .new, dials: dials, clockZero: Instant(nanoseconds: 0))
    return TestClient(schema: "CREATE TABLE t (a int, b int, PRIMARY KEY (a, b))", node: node)
}

private let read = "SELECT * FROM t WHERE a = 1 AND b = 1"

@Test func whatComesAtOnceIsServedInTheOrderOfItsComing() {
    let client = client()
    for place in 1...100 {
        let time = (client.query(read).due - client.now).milliseconds
        // A slot is kept for 4 ms, four are served side by side, and the read itself takes 1 ms.
        #expect(close(time, Double((place + 3) / 4 * 4 + 1), relative: 1e-6), "request \(place)")
    }
}

@Test func belowTheCapacityNobodyWaits() {
    let client = client()
    for _ in 0..<100 {
        #expect(close((client.query(read).due - client.now).milliseconds, 5, relative: 1e-6))
        client.now = client.now + .milliseconds(1)
    }
    // What takes no service time takes no slot either.
    for _ in 0..<20 { _ = client.query(read) }
    #expect(client.query("SELECT * FROM system.local").due == client.now)
}

@Test func aClosedLoopOfEnoughOperationsRunsAtTheCapacity() {
    let client = client()
    let start = client.now
    // As many as there are slots and one more for each millisecond of the read: each answer brings the next request.
    var due = (0..<8).map { _ in client.query(read).due }
    for _ in 0..<4000 {
        let first = due.min()!
        due.remove(at: due.firstIndex(of: first)!)
        client.now = first
        due.append(client.query(read).due)
    }
    #expect(close(4000 / (client.now - start).seconds, 1000, relative: 0.01))
}

@Test func aStallHoldsTheSlotsToo() {
    let client = client([.once(at: .seconds(1.002), length: .seconds(1))])
    let times = (0..<8).map { _ in (client.query(read).due - client.now).milliseconds }
    #expect(times.allSatisfy { $0 > 1000 })
    #expect(close(times[7], 1009, relative: 1e-6))
}
