// Signs that a run was not as steady as its ratio pretends. They change no verdict; they tell where to look.

import Quantities
import Recordings
import Statistics

/// Below this, a trend or an effect of order is taken for real. Many effects are looked at, so it is small.
private let suspicious = 0.001

/// Caveats from the units' pseudo-values of the log ratio, in time order, and the share of each unit's rounds that began with the new side.
func diagnostics(ofRatios values: [Double], newFirst: [Double], _ mode: Mode) -> [Caveat] {
    guard values.count == newFirst.count, values.count >= UnitPlan.fewestUnits else { return [] }
    var found: [Caveat] = []
    let places = values.indices.map { Double($0) }
    if let line = StraightLine(x: places, y: values), line.probability < suspicious {
        let end = line.intercept + line.slope * Double(values.count - 1)
        found.append(
            Caveat(
                .drifting,
                "the ratio moved from \(changeText(log: line.intercept)) to \(changeText(log: end))"
                    + " during the run: warm-up, compaction or a leak; repeat with a longer warm-up and look again"))
    }
    guard mode == .interleaved else { return found }
    // In a round that starts with new, whatever being second does is done to old.
    if let line = StraightLine(x: newFirst, y: values), line.probability < suspicious {
        let second = changeText(log: -line.slope / 2)
        found.append(
            Caveat(
                .orderEffect,
                "the side that is measured second is \(second) against the first: one slice reaches into"
                    + " the next; the random order keeps it out of the ratio"))
    }
    return found
}
