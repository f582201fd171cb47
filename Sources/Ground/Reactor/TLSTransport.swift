// What OpenSSL reads from and writes to: the non-blocking socket, by calls of our own.
//
// OpenSSL's own socket calls would raise SIGPIPE, and would ask a socket that was just emptied once more, at a system call for every
// answer. Here a read that gave less than there was room for ends the reading until the poller says that more has come.

import COpenSSL
import Glibc

/// One connection's state below OpenSSL, on the heap: OpenSSL's callbacks find it by its address.
struct TLSTransport {
    let descriptor: Int32
    let context: TLSContext
    /// Which sessions the connection may go on with, and where its own goes.
    let sessionKey: String
    /// The last read took all there was.
    var isDrained = false
    var sawEnd = false
    /// errno of a broken connection.
    var error: Int32 = 0
    /// The server asked for a client certificate.
    var wasAsked = false
    /// The peer has said something that was no handshake.
    var wasHeard = false
    /// What is wrong with the peer's certificate.
    var objection: TLSFailure?
    /// Why TLS broke.
    var failure: TLSFailure?
    /// What is named in a failure.
    let askedHost: String

    /// OpenSSL's table of calls for this kind of transport; made once, never freed.
    nonisolated(unsafe) static let method: OpaquePointer = {
        let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "assay socket")
        precondition(method != nil, "OpenSSL has no memory")
        BIO_meth_set_read(method) { bio, buffer, count in TLSTransport.read(bio, buffer, count) }
        BIO_meth_set_write(method) { bio, bytes, count in TLSTransport.write(bio, bytes, count) }
        BIO_meth_set_ctrl(method) { bio, command, _, _ in
            switch command {
            case BIO_CTRL_FLUSH: 1
            case BIO_CTRL_EOF: TLSTransport.of(bio).pointee.sawEnd ? 1 : 0
            default: 0
            }
        }
        return method!
    }()

    private static func of(_ bio: OpaquePointer?) -> UnsafeMutablePointer<TLSTransport> {
        BIO_get_data(bio).assumingMemoryBound(to: TLSTransport.self)
    }

    private static func read(_ bio: OpaquePointer?, _ buffer: UnsafeMutablePointer<CChar>?, _ count: Int32) -> Int32 {
        let transport = of(bio)
        BIO_clear_flags(bio, copenssl_retry_flags)
        var result = 0
        if !transport.pointee.isDrained {
            result = retrying { recv(transport.pointee.descriptor, buffer, Int(count), 0) }
            if result > 0 {
                transport.pointee.isDrained = result < Int(count)
                return Int32(result)
            }
            if result == 0 {
                transport.pointee.sawEnd = true
                return 0
            }
            if errno != EAGAIN && errno != EWOULDBLOCK {
                transport.pointee.error = errno
                return -1
            }
        }
        BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
        return -1
    }

    private static func write(_ bio: OpaquePointer?, _ bytes: UnsafePointer<CChar>?, _ count: Int32) -> Int32 {
        let transport = of(bio)
        BIO_clear_flags(bio, copenssl_retry_flags)
        let result = retrying { Glibc.send(transport.pointee.descriptor, bytes, Int(count), Int32(MSG_NOSIGNAL)) }
        if result >= 0 { return Int32(result) }
        if errno == EAGAIN || errno == EWOULDBLOCK {
            BIO_set_flags(bio, BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY)
        } else {
            transport.pointee.error = errno
        }
        return -1
    }
}
