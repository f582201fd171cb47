// Variable-length integers: the sizes and bytes of the specification, there and back, and short input refused.

import Bytes
import Testing

private func written(_ value: UInt64) -> [UInt8] {
    var writer = ByteWriter()
    writer.put(unsignedVInt: value)
    return writer.array
}

@Test func unsignedVIntsAreThoseOfTheSpecification() {
    let examples: [(UInt64, [UInt8])] = [
        (0, [0]), (1, [1]), (127, [0x7F]), (128, [0x80, 0x80]), (16_383, [0xBF, 0xFF]), (16_384, [0xC0, 0x40, 0x00]),
        // The specification's own: 256000 is 11000011 11101000 00000000.
        (256_000, [0xC3, 0xE8, 0x00]),
        (1 << 56 - 1, [0xFE] + [UInt8](repeating: 0xFF, count: 7)),
        (1 << 56, [0xFF, 1] + [UInt8](repeating: 0, count: 7)), (.max, [UInt8](repeating: 0xFF, count: 9))
    ]
    for (value, bytes) in examples {
        #expect(written(value) == bytes)
        #expect(unsignedVIntLength(value) == bytes.count)
    }
}

@Test func vIntsGoThereAndBack() throws {
    let edges: [Int64] = (0..<63).flatMap { shift in (-1...1).flatMap { [(1 << shift) + $0, -(1 << shift) + $0] } }
    for value in edges + [.max, .min] {
        var writer = ByteWriter()
        writer.put(vint: value)
        writer.put(unsignedVInt: UInt64(bitPattern: value))
        let bytes = writer.array
        try bytes.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            let (signed, unsigned) = (try reader.vint(), try reader.unsignedVInt())
            #expect(signed == value && unsigned == UInt64(bitPattern: value) && reader.isAtEnd, "\(value)")
        }
        #expect(throws: ShortRead.self) {
            try bytes.dropLast().withUnsafeBytes { bytes in
                var reader = ByteReader(bytes)
                _ = try reader.vint()
                _ = try reader.unsignedVInt()
            }
        }
    }
}
