// From packets to requests with their answers: link types, versions, framings, and what a capture may lack.

import CQLProtocol
import CaptureSupport
import Quantities
import TestSupport
import Testing

@testable import Captures

@Suite struct ConversationTests {
    /// A prepared read, a text with a page, an error and a batch.
    private func talk(_ dialogue: Dialogue) {
        dialogue.open()
        dialogue.prepare("SELECT v FROM k.t WHERE a = ?", id: [0xAB], binds: [("a", .int)])
        dialogue.execute([0xAB], [int(7)], stream: 2, pageSize: 100)
        dialogue.execute([0xAB], [nil], stream: 3)
        dialogue.answer(rows: 2, stream: 3)
        dialogue.answer(rows: 100, stream: 2, hasMore: true)
        dialogue.ask(.query("USE k", QueryParameters()), stream: 4)
        dialogue.answerUse("k", stream: 4)
        dialogue.ask(.query("SELECT v FROM t", QueryParameters(consistency: .two)), stream: 5)
        dialogue.answerError(0x1100, stream: 5)
        dialogue.ask(
            .batch(
                Batch(
                    .unlogged, [BatchStatement(.id([0xCD]), values: [int(1), nil]), BatchStatement(.cql("DELETE"))],
                    consistency: .quorum)), stream: 6)
        dialogue.answerVoid(stream: 6)
        dialogue.wire.close()
    }

    private let expected = [
        "prepared SELECT v FROM k.t WHERE a = ?",
        "execute #ab(00000007) LOCAL_QUORUM pages of 100 -> rows 100 and more",
        "execute #ab(null) LOCAL_QUORUM -> rows 2", "query USE k() ONE -> setKeyspace 0",
        "query SELECT v FROM t() TWO in k -> error", "batch #cd(00000001,null); DELETE() QUORUM in k -> void 0"
    ]

    @Test(arguments: ProtocolVersion.allCases, Compression.allCases)
    func `Every version, with and without compression`(version: ProtocolVersion, compression: Compression) throws {
        let dialogue = Dialogue(version: version, compression: compression)
        talk(dialogue)
        let notes = NoteTaker()
        let book = try ConversationBook.read(dialogue.bytes, notes)
        #expect(notes.notes == expected)
        #expect(book.counts.versions == [version.rawValue: 1])
        #expect(book.counts.compressions == [compression.rawValue: 1])
        #expect(book.counts.connections == [.cql: 1])
        #expect(book.room.counts.lostPlaces == 0 && book.room.counts.incomplete == 0)
        #expect(book.counts.unexpectedAnswers == 0 && book.counts.unreadableRequests == 0)
        #expect(notes.statements["SELECT v FROM k.t WHERE a = ?"]?.binds.map(\.name) == ["a"])
        // The execute of stream 3: its answer begins one packet later, and ends with it.
        #expect(notes.latencies.first == Nanoseconds(100_000))
    }

    @Test(arguments: [LinkLayer.ethernet, .loopback, .openLoopback, .raw, .linuxCooked, .linuxCooked2])
    func `Every link type, by IPv4 and IPv6`(link: LinkLayer) throws {
        for isVersion6 in [false, true] {
            for tags in 0..<(link == .ethernet ? 3 : 1) {
                var file = PcapFile(link: link)
                file.isVersion6 = isVersion6
                file.tags = tags
                let dialogue = Dialogue(WireConnection(file))
                talk(dialogue)
                let notes = NoteTaker()
                let book = try ConversationBook.read(dialogue.bytes, notes)
                #expect(notes.notes == expected)
                #expect(book.packets.otherPackets == 0 && book.packets.malformed == 0)
            }
        }
    }

    @Test(arguments: [1, 2, 5, 9, 11, 40]) func `Messages in small segments`(size: Int) throws {
        for (version, compression) in [(ProtocolVersion.v4, Compression.none), (.v4, .lz4), (.v5, .none), (.v5, .lz4)] {
            let dialogue = Dialogue(version: version, compression: compression)
            dialogue.wire.longestSegment = size
            talk(dialogue)
            let notes = NoteTaker()
            let book = try ConversationBook.read(dialogue.bytes, notes)
            #expect(notes.notes == expected)
            #expect(book.room.held.count == 0)
        }
    }

    @Test(arguments: ProtocolVersion.allCases, Compression.allCases)
    func `A capture that begins in the middle finds its place`(version: ProtocolVersion, compression: Compression)
        throws
    {
        let dialogue = Dialogue(version: version, compression: compression)
        // SYN to READY are not there, nor are PREPARE and its answer.
        dialogue.wire.lost = Set(0..<7)
        talk(dialogue)
        let notes = NoteTaker()
        let book = try ConversationBook.read(dialogue.bytes, notes)
        #expect(notes.notes == Array(expected.dropFirst()))
        #expect(book.counts.withoutBeginning == 1)
    }

    @Test func `A lost packet costs its messages, and is told`() throws {
        for version in ProtocolVersion.allCases {
            let dialogue = Dialogue(version: version)
            // The execute with null.
            dialogue.wire.lost = [8]
            dialogue.wire.step = 1_000_000
            talk(dialogue)
            let notes = NoteTaker()
            let book = try ConversationBook.read(dialogue.bytes, notes)
            #expect(notes.notes == expected.filter { !$0.contains("null) LOCAL") })
            #expect(book.streamCounts.gaps == 1)
            #expect(book.counts.unexpectedAnswers == 1)
            // What waited behind the hole counts from when it came.
            #expect(notes.latencies.dropFirst(1).allSatisfy { $0 == .milliseconds(1) })
        }
    }

