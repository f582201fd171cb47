// What a certificate says about itself, read by OpenSSL.

import COpenSSL
import Glibc
import Quantities

/// A certificate that somebody else owns; valid as long as that one keeps it.
struct TLSCertificate {
    let pointer: OpaquePointer

    var subject: String { TLSCertificate.text(X509_get_subject_name(pointer)) }
    var issuer: String { TLSCertificate.text(X509_get_issuer_name(pointer)) }
    var begins: WallTime? { TLSCertificate.time(X509_get0_notBefore(pointer)) }
    var expires: WallTime? { TLSCertificate.time(X509_get0_notAfter(pointer)) }

    /// A name on one line as RFC 2253 writes it, control characters escaped: `CN=db1,O=Example`.
    private static func text(_ name: OpaquePointer?) -> String {
        guard let name, let memory = BIO_new(BIO_s_mem()) else { return "" }
        defer { BIO_free(memory) }
        X509_NAME_print_ex(memory, name, 0, copenssl_name_flags)
        var buffer = [UInt8](repeating: 0, count: 512)
        let count = BIO_read(memory, &buffer, Int32(buffer.count))
        return count > 0 ? String(decoding: buffer[..<Int(count)], as: UTF8.self) : "no name"
    }

    private static func time(_ time: UnsafePointer<ASN1_TIME>?) -> WallTime? {
        var parts = tm()
        guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
        return WallTime(
            year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday),
            hour: Int(parts.tm_hour), minute: Int(parts.tm_min), second: Int(parts.tm_sec))
    }

    /// The hosts that it is for, such as `DNS:localhost` and `IP:127.0.0.1`; at most 20 of them.
    var hosts: [String] {
        guard let list = X509_get_ext_d2i(pointer, NID_subject_alt_name, nil, nil) else { return [] }
        let names = OpaquePointer(list)
        defer { GENERAL_NAMES_free(names) }
        var found: [String] = []
        for index in 0..<min(20, OPENSSL_sk_num(names)) {
            guard let value = OPENSSL_sk_value(names, index) else { continue }
            let name = value.assumingMemoryBound(to: GENERAL_NAME.self).pointee
            switch name.type {
            case GEN_DNS: found.append("DNS:" + TLSCertificate.printable(TLSCertificate.bytes(name.d.dNSName)))
            case GEN_IPADD: found.append("IP:" + TLSCertificate.address(TLSCertificate.bytes(name.d.iPAddress)))
            default: continue
            }
        }
        return found
    }

    private static func bytes(_ text: UnsafePointer<ASN1_STRING>?) -> [UInt8] {
        guard let text, let start = ASN1_STRING_get0_data(text) else { return [] }
        return Array(UnsafeBufferPointer(start: start, count: Int(ASN1_STRING_length(text))))
    }

    private static func printable(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix(255).map { (33...126).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }

    private static func address(_ bytes: [UInt8]) -> String {
        guard bytes.count == 4 || bytes.count == 16 else { return "?" }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
