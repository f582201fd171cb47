// How the criteria came to the run, and which failures somebody answers for: never silent, whatever the outcome.

import Quantities
import Recordings
import Verdicts

extension Report {
    /// `not sealed`, `sealed 2026-11-20T10:00:00Z by Jane Doe`; `post hoc` where they were not fixed before the run.
    var standing: String {
        guard let standing = judgement?.standing else { return "not sealed" }
        let sealed = standing.seal.map { "sealed \($0.words)" }
        return standing.postHoc == nil
            ? sealed ?? "not sealed" : (["post hoc"] + [sealed].compactMap { $0 }).joined(separator: ", ")
    }

    private var waivers: [AppliedWaiver] { judgement?.waivers ?? [] }

    /// The failures that do not gate because of it.
    private func waived(by waiver: AppliedWaiver) -> [Verdict] {
        (judgement?.verdicts ?? []).filter { $0.isWaived && $0.waiver == waiver }
    }

    /// Waivers that no failure needed, a sentence each; the others stand beside what they waive.
    var unneededWaivers: [String] {
        let failed = (judgement?.verdicts ?? []).filter { $0.finding == .fail }
        return waivers.filter { waiver in !failed.contains { $0.waiver == waiver } }.map {
            "waiver of \($0.waiver.id) until \($0.waiver.until) by \($0.waiver.by): not needed"
                + ($0.isExpired ? ", and expired" : "")
        }
    }

    var waiverHead: [String] { ["waiver of", "until", "by", "why", "at the end of the run"] }

    var waiverRows: [[String]] {
        waivers.map { applied in
            let waiver = applied.waiver
            let ids = waived(by: applied).map(\.id).joined(separator: ", ")
            let state = applied.isExpired ? "expired: it waives nothing" : ids.isEmpty ? "not needed" : "waives \(ids)"
            return [waiver.id, "\(waiver.until)", waiver.by, waiver.why, state]
        }
    }

    var waiversSection: HTML {
        if waivers.isEmpty { return "" }
        return """
            <section id="waivers" class="words">
            <h2>Waivers</h2>
            \(htmlTable(waiverHead, texts: waiverRows))</section>

            """
    }
}
