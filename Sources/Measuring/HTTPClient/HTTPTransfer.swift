// One request under way: libcurl's easy handle, and what comes back over it. Handles are used again, each for one operation.

import Bytes
import CCurl
import Documents
import Glibc
import Quantities
import Reactor

final class HTTPTransfer {
    let easy: UnsafeMutableRawPointer
    let operation: Int
    private let definition: HTTPOperation
    private let access: HTTPAccess
    /// Whose request it is.
    var tag: Int32 = -1
    /// Its place among the side's bases.
    var base = 0
    var started = Instant(nanoseconds: 0)
    /// Its place in the engine's table.
    let number: Int32

    private var request = HTTPRequest()
    private var url = ByteWriter(capacity: 512)
    private var constantHeaders: UnsafeMutablePointer<curl_slist>?
    private var ownHeaders: UnsafeMutablePointer<curl_slist>?
    /// libcurl's words on what went wrong.
    private let words: UnsafeMutablePointer<CChar>

    private var body = ByteWriter(capacity: 256)
    private var received = 0
    private var headBytes = 0
    private(set) var isBodyBegun = false
    private var status = 0
    /// Of the last answer: kept, so that only a change costs.
    private var version = ""
    /// Headers that are due and have come, a bit each.
    private var headersSeen: UInt64 = 0
    /// Why we broke it off ourselves.
    private var refusal: OutcomeClass?
    private var sends = 0
    private var followed = 0

    /// Heads beyond this are refused.
    static let longestHead = 256 << 10
    /// A buffer that grew beyond this is not kept.
    private static let keptBody = 256 << 10

    init?(number: Int32, operation: Int, _ definition: HTTPOperation, _ access: HTTPAccess) {
        guard let easy = ccurl_easy_init() else { return nil }
        self.easy = easy
        self.number = number
        self.operation = operation
        self.definition = definition
        self.access = access
        words = .allocate(capacity: Int(CURL_ERROR_SIZE))
        words[0] = 0
        for line in access.headers + definition.headers { constantHeaders = ccurl_slist_append(constantHeaders, line) }
        // Else libcurl asks for leave before it sends a long body, and waits for it.
        constantHeaders = ccurl_slist_append(constantHeaders, "Expect:")
        set()
        setSecurity()
    }

    deinit {
        ccurl_easy_cleanup(easy)
        ccurl_slist_free_all(constantHeaders)
        ccurl_slist_free_all(ownHeaders)
        words.deallocate()
    }

    // MARK: Options

    private func set(_ option: CURLoption, _ value: Int) { ccurl_easy_set_long(easy, option, value) }
    private func set(_ option: CURLoption, _ text: String?) {
        if let text {
            text.withCString { _ = ccurl_easy_set_pointer(easy, option, $0) }
        } else {
            ccurl_easy_set_pointer(easy, option, nil)
        }
    }

