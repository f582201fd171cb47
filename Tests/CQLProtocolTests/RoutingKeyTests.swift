// The token of a request's partition key, from the values as they were written.

import Bytes
import CQLProtocol
import Testing

private func token(_ cells: [[UInt8]?], _ columns: [Int32]) -> Int64? {
    var values = ByteWriter()
    for cell in cells { values.put(cell: cell) }
    var scratch = ByteWriter()
    return columns.withUnsafeBufferPointer { RoutingKey.token(of: values.bytes, columns: $0, scratch: &scratch) }
}

@Test func aKeyOfOneColumnIsItsBytes() {
    let hello = Array("hello".utf8)
    #expect(token([hello], [0]) == -3_758_069_500_696_749_310)
    #expect(token([nil, [1, 2], hello, []], [2]) == -3_758_069_500_696_749_310)
}

@Test func aKeyOfSeveralColumnsIsInItsOwnOrder() {
    // (1, 'hello') as (int, text).
    let composite: [UInt8] = [0, 4, 0, 0, 0, 1, 0, 0, 5] + Array("hello".utf8) + [0]
    #expect(token([Array("hello".utf8), [9], [0, 0, 0, 1]], [2, 0]) == Murmur3.token(composite))
    // An empty part is a part.
    #expect(token([[], [7]], [0, 1]) == Murmur3.token([0, 0, 0, 0, 1, 7, 0]))
}

@Test func aKeyThatIsNotThereHasNoToken() {
    #expect(token([nil], [0]) == nil)
    #expect(token([[1]], [1]) == nil)
    #expect(token([[1], nil], [0, 1]) == nil)
    #expect(token([], [0]) == nil)
}
