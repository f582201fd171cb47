// What the tests of this room share: criteria in a line, noisy recordings, a judgement in a call.

import Comparisons
import Documents
import Glibc
import Quantities
import Recordings
import RunSupport
import Verdicts

/// Parity was looked at, and nothing differs.
let alike = Observations(probed: ["parity"])

func criteria(_ lines: String..., functional: String = "") throws -> Criteria {
    let performance = lines.isEmpty ? "" : "performance:\n" + lines.map { "  - {\($0)}\n" }.joined()
    let rest = functional.isEmpty ? "" : "functional:\n  - {\(functional)}\n"
    return try Criteria.read("criteria: 1\nname: test\n" + performance + rest, file: "test.yaml")
}

func judged(_ recording: Recording, _ criteria: Criteria, _ observations: Observations = alike) -> Judgement {
    judge(compare(recording), by: criteria, recording: recording, observations: observations)
}

/// A large sample of a lognormal: drawing from it is as good for a test, and costs next to nothing.
private let spread: [Double] = {
    var random = SeededRandom(seed: 5)
    return (0..<65_536).map { _ in exp(0.5 * random.normal()) }
}()

/// Method.md's first reference process: shared and unshared noise of rounds, lognormal latencies around 4 ms.
///
/// `factor` is what new is slower by.
func reference(_ sketch: RunSketch, count: Int = 1000, factor: (Int) -> Double) -> Recording {
    let noise = ReferenceNoise(rounds: sketch.rounds, seed: sketch.seed)
    return sketch.recording { operation in
        let scale = 4 * (operation.side == .new ? factor(operation.operation) : 1)
        let level = scale * exp(noise.level(operation.round, operation.side))
        for _ in 0..<count {
            operation.take(level * spread[Int(operation.random.next() >> 48)])
        }
    }
}
