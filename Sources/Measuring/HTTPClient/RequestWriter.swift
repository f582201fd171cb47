// A request's template at work: literal text and drawn values into the bytes that go out.

import Bytes
import Quantities
import Workloads

/// Writes the requests of one operation.
public final class RequestWriter {
    private let template: RequestTemplate
    private let outlines: [ValueOutline]
    private let prefixes: [[UInt8]]
    /// Where each value's draw began; nil where it was not drawn yet.
    private var starts: [Drawing?]
    private var value = ByteWriter(capacity: 256)
    private var text = ByteWriter(capacity: 256)

    public init(_ template: RequestTemplate) {
        self.template = template
        outlines = template.binds.map(ValueOutline.init)
        prefixes = template.headers.map { Array("\($0.name): ".utf8) }
        starts = Array(repeating: nil, count: template.binds.count)
    }

    /// Values are drawn in the order of their first appearance, each once.
    public func write(_ drawing: Drawing, into request: inout HTTPRequest) {
        var drawing = drawing
        for index in starts.indices { starts[index] = nil }
        write(template.target, &drawing, into: &request.target)
        for (header, prefix) in zip(template.headers, prefixes) {
            text.clear()
            write(header.value, &drawing, into: &text)
            request.headers.put(bytes: prefix)
            // What would end the line is no part of a header.
            for byte in text.bytes { request.headers.put(byte < 0x20 ? 0x20 : byte) }
            request.headers.put(0 as UInt8)
        }
        if let body = template.body { write(body, &drawing, into: &request.body) }
    }

    private func write(_ template: Template, _ drawing: inout Drawing, into writer: inout ByteWriter) {
        for piece in template.pieces {
            switch piece {
            case .text(let bytes): writer.put(bytes: bytes)
            case .value(let place, let form, let percent):
                draw(place, &drawing, isJSON: form == .json)
                if form == .jsonText {
                    if percent {
                        var escaped = ByteWriter(capacity: 2 * value.count + 16)
                        escaped.put(jsonText: value.bytes)
                        writer.put(percentEncoded: escaped.bytes)
                    } else {
                        writer.put(jsonText: value.bytes)
                    }
                } else if percent {
                    writer.put(percentEncoded: value.bytes)
                } else {
                    writer.put(bytes: value.bytes)
                }
            }
        }
    }

    /// Leaves the value in `value`.
    private func draw(_ place: Int, _ drawing: inout Drawing, isJSON: Bool) {
        value.clear()
        let recipe = self.template.binds[place].recipe
        let outline = outlines[place]
        withUnsafeMutablePointer(to: &value) { pointer in
            var sink = HTTPValueWriter(pointer, outline, isJSON: isJSON)
            if var start = starts[place] {
                recipe.generate(into: &sink, &start)
            } else {
                starts[place] = drawing
                recipe.generate(into: &sink, &drawing)
            }
        }
    }
}

extension HTTPOperation {
    /// What all requests of a template have in common.
    public init(_ template: RequestTemplate) {
        self.init(method: template.method, hasBody: template.body != nil)
        if let type = template.contentType { headers.append("Content-Type: \(type)") }
        expected.statuses = template.expected.statuses
        expected.headers = template.expected.headers.map { HTTPExpectation.Header(name: $0.name, value: $0.value) }
        expected.isJSON = template.expected.isJSON
        expected.values = template.expected.values.map { HTTPExpectation.Value(path: $0.path, text: $0.text) }
        expected.rows = template.expected.rows
        expected.failure = template.expected.failure
        let names = template.headers.map { $0.name.lowercased() }
        if expected.readsBody && !names.contains("accept") { headers.append("Accept: application/json") }
    }
}
