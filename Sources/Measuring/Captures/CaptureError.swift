// Why a capture cannot be read at all. What is wrong with parts of it is counted (CaptureCounts), never thrown.

/// A capture that cannot be read: which, what is wrong, what was expected.
public struct CaptureError: Error, Equatable, Sendable, CustomStringConvertible {
    public var source: String
    public var problem: String
    public var expected: String

    public init(_ source: String, _ problem: String, expected: String) {
        self.source = source
        self.problem = problem
        self.expected = expected
    }

    public var description: String { "\(source): \(problem), expected \(expected)" }
}
