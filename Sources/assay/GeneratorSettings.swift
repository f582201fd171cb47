// What a run takes of the generator's machine: threads, processors, and how punctual they are.

import Load
import Quantities
import Reactor

struct GeneratorSettings {
    var workers = 1
    var processors: [Int] = []
    var isPrecise = false

    static let flags = [
        Flag(
            "--workers", "N", "threads that share the load, each with its own connections (default 1)",
            example: "--pair P --workload W --workers 2"),
        Flag(
            "--pin", "LIST", "processors that the workers are bound to, in turn",
            example: "--pair P --workload W --workers 2 --pin 2,3"),
        Flag(
            "--precise", nil, "workers spin before a send is due; by itself only where processors are to spare",
            example: "--pair P --workload W --precise")
    ]

    init() {}

    init(_ arguments: Arguments, verb: String) throws(Failure) {
        workers = try arguments.integer("--workers", in: 1...64) ?? 1
        isPrecise = arguments.has("--precise")
        guard let list = arguments.string("--pin") else { return }
        let usable = WorkerThread.usableProcessors()
        for word in list.split(separator: ",", omittingEmptySubsequences: false) {
            guard let processor = Int(word), usable.contains(processor) else {
                let known = usable.map(String.init).joined(separator: ", ")
                throw Failure(.usage, "assay \(verb): --pin: '\(word)' is not one of the processors \(known)")
            }
            processors.append(processor)
        }
    }

    func placement(sharedHost: Bool) -> WorkerPlacement {
        .choose(
            workers: workers, processors: processors, asked: isPrecise, usable: WorkerThread.usableProcessors(),
            sharedHost: sharedHost)
    }
}
