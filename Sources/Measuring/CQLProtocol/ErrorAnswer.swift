// The body of an ERROR (native_protocol_v4.spec, sections 4.2.1 and 9).

import Bytes
import Quantities

/// What a server said went wrong.
public struct ErrorAnswer: Error, Equatable, Sendable, CustomStringConvertible {
    public var code: Int32
    public var message: String
    public var detail: ErrorDetail

    public init(code: Int32, message: String, detail: ErrorDetail = .none) {
        self.code = code
        self.message = message
        self.detail = detail
    }

    public var outcome: OutcomeClass { OutcomeClass(code: code) }
    public var description: String { "\(outcome): \(message)" }

    /// The code alone, without allocation: all that load wants to know.
    public static func readCode(
        _ body: UnsafeRawBufferPointer, flags: FrameFlags
    ) throws(ProtocolError) -> OutcomeClass {
        var reader = try BodyReader(body, behind: flags)
        return OutcomeClass(code: try reader.int())
    }

    /// `version` is that of the frame's header.
    public static func read(
        _ body: UnsafeRawBufferPointer, flags: FrameFlags, version: UInt8 = ProtocolVersion.v4.rawValue
    ) throws(ProtocolError) -> ErrorAnswer {
        var reader = try BodyReader(body, behind: flags)
        let (code, message) = (try reader.int(), try reader.string())
        return ErrorAnswer(code: code, message: message, detail: try reader.errorDetail(code, version: version))
    }

    /// Appends the body, as a server writes it in `version`.
    public func write(into writer: inout ByteWriter, version: ProtocolVersion = .v4) {
        writer.put(code)
        writer.put(string: message)
        writer.put(detail: detail, version: version)
    }
}
