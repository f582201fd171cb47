// Boost rounds made by hand, put behind those of a sketched run.

import Quantities
import Recordings

extension Recording {
    /// The recording with the rounds of `other` as its boost rounds.
    public mutating func addBoostRounds(_ other: Recording, _ boost: Boost) {
        let shift = rounds.map(\.end).max() ?? .zero
        for round in other.rounds where round.purpose == .measure {
            var round = round
            round.index = rounds.count
            round.purpose = .boost
            round.old.start = round.old.start + shift + .milliseconds(500)
            round.new.start = round.new.start + shift + .milliseconds(500)
            rounds.append(round)
        }
        self.boost = boost
    }
}
