// The dials of a side from the `lab:` mapping of a pair file.

import Documents
import Quantities

extension LabDials {
    /// Reads the mapping; what it does not say stays as `LabDials(side)` has it. Unknown keys and values out of range
    /// are errors.
    ///
    ///     speaks: cql                         # or http: a gateway
    ///     version: "4.1.9"
    ///     seed: 7
    ///     credentials: user:password
    ///     base: {point: {median: 1 ms, sigma: 0.3}}
    ///     factor: {range: 1.7}
    ///     errors: {range: {share: 0.1 %, class: overloaded}}
    ///     fewer_rows: {range: 1 %}
    ///     stalls: [{at: 10 s, length: 1 s}, {every: 30 s, length: 200 ms, first: 5 s}]
    ///     capacity: 5_000/s
    ///     slots: 8
    public static func read(_ node: Node, side: Side) throws(InputError) -> LabDials {
        var dials = LabDials(side)
        var fields = try Fields(node, what: "the lab of side \(side)")
        // Whoever starts the lab looks at what it says.
        _ = try fields.optional("speaks")?.choice(of: ["cql", "http"], "protocol")
        if let version = fields.optional("version") { dials.version = try readVersion(version) }
        if let seed = fields.optional("seed") { dials.seed = UInt64(bitPattern: Int64(try seed.integer())) }
        if let credentials = fields.optional("credentials") { dials.credentials = try readCredentials(credentials) }
        try forEachShape(fields.optional("base"), "base") { (shape, node) throws(InputError) in
            dials.base[shape] = try readServiceTime(node, shape)
        }
        try forEachShape(fields.optional("factor"), "factor") { (shape, node) throws(InputError) in
            let factor = try node.number()
            guard factor > 0 && factor <= 1000 else {
                throw InputError(
                    node.position, "factor \(factor) is out of range", expected: "a number above 0, at most 1000")
            }
            dials.factor[shape] = factor
        }
        try forEachShape(fields.optional("errors"), "errors") { (shape, node) throws(InputError) in
            var fields = try Fields(node, what: "the errors of \(shape)")
            let share = try readShare(try fields.required("share"))
            let errorClass = try fields.required("class").choice(of: ErrorClass.self)
            try fields.finish()
            dials.errors[shape] = InjectedError(share: share, errorClass: errorClass)
        }
        try forEachShape(fields.optional("fewer_rows"), "fewer_rows") { (shape, node) throws(InputError) in
            dials.fewerRows[shape] = try readShare(node)
        }
        if let stalls = fields.optional("stalls") { dials.stalls = try readStalls(stalls) }
        dials.capacity = try readCapacity(fields.optional("capacity"), slots: fields.optional("slots"))
        try fields.finish()
        return dials
    }

    private static func forEachShape(
        _ node: Node?, _ what: String, _ body: (Shape, Node) throws(InputError) -> Void
    ) throws(InputError) {
        guard let node else { return }
        var fields = try Fields(node, what: "'\(what)' of the lab")
        for shape in Shape.allCases {
            if let value = fields.optional(shape.rawValue) { try body(shape, value) }
        }
        try fields.finish()
    }

    private static func readVersion(_ node: Node) throws(InputError) -> String {
        let version = try node.string()
        let parts = version.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts.allSatisfy({ !$0.isEmpty }), Int(parts[0]) != nil else {
            throw InputError(node.position, "'\(version)' is not a version", expected: "a release such as \"4.1.9\"")
        }
        return version
    }

    private static func readCredentials(_ node: Node) throws(InputError) -> Credentials {
        let parts = try node.string().split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else {
            throw InputError(node.position, "the credentials have no user", expected: "user:password")
        }
        return Credentials(user: String(parts[0]), password: String(parts[1]))
    }

    private static func readServiceTime(_ node: Node, _ shape: Shape) throws(InputError) -> ServiceTime {
        var time = defaultBase[shape]!
        var fields = try Fields(node, what: "the base of \(shape)")
        if let median = fields.optional("median") {
            time.median = try median.duration()
            guard time.median > .zero && time.median <= .seconds(60) else {
                throw InputError(
                    median.position, "median \(time.median) is out of range", expected: "above 0, at most 1 min")
            }
        }
        if let sigma = fields.optional("sigma") {
            time.sigma = try sigma.number()
            guard (0...5).contains(time.sigma) else {
                throw InputError(
                    sigma.position, "sigma \(time.sigma) is out of range", expected: "a number from 0 to 5")
            }
        }
        try fields.finish()
        return time
    }

    private static func readShare(_ node: Node) throws(InputError) -> Ratio {
        let share = try node.ratio()
        guard (0...1).contains(share.value) else {
            throw InputError(node.position, "the share is out of range", expected: "a percentage from 0 % to 100 %")
        }
        return share
    }

    private static func readCapacity(_ node: Node?, slots: Node?) throws(InputError) -> Capacity? {
        guard let node else {
            if let slots {
                throw InputError(slots.position, "slots without a capacity", expected: "capacity: 5_000/s beside it")
            }
            return nil
        }
        let rate = try node.rate()
        guard (1...1_000_000).contains(rate.perSecond) else {
            throw InputError(node.position, "the capacity is \(rate)", expected: "1/s to 1,000,000/s")
        }
        return Capacity(rate, slots: try slots?.integer(in: 1...10_000, "slots") ?? 8)
    }

    private static func readStalls(_ node: Node) throws(InputError) -> [Stall] {
        var stalls: [Stall] = []
        for node in try node.list() {
            var fields = try Fields(node, what: "a stall")
            func length(_ key: String) throws(InputError) -> Nanoseconds? {
                guard let node = fields.optional(key) else { return nil }
                let length = try node.duration()
                guard length <= .seconds(30 * 86_400) else {
                    throw InputError(node.position, "\(key) is out of range", expected: "at most 30 d")
                }
                return length
            }
            _ = try fields.required("length")
            let duration = try length("length")!
            let (at, every, first) = (try length("at"), try length("every"), try length("first"))
            try fields.finish()
            switch (at, every) {
            case (let at?, nil) where first == nil: stalls.append(.once(at: at, length: duration))
            case (nil, let every?) where every > duration:
                stalls.append(.repeated(every: every, length: duration, first: first ?? every))
            case (nil, .some):
                throw InputError(node.position, "the stall never ends", expected: "a length shorter than every")
            default:
                throw InputError(
                    node.position, "the stall does not say when", expected: "either at, or every with an optional first"
                )
            }
        }
        guard stalls.leaveTime else {
            throw InputError(node.position, "the stalls leave no time to answer", expected: "fewer or shorter stalls")
        }
        return stalls
    }
}
