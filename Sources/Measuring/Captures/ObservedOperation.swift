// An operation that was seen at work: how often, with which parameters, and what was answered after how long.

import CQLProtocol
import Histograms
import Quantities

/// What makes two requests the same operation, beside their statements.
struct OperationKey: Hashable {
    /// Index of the statement; of a batch those of its runs of alike ones, in order.
    var statements: [Int]
    var batch: BatchType?
    var isPrepared: Bool
    var consistency: Consistency
    var serialConsistency: Consistency?
    var pageSize: Int32?
}

final class ObservedOperation {
    let key: OperationKey
    /// Unique, from what the statement does to which table.
    var name: String
    /// First pages: an operation begins with each.
    private(set) var requests = 0
    /// Requests for a further page.
    private(set) var furtherPages = 0
    private(set) var withTimestamp = 0
    private(set) var answered = 0
    private(set) var unanswered = 0
    private(set) var errors: [OutcomeClass: Int] = [:]
    /// Rows of a first page; nothing for answers without rows.
    private(set) var rows = Sizes()
    /// Bytes of an answer's body on the wire.
    private(set) var answerBytes = Sizes()
    /// From the packet that completes a request to the one that completes its answer, each page by itself.
    private(set) var latencies = Histogram()
    /// First pages that said that there are more.
    private(set) var withMorePages = 0
    /// Conditions that did not hold.
    private(set) var notApplied = 0
    /// By run of a batch: how many statements it had.
    private(set) var repeats: [Sizes] = []
    /// Batches of several statements, and those of them whose statements share one partition key.
    private(set) var severalStatements = 0
    private(set) var onePartition = 0

    init(_ key: OperationKey, name: String) {
        self.key = key
        self.name = name
        repeats = key.batch == nil ? [] : key.statements.map { _ in Sizes() }
    }

    var isConditional = false

    func asked(_ parameters: CapturedParameters) {
        if parameters.isFurtherPage { furtherPages += 1 } else { requests += 1 }
        if parameters.hasTimestamp { withTimestamp += 1 }
    }

    func asked(runs: [Int], isOnePartition: Bool?) {
        for (index, count) in runs.enumerated() where repeats.indices.contains(index) { repeats[index].record(count) }
        guard let isOnePartition else { return }
        severalStatements += 1
        if isOnePartition { onePartition += 1 }
    }

    func answered(_ message: CapturedMessage, after latency: Nanoseconds, isFurtherPage: Bool) {
        answered += 1
        if latency >= .zero { latencies.record(latency.count) }
        answerBytes.record(message.header.length)
        if message.header.opcode == .error {
            let outcome = try? ErrorAnswer.readCode(message.body, flags: message.header.flags)
            errors[outcome ?? .malformedAnswer, default: 0] += 1
            return
        }
        guard message.header.opcode == .result, !isFurtherPage,
            let result = try? ResultSummary.read(
                message.body, flags: message.header.flags, conditional: isConditional, isWhole: message.isWhole),
            result.kind == .rows
        else { return }
        rows.record(result.rowCount)
        if result.hasMorePages { withMorePages += 1 }
        if result.isNotApplied { notApplied += 1 }
    }

    func wasNotAnswered() { unanswered += 1 }

    /// Pages that are read at most; nil: to the end, as far as can be told. 1 where the rest was never asked for.
    var pagesRead: Int? {
        guard withMorePages > 0 else { return nil }
        let perOperation = Double(furtherPages) / Double(withMorePages)
        return perOperation >= 0.95 ? nil : max(1, Int((1 + perOperation).rounded()))
    }
}
