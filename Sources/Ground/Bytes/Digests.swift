// SHA-256 and Base64, both by OpenSSL.

import COpenSSL

/// The SHA-256 of `bytes` as 64 lower-case hexadecimal digits.
public func sha256(_ bytes: some Collection<UInt8>) -> String {
    bytes.withContiguousStorageIfAvailable { sha256($0) } ?? Array(bytes).withUnsafeBufferPointer { sha256($0) }
}

private func sha256(_ input: UnsafeBufferPointer<UInt8>) -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    precondition(
        EVP_Digest(input.baseAddress, input.count, &digest, nil, EVP_sha256(), nil) == 1,
        "OpenSSL could not compute a SHA-256")
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
    Array(text.utf8).withUnsafeBytes { base64Decoded($0) }
}

/// The same for a text that stands in a larger one.
public func base64Decoded(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
    guard text.count % 4 == 0, text.count <= Int(Int32.max) else { return nil }
    let input = text.bindMemory(to: UInt8.self)
    let padding = input.suffix(2).count { $0 == UInt8(ascii: "=") }
    var written: Int32 = 0
    let out = [UInt8](unsafeUninitializedCapacity: input.count / 4 * 3 + 1) { space, count in
        written = EVP_DecodeBlock(space.baseAddress, input.baseAddress, Int32(input.count))
        count = max(0, Int(written) - padding)
    }
    return written < 0 ? nil : out
}