    @Test func `Packets that the snaplen cut still tell what was asked`() throws {
        let dialogue = Dialogue(WireConnection(PcapFile(snaplen: 14 + 20 + 32 + 40)))
        dialogue.open()
        dialogue.execute([0xAB, 0xCD], [int(7), Array(repeating: 1, count: 500)], stream: 2, pageSize: 100)
        dialogue.answer(rows: 100, stream: 2)
        dialogue.execute([0xAB, 0xCD], [int(8)], stream: 3)
        dialogue.answer(rows: 0, stream: 3)
        let notes = NoteTaker()
        let book = try ConversationBook.read(dialogue.bytes, notes)
        #expect(
            notes.notes == [
                "execute #abcd(00000007) LOCAL_QUORUM cut -> rows 100", "execute #abcd(00000008) LOCAL_QUORUM -> rows 0"
            ])
        #expect(book.packets.cutPackets > 0)
        #expect(book.streamCounts.cutBytes > 500)
        #expect(book.room.counts.lostPlaces == 0)
    }

    @Test func `TLS and what is not CQL are recognised and passed over`() throws {
        var wire = WireConnection()
        wire.open()
        wire.send([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0])
        wire.answer([0x16, 3, 3, 0, 5, 2, 0, 0, 1, 0])
        wire.close()
        wire.client.port = 41_000
        wire.open()
        wire.send(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        wire.answer(Array("HTTP/1.1 200 OK\r\n\r\n".utf8))
        wire.close()
        // In the middle of a secured connection.
        wire.client.port = 42_000
        wire.send([0x17, 3, 3, 0, 2, 9, 9])
        let book = try ConversationBook.read(wire.file.bytes, NoteTaker())
        #expect(book.counts.connections == [.tls: 2, .other: 1])
        #expect(book.counts.requests == 0)
    }

    @Test func `Long messages are kept in part, and memory stays bounded`() throws {
        let dialogue = Dialogue()
        dialogue.open()
        dialogue.execute([0xAB], [Array(repeating: 1, count: 3 << 20), int(9)], stream: 2)
        dialogue.answer(rows: 100_000, stream: 2, hasMore: true)
        dialogue.execute([0xAB], [int(8)], stream: 3)
        dialogue.answer(rows: 1, stream: 3)
        let notes = NoteTaker()
        let book = try ConversationBook.read(dialogue.bytes, notes)
        #expect(
            notes.notes == [
                "execute #ab() LOCAL_QUORUM cut -> rows 100000 and more", "execute #ab(00000008) LOCAL_QUORUM -> rows 1"
            ])
        #expect(book.room.held.count == 0)
        #expect(book.room.counts.incomplete == 2)
    }

    @Test func `A request without an answer, and a second connection between the same ends`() throws {
        let dialogue = Dialogue()
        dialogue.open()
        dialogue.execute([0xAB], [int(1)], stream: 2)
        let again = Dialogue(dialogue.wire)
        again.wire.clientNext = 77
        again.open()
        again.execute([0xAB], [int(2)], stream: 2)
        again.answer(rows: 1, stream: 2)
        let notes = NoteTaker()
        let book = try ConversationBook.read(again.bytes, notes)
        #expect(
            notes.notes == [
                "execute #ab(00000001) LOCAL_QUORUM -> nothing", "execute #ab(00000002) LOCAL_QUORUM -> rows 1"
            ])
        #expect(book.counts.connections == [.cql: 2])
    }

    @Test func `Files that are no captures say so`() {
        for bytes in [Array("PK\u{3}\u{4} no capture at all, but long enough".utf8), [0x4D, 0x3C]] {
            #expect(throws: CaptureError.self) { try ConversationBook.read(bytes, NoteTaker()) }
        }
        var file = PcapFile()
        file.add(packet: [1, 2, 3], at: 5)
        var other = file.bytes
        other[20] = 105
        #expect(throws: CaptureError.self) { try ConversationBook.read(other, NoteTaker()) }
    }

    @Test func `A file that was still being written is read as far as it goes`() throws {
        let dialogue = Dialogue()
        talk(dialogue)
        let bytes = Array(dialogue.bytes.dropLast(30))
        try bytes.withUnsafeBytes { bytes in
            let source = try PacketSource(bytes: bytes)
            var count = 0
            while case .packet = source.next() { count += 1 }
            #expect(count > 10)
            #expect(source.damage?.contains("truncated") == true)
        }
    }

    @Test(arguments: 0..<200) func `Damaged captures never trap`(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let versions = ProtocolVersion.allCases
        let dialogue = Dialogue(
            version: versions[seed % 3], compression: seed % 2 == 0 ? .none : .lz4)
        dialogue.wire.longestSegment = 1 + Int(random.below(200))
        talk(dialogue)
        var bytes = dialogue.bytes
        for _ in 0..<(1 + random.below(60)) {
            // Behind the file's own header, so that there is something to read.
            bytes[24 + Int(random.below(UInt64(bytes.count - 24)))] = UInt8(random.below(256))
        }
        let book = try ConversationBook.read(bytes, NoteTaker())
        #expect(book.room.held.count == 0)
        #expect(book.held.count == 0)
    }
}
