// How many operations began in each second of the capture: the day's curve.

import Quantities

struct ArrivalCounts {
    /// The second of the first operation, since 1970.
    private(set) var firstSecond: Int64?
    private(set) var first: WallTime?
    private(set) var last: WallTime?
    /// By second since the first.
    private(set) var seconds: [UInt32] = []
    /// Before the first, or more than `most` behind it: the clock was set.
    private(set) var outside = 0
    private(set) var total = 0

    /// A week: as long as a run can be.
    private static let most = 7 * 86_400

    mutating func count(_ time: WallTime) {
        let second = time.unixNanoseconds / 1_000_000_000
        let origin = firstSecond ?? second
        if firstSecond == nil { (firstSecond, first) = (second, time) }
        let (place, overflows) = second.subtractingReportingOverflow(origin)
        guard !overflows, place >= 0, place < ArrivalCounts.most else {
            outside += 1
            return
        }
        while seconds.count <= Int(place) { seconds.append(0) }
        seconds[Int(place)] &+= 1
        total += 1
        last = max(last ?? time, time)
    }

    /// From the first operation to the last; zero where there are fewer than two.
    var length: Nanoseconds { if let first, let last { last - first } else { .zero } }

    /// Operations a second over all of it; nil where there are too few to say.
    var meanRate: Rate? {
        guard total > 1, length > .zero else { return nil }
        return Rate(perSecond: Double(total - 1) / length.seconds)
    }

    /// Operations a second in each whole stretch of `step` seconds; a rest shorter than that is left out.
    func rates(step: Int) -> [Double] {
        (0..<seconds.count / step).map { index in
            let sum = seconds[index * step..<(index + 1) * step].reduce(0) { $0 + Int($1) }
            return Double(sum) / Double(step)
        }
    }
}
