// Sockets that somebody else owns, in an epoll set of ours.

import Quantities

/// Watches descriptors for a library that makes its own connections, such as libcurl.
public protocol SocketWatcher: AnyObject {
    /// From here on, or otherwise than before. `owner` comes back with each event.
    func watch(_ descriptor: Int32, owner: Int, read: Bool, write: Bool)
    /// Before its owner closes it.
    func unwatch(_ descriptor: Int32)
}

/// Descriptors in a poller, with tokens that tell them from all others there.
public struct WatchedSockets {
    private var isWatched: [Bool] = []

    public init() {}

    /// Beside it stand descriptors; other tokens have no bit from here on.
    private static let mark: UInt64 = 1 << 62

    /// What a token stands for; nil where it is another's.
    @inline(__always)
    public static func socket(_ token: UInt64) -> (owner: Int, descriptor: Int32)? {
        guard token & mark != 0, token != .max else { return nil }
        return (Int(token >> 32 & 0xFFFF), Int32(truncatingIfNeeded: token))
    }

    /// Watching cannot fail but where the machine runs out of memory; then the owner's time-outs end what waits.
    public mutating func watch(_ descriptor: Int32, owner: Int, read: Bool, write: Bool, in poller: Poller) {
        let place = Int(descriptor)
        if isWatched.count <= place {
            isWatched += Array(repeating: false, count: place + 1 - isWatched.count)
        }
        let token = WatchedSockets.mark | UInt64(owner) << 32 | UInt64(place)
        do {
            if isWatched[place] {
                try poller.change(descriptor, token: token, read: read, write: write)
            } else {
                try poller.add(descriptor, token: token, read: read, write: write)
                isWatched[place] = true
            }
        } catch {
            isWatched[place] = false
        }
    }

    public mutating func unwatch(_ descriptor: Int32, in poller: Poller) {
        guard isWatched.indices.contains(Int(descriptor)), isWatched[Int(descriptor)] else { return }
        isWatched[Int(descriptor)] = false
        poller.remove(descriptor)
    }
}
