// The operations of a capture one by one, with the moments at which they were asked for: `trace.jsonl.gz`, a JSON object a line.
//
// Values are hashed, the same value to the same hash, with a key that is not written anywhere; or kept, where that was asked for.

import Bytes
import CQLProtocol
import Documents
import Quantities

/// How values stand in a trace.
public enum TraceValues: Sendable {
    /// 16 hexadecimal digits of the SHA-256 of the key and the value.
    case hashed(key: [UInt8])
    /// As CQL writes them, as far as their types are known; otherwise their bytes in hexadecimal digits.
    case kept
}

public final class TraceWriter {
    private let gzip: GzipStream
    let values: TraceValues
    private var start: WallTime?
    private var buffer: [UInt8] = []
    public private(set) var operations = 0

    /// `emit` gets the bytes of the file in order.
    public init(_ values: TraceValues, _ emit: @escaping ([UInt8]) -> Void) {
        self.values = values
        gzip = GzipStream(emit)
    }

    /// The first operation is at 0 s.
    func add(
        _ name: String, connection: Int, at time: WallTime, _ request: CapturedRequest,
        types: (_ statement: Int, _ value: Int) -> CQLType?
    ) {
        if start == nil { begin(at: time) }
        let offset = time - (start ?? time)
        guard offset >= .zero else { return }
        operations += 1
        let (seconds, rest) = (offset.count / 1_000_000_000, offset.count % 1_000_000_000)
        let digits = String(rest)
        let fraction = String(repeating: "0", count: 9 - digits.utf8.count) + digits
        buffer += "{\"at_s\": \(seconds).\(fraction), \"connection\": \(connection), \"operation\": \"\(name)\"".utf8
        if !request.values.isEmpty {
            buffer += ", \"values\": [".utf8
            var isFirst = true
            for (number, statement) in request.statements.enumerated() {
                for (index, value) in request.values[statement.values].enumerated() {
                    if !isFirst { buffer += ", ".utf8 }
                    isFirst = false
                    buffer += text(value, types(number, index)).utf8
                }
            }
            buffer.append(UInt8(ascii: "]"))
        }
        buffer += "}\n".utf8
        if buffer.count > 1 << 16 { flush() }
    }

    private func begin(at time: WallTime) {
        start = time
        let how = if case .kept = values { "kept" } else { "hashed" }
        buffer += "{\"trace\": 1, \"from\": \"\(time.iso8601)\", \"values\": \"\(how)\"}\n".utf8
    }

    private func text(_ value: CapturedValue, _ type: CQLType?) -> String {
        switch value {
        case .null: return "null"
        case .unset: return "{\"unset\": true}"
        case .bytes(let bytes):
            switch values {
            case .hashed(let key): return "\"\(sha256(key + Array(bytes)).prefix(16))\""
            case .kept:
                guard let type, let value = try? CQLValue(bytes, as: type) else { return "\"\(hexadecimal(bytes))\"" }
                return String(JSON.string(value.description).text().dropLast())
            }
        }
    }

    private func flush() {
        gzip.write(buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    /// Ends the file.
    public func finish() {
        flush()
        gzip.finish()
    }
}
