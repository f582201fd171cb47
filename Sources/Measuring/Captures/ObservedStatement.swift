// A statement that was seen at work: its text where it is known, its binds, and what is kept of their values.

import Bytes
import CQLProtocol

final class ObservedStatement {
    /// Nil where its PREPARE was before the capture, and nobody could be asked.
    private(set) var read: ReadStatement?
    private(set) var keyspace: String
    /// Of a prepared statement.
    let preparedID: [UInt8]?
    /// By the number of the marker; empty where they are not known.
    private(set) var markers: [ColumnDescription] = []
    /// Numbers of the markers that are the partition key.
    private(set) var partitionKeyMarkers: [Int] = []
    /// By bind of `read`, or by marker where it is not known.
    private(set) var samples: [ValueSample] = []
    /// By bind: where its values are and what they are, worked out once.
    private var plans: [Plan] = []

    private struct Plan {
        /// The one marker that it is; nil where it is a literal or a list of several.
        var marker: Int?
        var kind: ValueKind
        /// Whether it is a list behind `IN ?`, of members of that kind.
        var isList: Bool
    }

    static let mostBinds = 4_096

    /// What is known by its id alone.
    init(id: [UInt8]) {
        preparedID = id
        keyspace = ""
    }

    init(_ read: ReadStatement, keyspace: String, id: [UInt8]? = nil) {
        preparedID = id
        self.keyspace = ""
        learn(read, keyspace: keyspace, markers: [], keys: [])
    }

    /// What the answer to PREPARE says; or a cluster, later.
    func learn(_ read: ReadStatement, keyspace: String, markers: [ColumnDescription], keys: [Int]) {
        let before = self.read == nil ? samples : []
        let described = markers.first { !$0.keyspace.isEmpty }?.keyspace
        self.keyspace = read.keyspace ?? described ?? keyspace
        self.markers = markers
        partitionKeyMarkers = keys
        guard self.read == nil else { return plan() }
        self.read = read
        plan()
        samples = read.binds.map { bind in
            guard case .marker(let number) = bind.source, before.indices.contains(number) else { return ValueSample() }
            return before[number]
        }
    }

    /// The type of a bind: that of its column, of the members where it stands behind IN.
    func type(ofBind index: Int) -> CQLType? {
        guard let read, read.binds.indices.contains(index) else { return nil }
        switch read.binds[index].source {
        case .marker(let number): return markers.indices.contains(number) ? markers[number].type : nil
        case .literal: return nil
        case .list(let sources):
            for case .marker(let number) in sources where markers.indices.contains(number) {
                return markers[number].type
            }
            return nil
        }
    }

    /// Whether the bind is a list behind `IN ?`, and of what.
    func listType(ofBind index: Int) -> CQLType? {
        guard let read, case .marker(let number) = read.binds[index].source, markers.indices.contains(number),
            case .list(let element) = markers[number].type, markers[number].name.hasPrefix("in(")
        else { return nil }
        return element
    }

    private func plan() {
        plans = (read?.binds ?? []).indices.map { index in
            let element = listType(ofBind: index)
            var marker: Int?
            if case .marker(let number)? = read?.binds[index].source { marker = number }
            return Plan(marker: marker, kind: ValueKind(element ?? type(ofBind: index)), isList: element != nil)
        }
    }

    /// Counts the values of a request; `binds` are those of its own text, where literals differ from request to request.
    func count(_ values: ArraySlice<CapturedValue>, _ binds: [StatementBind]?) {
        guard read != nil else {
            for (index, value) in values.prefix(ObservedStatement.mostBinds).enumerated() {
                if index == samples.count { samples.append(ValueSample()) }
                samples[index].add(value, .unknown)
            }
            return
        }
        if let binds {
            for (index, bind) in binds.enumerated() where index < samples.count { count(bind.source, values, index) }
            return
        }
        let plans = plans
        samples.withUnsafeMutableBufferPointer { samples in
            for (index, plan) in plans.enumerated() {
                guard let marker = plan.marker, marker < values.count else { continue }
                let value = values[values.startIndex + marker]
                if plan.isList {
                    samples[index].add(listOf: plan.kind, value)
                } else {
                    samples[index].add(value, plan.kind)
                }
            }
        }
        // Lists of several markers, and literals of what was prepared.
        guard plans.contains(where: { $0.marker == nil }), let own = read?.binds else { return }
        for index in plans.indices where plans[index].marker == nil { count(own[index].source, values, index) }
    }

    private func count(_ source: StatementBind.Source, _ values: ArraySlice<CapturedValue>, _ index: Int) {
        switch source {
        case .marker(let number):
            guard number < values.count else { return }
            let value = values[values.startIndex + number]
            if plans[index].isList {
                samples[index].add(listOf: plans[index].kind, value)
            } else {
                samples[index].add(value, plans[index].kind)
            }
        case .literal(let kind, let text): samples[index].add(literal: kind, text)
        case .list(let sources):
            samples[index].addList(of: sources.count)
            for source in sources { count(source, values, index) }
        }
    }
}
