// A self-check without a fault.

import Quantities
import Recordings

enum SelfCheckSample {
    static let good = SelfCheckRecord(due: 1000, dispatched: 1000, latenessP99: .milliseconds(0.2))
}
