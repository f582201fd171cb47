// Where a paged read stopped. It goes to the client and comes back, perhaps by another connection: it holds all.

import Bytes
import CQLProtocol

struct PagingState: Equatable {
    /// Rows left of LIMIT and of PER PARTITION LIMIT in this partition; `Int32.max` where there is none.
    var remaining: Int32
    var remainingInPartition: Int32
    /// The last row that was handed out.
    var partitionKey: [UInt8]
    var clustering: [[UInt8]]

    private static let format: UInt8 = 1

    var bytes: [UInt8] {
        var writer = ByteWriter(capacity: 64)
        writer.put(PagingState.format)
        writer.put(remaining)
        writer.put(remainingInPartition)
        writer.put(cell: partitionKey)
        writer.put(UInt16(clustering.count))
        for component in clustering { writer.put(cell: component) }
        return writer.array
    }

    init(remaining: Int32, remainingInPartition: Int32, partitionKey: [UInt8], clustering: [[UInt8]]) {
        self.remaining = remaining
        self.remainingInPartition = remainingInPartition
        self.partitionKey = partitionKey
        self.clustering = clustering
    }

    init(_ bytes: [UInt8], clusteringCount: Int) throws(CQLError) {
        guard let state = bytes.withUnsafeBytes({ try? PagingState.read($0) }),
            state.clustering.count == clusteringCount,
            state.remaining >= 0, state.remainingInPartition >= 0
        else { throw .protocolError("Invalid value for the paging state") }
        self = state
    }

    private static func read(_ bytes: UnsafeRawBufferPointer) throws(ProtocolError) -> PagingState {
        var reader = BodyReader(bytes)
        guard try reader.byte() == format else { throw .malformed("another format") }
        let (remaining, remainingInPartition) = (try reader.int(), try reader.int())
        guard let key = try reader.bytes() else { throw .malformed("no partition key") }
        var clustering: [[UInt8]] = []
        for _ in 0..<(try reader.short()) {
            guard let component = try reader.bytes() else { throw .malformed("a null in the clustering key") }
            clustering.append(Array(component))
        }
        guard reader.remaining == 0 else { throw .malformed("bytes behind the end") }
        return PagingState(
            remaining: remaining, remainingInPartition: remainingInPartition, partitionKey: Array(key),
            clustering: clustering)
    }
}
