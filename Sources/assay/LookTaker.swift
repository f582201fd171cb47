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
    /// Whether this was the end of the rounds that are offered the workload's own mix, and verdicts are left that boost rounds might bring.
    var isLast: Bool
    var needsBoost: Bool
}

/// One look at a time.
final class LookTaker: @unchecked Sendable {
    private let dossier: Dossier
    private let criteria: Criteria
    private let looks: Looks
    /// Whether the last look is taken here too, since what follows depends on it.
    private let takesLast: Bool
    /// The last look, where it fell due while another was under way.
    private var waiting: Int?
    private(set) var hasBegunLast = false
    private let result = Mutex<Result<LookResult, any Error>?>(nil)
    private var thread: WorkerThread?

    init(_ dossier: Dossier, _ criteria: Criteria, _ looks: Looks, takesLast: Bool) {
        self.takesLast = takesLast
        self.dossier = dossier
        self.criteria = criteria
        self.looks = looks
    }

    /// Looks at the rounds that are on disk, where `rounds` measured ones make a look that is taken here, and none is under way. Only the
    /// last look waits for the one before it.
    func begin(afterRounds rounds: Int) {
        guard let place = looks.afterRounds.firstIndex(of: rounds), place < last || takesLast else { return }
        hasBegunLast = hasBegunLast || place == last && thread == nil
        guard thread == nil else {
            if place == last { waiting = rounds }
            return
        }
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
        if let rounds = waiting {
            waiting = nil
            begin(afterRounds: rounds)
        }
        return found
    }

    private var last: Int { looks.afterRounds.count - 1 }

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
        let isLast = number == looks.afterRounds.count
        if !isLast { seen.looks?.stoppedAt = number }
        let observations = try Judging.observations(dossier)
        let judgement = judge(
            compare(seen, for: criteria), by: criteria, recording: seen, observations: observations)
        return LookResult(
            look: number, decided: judgement.verdicts.count { $0.finding != .undecided },
            verdicts: judgement.verdicts.count,
            isSettled: judgement.open.isEmpty && judgement.verdicts.contains { $0.look != nil },
            isLast: isLast, needsBoost: !judgement.openToBoost.isEmpty)
    }
}
