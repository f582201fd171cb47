// Rounds of saturation made by hand, put behind those of a sketched run.

import Histograms
import Quantities
import Recordings

/// What one side did in a slice at its limit.
public struct SaturationSketch {
    public var pressure: Pressure
    public var completed: Int
    public var failed = 0
    public var faults: [String] = []

    public init(_ pressure: Pressure, completed: Int, failed: Int = 0, faults: [String] = []) {
        self.pressure = pressure
        self.completed = completed
        self.failed = failed
        self.faults = faults
    }
}

extension Recording {
    /// The recording with `count` rounds more, each side's slices of `slice` as `make` has them; all is done by the first operation.
    public mutating func addRounds(
        _ count: Int, _ purpose: RoundRecord.Purpose = .saturation, slice: Nanoseconds = .seconds(5),
        _ make: (_ round: Int, _ side: Side) -> SaturationSketch
    ) {
        var start = rounds.map(\.end).max() ?? .zero
        for number in 0..<count {
            var slices: [SliceRecord] = []
            for side in Side.allCases {
                let sketch = make(number, side)
                let records = operations.indices.map { place -> OperationRecord in
                    guard place == 0 else { return OperationRecord() }
                    var service = Histogram()
                    if sketch.completed > 0 { service.record(4_000_000, count: sketch.completed) }
                    var response = service
                    if sketch.failed > 0 { response.record(timeOut.count, count: sketch.failed) }
                    return OperationRecord(
                        intended: sketch.completed + sketch.failed, completed: sketch.completed,
                        errors: sketch.failed > 0 ? ["time_out": sketch.failed] : [:], response: response,
                        service: service)
                }
                start = start + .milliseconds(500)
                slices.append(
                    SliceRecord(
                        start: start, length: slice, pressure: sketch.pressure,
                        selfCheck: SelfCheckRecord(faults: sketch.faults), operations: records))
                start = start + slice
            }
            rounds.append(
                RoundRecord(
                    index: rounds.count, purpose: purpose, first: number % 2 == 0 ? .old : .new, old: slices[0],
                    new: slices[1]))
        }
        ended = started + start
    }
}
