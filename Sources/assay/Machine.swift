// The generator's machine, as far as a reader of results wants to know it.

import Glibc
import Quantities
import Recordings

enum Machine {
    /// Kernel, CPU model, number of CPUs and memory.
    static var facts: [String: String] {
        var facts = ["cpus": String(sysconf(Int32(_SC_NPROCESSORS_ONLN)))]
        if let kernel = line(of: "/proc/sys/kernel/osrelease") { facts["kernel"] = kernel }
        if let model = field("model name", in: "/proc/cpuinfo") { facts["cpu_model"] = model }
        if let memory = field("MemTotal", in: "/proc/meminfo")?.split(separator: " ").first.flatMap({ Double($0) }) {
            facts["memory_gib"] = decimal(memory / 1_048_576, places: 1)
        }
        return facts
    }

    private static func line(of path: String) -> String? {
        (try? Dossier.read(path: path))?.split(separator: "\n").first.map(String.init)
    }

    /// What stands behind `name:` in a file of /proc; nil where it does not say.
    static func field(_ name: String, in path: String) -> String? {
        guard let text = try? Dossier.read(path: path) else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix(name) {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { return String(parts[1].drop { $0 == " " || $0 == "\t" }) }
        }
        return nil
    }
}
