// From what was kept of a bind's values to the line of a workload file that draws values like them: as many, as skewed, as long.
//
// Production's own values do not come back: keys are numbered items, texts are random letters. Moments of numbers and days of timestamps
// are rounded.

import CQLProtocol
import Documents
import Glibc
import Quantities

/// A value of a workload file.
struct ValueFit {
    /// `{uuid: {zipf: {items: 100000, exponent: 0.993}}}`
    var yaml: String
    /// What it rests on, for a comment.
    var evidence: String
    /// Of a key: its items and how skewed they are.
    var key: Key?

    struct Key {
        var kind: String
        var items: Int
        /// 0: uniform.
        var exponent: Double
        var error: Double
        var from = 0

        var yaml: String {
            let start = from > 0 ? ", from: \(from)" : ""
            if exponent > 0 {
                return "{\(kind): {zipf: {items: \(items), exponent: \(decimal(exponent, places: 3))\(start)}}}"
            }
            return "{\(kind): {uniform: {items: \(items)\(start)}}}"
        }
    }
}

extension ValueFit {
    /// Items where nothing tells how many there are: every value came once.
    private static let manyItems = 1_000_000_000

    /// `isKey`: rows are found by it, so that how popular each value is matters more than how long it is.
    init(_ sample: ValueSample, _ type: CQLType, isKey: Bool = true) {
        let plain = ValueFit.present(sample, type, isKey)
        (yaml, evidence, key) = plain
        let missing = [("null", sample.nulls), ("unset", sample.unsets)].filter { $0.1 > 0 }
        for (word, count) in missing {
            let share = decimal(100 * Double(count) / Double(sample.count), places: 2)
            yaml = "\(yaml.dropLast()), \(word): \(share) %}"
            key = nil
        }
    }

    /// Of a bind that is no column: nil for those that are. How many rows are asked for, for how long they live and when they were written
    /// is no secret.
    init?(ofParameter name: String, _ sample: ValueSample, _ type: CQLType) {
        let numbers = sample.numbers
        switch name {
        case "[limit]" where numbers.count > 0, "[ttl]" where numbers.count > 0:
            yaml = "{int: \(max(1, min(2_000_000_000, ValueFit.rounded(numbers.mean))))}"
            evidence = "the mean of what was asked for"
        case "[timestamp]" where numbers.count > 0:
            let (lowest, highest) = (ValueFit.rounded(numbers.lowest), ValueFit.rounded(numbers.highest))
            yaml = "{bigint: {uniform: [\(lowest), \(highest)]}}"
            evidence = "the timestamps that were written"
        case "[token]" where type == .bigint:
            yaml = "{bigint: {uniform: [\(Int.min), \(Int.max)]}}"
            evidence = "anywhere in the ring"
        default: return nil
        }
        key = nil
    }

    /// The value where it is there.
    private static func present(
        _ sample: ValueSample, _ type: CQLType, _ isKey: Bool
    ) -> (String, String, Key?) {
        switch type {
        case .uuid, .timeuuid, .inet, .tinyint, .smallint, .int, .bigint, .varint: return keyed(sample, type)
        case .text, .ascii:
            if isKey, let (yaml, evidence, key) = popular(sample, "\(type)", most: Int.max) {
                return (yaml, evidence, key)
            }
            return ("{\(type): {length: \(length(sample.lengths))}}", "bytes \(quantiles(sample.lengths))", nil)
        case .blob: return ("{blob: {length: \(length(sample.lengths))}}", "bytes \(quantiles(sample.lengths))", nil)
        case .boolean:
            return (
                "{boolean: {true: \(decimal(100 * (sample.numbers.count > 0 ? sample.numbers.mean : 0.5), places: 1)) %}}",
                "", nil
            )
        case .double, .float, .decimal: return ("{\(type): \(normal(sample.numbers))}", "", nil)
        case .counter:
            let (mean, sigma) = (sample.numbers.mean, sample.numbers.sigma)
            return (sigma == 0 ? "{counter: \(rounded(mean))}" : "{counter: \(normal(sample.numbers))}", "", nil)
        case .timestamp: return ("{timestamp: {uniform: \(days(sample.numbers, perDay: 86_400_000))}}", "by day", nil)
        case .date: return ("{date: {uniform: \(days(sample.numbers, perDay: 1))}}", "by day", nil)
        case .list, .set, .map:
            let size = length(sample.members)
            return (collection(type, size: size), "members \(quantiles(sample.members))", nil)
        default: return (unknown(type), "not looked into", nil)
        }
    }

    // MARK: Keys

    /// Items that a key of the type can have.
    static func mostItems(_ type: CQLType) -> Int {
        switch type {
        case .tinyint: 127
        case .smallint: 32_767
        case .int: 2_147_483_647
        case .inet: 100_000_000
        case .timeuuid: 1_000_000_000_000
        default: Int.max
        }
    }

    private static func keyed(_ sample: ValueSample, _ type: CQLType) -> (String, String, Key?) {
        let most = mostItems(type)
        if let found = popular(sample, "\(type)", most: most) { return found }
        let key = Key(kind: "\(type)", items: min(manyItems, most), exponent: 0, error: 0)
        let evidence = sample.count == 0 ? "never seen" : "every value came once"
        return (key.yaml, evidence, key)
    }

