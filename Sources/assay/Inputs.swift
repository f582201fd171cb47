// The files that a verb was given, read and checked before anything is touched.

import Documents
import Histograms
import Quantities
import Recordings
import Verdicts
import Workloads

/// One input file as it was read.
struct InputFile {
    var role: String
    var path: String
    var text: String

    /// Reads `path`; a file that is not there is an input that is wrong.
    init(role: String, path: String) throws {
        self.role = role
        self.path = path
        do {
            let bytes = try Dossier.readBytes(path: path)
            guard isGzip(bytes) else {
                text = String(decoding: bytes, as: UTF8.self)
                return
            }
            guard let inflated = gunzipped(bytes) else {
                throw InputError(
                    nil, "\(path): gzip that is damaged or cut off, or more than 1 GiB in all", expected: "a whole file"
                )
            }
            text = String(decoding: inflated, as: UTF8.self)
        } catch let error as FileError {
            throw InputError(nil, "\(path): the \(role) file cannot be read: \(error)", expected: "a readable file")
        }
    }

    init(role: String, path: String, text: String) {
        self.role = role
        self.path = path
        self.text = text
    }

    /// Its name in a dossier.
    var storedName: String { InputFile.storedName(role: role) }
    static func storedName(role: String) -> String {
        switch role {
        case "trace": "inputs/trace.txt"
        case "seal": Judging.sealName
        case let role where role.hasPrefix("values-"): "inputs/\(role).txt"
        default: "inputs/\(role).yaml"
        }
    }

    /// Its name without its folders.
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    var planInput: PlanInput {
        PlanInput(role: role, file: name, sha256: Dossier.digest(text))
    }
}

/// A workload and criteria, as far as they were given: what can be read without a pair.
struct TrafficInputs {
    var workloadFile: InputFile?
    var profile: Profile?
    /// Where the workload's arrivals are those of a file.
    var traceFile: InputFile?
    var trace: ArrivalTrace?
    /// Those that the workload's values come from.
    var valueFiles: [InputFile] = []
    var criteriaFile: InputFile?
    var criteria: Criteria?
    /// The seal beside the criteria, where there is one.
    var sealFile: InputFile?

    init() {}

    /// Reads the files that the flags name; what the criteria ask of the workload is looked at afterwards, as
    /// `problems`.
    init(_ arguments: Arguments) throws {
        if let path = arguments.string("--workload") {
            try setWorkload(InputFile(role: "workload", path: path), arguments.settings())
        }
        if let path = arguments.string("--criteria") {
            let file = try InputFile(role: "criteria", path: path)
            try setCriteria(file)
            sealFile = try SealCriteria.seal(of: file)
        }
    }

    mutating func setWorkload(_ file: InputFile, _ settings: [(name: String, value: String)]) throws {
        workloadFile = file
        // Beside the workload's file, unless the path says otherwise.
        let folder = file.path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        func place(_ name: String) -> String {
            name.hasPrefix("/") ? name : (folder + [name[...]]).joined(separator: "/")
        }
        var found: [InputFile] = []
        profile = try Profile.read(
            file.text, file: file.path, settings: settings.map { Profile.Setting(name: $0.name, value: $0.value) }
        ) { (name, position) throws(InputError) in
            if let known = found.first(where: { $0.path == place(name) }) { return known.text }
            do {
                found.append(try InputFile(role: "values-\(found.count + 1)", path: place(name)))
            } catch {
                throw InputError(position, "\(place(name)) cannot be read", expected: "a file beside the workload")
            }
            return found[found.count - 1].text
        }
        valueFiles = found
        guard case .trace(let name)? = profile?.traffic.arrivals else { return }
        let traceFile = try InputFile(role: "trace", path: place(name))
        trace = try ArrivalTrace.read(traceFile.text, file: place(name))
        self.traceFile = traceFile
    }

    mutating func setCriteria(_ file: InputFile) throws {
        criteriaFile = file
        criteria = try Criteria.read(file.text, file: file.path)
    }

    /// What the criteria ask for and the workload does not have, in the order of their file.
    var problems: [InputError] {
        guard let criteria, let operations = profile?.operations else { return [] }
        return criteria.problems(
            operations: operations.map(\.name), shapes: operations.map(\.shape), keyspaces: operations.map(\.keyspace))
    }
}

/// A pair, and the traffic and the criteria that come with it.
struct Inputs {
    let pairFile: InputFile
    var pair: PairFile
    let traffic: TrafficInputs