    private func set() {
        let this = Unmanaged.passUnretained(self).toOpaque()
        for option in [CURLOPT_PRIVATE, CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_PREREQDATA] {
            ccurl_easy_set_pointer(easy, option, this)
        }
        ccurl_easy_set_pointer(easy, CURLOPT_ERRORBUFFER, words)
        ccurl_easy_set_write(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, transfer in
            HTTPTransfer.at(transfer).takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        ccurl_easy_set_write(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, transfer in
            HTTPTransfer.at(transfer).takeHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        ccurl_easy_set_prereq(easy) { transfer, _, _, _, _ in HTTPTransfer.at(transfer).maySend() }
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_TCP_NODELAY, 1)
        set(CURLOPT_HTTP09_ALLOWED, 0)
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(access.connectTimeOut.milliseconds))
        // A name is looked up for the first connection, and then known for the whole run.
        set(CURLOPT_DNS_CACHE_TIMEOUT, -1)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_PROXY, access.proxy ?? "")
        set(CURLOPT_USERAGENT, "assay")
        set(CURLOPT_FOLLOWLOCATION, access.redirects > 0 ? 1 : 0)
        set(CURLOPT_MAXREDIRS, access.redirects)
        if access.isCompressed { set(CURLOPT_ACCEPT_ENCODING, "") }
        let version: Int =
            switch (access.version, access.bases[0].isSecured) {
            case (.http11, _): CURL_HTTP_VERSION_1_1
            case (.automatic, _): CURL_HTTP_VERSION_2TLS
            case (.http2, true): CURL_HTTP_VERSION_2TLS
            case (.http2, false): CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE
            }
        set(CURLOPT_HTTP_VERSION, version)
        // Wait for a connection that may take one more stream rather than open another.
        set(CURLOPT_PIPEWAIT, access.mayMultiplex ? 1 : 0)
        if let login = access.login {
            set(CURLOPT_HTTPAUTH, 1)
            set(CURLOPT_USERNAME, login.user)
            set(CURLOPT_PASSWORD, login.password)
        }
        setMethod()
    }

    private func setMethod() {
        switch definition.method {
        case "GET" where !definition.hasBody: set(CURLOPT_HTTPGET, 1)
        case "HEAD": set(CURLOPT_NOBODY, 1)
        case "POST": set(CURLOPT_POST, 1)
        default:
            if definition.hasBody { set(CURLOPT_POST, 1) }
            set(CURLOPT_CUSTOMREQUEST, definition.method)
        }
    }

    private func setSecurity() {
        let settings = access.tls ?? TLSSettings()
        set(CURLOPT_SSL_VERIFYPEER, settings.verifies ? 1 : 0)
        set(CURLOPT_SSL_VERIFYHOST, settings.verifies ? 2 : 0)
        let least = settings.minimum == .atLeast13 ? CURL_SSLVERSION_TLSv1_3 : CURL_SSLVERSION_TLSv1_2
        set(CURLOPT_SSLVERSION, least)
        if let file = settings.caFile {
            set(CURLOPT_CAINFO, file)
            // Those whom the system trusts are not meant then.
            set(CURLOPT_CAPATH, nil)
        }
        if let file = settings.certificateFile {
            set(CURLOPT_SSLCERT, file)
            set(CURLOPT_SSLKEY, settings.keyFile ?? file)
        }
    }

    // MARK: One request

    /// Makes it ready to be sent; `compose` writes it.
    func prepare(tag: Int32, base: Int, _ route: HTTPRoute, _ compose: (Int32, inout HTTPRequest) -> Void) {
        self.tag = tag
        self.base = base
        (received, headBytes, isBodyBegun, status) = (0, 0, false, 0)
        (headersSeen, refusal, sends, followed) = (0, nil, 0, 0)
        body.clear()
        words[0] = 0
        request.clear()
        compose(tag, &request)
        url.clear()
        url.put(bytes: route.prefix)
        url.put(bytes: request.target.bytes)
        url.put(0 as UInt8)
        ccurl_easy_set_pointer(easy, CURLOPT_URL, url.bytes.baseAddress)
        if let list = route.connectTo { ccurl_easy_set_pointer(easy, CURLOPT_CONNECT_TO, list) }
        if definition.hasBody {
            ccurl_easy_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
            ccurl_easy_set_pointer(easy, CURLOPT_POSTFIELDS, request.body.bytes.baseAddress)
        }
        setHeaders()
    }

    private func setHeaders() {
        guard request.headers.count > 0 else {
            ccurl_easy_set_pointer(easy, CURLOPT_HTTPHEADER, constantHeaders)
            return
        }
        ccurl_slist_free_all(ownHeaders)
        ownHeaders = nil
        for line in access.headers + definition.headers + ["Expect:"] {
            ownHeaders = ccurl_slist_append(ownHeaders, line)
        }
        var line = request.headers.bytes.baseAddress!.assumingMemoryBound(to: CChar.self)
        let end = line + request.headers.count
        while line < end {
            ownHeaders = ccurl_slist_append(ownHeaders, line)
            line += strlen(line) + 1
        }
        ccurl_easy_set_pointer(easy, CURLOPT_HTTPHEADER, ownHeaders)
    }

    // MARK: Callbacks

    static func at(_ pointer: UnsafeMutableRawPointer?) -> HTTPTransfer {
        Unmanaged<HTTPTransfer>.fromOpaque(pointer!).takeUnretainedValue()
    }

    /// libcurl sends once more, and says nothing of it, where a connection that it had kept breaks before an answer. Here that is what
    /// it is: an operation whose connection was lost.
    private func maySend() -> Int32 {
        sends += 1
        if sends <= 1 + followed { return CURL_PREREQFUNC_OK }
        refusal = .connectionLost
        return CURL_PREREQFUNC_ABORT
    }

    private func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        isBodyBegun = true
        received += bytes.count
        guard received <= access.mostBytes else {
            refusal = .answerTooLarge
            return -1
        }
        if definition.expected.readsBody || definition.keepsBody { body.put(bytes: bytes) }
        return bytes.count
    }

    private func takeHeader(_ line: UnsafeRawBufferPointer) -> Int {
        headBytes += line.count
        guard headBytes <= HTTPTransfer.longestHead else {
            refusal = .answerTooLarge
            return -1
        }
        if line.starts(with: "HTTP/".utf8) {
            headersSeen = 0
            status = HTTPHeaderLine.status(line)
            if !line.starts(with: version.utf8) || version.isEmpty {
                version = String(decoding: line.prefix { $0 != 0x20 }, as: UTF8.self)
            }
            return line.count
        }
        guard let header = HTTPHeaderLine(line) else { return line.count }
        for (index, due) in definition.expected.headers.prefix(64).enumerated()
        where header.isNamed(due.name) && (due.value.map(header.holds) ?? true) {
            headersSeen |= 1 << UInt64(index)
        }
        if (300...399).contains(status), access.redirects > 0, header.isNamed("location") {
            guard header.staysWithin(access.bases[base], named: access.tls?.serverName) else {
                refusal = .redirected
                return -1
            }
            followed += 1
            body.clear()
        }
        return line.count
    }

    // MARK: The end

    /// How it ended; afterwards the handle may be used again.
    func ending(_ code: CURLcode) -> HTTPEnding {
        var ending = HTTPEnding(tag: tag, base: base, started: started)
        ending.bytes = headBytes + size(CURLINFO_SIZE_DOWNLOAD_T)
        ending.phases = phases
        ending.status = status
        ending.version = version
        if definition.keepsBody { ending.body = body.array }
        if code == CURLE_OK {
            judge(&ending)
        } else {
            ending.failure = refusal ?? HTTPFault.outcome(of: code, words: words, isBodyBegun: isBodyBegun)
            ending.words = words[0] != 0 ? String(cString: words) : String(cString: ccurl_easy_strerror(code))
        }
        if body.count > HTTPTransfer.keptBody { body = ByteWriter(capacity: 256) }
        return ending
    }

    private func judge(_ ending: inout HTTPEnding) {
        let expected = definition.expected
        guard expected.takes(status) else {
            ending.failure = OutcomeClass(httpStatus: status)
            ending.words = "status \(status)"
            return
        }
        if headersSeen.nonzeroBitCount < expected.headers.prefix(64).count {
            ending.failure = .checkFailed
            ending.words = "a header is not what it must be"
            return
        }
        guard expected.readsBody else { return }
        guard let document = JSONScanner(body.bytes) else {
            ending.failure = .notJSON
            ending.words = "the answer is not JSON"
            return
        }
        if let path = expected.failure, let found = document.value(at: path), found.kind != .null,
            found.kind != .array || document.count(of: found) != 0
        {
            ending.failure = .apiError
            ending.words = "the answer has \(path)"
            return
        }
        for check in expected.values {
            guard let found = document.value(at: check.path), check.text.map({ document.holds(found, $0) }) ?? true
            else {
                ending.failure = .checkFailed
                ending.words = "\(check.path) is not what it must be"
                return
            }
        }
        guard let path = expected.rows else { return }
        guard let found = document.value(at: path), let count = document.count(of: found) else {
            ending.failure = .checkFailed
            ending.words = "\(path) is no list"
            return
        }
        ending.rows = count
    }

    private func size(_ info: CURLINFO) -> Int {
        var value: curl_off_t = 0
        ccurl_easy_get_size(easy, info, &value)
        return Int(value)
    }

    /// libcurl counts all of them, in microseconds, from its own start of the request.
    private var phases: HTTPPhases {
        var connections = 0
        ccurl_easy_get_long(easy, CURLINFO_NUM_CONNECTS, &connections)
        var phases = HTTPPhases()
        phases.connections = connections
        let sent = size(CURLINFO_PRETRANSFER_TIME_T)
        let first = max(sent, size(CURLINFO_STARTTRANSFER_TIME_T))
        if connections > 0 {
            let resolved = size(CURLINFO_NAMELOOKUP_TIME_T)
            let connected = max(resolved, size(CURLINFO_CONNECT_TIME_T))
            let secured = max(connected, size(CURLINFO_APPCONNECT_TIME_T))
            phases.resolve = Nanoseconds(microseconds: resolved)
            phases.connect = Nanoseconds(microseconds: connected - resolved)
            phases.tls = Nanoseconds(microseconds: secured - connected)
        }
        phases.firstByte = Nanoseconds(microseconds: first - sent)
        phases.body = Nanoseconds(microseconds: max(0, size(CURLINFO_TOTAL_TIME_T) - first))
        return phases
    }
}
