// Reads YAML, and with it JSON, by libyaml's events: the plain subset that a reader can understand without knowing YAML well.

import CYAML

/// YAML 1.1 as libyaml reads it, without anchors, aliases, tags, duplicate keys or several documents.
public enum YAML {
    /// Deeper than any file of ours; the tree is built by recursion, so there must be a limit.
    static let deepest = 100

    /// The one document in `text`. `file` is the name that errors give.
    public static func read(_ text: String, file: String) throws(InputError) -> Node {
        try read(text, file: file, quickly: true)
    }

    /// Reads a mapping in plain JSON whose list under `key` is too long for a tree: each member of it goes to `take`, with the entries before
    /// the list, and the tree has an empty list in its place. nil where `take` gives up, and for all that is not plain JSON in ASCII: `read`
    /// says what is wrong with it, if anything is.
    public static func readQuickly(
        _ text: String, file: String, each key: String,
        _ take: (Node, _ before: [(key: String, keyPosition: Position, value: Node)]) -> Bool
    ) -> Node? {
        var text = text
        return text.withUTF8 { JSONReader.read($0, file: file, each: key, take) }
    }

    /// Plain JSON is read without libyaml, unless it is not to be read `quickly`.
    static func read(_ text: String, file: String, quickly: Bool) throws(InputError) -> Node {
        var text = text
        let result = text.withUTF8 { bytes -> Result<Node, InputError> in
            if quickly, let node = JSONReader.read(bytes, file: file) { return .success(node) }
            var reader = DocumentReader(bytes, file: file)
            do throws(InputError) { return .success(try reader.document()) } catch { return .failure(error) }
        }
        return try result.get()
    }
}

/// One pass over the events of a text that somebody else owns.
private struct DocumentReader: ~Copyable {
    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    private let event = UnsafeMutablePointer<yaml_event_t>.allocate(capacity: 1)
    private var holdsEvent = false
    private let text: UnsafeBufferPointer<UInt8>
    private let file: String

