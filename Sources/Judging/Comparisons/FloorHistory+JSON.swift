// The file of a pair's floor history: written by `assay calibrate`, read by every later run.

import Documents
import Quantities
import Recordings

extension FloorHistory {
    /// Its content.
    public func json() -> JSON {
        .object([
            "floor": .integer(1), "pair": .string(pair), "windows": .array(windows.map { $0.json })
        ])
    }

    /// Reads one; anything that is not understood is an error with its place.
    public static func read(_ text: String, file: String) throws(InputError) -> FloorHistory {
        var fields = try Fields(YAML.read(text, file: file), what: "a floor history")
        let version = try fields.required("floor")
        guard try version.integer() == 1 else {
            throw InputError(version.position, "a floor history of version \(version.summary)", expected: "version 1")
        }
        let pair = try fields.required("pair").string()
        var windows: [FloorWindow] = []
        for item in try fields.required("windows").list() { windows.append(try FloorWindow(item)) }
        try fields.finish()
        return FloorHistory(pair: pair, windows: windows)
    }
}

extension FloorWindow {
    fileprivate var json: JSON {
        .object([
            "started": .string(started.iso8601),
            "started_unix_ns": .integer(Int(started.unixNanoseconds)),
            "calibration_unix_ns": .integer(Int(calibration.unixNanoseconds)),
            "side": .string(side.rawValue),
            "workload": .string(workload),
            "traffic_sha256": .string(traffic),
            "mode": .string(mode.rawValue),
            "rate_per_s": .number(ratePerSecond),
            "length_s": .number(length.seconds),
            "separate_deployment": .bool(separateDeployment),
            "figures": .array(
                figures.map {
                    .object([
                        "measure": .string($0.measure), "of": .string($0.part), "log_ratio": .number($0.log),
                        "run_error_log": .number($0.runError)
                    ])
                })
        ])
    }

    fileprivate init(_ node: Node) throws(InputError) {
        var fields = try Fields(node, what: "a window")
        _ = try fields.required("started").string()
        started = WallTime(unixNanoseconds: Int64(try fields.required("started_unix_ns").integer()))
        // Histories of before it was kept: each window by itself.
        calibration = WallTime(
            unixNanoseconds: try fields.optional("calibration_unix_ns").map { node throws(InputError) in
                Int64(try node.integer())
            } ?? started.unixNanoseconds)
        side = try fields.required("side").choice(of: Side.self, "side")
        workload = try fields.required("workload").string()
        traffic = try fields.required("traffic_sha256").string()
        mode = try fields.required("mode").choice(of: Mode.self, "mode")
        ratePerSecond = try FloorWindow.positive(fields.required("rate_per_s"))
        length = .seconds(try FloorWindow.positive(fields.required("length_s")))
        separateDeployment = try fields.required("separate_deployment").boolean()
        figures = []
        for item in try fields.required("figures").list() {
            var entry = try Fields(item, what: "a figure")
            let log = try entry.required("log_ratio").number()
            let error = try entry.required("run_error_log")
            guard abs(log) <= Self.largest, (0...Self.largest).contains(try error.number()) else {
                throw InputError(item.position, "a figure that is no number", expected: "a log ratio and its error")
            }
            figures.append(
                Figure(
                    measure: try entry.required("measure").string(), part: try entry.required("of").string(), log: log,
                    runError: try error.number()))
            try entry.finish()
        }
        try fields.finish()
    }

    /// Of a logarithm: a factor of half a billion.
    private static let largest = 20.0

    private static func positive(_ node: Node) throws(InputError) -> Double {
        let value = try node.number()
        guard value > 0, value < 1e9 else {
            throw InputError(node.position, "\(node.summary) in a window", expected: "a number above 0")
        }
        return value
    }
}
