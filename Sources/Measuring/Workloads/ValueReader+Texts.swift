// Texts of a workload's values: by length, of an alphabet, of words.

import Documents
import Quantities

extension ValueReader {
    /// `{length, alphabet}` or `{words: NUMBER, of: [word, …]}`; nil where it is neither.
    func text(_ node: Node) throws(InputError) -> Recipe? {
        guard case .mapping(let entries) = node.content else { return nil }
        let keys = entries.map(\.key)
        guard keys.contains("length") || keys.contains("words") else { return nil }
        var fields = try Fields(node, what: what)
        guard keys.contains("words") else {
            let length = try number(try fields.required("length"))
            let alphabetNode = fields.optional("alphabet")
            try fields.finish()
            guard let alphabetNode else { return Recipe(.text(length: length)) }
            let pool = TextPool(alphabet: try alphabet(alphabetNode))
            return Recipe(.letters(length: length, pool.view), keeping: pool)
        }
        let count = try number(try fields.required("words"))
        let list = fields.optional("of")
        try fields.finish()
        let pool = TextPool(
            words: try list.map { node throws(InputError) in try words(node) } ?? ValueReader.commonWords)
        return Recipe(.words(count: count, pool.view), keeping: pool)
    }

    private func alphabet(_ node: Node) throws(InputError) -> [UInt8] {
        let expected = "characters of ASCII, such as 0123456789abcdef"
        let letters = Array(try node.string(expected: expected).utf8)
        guard !letters.isEmpty, letters.allSatisfy({ $0 < 0x80 }) else {
            throw InputError(node.position, "the alphabet of \(what) is \(node.summary)", expected: expected)
        }
        return letters
    }

    /// A list of words, or `{file: …}` with one a line.
    private func words(_ node: Node) throws(InputError) -> [String] {
        var words: [String] = []
        if case .mapping = node.content {
            var fields = try Fields(node, what: "words of \(what)")
            let column = try FileColumn(try fields.required("file"), &fields, files)
            try fields.finish()
            words = column.cells.map(\.text)
        } else {
            for member in try node.list(expected: "a list of words, or a file of them") {
                words.append(try member.string(expected: "a word"))
            }
        }
        guard !words.isEmpty, words.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 1000 }) else {
            throw InputError(
                node.position, "the words of \(what) are none, or one is empty or very long",
                expected: "words of 1 to 1000 bytes")
        }
        return words
    }

    /// Where a workload names no words of its own.
    private static let commonWords =
        """
        the of and to in is that for it was on are as with his they at be this from have or by one had not but what all were \
        when we there can an your which their said if do will each about how up out them then she many some so these would \
        other into has more her two like him see time could no make than first been its who now people my made over did \
        down only way find use may water long little very after words called just where most know
        """.split(separator: " ").map(String.init)
}
