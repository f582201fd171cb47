// One line of an answer's head.

import Reactor

struct HTTPHeaderLine {
    private let name: Slice<UnsafeRawBufferPointer>
    private let value: Slice<UnsafeRawBufferPointer>

    /// nil for the line behind the last.
    init?(_ line: UnsafeRawBufferPointer) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        name = line[..<colon]
        var value = line[(colon + 1)...]
        func isSpace(_ byte: UInt8?) -> Bool { byte.map { [0x20, 0x09, 0x0D, 0x0A].contains($0) } ?? false }
        while isSpace(value.first) { value = value.dropFirst() }
        while isSpace(value.last) { value = value.dropLast() }
        self.value = value
    }

    /// The status of `HTTP/1.1 200 OK`; 0 where there is none.
    static func status(_ line: UnsafeRawBufferPointer) -> Int {
        guard let space = line.firstIndex(of: 0x20) else { return 0 }
        return Int(String(decoding: line[(space + 1)...].prefix(3), as: UTF8.self)) ?? 0
    }

    /// Whether its name is `other`, however either is capitalised.
    func isNamed(_ other: String) -> Bool {
        name.count == other.utf8.count && zip(name, other.utf8).allSatisfy { Self.lower($0) == Self.lower($1) }
    }

    func holds(_ text: String) -> Bool { value.elementsEqual(text.utf8) }

    private static func lower(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    /// Whether it leads, as the value of Location, to the scheme, host and port of `base`, whose host is `named` in its certificate.
    func staysWithin(_ base: HTTPBase, named: String?) -> Bool {
        let text = String(decoding: value, as: UTF8.self).lowercased()
        let endpoint = Endpoint(host: named ?? base.endpoint.host, port: base.endpoint.port)
        let full = endpoint.description.lowercased()
        let isUsualPort = base.endpoint.port == (base.isSecured ? 443 : 80)
        let authorities = isUsualPort ? [full, String(full[..<full.lastIndex(of: ":")!])] : [full]
        for start in authorities.flatMap({ ["\(base.scheme)://\($0)", "//\($0)"] }) where text.hasPrefix(start) {
            let next = text.dropFirst(start.count).first
            if next == nil || "/?#".contains(next!) { return true }
        }
        if text.hasPrefix("//") { return false }
        // Without a scheme it is a path.
        return !(text.prefix { !"/?#".contains($0) }.contains(":"))
    }
}
