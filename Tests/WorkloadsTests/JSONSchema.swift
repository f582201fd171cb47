// As much of JSON Schema (draft 2020-12) as docs/schemas uses, over documents as the readers see them.

import Documents
import Quantities

/// A schema with its definitions.
struct JSONSchema {
    let root: Node
    private var patterns: [String: Regex<AnyRegexOutput>] = [:]

    init(_ text: String) throws {
        root = try YAML.read(text, file: "schema.json")
        try collect(root)
    }

    /// A pattern is made ready once.
    private mutating func collect(_ node: Node) throws {
        if let pattern = node["pattern"]?.text { patterns[pattern] = try Regex(pattern) }
        switch node.content {
        case .mapping(let entries): for entry in entries { try collect(entry.value) }
        case .sequence(let members): for member in members { try collect(member) }
        case .scalar: break
        }
    }

    /// What a `$ref` stands for.
    func resolved(_ schema: Node) -> Node {
        guard let reference = schema["$ref"]?.text, let name = reference.split(separator: "/").last else {
            return schema
        }
        return root["$defs"]![String(name)]!
    }

    /// The schemas of which one must hold: those of `anyOf`, at any depth, or the schema itself.
    func alternatives(_ schema: Node) -> [Node] {
        let schema = resolved(schema)
        guard case .sequence(let members)? = schema["anyOf"]?.content else { return [schema] }
        return members.flatMap(alternatives)
    }

    func allows(_ node: Node) -> Bool { allows(node, root) }

    func allows(_ node: Node, _ schema: Node) -> Bool {
        alternatives(schema).contains { alternative in
            let members = alternative["enum"].map { member in
                if case .sequence(let texts) = member.content { texts.contains { $0.text == node.text } } else { false }
            }
            return members ?? (isOfType(node, alternative) && allowsContent(node, alternative))
        }
    }

    private func isOfType(_ node: Node, _ schema: Node) -> Bool {
        guard let type = schema["type"] else { return true }
        let names: [String?] = if case .sequence(let types) = type.content { types.map(\.text) } else { [type.text] }
        return names.contains(node.typeName)
    }

    private func allowsContent(_ node: Node, _ schema: Node) -> Bool {
        switch node.content {
        case .scalar(let text, _):
            guard let pattern = schema["pattern"]?.text, node.typeName == "string" else { return true }
            return text.contains(patterns[pattern]!)
        case .sequence(let members):
            if let least = schema["minItems"]?.count, members.count < least { return false }
            if let most = schema["maxItems"]?.count, members.count > most { return false }
            guard let items = schema["items"] else { return true }
            return members.allSatisfy { allows($0, items) }
        case .mapping(let entries):
            if let least = schema["minProperties"]?.count, entries.count < least { return false }
            if let most = schema["maxProperties"]?.count, entries.count > most { return false }
            if case .sequence(let required)? = schema["required"]?.content {
                guard required.allSatisfy({ key in entries.contains { $0.key == key.text } }) else { return false }
            }
            return entries.allSatisfy { entry in
                part(of: schema, entry.key).map { allows(entry.value, $0) } ?? (schema["additionalProperties"] == nil)
            }
        }
    }

    /// What a key's value must be; nil where the key is not allowed, or not spoken of.
    func part(of schema: Node, _ key: String) -> Node? {
        if let property = schema["properties"]?[key] { return property }
        guard let others = schema["additionalProperties"], case .mapping = others.content else { return nil }
        return others
    }

    /// Keys of a schema that names them all.
    func keys(_ schema: Node) -> Set<String>? {
        guard schema["additionalProperties"]?.text == "false",
            case .mapping(let entries)? = schema["properties"]?.content
        else { return nil }
        return Set(entries.map(\.key))
    }
}

extension Node {
    subscript(key: String) -> Node? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }

    var text: String? { if case .scalar(let text, _) = content { text } else { nil } }
    fileprivate var count: Int? { text.flatMap { Int($0) } }

    fileprivate var typeName: String {
        switch content {
        case .mapping: return "object"
        case .sequence: return "array"
        case .scalar(let text, let quoted):
            if quoted { return "string" }
            return text == "true" || text == "false" ? "boolean" : Double(text) == nil ? "string" : "number"
        }
    }

    /// As YAML in one line.
    var flow: String {
        switch content {
        case .mapping(let entries):
            return "{" + entries.map { "\(JSON.string($0.key).line): \($0.value.flow)" }.joined(separator: ", ") + "}"
        case .sequence(let members): return "[" + members.map(\.flow).joined(separator: ", ") + "]"
        case .scalar(let text, let quoted):
            let isPlain = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_.+-".contains($0)) }
            return isPlain && !quoted && !text.isEmpty ? text : JSON.string(text).line
        }
    }
}

extension JSON {
    fileprivate var line: String { String(text().dropLast(while: { $0 == "\n" })) }
}

extension String {
    fileprivate func dropLast(while isLast: (Character) -> Bool) -> Substring {
        var rest = self[...]
        while let last = rest.last, isLast(last) { rest = rest.dropLast() }
        return rest
    }
}
