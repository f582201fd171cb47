// A value at a place of its own, so that the nodes of a recipe stay small and count no references.

/// Owns one value. What borrows it must not outlive it.
final class Pinned<Value: Sendable>: @unchecked Sendable {
    // Written by `init` alone: hence Sendable.
    private let place: UnsafeMutablePointer<Value>

    init(_ value: Value) {
        place = .allocate(capacity: 1)
        place.initialize(to: value)
    }

    deinit {
        place.deinitialize(count: 1)
        place.deallocate()
    }

    var borrowed: Borrowed<Value> { Borrowed(place: place) }
}

/// A pinned value, borrowed.
public struct Borrowed<Value: Sendable>: @unchecked Sendable {
    let place: UnsafePointer<Value>

    @usableFromInline var value: Value { place.pointee }
}
