// Whether the sides have settled: compilers have compiled and caches are filled when service times stop falling.

import Glibc
import Histograms
import Quantities
import Recordings

/// Looks at the median service time of slices, side by side. It settles when the last four slices of each side do not differ from the
/// four before by more than 2 %, or by more than their own scatter explains.
struct WarmUpDetector: Sendable {
    static let window = 4
    static let tolerance = 0.02
    /// Of the difference of two means, beyond which it is more than scatter.
    private static let errors = 1.5

    /// Logarithms of the medians in order of time, old side first.
    private var medians: [[Double]] = [[], []]

    /// A side's slice is over. One in which nothing was completed says nothing and keeps the side from settling.
    mutating func add(_ side: Side, _ operations: [OperationRecord]) {
        var service = Histogram()
        for operation in operations { service.add(operation.service) }
        medians[side.index].append(service.count > 0 ? log(service.quantile(0.5)) : .nan)
    }

    var isSettled: Bool { medians.allSatisfy(WarmUpDetector.isSettled) }

    private static func isSettled(_ values: [Double]) -> Bool {
        guard values.count >= 2 * window else { return false }
        let late = Array(values.suffix(window))
        let early = Array(values.suffix(2 * window).prefix(window))
        let difference = abs(mean(late) - mean(early))
        let error = ((variance(late) + variance(early)) / Double(window)).squareRoot()
        // Comparisons with a slice that has no median are false.
        return difference <= max(tolerance, errors * error)
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    private static func variance(_ values: [Double]) -> Double {
        let middle = mean(values)
        return values.reduce(0) { $0 + ($1 - middle) * ($1 - middle) } / Double(values.count - 1)
    }
}
