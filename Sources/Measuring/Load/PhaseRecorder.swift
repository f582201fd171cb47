// The parts of an operation's time over HTTP, in histograms of their own.

import HTTPClient
import Histograms
import Quantities
import Recordings

/// One operation's, in one slice. Failed requests are in here with the parts that they came to.
final class PhaseRecorder {
    private var connections = 0
    private let recorders = RequestPhase.allCases.map { _ in HistogramRecorder() }

    /// `queue` in nanoseconds.
    func take(_ phases: HTTPPhases, queue: Int64) {
        recorders[0].record(queue)
        connections += phases.connections
        // A kept connection has none of these.
        if phases.connections > 0 {
            recorders[1].record(phases.resolve.count)
            recorders[2].record(phases.connect.count)
            if phases.tls > .zero { recorders[3].record(phases.tls.count) }
        }
        recorders[4].record(phases.firstByte.count)
        recorders[5].record(phases.body.count)
    }

    func reset() {
        connections = 0
        for recorder in recorders { recorder.reset() }
    }

    /// nil where there was no request.
    var record: PhaseRecord? {
        guard recorders[0].count > 0 else { return nil }
        return PhaseRecord(connections: connections, times: recorders.map { $0.snapshot() })
    }
}
