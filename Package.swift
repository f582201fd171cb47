// swift-tools-version: 6.3
// The house, floor by floor: a room may import only rooms that stand above it here (HouseTests holds every file to this table).
import PackageDescription

let style: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error)
]

func library(_ name: String, _ pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, path: "Sources/Ground/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

/// A Swift room below `tower` and the tests that mirror it; `scripts` are other files among the tests, `against` are rooms that only
/// the tests use.
func room(
    _ tower: String, _ name: String, _ above: [String] = [], scripts: [String] = [], against: [String] = []
) -> [Target] {
    let dependencies = above.map { Target.Dependency(stringLiteral: $0) }
    let path = tower == name ? "Sources/\(name)" : "Sources/\(tower)/\(name)"
    let isSketched = tower == "Judging" || name == "Histograms"
    let support: [Target.Dependency] =
        isSketched
        ? ["TestSupport", "RunSupport"] : name == "Captures" ? ["TestSupport", "CaptureSupport"] : ["TestSupport"]
    return [
        .target(name: name, dependencies: dependencies, path: path, swiftSettings: style),
        .testTarget(
            name: name + "Tests",
            dependencies: [.init(stringLiteral: name)] + support + dependencies
                + against.map { .init(stringLiteral: $0) },
            exclude: scripts,
            swiftSettings: style)
    ]
}

// Floor 0: what Glibc's module lacks, and system libraries.
var targets: [Target] = [
    .target(name: "CLinux", path: "Sources/Ground/CLinux"),
    .target(name: "CCurl", path: "Sources/Ground/CCurl"),
    library("CYAML", "yaml-0.1", apt: "libyaml-dev"),
    library("CZlib", "zlib", apt: "zlib1g-dev"),
    library("CLZ4", "liblz4", apt: "liblz4-dev"),
    library("COpenSSL", "openssl", apt: "libssl-dev"),
    library("CPcap", "libpcap", apt: "libpcap-dev")
]

// Floors 1 and 2: words and tools, without an opinion about load or qualification.
targets += room("Ground", "Quantities")
targets += room("Ground", "Bytes", ["COpenSSL", "CZlib", "CLZ4"])
targets += room("Ground", "Documents", ["CYAML", "Quantities"])
targets += room("Ground", "Histograms", ["CZlib", "Quantities", "Bytes"])
targets += room("Ground", "Statistics", ["Quantities"], scripts: ["definitions.py"])
targets += room("Ground", "Reactor", ["CLinux", "COpenSSL", "Quantities"])

// The bridge: what was seen. Both towers stand on it, neither reaches across it.
targets += room("Bridge", "Recordings", ["Quantities", "Bytes", "Documents", "Histograms"])

// The measuring tower: knows sockets, knows no good or bad.
targets += room("Measuring", "Workloads", ["Quantities", "Documents", "Recordings"])
targets += room("Measuring", "CQLProtocol", ["Quantities", "Bytes"])
targets += room("Measuring", "CQLClient", ["Quantities", "Bytes", "Documents", "Reactor", "Workloads", "CQLProtocol"])
targets += room(
    "Measuring", "HTTPClient", ["CCurl", "Quantities", "Bytes", "Documents", "Reactor", "Workloads"],
    against: ["Lab"])
targets += room(
    "Measuring", "Load",
    [
        "Quantities", "Bytes", "Histograms", "Reactor", "Recordings", "Workloads", "CQLProtocol", "CQLClient",
        "HTTPClient"
    ], against: ["Lab"])
targets += room(
    "Measuring", "Probes",
    ["Quantities", "Bytes", "Documents", "Reactor", "Recordings", "Workloads", "CQLProtocol", "CQLClient", "HTTPClient"]
)
targets += room(
    "Measuring", "Captures",
    [
        "CPcap", "Quantities", "Bytes", "Documents", "Histograms", "Reactor", "Workloads", "CQLProtocol", "CQLClient"
    ])

// The judging tower: knows nothing about sockets.
targets += room("Judging", "Comparisons", ["Quantities", "Documents", "Histograms", "Statistics", "Recordings"])
targets += room(
    "Judging", "Verdicts", ["Quantities", "Bytes", "Documents", "Histograms", "Statistics", "Recordings", "Comparisons"]
)
targets += room(
    "Judging", "Reports",
    ["Quantities", "Documents", "Histograms", "Statistics", "Recordings", "Comparisons", "Verdicts"])

// The embedded pair.
targets += room(
    "Lab", "Lab", ["Quantities", "Bytes", "Documents", "Reactor", "CQLProtocol"], scripts: ["driver_check.py"])

// The command, and tests that belong to no single room.
let everything = [
    "Quantities", "Bytes", "Documents", "Histograms", "Statistics", "Reactor", "Recordings", "Workloads", "CQLProtocol",
    "CQLClient", "HTTPClient",
    "Load", "Probes", "Captures", "Comparisons", "Verdicts", "Reports", "Lab"
]
// Links to the shipped files, which `assay init` and `assay demo` carry inside the binary.
let templates = ["workload", "pair", "lab", "criteria"]
let all = everything.map { Target.Dependency(stringLiteral: $0) }
targets += [
    .executableTarget(
        name: "assay", dependencies: all, path: "Sources/assay",
        resources: templates.map { .embedInCode("Templates/\($0).yaml") },
        swiftSettings: style),
    .target(
        name: "TestSupport", dependencies: ["Quantities"], path: "Tests/TestSupport", exclude: ["tls_server.py"],
        swiftSettings: style),
    .target(
        name: "RunSupport", dependencies: ["Quantities", "Bytes", "Histograms", "Recordings"], path: "Tests/RunSupport",
        swiftSettings: style),
    // The dossier of an hour, for `make bench`.
    .executableTarget(
        name: "hour", dependencies: ["Quantities", "Documents", "Histograms", "Recordings"], path: "Benchmarks/Hour",
        swiftSettings: style),
    .target(
        name: "CaptureSupport", dependencies: ["Bytes", "CQLProtocol", "Captures"], path: "Tests/CaptureSupport",
        swiftSettings: style),
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
    .testTarget(
        name: "SimulationTests", dependencies: all + ["TestSupport", "RunSupport", "AllocationCounter"],
        swiftSettings: style),
    .testTarget(
        name: "EndToEndTests", dependencies: all + ["assay", "TestSupport", "RunSupport", "CaptureSupport"],
        exclude: ["read_logs.py", "write_log.py", "not_cql.py", "same_rows.py", "all_types.py"], swiftSettings: style),
    .testTarget(name: "HouseTests", dependencies: ["TestSupport"], swiftSettings: style)
]

let package = Package(name: "assay", targets: targets)
