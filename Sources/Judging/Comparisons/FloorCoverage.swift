// Whether the error bars hold here: how often windows of a side against itself have no difference in their intervals.

import Quantities
import Recordings
import Statistics

/// Of one figure, over all operations: windows whose two-sided interval holds no difference, which is the truth.
public struct FloorCoverage: Equatable, Sendable {
    public let measure: String
    /// Intervals looked at: a window and an operation each.
    public let intervals: Int
    /// Of them, those that hold it by the error within the window alone.
    public let alone: Int
    /// By that and the floor of the windows of all other calibrations (of all other windows, where there is one calibration).
    public let withFloor: Int

    public static let confidence = 0.9
}

extension FloorHistory {
    /// For each measure of operations, in order of first appearance; empty where the windows outside of each calibration are too few for a floor.
    public static func coverage(_ windows: [FloorWindow]) -> [FloorCoverage] {
        let several = Set(windows.map(\.calibration)).count > 1
        // Windows are compared without a floor, so that their errors have no more cosine terms than that.
        let quantile = StudentT.quantile((1 + FloorCoverage.confidence) / 2, df: Double(uncalibratedTerms))
        var measures: [String] = []
        var counts: [String: (all: Int, alone: Int, withFloor: Int)] = [:]
        for (index, window) in windows.enumerated() {
            let others = windows.indices
                .filter { several ? windows[$0].calibration != window.calibration : $0 != index }
                .map { windows[$0] }
            guard let floor = NoiseFloor(others) else { return [] }
            for figure in window.figures where isOperation(figure.part) {
                guard let deviation = floor.deviation(figure.measure, of: figure.part, over: window.length) else {
                    continue
                }
                if counts[figure.measure] == nil { measures.append(figure.measure) }
                let error = (figure.runError * figure.runError + deviation * deviation).squareRoot()
                counts[figure.measure, default: (0, 0, 0)].all += 1
                if abs(figure.log) <= quantile * figure.runError { counts[figure.measure]!.alone += 1 }
                if abs(figure.log) <= quantile * error { counts[figure.measure]!.withFloor += 1 }
            }
        }
        return measures.map { measure in
            let count = counts[measure]!
            return FloorCoverage(
                measure: measure, intervals: count.all, alone: count.alone, withFloor: count.withFloor)
        }
    }

    private static func isOperation(_ part: String) -> Bool {
        part != Scope.workload.text && !part.hasPrefix("shape ") && !part.hasPrefix("keyspace ")
    }
}
