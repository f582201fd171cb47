// A workload file: what traffic looks like, as a person wrote it down, checked, with its values ready to be generated.

import Documents
import Quantities

/// One workload, read from its file.
public struct Profile: Sendable {
    /// A parameter's value from the command line, as in `--set customers=1000`.
    public struct Setting: Hashable, Sendable {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A statement that creates part of the schema.
    public struct SchemaStatement: Hashable, Sendable {
        public var cql: String
        public var position: Position
    }

    public var name: String
    /// Parameters with the values that hold in this run, in the order of the file.
    public var parameters: [Setting]
    /// In the order in which they must be executed.
    public var schema: [SchemaStatement]
    public var values: [ValueGenerator]
    public var dataset: [DatasetPlan]
    public var operations: [PlannedOperation]
    public var traffic: Traffic
    /// What `now` is when a run begins, in milliseconds since 1970; nil: the time of day.
    public var clock: Int64?
    /// As written, parameters replaced: for the plan's record of what was sent.
    let writtenValues: Node?
    let writtenDataset: Node?
    let writtenRate: Node?
}

/// How often operations fall due, and how a run is cut.
public struct Traffic: Hashable, Sendable {
    public var arrivals: Arrivals
    /// Of each side while it is active; nil where a trace says when operations fall due.
    public var rate: RateProfile?
    /// An operation that has not ended by then has failed.
    public var timeOut: Nanoseconds
    public var warmUp: WarmUp
    /// Measured part of a slice.
    public var slice: Nanoseconds
    /// Runs before each slice and is not counted.
    public var guardLength: Nanoseconds
    /// After the last look at latency; nil: no such rounds.
    public var saturation: Saturation?

    /// Operations a second that a schedule can hold.
    static let rates = 0.001...10_000_000.0
    /// Of a slice, and of a time-out: histograms end there.
    static let longestSlice = Nanoseconds.seconds(3600)
    static let longestRun = Nanoseconds.seconds(7 * 86_400)

    static func read(_ node: Node) throws(InputError) -> Traffic {
        var fields = try Fields(node, what: "traffic")
        let arrivals = try Arrivals.read(try fields.required("arrivals"))
        let rate = try rate(&fields, arrivals)
        let timeOut =
            try duration(fields.optional("time_out"), "time_out", .milliseconds(1)...longestSlice) ?? .seconds(10)
        let warmUp = try fields.optional("warm_up").map(WarmUp.read) ?? .given(.seconds(60))
        let slice = try duration(fields.optional("slice"), "slice", .milliseconds(100)...longestSlice) ?? .seconds(5)
        let guardLength = try duration(fields.optional("guard"), "guard", .zero...longestSlice) ?? .milliseconds(500)
        let saturation = try Saturation.read(
            saturation: fields.optional("saturation"), search: fields.optional("search"))
        try fields.finish()
        return Traffic(
            arrivals: arrivals, rate: rate, timeOut: timeOut, warmUp: warmUp, slice: slice, guardLength: guardLength,
            saturation: saturation)
    }

    private static func rate(_ fields: inout Fields, _ arrivals: Arrivals) throws(InputError) -> RateProfile? {
        guard case .trace = arrivals else { return try RateProfile.read(try fields.required("rate")) }
        if let node = fields.optional("rate") {
            throw InputError(node.position, "a rate beside a trace of arrivals", expected: "one of the two")
        }
        return nil
    }

