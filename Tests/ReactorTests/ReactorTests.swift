// Sockets, the poller and timers against the real kernel, on loopback.

import Glibc
import Quantities
import Reactor
import TestSupport
import Testing

@Test func timersComeInOrderOfTimeAndThenOfInsertion() {
    for case (let seed, var random) in seededCases(20) {
        var heap = TimerHeap<Int>()
        let dues = (0..<200).map { _ in Int64(random.below(40)) }
        for (index, due) in dues.enumerated() { heap.insert(index, due: Instant(nanoseconds: due)) }
        var popped: [Int] = []
        for now in 0..<40 {
            while let entry = heap.popDue(Instant(nanoseconds: Int64(now))) { popped.append(entry.value) }
        }
        #expect(heap.isEmpty)
        #expect(popped == dues.indices.sorted { (dues[$0], $0) < (dues[$1], $1) }, "seed \(seed)")
    }
}

@Test func bytesCrossALoopbackConnection() throws {
    let listener = try Socket.listening(on: Endpoint(host: "127.0.0.1", port: 0))
    let client = try Socket.connecting(to: Endpoint(host: "127.0.0.1", port: listener.localPort))
    defer { for socket in [listener, client] { socket.close() } }
    let poller = try Poller()
    try poller.add(listener.descriptor, token: 1, read: true, write: false)
    try poller.add(client.descriptor, token: 2, read: true, write: true)
    var accepted: Socket?
    var received: [UInt8] = []
    var sent = false
    let deadline = Clock.now() + .seconds(5)
    while received.count < 5 && Clock.now() < deadline {
        try poller.wait(.milliseconds(100)) { event in
            switch event.token {
            case 1:
                accepted = try? listener.accept()
                if let accepted { try? poller.add(accepted.descriptor, token: 3, read: true, write: false) }
            case 2 where !sent:
                #expect(client.connectError == 0)
                sent = [UInt8]("hello".utf8).withUnsafeBytes { client.send($0) == .bytes(5) }
                try? poller.change(client.descriptor, token: 2, read: true, write: false)
            case 3:
                var buffer = [UInt8](repeating: 0, count: 64)
                if case .bytes(let n)? = buffer.withUnsafeMutableBytes({ accepted?.receive(into: $0) }) {
                    received += buffer[..<n]
                }
            default: break
            }
        }
    }
    #expect(received == Array("hello".utf8))
    accepted?.close()
    var buffer = [UInt8](repeating: 0, count: 8)
    try poller.wait(.seconds(1)) { _ in }
    #expect(buffer.withUnsafeMutableBytes { client.receive(into: $0) } == .closed)
}

@Test func aRefusedConnectionSaysSo() throws {
    let listener = try Socket.listening(on: Endpoint(host: "127.0.0.1", port: 0))
    let port = listener.localPort
    listener.close()
    do {
        let client = try Socket.connecting(to: Endpoint(host: "127.0.0.1", port: port))
        defer { client.close() }
        let poller = try Poller()
        try poller.add(client.descriptor, token: 1, read: true, write: true)
        try poller.wait(.seconds(1)) { _ in }
        #expect(client.connectError == ECONNREFUSED)
    } catch {
        #expect(error.code == ECONNREFUSED)
    }
}

@Test func aWaitEndsWhenItIsWokenAndNotBeforeItsTime() throws {
    let poller = try Poller()
    var start = Clock.now()
    try poller.wait(.milliseconds(20)) { _ in }
    #expect(Clock.now() - start >= .milliseconds(20))
    start = Clock.now()
    nonisolated(unsafe) let shared = poller  // `wake` may be called from any thread
    let thread = WorkerThread(name: "waker") {
        Clock.sleep(.milliseconds(20))
        shared.wake()
    }
    try poller.wait(.seconds(30)) { _ in }
    #expect(Clock.now() - start < .seconds(20))
    thread.join()
}

@Test func aHostThatDoesNotResolveIsNamed() {
    let error = #expect(throws: SystemError.self) {
        try Socket.connecting(to: Endpoint(host: "no-such-host.invalid", port: 1))
    }
    #expect(error?.attempt == "resolve no-such-host.invalid")
}
