import Foundation
import TestSupport
import YAML

/// The playbook whose every task leaves a line in its host's ledger, real hosts to run it on, and a proxy before them.
///
/// A reference run without faults comes first: every run under faults has to give the same ledgers, results, outputs
/// and order.
package final class LedgerBench: Sendable {
    let proxy: FaultProxy
    let place: Workplace
    let reference: RunStory
    /// Of the reference run.
    let duration: Duration
    private let hosts: Int
    /// Where another user may write, too.
    private let commons: String
    private let otherUser: String
    private let faults: FaultSwitch

    /// Runs `body` with a bench of its own, taken down whatever happens.
    ///
    /// - Parameter hosts: an even number of them.
    static func with<Result>(hosts: Int, _ body: (LedgerBench) async throws -> Result) async throws -> Result {
        try await LoopbackFleet.with { fleet in
            try await Workplace.with { place in
                let faults = FaultSwitch()
                let proxy = try FaultProxy(to: fleet.port) { faults.faults(of: $0) }
                defer { proxy.stop() }
                let commons = try temporaryFolder("commons")
                defer { try? FileManager.default.removeItem(atPath: commons) }
                return try await body(LedgerBench(fleet, proxy, place, hosts: hosts, commons: commons, faults))
            }
        }
    }

    private init(
        _ fleet: LoopbackFleet, _ proxy: FaultProxy, _ place: Workplace, hosts: Int, commons: String,
        _ faults: FaultSwitch
    ) async throws {
        (self.proxy, self.place, self.hosts, self.commons, self.faults) = (proxy, place, hosts, commons, faults)
        let canBecome = getuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/bin/sudo")
        otherUser = canBecome ? "nobody" : NSUserName()
        chmod(commons, 0o777)
        try place.inventory(
            fleet, hosts: hosts,
            variables: ["lab": place.folder + "/lab", "commons": commons, "become_works": "\(canBecome)"],
            port: proxy.port)
        try place.write(
            "ledger.yml", try String(contentsOfFile: Fixtures.folder + "/faults/ledger.yml", encoding: .utf8))
        let begin = ContinuousClock.now
        let program = try RunningProgram(
            Workplace.program, ["run", "ledger.yml", "-i", "inventory.yml"], environment: place.environment(),
            in: place.folder)
        let status = try await offPool { program.waitUntilEnd(atMost: 120) }
        duration = ContinuousClock.now - begin
        guard status == 0, let run = try Self.runs(place).last else {
            throw BenchFailure(
                description:
                    "the ledger's playbook fails without faults: \(status.map { "status \($0)" } ?? "it hangs")\n\(program.output)\(program.errors)"
            )
        }
        reference = try RunStory(of: run, in: place)
        let problems = try ledgerProblems()
        guard problems.isEmpty else {
            throw BenchFailure(description: "the ledgers are wrong without faults: \(problems.joined(separator: "; "))")
        }
    }

    /// Faults of the connections from now on.
    func inject(_ faults: @escaping @Sendable (FaultProxy.Connection) -> [Fault]) { self.faults.set(faults) }

    /// Removes what the last run left on the hosts.
    func clean() throws {
        try FileManager.default.removeItem(atPath: place.folder + "/lab")
        for name in try FileManager.default.contentsOfDirectory(atPath: commons) {
            try FileManager.default.removeItem(atPath: "\(commons)/\(name)")
        }
    }

    func start(_ arguments: String...) throws -> RunningProgram {
        try RunningProgram(Workplace.program, arguments, environment: place.environment(), in: place.folder)
    }

    /// Ids of all runs: as the program finds them, by their events.
    func runs() throws -> Set<String> { Set(try Self.runs(place)) }
    private static func runs(_ place: Workplace) throws -> [String] {
        let folder = place.folder + "/logs/runs"
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            FileManager.default.fileExists(atPath: "\(folder)/\($0)/events.jsonl")
        }.sorted()
    }

    /// What the ledgers say against the rule: every line once, in order.
    func ledgerProblems() throws -> [String] {
        let expected = try String(contentsOfFile: Fixtures.folder + "/faults/ledger.expected", encoding: .utf8)
        var problems: [String] = []
        func compare(_ name: String, _ path: String, _ wanted: String) {
            let found = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            if found != wanted { problems.append("\(name): \(difference(of: found, from: wanted))") }
        }
        for number in 1...hosts {
            compare(
                "gpu-\(number)'s ledger", "\(place.folder)/lab/gpu-\(number)/ledger",
                expected.replacing("HOST", with: "gpu-\(number)"))
            compare("gpu-\(number)'s ledger as another user", "\(commons)/gpu-\(number)", "as \(otherUser)\n")
        }
        compare("run_once's ledger", place.folder + "/lab/once", "once\n")
        return problems
    }

    /// Copies what shows how it came, before the next round removes it; says where it is.
    func keepEvidence(of run: String?, _ program: RunningProgram?) throws -> String {
        let folder = try temporaryFolder("evidence")
        for name in ["lab", "logs"] {
            try? FileManager.default.copyItem(atPath: "\(place.folder)/\(name)", toPath: "\(folder)/\(name)")
        }
        try Data(((program?.output ?? "") + (program?.errors ?? "")).utf8).write(
            to: URL(fileURLWithPath: folder + "/output"))
        try Data(proxy.breaks.map { "\($0)\n" }.joined().utf8).write(to: URL(fileURLWithPath: folder + "/breaks"))
        return "evidence is in \(folder), run \(run ?? "none")"
    }
}

/// The bench itself does not work, before any fault.
struct BenchFailure: Error, CustomStringConvertible {
    let description: String
}

/// The first line of a text that differs.
func difference(of found: String, from wanted: String) -> String {
    let (wanted, found) = (wanted.split(separator: "\n"), found.split(separator: "\n"))
    let place =
        zip(wanted, found).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(wanted.count, found.count)
    func line(_ lines: [Substring]) -> String { place < lines.count ? "'\(lines[place].prefix(400))'" : "the end" }
    return "line \(place + 1) of \(wanted.count) is \(line(found)) instead of \(line(wanted))"
}
