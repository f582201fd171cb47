// Reading a mapping so that nothing in it goes unread: a key that nobody asked for is an error, not a surprise later.

/// The keys of one mapping. Ask for each key that is known, then call `finish`, which refuses all others.
public struct Fields {
    /// What the mapping describes, in the words of an error: `operation 'latest_order'`.
    public let what: String
    /// Where the mapping begins.
    public let position: Position
    private let entries: [(key: String, keyPosition: Position, value: Node)]
    private var isRead: [Bool]
    private var known: [String] = []

    /// Throws where `node` is not a mapping.
    public init(_ node: Node, what: String) throws(InputError) {
        guard case .mapping(let entries) = node.content else {
            throw InputError(node.position, "\(what) is \(node.summary)", expected: "a mapping")
        }
        self.what = what
        self.entries = entries
        position = node.position
        isRead = [Bool](repeating: false, count: entries.count)
    }

    /// The value of a key that must be there with a value.
    public mutating func required(_ key: String) throws(InputError) -> Node {
        guard let value = optional(key) else {
            throw InputError(position, "\(what) has no '\(key)'", expected: "the key \(key)")
        }
        return value
    }

    /// The value of a key that may be left out. A key without a value counts as left out.
    public mutating func optional(_ key: String) -> Node? {
        known.append(key)
        guard let index = entries.firstIndex(where: { $0.key == key }) else { return nil }
        isRead[index] = true
        return entries[index].value.isNull ? nil : entries[index].value
    }

    /// Where `key` stands, or where the mapping begins if it is left out.
    public func position(of key: String) -> Position { entries.first { $0.key == key }?.keyPosition ?? position }

    /// Refuses a key that other versions know, so that it is never silently without effect.
    public mutating func refuse(_ keys: [String]) throws(InputError) {
        for entry in entries where keys.contains(entry.key) {
            let usable = known.isEmpty ? "a mapping without it" : "only " + known.sorted().joined(separator: ", ")
            throw InputError(entry.keyPosition, "'\(entry.key)' in \(what) is not in this version", expected: usable)
        }
    }

    /// Throws for the first key that was not asked for, naming the nearest that was.
    public mutating func finish() throws(InputError) {
        guard let index = isRead.firstIndex(of: false) else { return }
        let key = entries[index].key
        let names = Set(known).sorted()
        let problem = suggesting("unknown key '\(key)' in \(what)", key, among: names)
        let expected = names.isEmpty ? "no keys" : "one of " + names.joined(separator: ", ")
        throw InputError(entries[index].keyPosition, problem, expected: expected)
    }
}
