// Where workers run and how they wait: the price of punctuality is processors.

import Quantities
import Reactor

/// How the workers of a run use the machine.
public struct WorkerPlacement: Equatable, Sendable {
    /// Processors that workers are bound to, in turn; empty: the kernel's choice.
    public var processors: [Int]
    /// The last stretch before a send is due that is spent asking the clock, not asleep; zero: none.
    public var spin: Nanoseconds

    /// Wherever the kernel likes, asleep until something is due.
    public static let anywhere = WorkerPlacement()

    /// A kernel's wake-up that comes on time takes less than this on an idle processor.
    public static let spinLength = Nanoseconds(60_000)

    public init(processors: [Int] = [], spin: Nanoseconds = .zero) {
        self.processors = processors
        self.spin = spin
    }

    /// Spins where `asked`, and where it costs nobody anything: `free` processors are left beside the workers, two at least, and no
    /// side runs on this machine.
    public static func choose(
        workers: Int, processors: [Int], asked: Bool, usable: [Int], sharedHost: Bool
    ) -> WorkerPlacement {
        let free = usable.count - workers
        let spins = asked || (free >= 2 && !sharedHost)
        return WorkerPlacement(processors: processors, spin: spins ? spinLength : .zero)
    }

    func processor(of worker: Int) -> Int? { processors.isEmpty ? nil : processors[worker % processors.count] }
}