    /// Nil where every value came once.
    private static func popular(_ sample: ValueSample, _ kind: String, most: Int) -> (String, String, Key?)? {
        let distinct = sample.distinct
        if distinct.distinct == 1 && distinct.level == 0 {
            let key = Key(kind: kind, items: 1, exponent: 0, error: 0)
            return (key.yaml, "always the same", key)
        }
        guard let fit = ZipfFit(distinct) else { return nil }
        let items = max(1, min(most, rounded(fit.items)))
        let seen = "\(grouped(Int(distinct.estimatedDistinct))) distinct in \(grouped(distinct.total))"
        if fit.isUniform {
            // As good as all different.
            if fit.items > 100 * Double(distinct.total) { return nil }
            let key = Key(kind: kind, items: items, exponent: 0, error: fit.error)
            return (key.yaml, seen, key)
        }
        let key = Key(kind: kind, items: items, exponent: fit.exponent, error: fit.error)
        let words = "\(seen); zipf \(decimal(fit.exponent, places: 3)) ± \(decimal(fit.error, places: 3))"
        return (key.yaml, words, key)
    }

    // MARK: Numbers, lengths and days

    /// To two significant digits, so that no single value shows.
    static func twoDigits(_ value: Double) -> String {
        guard value != 0, value.isFinite else { return "0" }
        let scale = pow(10, floor(log10(abs(value))) - 1)
        let short = (value / scale).rounded() * scale
        let places = max(0, min(12, -Int(floor(log10(abs(value)))) + 1))
        return abs(short) >= 1e15 ? "\(short)" : decimal(short, places: places)
    }

    private static func rounded(_ value: Double) -> Int { Int(max(-9e18, min(9e18, value.rounded()))) }

    private static func normal(_ moments: ValueSample.Moments) -> String {
        guard moments.count > 0 else { return "{normal: {mean: 0, sigma: 1}}" }
        return "{normal: {mean: \(twoDigits(moments.mean)), sigma: \(twoDigits(moments.sigma))}}"
    }

    /// A lognormal law through the 10th, 50th and 90th percentile, no longer than the longest that came.
    static func length(_ sizes: Sizes) -> String {
        guard let low = sizes.quantile(0.1), let middle = sizes.quantile(0.5), let high = sizes.quantile(0.9) else {
            return "10"
        }
        guard middle > 0, high > low else { return "\(middle)" }
        // 1.2816 standard deviations lie on each side.
        let sigma = log(Double(max(high, 1)) / Double(max(low, 1))) / (2 * 1.2816)
        return "{lognormal: {median: \(middle), sigma: \(decimal(max(sigma, 0.01), places: 2)), max: \(sizes.largest)}}"
    }

    static func quantiles(_ sizes: Sizes) -> String {
        let shares = [("p10", 0.1), ("p50", 0.5), ("p90", 0.9), ("p99", 0.99)]
        return shares.map { "\($0.0) \(sizes.quantile($0.1) ?? 0)" }.joined(separator: ", ") + ", max \(sizes.largest)"
    }

    private static func days(_ moments: ValueSample.Moments, perDay: Double) -> String {
        func day(_ value: Double) -> String {
            // 1970 to 2200.
            let number = Int64(max(0, min(84_000, (value / perDay).rounded(.down))))
            return String(WallTime(unixNanoseconds: number * 86_400_000_000_000).iso8601.prefix(10))
        }
        guard moments.count > 0 else { return "[2026-01-01, 2026-12-31]" }
        return "[\(day(moments.lowest)), \(day(moments.highest + perDay))]"
    }

    // MARK: What is not looked into

    private static func collection(_ type: CQLType, size: String) -> String {
        switch type {
        case .list(let element): "{list: {of: \(unknown(element)), size: \(size)}}"
        case .set(let element): "{set: {of: \(unknown(element)), size: \(size)}}"
        case .map(let key, let value): "{map: {key: \(unknown(key)), value: \(unknown(value)), size: \(size)}}"
        default: unknown(type)
        }
    }

    /// Any value of the type.
    static func unknown(_ type: CQLType) -> String {
        switch type {
        case .text, .ascii: return "{\(type): {length: 10}}"
        case .blob: return "{blob: {length: 10}}"
        case .boolean: return "{boolean: {true: 50 %}}"
        case .double, .float, .decimal: return "{\(type): {normal: {mean: 0, sigma: 1}}}"
        case .timestamp, .date: return "{\(type): {uniform: [2026-01-01, 2026-12-31]}}"
        case .time: return "{time: {uniform: [00:00:00, 23:59:59]}}"
        case .duration: return "{duration: {months: 0, days: 1, nanoseconds: 0}}"
        case .list, .set, .map: return collection(type, size: "2")
        case .tuple(let parts): return "{tuple: [\(parts.map(unknown).joined(separator: ", "))]}"
        case .udt(_, _, let fields):
            let parts = fields.map { "\(JSON.string($0.name).text().dropLast()): \(unknown($0.type))" }
            return "{udt: {\(parts.joined(separator: ", "))}}"
        case .vector(let element, let dimensions):
            return "{vector: {dimensions: \(dimensions), of: \(unknown(element))}}"
        default: return "{\(type): {uniform: {items: \(min(1_000_000, mostItems(type)))}}}"
        }
    }
}
