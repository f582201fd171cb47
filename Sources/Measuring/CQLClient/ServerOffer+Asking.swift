// Asking a node what it speaks, before a version is chosen.

import CQLProtocol
import Quantities
import Reactor

extension ServerOffer {
    /// What the node at `endpoint` says that it speaks. Nobody logs in for it. It is asked in v4, which most servers know, and where
    /// that is refused in v3, then in v5; each time on a new connection, since servers close one that begins in a wrong version.
    public static func ask(
        _ access: SideAccess, _ endpoint: Endpoint, timeOut: Nanoseconds = .seconds(10)
    ) throws(ConnectFailure) -> ServerOffer {
        var refusal: ConnectFailure?
        for version in [ProtocolVersion.v4, .v3, .v5] {
            do {
                let supported = try SimpleSession.options(access, endpoint, in: version, timeOut: timeOut)
                return ServerOffer(supported, answeredIn: version)
            } catch {
                guard case .handshake(.protocolRefused) = error.reason else { throw error }
                refusal = error
            }
        }
        throw refusal!
    }
}
