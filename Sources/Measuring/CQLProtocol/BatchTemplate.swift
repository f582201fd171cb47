// The hot path of load: a BATCH of prepared statements whose constant parts were encoded once, so that sending one allocates
// nothing (native_protocol_v4.spec, section 4.1.7).
//
//     let start = template.begin(stream: 7, into: &writer)
//     for index in … { template.beginStatement(index, into: &writer); … its values, each a [value] … }
//     template.end(start, timestampMicroseconds: 1_700_000_000_000_000, into: &writer)

import Bytes

/// The constant parts of a BATCH.
public struct BatchTemplate: Sendable {
    /// Of each statement its kind, its id and the number of its values, one behind the other.
    private let heads: [UInt8]
    /// Where the head of each statement begins, and the end of the last.
    private let offsets: [Int]
    private let type: BatchType
    private let consistency: Consistency
    private let version: ProtocolVersion

    /// `statements` are prepared ones in order, each with the number of its values; 1 to 65,535 of them.
    public init(
        _ type: BatchType, statements: [(id: [UInt8], valueCount: Int)], consistency: Consistency,
        version: ProtocolVersion = .v4
    ) {
        precondition((1...0xFFFF).contains(statements.count), "a batch has 1 to 65,535 statements")
        var writer = ByteWriter()
        var offsets = [0]
        for statement in statements {
            writer.put(1 as UInt8)
            writer.put(shortBytes: statement.id)
            writer.put(UInt16(statement.valueCount))
            offsets.append(writer.count)
        }
        heads = writer.array
        self.offsets = offsets
        self.type = type
        self.consistency = consistency
        self.version = version
    }

    public var count: Int { offsets.count - 1 }

    /// Writes everything up to the first statement. `traced`: the server is asked for a trace. Returns what `end` wants back.
    public func begin(stream: Int16, traced: Bool = false, into writer: inout ByteWriter) -> Int {
        let start = writer.beginFrame(.batch, stream: stream, flags: traced ? .tracing : [], version: version)
        writer.put(type.rawValue)
        writer.put(UInt16(count))
        return start
    }

    /// Writes what stands before a statement's values.
    public func beginStatement(_ index: Int, into writer: inout ByteWriter) {
        heads.withUnsafeBytes {
            writer.put(bytes: UnsafeRawBufferPointer(rebasing: $0[offsets[index]..<offsets[index + 1]]))
        }
    }

    /// Writes what follows the values of the last statement and sets the length of the frame. The timestamp is that of all
    /// statements; nil leaves it to the server.
    public func end(_ start: Int, timestampMicroseconds: Int64?, into writer: inout ByteWriter) {
        writer.put(consistency: consistency)
        var flags: QueryFlags = []
        if timestampMicroseconds != nil { flags.insert(.defaultTimestamp) }
        writer.put(flags: flags, version)
        if let timestampMicroseconds { writer.put(timestampMicroseconds) }
        writer.endFrame(start)
    }
}
