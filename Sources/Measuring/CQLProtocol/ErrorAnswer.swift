// The body of an ERROR (native_protocol_v4.spec, sections 4.2.1 and 9).

import Bytes

/// What a server said went wrong.
public struct ErrorAnswer: Error, Equatable, Sendable, CustomStringConvertible {
    public var code: Int32
    public var message: String
    /// The id that an `unprepared` server does not know.
    public var unpreparedID: [UInt8]?

    public init(code: Int32, message: String, unpreparedID: [UInt8]? = nil) {
        self.code = code
        self.message = message
        self.unpreparedID = unpreparedID
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

    public static func read(_ body: UnsafeRawBufferPointer, flags: FrameFlags) throws(ProtocolError) -> ErrorAnswer {
        var reader = try BodyReader(body, behind: flags)
        var answer = ErrorAnswer(code: try reader.int(), message: try reader.string())
        if answer.outcome == .unprepared { answer.unpreparedID = Array(try reader.shortBytes()) }
        return answer
    }

    /// Appends the whole frame, as a server sends it. Extra fields that some codes carry come as `more`.
    public func write(stream: Int16, into writer: inout ByteWriter, more: (inout ByteWriter) -> Void = { _ in }) {
        let start = writer.beginFrame(.error, stream: stream, direction: .response)
        writer.put(code)
        writer.put(string: message)
        if let unpreparedID { writer.put(shortBytes: unpreparedID) }
        more(&writer)
        writer.endFrame(start)
    }
}
