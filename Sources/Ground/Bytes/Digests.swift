// SHA-256 and Base64, both by OpenSSL.

import COpenSSL

/// The SHA-256 of `bytes` as 64 lower-case hexadecimal digits.
public func sha256(_ bytes: some Collection<UInt8>) -> String {
    let input = Array(bytes)
    var digest = [UInt8](repeating: 0, count: 32)
    precondition(
        EVP_Digest(input, input.count, &digest, nil, EVP_sha256(), nil) == 1, "OpenSSL could not compute a SHA-256")
    return hexadecimal(digest)
}

/// The SHA-256 of bytes that come piece by piece.
public final class RunningDigest {
    private let context: OpaquePointer

    public init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            preconditionFailure("OpenSSL could not begin a SHA-256")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    public func add(_ bytes: some Collection<UInt8>) {
        let input = Array(bytes)
        precondition(EVP_DigestUpdate(context, input, input.count) == 1, "OpenSSL could not go on with a SHA-256")
    }

    /// Of all bytes so far, as 64 lower-case hexadecimal digits; more may follow.
    public var hexadecimal: String {
        var digest = [UInt8](repeating: 0, count: 32)
        guard let copy = EVP_MD_CTX_new(), EVP_MD_CTX_copy_ex(copy, context) == 1,
            EVP_DigestFinal_ex(copy, &digest, nil) == 1
        else { preconditionFailure("OpenSSL could not compute a SHA-256") }
        EVP_MD_CTX_free(copy)
        return Bytes.hexadecimal(digest)
    }
}

public func hexadecimal(_ bytes: some Collection<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

/// Base64 with padding (RFC 4648, section 4).
public func base64(_ bytes: [UInt8]) -> String {
    var out = [UInt8](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
    let written = EVP_EncodeBlock(&out, bytes, Int32(bytes.count))
    return String(decoding: out[..<Int(written)], as: UTF8.self)
}

/// The bytes that `text` stands for, or nil where it is not Base64 with padding.
public func base64Decoded(_ text: some StringProtocol) -> [UInt8]? {
    let input = Array(text.utf8)
    guard input.count % 4 == 0, input.count <= Int(Int32.max) else { return nil }
    var out = [UInt8](repeating: 0, count: input.count / 4 * 3 + 1)
    let written = EVP_DecodeBlock(&out, input, Int32(input.count))
    guard written >= 0 else { return nil }
    let padding = input.suffix(2).count { $0 == UInt8(ascii: "=") }
    return Array(out[..<(Int(written) - padding)])
}
