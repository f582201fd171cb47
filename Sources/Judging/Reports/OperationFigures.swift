// Old and new side by side, figure by figure, for one operation.

import Comparisons
import Histograms
import Quantities
import Recordings

/// One row of an operation's table.
struct FigureRow: Equatable {
    var name: String
    var old: String
    var new: String
    /// The estimated change; a dash where none is estimated.
    var change = nothing
    var interval = nothing
    /// A word beside the figures, where no change is estimated by design.
    var remark = ""
    /// A sentence: why there is no estimate where one was to be expected, or what is wrong with the figures.
    var note: String?
}

extension Report {
    /// Quantiles, mean, maximum, rate, errors and rows of the operation at `index` over all counted rounds.
    func figures(ofOperation index: Int) -> [FigureRow] {
        let info = recording.operations[index]
        let (old, new) = (wholes.old[index], wholes.new[index])
        var rows = Measure.standard.map { measure in
            row(measure, comparison.effect(measure, of: .operation(info.name)), old, new)
        }
        rows.append(
            FigureRow(
                name: "max", old: largest(old.response), new: largest(new.response), remark: "as seen"))
        rows.append(
            FigureRow(
                name: "completed", old: perSecond(old.completed, in: measured(.old)),
                new: perSecond(new.completed, in: measured(.new))))
        rows.append(FigureRow(name: "operations", old: grouped(old.intended), new: grouped(new.intended)))
        rows.append(FigureRow(name: "errors", old: errors(old), new: errors(new)))
        rows.append(
            FigureRow(
                name: "rows", old: grouped(old.rows), new: grouped(new.rows),
                note: comparison.rows.first { $0.operation == info.name && $0.finding != .same }?.sentence))
        return rows
    }

    /// What must be known beside the figures of the operation at `index`, each sentence once.
    func notes(ofOperation index: Int) -> [String] {
        var found: [String] = []
        for row in figures(ofOperation: index) {
            if let note = row.note { found.append("\(row.name): \(note)") }
        }
        // A reservation that a figure's own note already spells out is not said twice.
        for caveat in caveats(of: recording.operations[index].name)
        where !found.contains(where: { $0.hasSuffix(caveat.sentence) }) {
            found.append(caveat.sentence)
        }
        return found
    }

    /// Times of shapes that several operations have, and of the workload: what the operations by themselves do not say already.
    var widerEffects: [Effect] {
        comparison.effects.filter { effect in
            guard effect.measure.isLatency else { return false }
            switch effect.scope {
            case .operation: return false
            case .shape(let shape): return recording.operations.count { $0.shape == shape } > 1
            case .keyspace(let name):
                let own = recording.operations.count { $0.keyspace == name }
                return own > 1 && own < recording.operations.count
            case .workload: return recording.operations.count > 1
            }
        }
    }

    private func row(_ measure: Measure, _ effect: Effect?, _ old: OperationRecord, _ new: OperationRecord) -> FigureRow
    {
        FigureRow(
            name: measure.short,
            old: time(milliseconds: effect?.oldMilliseconds ?? milliseconds(measure, old)),
            new: time(milliseconds: effect?.newMilliseconds ?? milliseconds(measure, new)),
            change: effect?.estimate.map { changeText(log: $0.log) } ?? nothing,
            interval: effect?.estimate.map { changes($0.interval()) } ?? nothing,
            note: effect?.unavailable)
    }

    private func milliseconds(_ measure: Measure, _ record: OperationRecord) -> Double? {
        let histogram = measure.timing == .response ? record.response : record.service
        guard histogram.count > 0 else { return nil }
        switch measure.metric {
        case .quantile(let p): return histogram.quantile(p) / 1e6
        case .mean: return histogram.mean / 1e6
        case .max: return Double(histogram.max) / 1e6
        case .throughput, .errorRate, .timeOuts: return nil
        }
    }

    private func largest(_ histogram: Histogram) -> String {
        histogram.count > 0 ? time(milliseconds: Double(histogram.max) / 1e6) : nothing
    }

    /// `3 (0.012 %): time_out 2, overloaded 1`
    private func errors(_ record: OperationRecord) -> String {
        if record.failed == 0 { return "0" }
        let classes = record.errors.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
            "\($0.key) \(grouped($0.value))"
        }
        let rate = record.intended > 0 ? " (\(share(Double(record.failed) / Double(record.intended))))" : ""
        return "\(grouped(record.failed))\(rate): \(classes.joined(separator: ", "))"
    }

    /// Measured time of a side over all counted rounds.
    func measured(_ side: Side) -> Nanoseconds { recording.countedRounds.reduce(.zero) { $0 + $1[side].length } }
}
