// gzip (RFC 1952), written piece by piece: for files that are too long to be made in memory.

import CZlib

/// Deflates what it is given and hands on what is ready. Used by one thread.
public final class GzipStream {
    // zlib keeps the address of its stream and compares it.
    private let stream: UnsafeMutablePointer<z_stream>
    private var piece = [UInt8](repeating: 0, count: 64 << 10)
    private let emit: ([UInt8]) -> Void

    /// `emit` gets the bytes of the file in order.
    public init(_ emit: @escaping ([UInt8]) -> Void) {
        self.emit = emit
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 bits of window, and 16 on top for gzip's head and tail; 8 is zlib's own default for memory.
        let status = deflateInit2_(
            stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib could not begin to deflate")
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    public func write(_ bytes: [UInt8]) { deflate(bytes, Z_NO_FLUSH) }

    /// Ends the file. Write nothing after it.
    public func finish() { deflate([], Z_FINISH) }

    private func deflate(_ bytes: [UInt8], _ flush: Int32) {
        var bytes = bytes
        bytes.withUnsafeMutableBufferPointer { input in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = UInt32(input.count)
            var isFull = true
            while isFull {
                let made = piece.withUnsafeMutableBufferPointer { output in
                    stream.pointee.next_out = output.baseAddress
                    stream.pointee.avail_out = UInt32(output.count)
                    _ = CZlib.deflate(stream, flush)
                    return output.count - Int(stream.pointee.avail_out)
                }
                if made > 0 { emit(Array(piece[..<made])) }
                isFull = made == piece.count
            }
        }
    }
}
