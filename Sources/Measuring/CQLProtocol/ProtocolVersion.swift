// The versions of the native protocol that Assay speaks.

/// A version of the native protocol; later ones are greater.
public enum ProtocolVersion: UInt8, CaseIterable, Comparable, Hashable, Sendable, CustomStringConvertible {
    case v3 = 3
    case v4 = 4
    case v5 = 5

    public static func < (a: ProtocolVersion, b: ProtocolVersion) -> Bool { a.rawValue < b.rawValue }

    /// `v4`
    public var description: String { "v\(rawValue)" }
}