    init(_ text: UnsafeBufferPointer<UInt8>, file: String) {
        self.text = text
        self.file = file
        precondition(yaml_parser_initialize(parser) == 1, "libyaml could not get memory for its parser")
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, text.baseAddress, text.count)
    }

    deinit {
        if holdsEvent { yaml_event_delete(event) }
        yaml_parser_delete(parser)
        parser.deallocate()
        event.deallocate()
    }

    private var position: Position {
        Position(file: file, line: event.pointee.start_mark.line + 1, column: event.pointee.start_mark.column + 1)
    }

    private mutating func next() throws(InputError) -> yaml_event_type_t {
        if holdsEvent { yaml_event_delete(event) }
        holdsEvent = false
        guard yaml_parser_parse(parser, event) == 1 else { throw syntaxError() }
        holdsEvent = true
        return event.pointee.type
    }

    mutating func document() throws(InputError) -> Node {
        _ = try next()  // the start of the stream
        guard try next() == YAML_DOCUMENT_START_EVENT else {
            throw InputError(Position(file: file, line: 1, column: 1), "the file is empty", expected: "a YAML document")
        }
        let root = try node(try next(), depth: 0)
        if root.isNull { throw InputError(root.position, "the document is empty", expected: "a YAML document") }
        _ = try next()  // the end of the document
        guard try next() == YAML_STREAM_END_EVENT else {
            throw InputError(position, "a second document begins here", expected: "one document in a file")
        }
        return root
    }

    /// The node that begins with the event at hand, which is of `type`.
    private mutating func node(_ type: yaml_event_type_t, depth: Int) throws(InputError) -> Node {
        let start = position
        if depth > YAML.deepest {
            throw InputError(start, "nested too deeply", expected: "at most \(YAML.deepest) levels")
        }
        switch type {
        case YAML_SCALAR_EVENT:
            return Node(try scalar(), at: start)
        case YAML_SEQUENCE_START_EVENT:
            let data = event.pointee.data.sequence_start
            try refuse(anchor: data.anchor, tag: data.tag)
            var members: [Node] = []
            while true {
                let type = try next()
                if type == YAML_SEQUENCE_END_EVENT { return Node(.sequence(members), at: start) }
                members.append(try node(type, depth: depth + 1))
            }
        case YAML_MAPPING_START_EVENT:
            let data = event.pointee.data.mapping_start
            try refuse(anchor: data.anchor, tag: data.tag)
            return Node(.mapping(try entries(depth: depth)), at: start)
        case YAML_ALIAS_EVENT:
            throw unsupported("'*' makes an alias")
        default:
            preconditionFailure("libyaml gave event \(type.rawValue) where a value begins")
        }
    }

    private mutating func entries(
        depth: Int
    ) throws(InputError) -> [(key: String, keyPosition: Position, value: Node)] {
        var entries: [(key: String, keyPosition: Position, value: Node)] = []
        var seen: Set<String> = []
        while true {
            let type = try next()
            if type == YAML_MAPPING_END_EVENT { return entries }
            let keyPosition = position
            guard type == YAML_SCALAR_EVENT, case .scalar(let key, _) = try scalar() else {
                throw InputError(keyPosition, "a key that is not a text", expected: "key: value")
            }
            // Most mappings are small, and looking through a few keys is cheaper than hashing them.
            let isDuplicate = entries.count < 16 ? entries.contains { $0.key == key } : seen.contains(key)
            if isDuplicate {
                throw InputError(keyPosition, "the key '\(key)' stands here twice", expected: "each key once")
            }
            let value = try node(try next(), depth: depth + 1)
            entries.append((key, keyPosition, value))
            if entries.count == 16 { seen = Set(entries.map(\.key)) } else if entries.count > 16 { seen.insert(key) }
        }
    }

    private func scalar() throws(InputError) -> Node.Content {
        let data = event.pointee.data.scalar
        try refuse(anchor: data.anchor, tag: data.tag)
        let text = String(decoding: UnsafeBufferPointer(start: data.value, count: data.length), as: UTF8.self)
        return .scalar(text, quoted: data.style != YAML_PLAIN_SCALAR_STYLE)
    }

    private func refuse(anchor: UnsafeMutablePointer<UInt8>?, tag: UnsafeMutablePointer<UInt8>?) throws(InputError) {
        if anchor != nil { throw unsupported("'&' makes an anchor") }
        if tag != nil { throw unsupported("'!' makes a tag") }
    }

    private func unsupported(_ what: String) -> InputError {
        InputError(position, what + ", which is not supported", expected: "the value itself, or quotes")
    }

    private func syntaxError() -> InputError {
        let failure = parser.pointee
        guard failure.error != YAML_MEMORY_ERROR else { preconditionFailure("libyaml could not get memory") }
        let problem = failure.problem.map { String(cString: $0) } ?? "not YAML"
        if failure.error == YAML_READER_ERROR {
            return InputError(position(atByte: failure.problem_offset), problem, expected: "printable UTF-8")
        }
        let mark = failure.problem_mark
        let position = Position(file: file, line: mark.line + 1, column: mark.column + 1)
        if mark.index < text.count, isTab(at: mark) {
            return InputError(position, "a tab where a value or key should begin", expected: "spaces")
        }
        var whole = problem
        if let context = failure.context.map({ String(cString: $0) }) {
            whole += " " + context
            let began = failure.context_mark
            if began.line != mark.line { whole += " that began at line \(began.line + 1)" }
        }
        return InputError(position, whole, expected: "valid YAML (a text that holds ': ' or ' #' needs quotes)")
    }

    /// The mark's own index counts characters, so the byte is looked up by line and column.
    private func isTab(at mark: yaml_mark_t) -> Bool {
        let line =
            String(decoding: text, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
            .dropFirst(mark.line).first ?? ""
        return line.unicodeScalars.dropFirst(mark.column).first == "\t"
    }

    private func position(atByte offset: Int) -> Position {
        let before = text.prefix(offset)
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let column = String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count + 1
        return Position(file: file, line: line, column: column)
    }
}
