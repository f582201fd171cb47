// Judges what is on disk while a run goes on: in a thread of its own that yields to everything else, since the generator must not feel it.

import Comparisons
import Documents
import Quantities
import Reactor
import Recordings
import Synchronization
import Verdicts

/// What one look came to.
struct LookResult {
    /// From 1.
    var look: Int
    var decided: Int
    var verdicts: Int
    /// Whether no verdict is left that more rounds might bring.
    var isSettled: Bool
}

/// One look at a time.
final class LookTaker: @unchecked Sendable {
    private let dossier: Dossier
    private let criteria: Criteria
    private let looks: Looks
    private let result = Mutex<Result<LookResult, any Error>?>(nil)
    private var thread: WorkerThread?

    init(_ dossier: Dossier, _ criteria: Criteria, _ looks: Looks) {
        self.dossier = dossier
        self.criteria = criteria
        self.looks = looks
    }

    /// Looks at the rounds that are on disk, where `rounds` measured ones make a look before the last, and none is under way.
    func begin(afterRounds rounds: Int) {
        guard thread == nil, let place = looks.afterRounds.dropLast().firstIndex(of: rounds) else { return }
        thread = WorkerThread(name: "assay-look") { [self] in
            WorkerThread.yieldToOthers()
            let found = Result { try look(place + 1, rounds) }
            result.withLock { $0 = found }
        }
    }

    /// The result of a look that is over; once.
    func take() -> Result<LookResult, any Error>? {
        guard let found = result.withLock({ $0 }) else { return nil }
        finish()
        return found
    }

    /// Waits for a look that is under way.
    func finish() {
        thread?.join()
        thread = nil
        result.withLock { $0 = nil }
    }

    private func look(_ number: Int, _ rounds: Int) throws -> LookResult {
        var seen = try Recording.read(dossier).upTo(measuredRounds: rounds)
        // As it will be judged if the run ends with this look.
        seen.interrupted = false
        seen.looks?.stoppedAt = number
        let observations = try Judging.observations(dossier)
        let judgement = judge(
            compare(seen, for: criteria), by: criteria, recording: seen, observations: observations)
        return LookResult(
            look: number, decided: judgement.verdicts.count { $0.finding != .undecided },
            verdicts: judgement.verdicts.count,
            isSettled: judgement.open.isEmpty && judgement.verdicts.contains { $0.look != nil })
    }
}