    /// The flags that name inputs, shared by the verbs that read them.
    static let pairFlags = [
        Flag("--pair", "FILE", "the two sides", example: "--pair pairs/local-cassandra.yaml"),
        Flag(
            "--old", "URL", "the old side, in place of --pair",
            example: "--old cql://127.0.0.1:9042 --new cql://127.0.0.2:9042"),
        Flag(
            "--new", "URL", "the new side, in place of --pair",
            example: "--old cql://10.0.0.1,10.0.0.2 --new cql://10.1.0.1")
    ]
    static let workloadFlags = [
        Flag("--workload", "FILE", "what traffic looks like", example: "--workload workloads/orders.yaml"),
        Flag("--set", "NAME=VALUE", "sets a parameter of the workload", example: "--set customers=5000")
    ]
    static let criteriaFlag = Flag(
        "--criteria", "FILE", "what the new side must hold to", example: "--criteria criteria/major-upgrade.yaml")

    /// Those of verbs that send load.
    static let rateFlag = Flag(
        "--rate", "RATE", "offered to each side while it is active, over the workload's own",
        example: "--pair P --workload W --rate 2000/s")
    static let seedFlag = Flag(
        "--seed", "N", "names arrivals, operations and values (default 42)",
        example: "--pair P --workload W --seed 7")
    static let warmUpFlag = Flag(
        "--warm-up", "TIME", "a side, over the workload's own, or detect: until it settles; not measured",
        example: "--pair P --workload W --warm-up 2m")
    static let quietFlag = Flag("--quiet", nil, "no progress", example: "--pair P --workload W --quiet")

    init(_ arguments: Arguments, verb: String) throws {
        try self.init(pair: Inputs.pairFile(arguments, verb), TrafficInputs(arguments))
    }

    init(pair file: InputFile, _ traffic: TrafficInputs) throws {
        if let problem = traffic.problems.first { throw problem }
        pairFile = file
        pair = try PairFile.read(file.text, file: file.path)
        self.traffic = traffic
        if let profile = traffic.profile { try checkProtocols(profile.operations, pair) }
    }

    var profile: Profile? { traffic.profile }
    var trace: ArrivalTrace? { traffic.trace }
    var criteria: Criteria? { traffic.criteria }

    static func pairFile(_ arguments: Arguments, _ verb: String) throws -> InputFile {
        if let path = arguments.string("--pair") {
            guard !arguments.has("--old") && !arguments.has("--new") else {
                throw Failure(.usage, "assay \(verb): --pair or --old and --new, not both")
            }
            return try InputFile(role: "pair", path: path)
        }
        guard let old = arguments.string("--old"), let new = arguments.string("--new") else {
            throw Failure(
                .usage, "assay \(verb): --pair FILE is missing (or --old URL and --new URL); see assay \(verb) --help")
        }
        let text = "pair: 1\nname: command-line\nold: \(try side(old, verb))\nnew: \(try side(new, verb))\n"
        return InputFile(role: "pair", path: "command-line.yaml", text: text)
    }

    /// `cql://host:9042,host2?dc=dc1` as the YAML of a side. Users and passwords have no place in it.
    private static func side(_ url: String, _ verb: String) throws -> String {
        if url.hasPrefix("http://") || url.hasPrefix("https://") { return "{http: \"\(url)\"}" }
        guard url.hasPrefix("cql://") else {
            throw Failure(
                .usage, "assay \(verb): '\(url)' is not cql://host:port, http://host:port or https://host:port")
        }
        let parts = url.dropFirst(6).split(separator: "?", maxSplits: 1)
        guard let hosts = parts.first?.prefix(while: { $0 != "/" }), !hosts.isEmpty, !hosts.contains("@") else {
            throw Failure(.usage, "assay \(verb): a URL takes hosts alone; credentials are named in a pair file")
        }
        let list = hosts.split(separator: ",").map { "\"\($0)\"" }.joined(separator: ", ")
        var text = "{cql: [\(list)]"
        if parts.count > 1 {
            guard parts[1].hasPrefix("dc=") else {
                throw Failure(.usage, "assay \(verb): '\(parts[1])' is not dc=NAME")
            }
            text += ", datacenter: \"\(parts[1].dropFirst(3))\""
        }
        return text + "}"
    }

    /// The workload, which this verb cannot do without.
    func needProfile(_ verb: String) throws -> Profile {
        guard let profile else {
            throw Failure(.usage, "assay \(verb): --workload FILE is missing; see assay \(verb) --help")
        }
        return profile
    }

    /// Of everything that says what is sent: the noise floor of other traffic tells nothing.
    var trafficDigest: String {
        let parameters = (traffic.profile?.parameters ?? []).map { "\n\($0.name)=\($0.value)" }.joined()
        return Dossier.digest(
            (traffic.workloadFile?.text ?? "") + parameters + (traffic.traceFile.map { "\n" + $0.text } ?? "")
                + traffic.valueFiles.map { "\n" + $0.text }.joined())
    }

    var files: [InputFile] {
        [traffic.workloadFile, pairFile, traffic.criteriaFile, traffic.traceFile, traffic.sealFile].compactMap { $0 }
            + traffic.valueFiles
    }
}
