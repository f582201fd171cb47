// Debian's nginx on a loopback port, from a configuration of its own, for as long as somebody holds it.

import Glibc

/// A server of HTTP/1.1, of HTTP/2 over TLS, and of plain HTTP/2, that answers from its configuration alone. It runs as the user that runs the tests.
public final class Nginx: Sendable {
    private let process: pid_t
    private let output: Int32
    private let folder: String
    /// Without TLS, HTTP/1.1.
    public let port: UInt16
    /// With TLS: HTTP/2 or HTTP/1.1, as agreed on.
    public let securePort: UInt16
    /// Without TLS, HTTP/2 from the first byte on.
    public let http2Port: UInt16

    /// nil where nginx, python3 or openssl is missing. `certificate` is one of `TestCertificates`; `extra` stands in the server's block.
    public init?(certificate: String = "server", extra: String = "") {
        guard let certificates = TestCertificates.folder, let ports = Nginx.freePorts(3) else { return nil }
        var template = Array("/tmp/assay-nginx-\(String(repeating: "X", count: 6))".utf8CString)
        guard mkdtemp(&template) != nil else { return nil }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        (port, securePort, http2Port) = (ports[0], ports[1], ports[2])
        let text = """
            daemon off; master_process off; pid \(folder)/pid; error_log \(folder)/error.log; worker_rlimit_nofile 4096;
            events { worker_connections 2048; }
            http {
              access_log off; keepalive_requests 1000000; client_body_temp_path \(folder)/body;
              proxy_temp_path \(folder)/proxy; fastcgi_temp_path \(folder)/fastcgi; scgi_temp_path \(folder)/scgi;
              uwsgi_temp_path \(folder)/uwsgi;
              gzip on; gzip_types application/json; gzip_min_length 1;
              server {
                listen 127.0.0.1:\(port); listen 127.0.0.1:\(securePort) ssl http2; listen 127.0.0.1:\(http2Port) http2;
                ssl_certificate \(certificates)/\(certificate).pem;
                ssl_protocols TLSv1.2 TLSv1.3;
                ssl_certificate_key \(certificates)/\(certificate).key;
                default_type application/json;
                location = /row { return 200 '{"key":"17","protocol":"$server_protocol","tls":"$ssl_protocol"}'; }
                location = /long { return 200 '{"note":"\(String(repeating: "long ", count: 700))"}'; }
                location = /busy { return 503; }
                \(extra)
              }
            }
            """
        let path = "\(folder)/nginx.conf"
        guard Nginx.write(text, to: path),
            let started = spawn([Nginx.program, "-p", folder, "-c", path, "-e", "\(folder)/error.log"])
        else { return nil }
        process = started.process
        output = started.output
        guard isListening() else { return nil }
    }

    deinit {
        kill(process, SIGKILL)
        _ = end(process)
        close(output)
        guard let started = spawn(["rm", "-rf", folder]) else { return }
        _ = end(started.process)
        close(started.output)
    }

    /// That of the machine, or the one that scripts/bootstrap.sh unpacked.
    private static let program: String = {
        var folders = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).map(String.init)
        folders += [".build", "nginx", "usr", "sbin", "nginx"]
        let unpacked = folders.joined(separator: "/")
        return access(unpacked, X_OK) == 0 ? unpacked : "nginx"
    }()

    private static func write(_ text: String, to path: String) -> Bool {
        guard let file = fopen(path, "w") else { return false }
        defer { fclose(file) }
        return fputs(text, file) >= 0
    }

    /// Until it takes connections; false where it ended before.
    private func isListening() -> Bool {
        for _ in 0..<500 {
            var status: Int32 = 0
            if waitpid(process, &status, WNOHANG) != 0 { return false }
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            if Nginx.withAddress(securePort, { connect(descriptor, $0, $1) }) == 0 { return true }
            poll(nil, 0, 10)
        }
        return false
    }

    private static func withAddress(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// Ports that were free just now.
    private static func freePorts(_ count: Int) -> [UInt16]? {
        var (ports, open) = ([UInt16](), [Int32]())
        defer { for descriptor in open { close(descriptor) } }
        for _ in 0..<count {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            open.append(descriptor)
            guard withAddress(0, { bind(descriptor, $0, $1) }) == 0 else { return nil }
            var address = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let found = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
            }
            guard found == 0 else { return nil }
            ports.append(UInt16(bigEndian: address.sin_port))
        }
        return ports
    }
}
