// What a server says that it speaks, in its SUPPORTED, and what two sides make of it.

/// Versions of the protocol and compressions that a server offers.
public struct ServerOffer: Hashable, Sendable {
    /// Those that Assay speaks too and that the server does not call a beta, lowest first.
    public var versions: [ProtocolVersion]
    public var compressions: [Compression]

    public init(versions: [ProtocolVersion], compressions: [Compression] = [.none]) {
        self.versions = versions
        self.compressions = compressions
    }

    /// From the options of a SUPPORTED that came in `version`. Servers before 3.0 do not list their versions: theirs are that one and
    /// those below.
    public init(_ supported: [String: [String]], answeredIn version: ProtocolVersion) {
        if let listed = supported["PROTOCOL_VERSIONS"] {
            versions = ProtocolVersion.allCases.filter { known in
                listed.contains { $0 == "\(known.rawValue)/v\(known.rawValue)" }
            }
        } else {
            versions = ProtocolVersion.allCases.filter { $0 <= version }
        }
        compressions = Compression.allCases.filter { $0 == .none || offersCompression(supported, $0) }
    }

    /// What both offer: two nodes of a side are spoken to in the same way.
    public func intersection(_ other: ServerOffer) -> ServerOffer {
        ServerOffer(
            versions: versions.filter(other.versions.contains),
            compressions: compressions.filter(other.compressions.contains))
    }

    /// `v3, v4`
    public var versionList: String {
        versions.isEmpty ? "none that Assay speaks" : versions.map(\.description).joined(separator: ", ")
    }
}

/// Whether a SUPPORTED names a compression.
func offersCompression(_ supported: [String: [String]], _ compression: Compression) -> Bool {
    supported["COMPRESSION"]?.contains { $0.lowercased() == compression.rawValue } ?? false
}

/// The version that each side is spoken to in.
public struct VersionAgreement: Equatable, Sendable {
    public var old: ProtocolVersion
    public var new: ProtocolVersion

    /// The highest version that both sides offer; a side whose version is fixed takes part with that one alone. Two that are both
    /// fixed need not be the same. Nil where nothing is left.
    public init?(
        old: ServerOffer, new: ServerOffer, fixedOld: ProtocolVersion? = nil, fixedNew: ProtocolVersion? = nil
    ) {
        let olds = fixedOld.map { fixed in old.versions.filter { $0 == fixed } } ?? old.versions
        let news = fixedNew.map { fixed in new.versions.filter { $0 == fixed } } ?? new.versions
        if fixedOld != nil && fixedNew != nil, let first = olds.first, let second = news.first {
            (self.old, self.new) = (first, second)
        } else if let both = olds.filter(news.contains).max() {
            (self.old, self.new) = (both, both)
        } else {
            return nil
        }
    }
}