    private static func duration(
        _ node: Node?, _ what: String, _ range: ClosedRange<Nanoseconds>
    ) throws(InputError) -> Nanoseconds? {
        guard let node else { return nil }
        let length = try node.duration()
        guard range.contains(length) else {
            let expected = length < range.lowerBound ? "at least \(range.lowerBound)" : "at most \(range.upperBound)"
            throw InputError(node.position, "\(what) is \(length)", expected: expected)
        }
        return length
    }
}

extension Profile {
    /// Reads a workload file. `settings` replace the defaults of its `parameters`.
    public static func read(
        _ text: String, file: String, settings: [Setting] = [], files: FileReading? = nil
    ) throws(InputError) -> Profile {
        var fields = try Fields(try YAML.read(text, file: file), what: "the workload")
        try checkVersion(try fields.required("workload"), "workload")
        let name = try checkedName(try fields.required("name"), "workload")
        let parameters = try Parameters(fields.optional("parameters"), settings: settings)
        let schema = try fields.optional("schema").map(schemaStatements) ?? []
        let clock = try fields.optional("clock").map { node throws(InputError) in
            try instant(try parameters.resolve(node))
        }
        let writtenValues = try fields.optional("values").map(parameters.resolve)
        let datasetNode = try fields.optional("dataset").map(parameters.resolve)
        let operationsNode = try parameters.resolve(try fields.required("operations"))
        let trafficNode = try parameters.resolve(try fields.required("traffic"))
        try fields.finish()

        BytePool.prepare()
        let (values, dataset) = try valuesAndDataset(writtenValues, datasetNode, clock, files)
        var operations: [PlannedOperation] = []
        for entry in try operationsNode.entries(expected: "a mapping of names to operations") {
            operations.append(try PlannedOperation.read(entry.key, at: entry.keyPosition, entry.value, values: values))
        }
        guard !operations.isEmpty else {
            throw InputError(operationsNode.position, "the workload has no operations", expected: "at least one")
        }
        let traffic = try Traffic.read(trafficNode)
        try traffic.saturation?.check(
            operations: operations.map(\.name), timeOut: traffic.timeOut, at: trafficNode.position)
        return Profile(
            name: name, parameters: parameters.values.map { Setting(name: $0.name, value: $0.value) }, schema: schema,
            values: values, dataset: dataset, operations: operations, traffic: traffic, clock: clock,
            writtenValues: writtenValues, writtenDataset: datasetNode, writtenRate: writtenRate(trafficNode))
    }

    /// First what rows are made of, then the dataset, then what asks for its rows.
    private static func valuesAndDataset(
        _ values: Node?, _ dataset: Node?, _ clock: Int64?, _ files: FileReading?
    ) throws(InputError) -> ([ValueGenerator], [DatasetPlan]) {
        let written = try values?.entries(expected: "a mapping of names to values") ?? []
        let later = Set(written.filter { ValueReader.needsDataset($0.value, written) }.map(\.key))
        var generators: [String: ValueGenerator] = [:]
        func read(_ isLater: Bool, _ plans: [DatasetPlan]) throws(InputError) -> [ValueGenerator] {
            let keys = written.compactMap { generators[$0.key] }
            for entry in written where later.contains(entry.key) == isLater {
                let name = try checkedName(Node(.scalar(entry.key, quoted: true), at: entry.keyPosition), "value")
                var reader = ValueReader(name: name)
                reader.written = written
                reader.dataset = plans
                reader.keys = keys
                if let files { reader.files = files }
                generators[name] = try reader.read(entry.value)
            }
            return written.compactMap { generators[$0.key] }
        }
        let made = try read(false, [])
        var plans: [DatasetPlan] = []
        for (index, node) in try (dataset?.list(expected: "a list of inserts") ?? []).enumerated() {
            plans.append(try DatasetPlan.read(node, index: index, values: made, later: later, now: clock))
        }
        return (try read(true, plans), plans)
    }

    private static func writtenRate(_ traffic: Node) -> Node? {
        guard case .mapping(let entries) = traffic.content else { return nil }
        return entries.first { $0.key == "rate" }?.value
    }

    private static func schemaStatements(_ node: Node) throws(InputError) -> [SchemaStatement] {
        var statements: [SchemaStatement] = []
        for member in try node.list(expected: "a list of CQL statements") {
            let cql = try member.string(expected: "a CQL statement")
            let verb = Statement(cql).verb
            guard ["CREATE", "ALTER"].contains(verb) else {
                let problem = "a statement of the schema begins with '\(verb)'"
                throw InputError(member.position, problem, expected: "CREATE or ALTER")
            }
            statements.append(SchemaStatement(cql: cql, position: member.position))
        }
        return statements
    }
}

/// Files of every kind carry the version of their format under the name of their kind.
func checkVersion(_ node: Node, _ kind: String) throws(InputError) {
    let version = try node.integer()
    if version != 1 { throw InputError(node.position, "version \(version) of the \(kind) format", expected: "1") }
}
