// Feeds a decoder its bytes however they may be cut, and says what it made too early, too late, or wrongly.

import Quantities

/// Bytes that belong together on the wire, and what a decoder makes of them once it has the last of them.
public struct Drop<Product: Equatable> {
    public var bytes: [UInt8]
    public var products: [Product]

    public init(_ bytes: [UInt8], _ products: [Product]) {
        self.bytes = bytes
        self.products = products
    }
}

/// Feeds `drops` to a fresh decoder each time: drop by drop, glued together, byte by byte, and in `cuts` ways at random. A decoder is a
/// function that takes the next bytes and gives what they complete. Returns one line for each way that went wrong; none is right.
public func dripFeed<Product: Equatable>(
    _ drops: [Drop<Product>], seed: UInt64 = 1, cuts: Int = 20, _ decoder: () -> (ArraySlice<UInt8>) throws -> [Product]
) -> [String] {
    let all = drops.flatMap(\.bytes)
    var ways: [(name: String, pieces: [Int])] = [
        ("drop by drop", drops.map(\.bytes.count)), ("glued together", [all.count]),
        ("byte by byte", Array(repeating: 1, count: all.count))
    ]
    for (number, random) in seededCases(cuts, from: seed) {
        var random = random
        var (pieces, left) = ([Int](), all.count)
        // Many small pieces or a few long ones.
        let longest = 1 << (1 + random.below(17))
        while left > 0 {
            let piece = min(left, 1 + Int(random.below(UInt64(longest))))
            pieces.append(piece)
            left -= piece
        }
        ways.append(("cut by seed \(number)", pieces))
    }
    return ways.compactMap { way in complaint(drops, all, way.pieces, decoder()).map { "\(way.name): \($0)" } }
}

private func complaint<Product: Equatable>(
    _ drops: [Drop<Product>], _ all: [UInt8], _ pieces: [Int], _ decode: (ArraySlice<UInt8>) throws -> [Product]
) -> String? {
    let expected = drops.flatMap(\.products)
    var (fed, produced, complete, nextDrop, endOfDrop) = (0, 0, 0, 0, drops.first?.bytes.count ?? 0)
    for piece in pieces {
        let products: [Product]
        do {
            products = try decode(all[fed..<fed + piece])
        } catch {
            return "after byte \(fed + piece): \(error)"
        }
        fed += piece
        while nextDrop < drops.count && endOfDrop <= fed {
            complete += drops[nextDrop].products.count
            nextDrop += 1
            if nextDrop < drops.count { endOfDrop += drops[nextDrop].bytes.count }
        }
        for product in products {
            guard produced < complete else { return "after byte \(fed): product \(produced) too early or too many" }
            guard product == expected[produced] else { return "after byte \(fed): product \(produced) is wrong" }
            produced += 1
        }
        guard produced == complete else { return "after byte \(fed): \(produced) of \(complete) products" }
    }
    return nil
}
