// The noise of a shared cloud, as the method's evidence describes it ("cloud"): two clusters of six nodes on one clock,
// drawn from a seed.
//
// The evidence gives: Poisson arrivals at 5,000 operations a second, of which 80 % read a point, 15 % write, 3 % read a
// range and 2 % wait for the slowest of three nodes; a queue at each node, of which 0.40 to 0.45 is used; lognormal
// service times with sigma 0.40 to 0.60; levels that drift (AR(1)), for both sides alike with a deviation of 4 % over 5
// s and 6 % over 120 s, and for each side alone with 2 % over 20 s and 1.5 % over 200 s; pauses of each node every 12
// s, lognormal around 20 ms with sigma 0.8, capped, which hold the queue and what is under way; compactions, which make
// two nodes 1.25 times slower for 8 s every 90 s; stalls of the client for 10 ms every 15 s.
//
// What it leaves open is fixed here: 0.42 of each node is used at the middle level; sigma is 0.5 for reads, 0.4 for
// writes and 0.6 for ranges, which take twice as long; no pause is longer than 250 ms; all events come at exponential
// gaps. Both clusters get the same operations in a round, as the generator sends them, and draw service times of their
// own. With this p99 of the point reads scatters as the evidence says (0.047 in ten minutes of slices of 5 s, there
// 0.048). That of an operation which waits for three nodes scatters by 0.3, where the evidence has 0.052: pauses reach
// more than 1 % of it here, so its p99 lies among them. Therefore there are two operations with 2 % of the traffic:
// `multi` with three nodes, and `rare` with one, which scatters by 0.054.

import Glibc
import Quantities
import Statistics

/// The workload's operations, in the order of its file.
enum CloudOperation: Int, CaseIterable {
    case point, write, range, multi, rare

    /// Of all operations.
    var share: Double { [0.78, 0.15, 0.03, 0.02, 0.02][rawValue] }
    /// Of the logarithm of service times.
    fileprivate var sigma: Double { [0.5, 0.4, 0.6, 0.5, 0.5][rawValue] }
    /// The mean service time, with that of a point read as 1.
    fileprivate var weight: Double { self == .range ? 2 : 1 }
    fileprivate var nodes: Int { self == .multi ? 3 : 1 }
}

/// What never changes from run to run.
enum Cloud {
    static let nodes = 6
    static let ratePerSecond = 5_000.0
    /// The mean service time of a point read, in seconds, at which 0.42 of each node is used.
    static let service =
        0.42 * Double(nodes)
        / (ratePerSecond
            * CloudOperation.allCases.reduce(0) { $0 + $1.share * $1.weight * Double($1.nodes) })
    /// How often a level changes, seconds.
    static let step = 0.5

    /// Random bits that a place in a table takes: small tables stay near the processor.
    static let bits = 13
    static let places = 1 << bits
    /// By random place: gaps between arrivals with mean 1; service times in seconds, operation by operation.
    static let gaps: [Float] = (0..<places).map { Float(-log1p(-(Double($0) + 0.5) / Double(places))) }
    static let services: [Float] = CloudOperation.allCases.flatMap { operation in
        let sigma = operation.sigma
        return (0..<places).map { place in
            let z = Normal.quantile((Double(place) + 0.5) / Double(places))
            return Float(service * operation.weight * exp(sigma * z - sigma * sigma / 2))
        }
    }
    /// By 16 random bits.
    static let operations: [UInt8] = CloudOperation.allCases.flatMap { operation -> [UInt8] in
        let before = CloudOperation.allCases.prefix(operation.rawValue).reduce(0) { $0 + $1.share }
        let (first, end) = (Int((before * 65_536).rounded()), Int(((before + operation.share) * 65_536).rounded()))
        return [UInt8](repeating: UInt8(operation.rawValue), count: end - first)
    }
}

/// Everything that happens to the two clusters and the client in one run, whether or not it is measured then.
struct CloudNoise {
    /// Times in seconds from the start of the first round.
    struct Event {
        let start: Double
        let length: Double
    }

    /// What a level multiplies service times by, for each step of the clock, by side.
    private(set) var levels: [[Double]] = []
    /// By side and node, in order of time.
    private(set) var pauses: [[[Event]]] = []
    /// By side and node, in order of time.
    private(set) var compactions: [[[Event]]] = []
    private(set) var stalls: [Event] = []

    /// The first `seconds` of the noise that `seed` names.
    init(seed: UInt64, seconds: Double) {
        var random = SeededRandom(seed: SeededRandom.derive(seed, "cloud"))
        let steps = Int(seconds / Cloud.step) + 2
        let shared = CloudNoise.drift([(0.04, 5), (0.06, 120)], steps, &random)
        for _ in Side.allCases {
            let own = CloudNoise.drift([(0.02, 20), (0.015, 200)], steps, &random)
            levels.append(zip(shared, own).map { exp($0 + $1) })
            pauses.append(
                (0..<Cloud.nodes).map { _ in
                    CloudNoise.events(every: 12, until: seconds, &random) { min(0.25, 0.02 * exp(0.8 * $0.normal())) }
                })
            var busy = [[Event]](repeating: [], count: Cloud.nodes)
            for compaction in CloudNoise.events(every: 90, until: seconds, &random, length: { _ in 8 }) {
                let first = Int(random.below(UInt64(Cloud.nodes)))
                let second = (first + 1 + Int(random.below(UInt64(Cloud.nodes - 1)))) % Cloud.nodes
                busy[first].append(compaction)
                busy[second].append(compaction)
            }
            compactions.append(busy)
        }
        stalls = CloudNoise.events(every: 15, until: seconds, &random) { _ in 0.01 }
    }

    /// The sum of AR(1) processes with a deviation and a time constant in seconds each.
    private static func drift(_ parts: [(sd: Double, tau: Double)], _ steps: Int, _ random: inout SeededRandom)
        -> [Double]
    {
        var sums = [Double](repeating: 0, count: steps)
        for part in parts {
            let keep = exp(-Cloud.step / part.tau)
            var value = random.normal()
            for step in sums.indices {
                sums[step] += part.sd * value
                value = keep * value + (1 - keep * keep).squareRoot() * random.normal()
            }
        }
        return sums
    }

    private static func events(
        every gap: Double, until end: Double, _ random: inout SeededRandom,
        length: (inout SeededRandom) -> Double
    ) -> [Event] {
        var found: [Event] = []
        var time = gap * random.exponential()
        while time < end {
            found.append(Event(start: time, length: length(&random)))
            time += gap * random.exponential()
        }
        return found
    }
}
