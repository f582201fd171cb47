// How a request ended: its class of outcome, and how long each part of it took.

import CCurl
import Glibc
import Quantities
import Reactor

/// The parts of a request's time. What a kept connection saves is zero.
public struct HTTPPhases: Equatable, Sendable {
    /// Connections that were made for it.
    public var connections = 0
    /// Looking up the name.
    public var resolve = Nanoseconds.zero
    public var connect = Nanoseconds.zero
    public var tls = Nanoseconds.zero
    /// From the last byte that was sent before the answer to the first that came.
    public var firstByte = Nanoseconds.zero
    /// From there to the last.
    public var body = Nanoseconds.zero

    public init() {}
}

public struct HTTPEnding: Sendable {
    /// What `begin` was called with.
    public var tag: Int32
    /// Which of the side's bases it went to.
    public var base: Int
    /// When it was handed to libcurl: before that it waited for its turn.
    public var started: Instant
    /// 0 where no answer began.
    public var status = 0
    /// `HTTP/1.1`, `HTTP/2`; empty where no answer began.
    public var version = ""
    /// nil: completed.
    public var failure: OutcomeClass?
    /// Of the failure, for a person; empty where it completed.
    public var words = ""
    /// Where the operation keeps it.
    public var body: [UInt8] = []
    /// Members of the list that counts as rows.
    public var rows = 0
    /// Of the answer as it travelled, its head included.
    public var bytes = 0
    public var phases = HTTPPhases()

    init(tag: Int32, base: Int, started: Instant) {
        self.tag = tag
        self.base = base
        self.started = started
    }
}

extension Nanoseconds {
    init(microseconds: Int) { self.init(Int64(microseconds) * 1000) }
}

extension OutcomeClass {
    /// Of a status that the operation does not expect.
    init(httpStatus: Int) {
        self =
            switch httpStatus {
            case 300...399: .redirected
            case 400: .status400
            case 401: .status401
            case 403: .status403
            case 404: .status404
            case 409: .status409
            case 413: .status413
            case 429: .status429
            case 500: .status500
            case 502: .status502
            case 503: .status503
            case 504: .status504
            default: .statusOther
            }
    }
}

enum HTTPFault {
    /// What it means that libcurl ended with `code`. `words` are its own.
    static func outcome(of code: CURLcode, words: UnsafePointer<CChar>, isBodyBegun: Bool) -> OutcomeClass {
        switch code {
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_PROXY,
            // The only time-out that libcurl knows here is that of connecting.
            CURLE_OPERATION_TIMEDOUT:
            return .notConnected
        case CURLE_PARTIAL_FILE: return .truncatedBody
        case CURLE_RECV_ERROR:
            return strstr(words, "chunked-encoding") != nil ? .malformedAnswer : .connectionLost
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_SEND_FAIL_REWIND, CURLE_ABORTED_BY_CALLBACK:
            return .connectionLost
        // A stream that the server ended early.
        case CURLE_HTTP2_STREAM: return isBodyBegun ? .truncatedBody : .connectionLost
        case CURLE_HTTP2, CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING,
            CURLE_CHUNK_FAILED, CURLE_WRITE_ERROR, CURLE_HTTP_RETURNED_ERROR:
            return .malformedAnswer
        case CURLE_TOO_MANY_REDIRECTS, CURLE_URL_MALFORMAT: return .redirected
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CLIENTCERT, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_USE_SSL_FAILED:
            return .tlsFailed
        case CURLE_OUT_OF_MEMORY: return .overflow
        default: return .unknownError
        }
    }
}
