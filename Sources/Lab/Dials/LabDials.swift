// What one side of the lab is made to do: how long it takes, how often it fails, what it leaves out, when it stalls.

import Quantities

/// The dials of one side.
public struct LabDials: Hashable, Sendable {
    /// A lognormal distribution.
    public struct ServiceTime: Hashable, Sendable {
        public var median: Nanoseconds
        /// Standard deviation of the logarithm.
        public var sigma: Double

        public init(median: Nanoseconds, sigma: Double) {
            self.median = median
            self.sigma = sigma
        }
    }

    public enum ErrorClass: String, CaseIterable, Hashable, Sendable {
        case overloaded, unavailable
        case readTimeout = "read_timeout"
        case writeTimeout = "write_timeout"
        case serverError = "server_error"
    }

    public struct InjectedError: Hashable, Sendable {
        /// Of the requests of a shape.
        public var share: Ratio
        public var errorClass: ErrorClass

        public init(share: Ratio, errorClass: ErrorClass) {
            self.share = share
            self.errorClass = errorClass
        }
    }

    /// With a user the lab asks for a password, and refuses others.
    public struct Credentials: Hashable, Sendable {
        public var user: String
        public var password: String

        public init(user: String, password: String) {
            self.user = user
            self.password = password
        }
    }

    /// Service time per shape, before `factor`.
    public var base: [Shape: ServiceTime] = LabDials.defaultBase
    /// Multiplies the service time; 1 where a shape is missing.
    public var factor: [Shape: Double] = [:]
    public var errors: [Shape: InjectedError] = [:]
    /// Share of rows that answers leave out, the same ones every time.
    public var fewerRows: [Shape: Ratio] = [:]
    public var stalls: [Stall] = []
    /// Requests that can be served a second; without it there is no limit.
    public var capacity: Capacity?
    public var seed: UInt64
    /// The release that `system.local` names; from 4 on, the system tables are those of 4.1.
    public var version: String
    public var credentials: Credentials?

    /// The defaults of a side: 3.11.19 or 4.1.9, everything else alike but for the seed.
    public init(_ side: Side) {
        seed = side == .old ? 1 : 2
        version = side == .old ? "3.11.19" : "4.1.9"
    }

    public static let defaultBase: [Shape: ServiceTime] = [
        .point: ServiceTime(median: .milliseconds(1), sigma: 0.3),
        .write: ServiceTime(median: .milliseconds(0.8), sigma: 0.3),
        .range: ServiceTime(median: .milliseconds(2), sigma: 0.3),
        .multiPartition: ServiceTime(median: .milliseconds(3), sigma: 0.3),
        .scan: ServiceTime(median: .milliseconds(5), sigma: 0.3),
        .aggregate: ServiceTime(median: .milliseconds(4), sigma: 0.3),
        .batch: ServiceTime(median: .milliseconds(1.5), sigma: 0.3),
        .lwt: ServiceTime(median: .milliseconds(3), sigma: 0.3),
        .counter: ServiceTime(median: .milliseconds(1.2), sigma: 0.3),
        .api: ServiceTime(median: .milliseconds(2), sigma: 0.3)
    ]

    /// One service time.
    func serviceTime(_ shape: Shape, _ random: inout SeededRandom) -> Nanoseconds {
        let base = base[shape] ?? LabDials.defaultBase[shape]!
        let seconds = random.lognormal(median: base.median.seconds, sigma: base.sigma) * (factor[shape] ?? 1)
        return Nanoseconds(seconds: min(seconds, 3600))
    }
}
