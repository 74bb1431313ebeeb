import Foundation
import Fuzzing
import TestSupport
import Testing

/// The same inputs every time, few of each kind: that nothing which was found comes back. scripts/fuzz looks for more.
struct ShortRunTests {
    /// Fewer of those that take long: a pattern without an end takes all the time that there is for one.
    private static let inputs: [String: UInt64] = ["regex": 3, "facts": 20, "pattern": 20, "redaction": 20]

    @Test func everyReaderReturns() async throws {
        let targets = FuzzTarget.all
        #expect(
            Set(targets.map(\.name)).count == targets.count && Set(Self.inputs.keys).isSubset(of: targets.map(\.name)))
        // Each target has a process of its own.
        try await sideBySide(targets) { target in
            let folder = try temporaryFolder("fuzz-findings")
            defer { try? FileManager.default.removeItem(atPath: folder) }
            var run = FuzzRun(
                program: URL(fileURLWithPath: Workplace.program).deletingLastPathComponent().appendingPathComponent(
                    "fuzz"
                ).path, target: target, seed: 1, folder: folder, seconds: 300)
            run.inputs = Self.inputs[target.name] ?? 100
            let started = run
            let outcome = try await offPool { try started.run() }
            #expect(outcome.inputs == started.inputs, "\(target.name)")
            #expect(
                outcome.findings.isEmpty,
                "\(target.name): \(outcome.findings.map { "\($0.what)\n\(String(decoding: $0.input, as: UTF8.self).debugDescription)" }.joined(separator: "\n"))"
            )
        }
    }
}
