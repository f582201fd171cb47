// Cursors and digests.

import Bytes
import Quantities
import TestSupport
import Testing

@Test func whatIsWrittenIsReadBack() throws {
    var writer = ByteWriter(capacity: 1)
    writer.put(UInt8(0xAB))
    writer.put(UInt16(0x1234))
    writer.put(Int32(-2))
    writer.put(Int64.min)
    writer.put(2.5)
    writer.put(utf8: "Ägypten")
    writer.put(bytes: [1, 2, 3])
    writer.overwrite(Int16(7), at: 1)
    try writer.array.withUnsafeBytes { raw throws in
        var reader = ByteReader(raw)
        #expect(try reader.u8() == 0xAB)
        #expect(try reader.i16() == 7)
        #expect(try reader.i32() == -2)
        #expect(try reader.i64() == .min)
        #expect(try reader.f64() == 2.5)
        #expect(try reader.utf8(8) == "Ägypten")
        #expect(Array(try reader.slice(3)) == [1, 2, 3])
        #expect(reader.isAtEnd)
        #expect(throws: ShortRead(wanted: 1, remaining: 0)) { try reader.u8() }
    }
}

@Test func everyReadBeyondTheEndIsAnErrorAndReadsNothing() {
    [UInt8](repeating: 9, count: 3).withUnsafeBytes { raw in
        var reader = ByteReader(raw)
        #expect(throws: ShortRead(wanted: 4, remaining: 3)) { try reader.u32() }
        #expect(throws: ShortRead(wanted: 8, remaining: 3)) { try reader.u64() }
        #expect(throws: ShortRead(wanted: -1, remaining: 3)) { try reader.skip(-1) }
        #expect(reader.remaining == 3)
    }
}

@Test func dropFirstKeepsTheRestWhateverWasSent() {
    for case (let seed, var random) in seededCases(50) {
        var writer = ByteWriter()
        var expected: [UInt8] = []
        for _ in 0..<40 {
            let bytes = (0..<random.below(30)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            writer.put(bytes: bytes)
            expected += bytes
            let sent = Int(random.below(UInt64(expected.count + 1)))
            writer.dropFirst(sent)
            expected.removeFirst(sent)
            #expect(writer.array == expected, "seed \(seed)")
        }
    }
}

@Test func digestsAreThoseOfTheStandards() {
    #expect(sha256([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(sha256("abc".utf8) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
        #expect(base64(Array(plain.utf8)) == coded)
        #expect(base64Decoded(coded) == Array(plain.utf8))
    }
    #expect(base64Decoded("Zm9") == nil)
    #expect(base64Decoded("!!!!") == nil)
}
