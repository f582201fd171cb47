// What the sides speak: asked of every contact point before anything else, settled once, and held to for the whole run.

import CQLClient
import CQLProtocol
import Quantities
import Recordings
import Workloads

enum Negotiation {
    /// Asks every contact point, and sets the version in which each side is spoken to: the highest that all of them offer, save where
    /// the pair fixes one.
    static func settle(_ sides: inout [SideAccess], _ pair: PairFile) throws {
        var offers: [ServerOffer] = []
        for access in sides {
            var offer = ServerOffer(versions: ProtocolVersion.allCases, compressions: Compression.allCases)
            for endpoint in access.contactPoints {
                offer = offer.intersection(try ServerOffer.ask(access, endpoint))
            }
            offers.append(offer)
        }
        let fixed = Side.allCases.map { side in
            pair[side].protocolVersion.map { ProtocolVersion(rawValue: UInt8($0))! }
        }
        for side in Side.allCases {
            guard let version = fixed[side.index], !offers[side.index].versions.contains(version) else { continue }
            throw refusal(
                "the pair fixes \(version) of the CQL protocol for the \(side) side, which does not offer it", offers)
        }
        guard
            let agreed = VersionAgreement(
                old: offers[0], new: offers[1], fixedOld: fixed[0], fixedNew: fixed[1])
        else {
            throw refusal(
                "the sides have no version of the CQL protocol in common; protocol: in the pair fixes one for each",
                offers)
        }
        sides[0].protocolVersion = agreed.old
        sides[1].protocolVersion = agreed.new
    }

    private static func refusal(_ what: String, _ offers: [ServerOffer]) -> Failure {
        Failure(
            .unreachable, "\(what): the old side offers \(offers[0].versionList), the new side \(offers[1].versionList)"
        )
    }
}
