// What a holding proxy knows of one connection: which answers it holds back, and for how long. No sockets here.

import Bytes
import CQLProtocol
import Quantities

/// A difference between the sides that is planted, so that its truth is known.
public struct HoldRule: Equatable, Sendable {
    /// Statements that contain this text are held, whatever their white space.
    public let statement: String
    /// Of the time that the node took for the answer: 0.5 makes 10 ms into 15 ms.
    public let share: Double

    public init(statement: String, share: Double) {
        self.statement = HoldRule.evenly(statement)
        self.share = share
    }

    func holds(_ text: String) -> Bool { HoldRule.evenly(text).contains(statement) }

    private static func evenly(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

/// One connection's requests under way. Versions 3 and 4 without compression, whose messages travel as they are.
struct HeldConversation {
    private enum Asked {
        /// Its answer names the id of a statement that is held.
        case preparation
        case held
    }

    /// Why a connection through the proxy is refused.
    static let refusal = "the holding proxy speaks versions 3 and 4 of the protocol, without compression"

    private var asked: [Int16: (kind: Asked, at: Instant)] = [:]

    /// Takes note of a request that goes on to the node at `now`. False where the rest of the connection could not be read.
    mutating func request(
        _ frame: Frame, now: Instant, _ rule: HoldRule, _ heldIDs: Set<[UInt8]>
    ) throws(ProtocolError) -> Bool {
        guard frame.header.version < ProtocolVersion.v5.rawValue || frame.header.opcode == .options else {
            return false
        }
        var reader = try BodyReader(frame.body, behind: frame.header.flags.subtracting([.tracing, .warnings]))
        switch frame.header.opcode {
        case .startup: return try reader.stringMap()["COMPRESSION"] == nil
        case .prepare:
            if rule.holds(try reader.longString()) { asked[frame.header.stream] = (.preparation, now) }
        case .query:
            if rule.holds(try reader.longString()) { asked[frame.header.stream] = (.held, now) }
        case .execute:
            if heldIDs.contains(Array(try reader.shortBytes())) { asked[frame.header.stream] = (.held, now) }
        case .batch:
            let version = ProtocolVersion(rawValue: frame.header.version) ?? .v4
            let request = try ReceivedRequest(.batch, frame.body, flags: frame.header.flags, version: version)
            guard case .batch(let entries, _, _, _) = request else { break }
            if entries.contains(where: { $0.text.map(rule.holds) ?? heldIDs.contains($0.id) }) {
                asked[frame.header.stream] = (.held, now)
            }
        default: break
        }
        return true
    }

    /// What the node took, where this answer, which came at `now`, is to be held; notes ids of statements that are.
    mutating func answer(
        _ frame: Frame, now: Instant, _ heldIDs: inout Set<[UInt8]>
    ) throws(ProtocolError) -> Nanoseconds? {
        guard let (kind, at) = asked.removeValue(forKey: frame.header.stream) else { return nil }
        switch kind {
        case .held: return now - at
        case .preparation:
            guard frame.header.opcode == .result else { return nil }
            var reader = try BodyReader(frame.body, behind: frame.header.flags)
            if try reader.int() == HeldConversation.prepared { heldIDs.insert(Array(try reader.shortBytes())) }
            return nil
        }
    }

    /// The kind of a RESULT that answers PREPARE (native_protocol_v4.spec, section 4.2.5).
    private static let prepared: Int32 = 4
}
