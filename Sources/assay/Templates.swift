// The shipped files inside the binary (`Templates/` holds links to them): the demo and `init` work from anywhere.

enum Templates {
    static let workload = text(PackageResources.workload_yaml)
    static let pair = text(PackageResources.pair_yaml)
    static let labPair = text(PackageResources.lab_yaml)
    static let criteria = text(PackageResources.criteria_yaml)

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
