// From what a pair says about TLS to what connections need.

import Documents
import Reactor
import Workloads

enum Security {
    /// Reads the files that the pair names.
    static func context(_ security: SideSecurity) throws(InputError) -> TLSContext {
        let settings = TLSSettings(
            caFile: security.ca.map(place), certificateFile: security.certificate.map(place),
            keyFile: security.key.map(place), serverName: security.serverName,
            minimum: TLSVersion(rawValue: security.minimum)!, verifies: security.verify)
        do {
            return try TLSContext(settings)
        } catch {
            let named =
                switch error.role {
                case .ca: security.ca
                case .certificate: security.certificate
                case .key: security.key
                }
            throw InputError(named?.position, error.problem, expected: error.expected)
        }
    }

    /// Where a file is that a pair names: relative to the pair's own folder.
    static func place(_ file: NamedFile) -> String {
        guard !file.path.hasPrefix("/"), let slash = file.position.file.lastIndex(of: "/") else { return file.path }
        return file.position.file[...slash] + file.path
    }
}
