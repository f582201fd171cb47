// The binary that was built beside these tests, and the other programs that tests hold it against.

import Foundation
import Testing

enum Assay {
    /// `assay`, in the folder of the program that runs the tests.
    static let binary: String = {
        let tests = try! FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("assay").path
    }()

    /// The folder of the package, for the files that are shipped.
    static let package: String = {
        var place = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { place.deleteLastPathComponent() }
        return place.path
    }()

    static func start(_ words: [String], in place: Scratch? = nil, environment: [String: String] = [:]) throws -> Child
    {
        try Child(binary, words, in: place, environment: environment)
    }

    static func run(_ words: String..., in place: Scratch? = nil) async throws -> Outcome {
        try await start(words, in: place).ended()
    }
}

/// Waits until `condition` holds, looking often; false after `seconds`, or where the test has run out of time.
func eventually(within seconds: Double, _ condition: () throws -> Bool) async rethrows -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end && !Task.isCancelled {
        if try condition() { return true }
        try? await Task.sleep(for: .milliseconds(10))
    }
    return try condition()
}

enum Python {
    /// A script of this target.
    static func run(_ script: String, _ words: String...) async throws -> Outcome {
        let path = "\(Assay.package)/Tests/EndToEndTests/\(script)"
        return try await Child("python3", [path] + words).ended()
    }

    /// Whether python3 can import `module`; says so where it cannot.
    static func has(_ module: String) async -> Bool {
        if await Child.succeeds("python3", "-c", "import \(module)") { return true }
        print("end-to-end: python3 with \(module) is not here, so what needs it is skipped")
        return false
    }
}
