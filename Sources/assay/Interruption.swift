// Ctrl-C and SIGTERM: asked for, not obeyed at once, so that what was measured is kept.

import Glibc
import Synchronization

enum Interruption {
    private static let flag = Atomic(false)

    /// From now on signals are remembered. A second one ends the program as usual.
    static func watch() {
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                Interruption.flag.store(true, ordering: .relaxed)
                signal(number, SIG_DFL)
            }
        }
    }

    static var isAsked: Bool { flag.load(ordering: .relaxed) }
}
