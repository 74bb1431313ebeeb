import Foundation
import Glibc

/// Booted machines (systemd-nspawn over an overlay): real systemd, package manager, users, sudo and reboots.
///
/// Each answers SSH on an address of its own, port 22. They need root on Linux; where they can't run,
/// `Machines.unavailable`
/// says why, for `.enabled(if:)` of the tests. They end with the test process.
package final class Machines: Sendable {
    /// Why there are no booted machines here; nil when there are.
    package static let unavailable: String? = {
        if ProcessInfo.processInfo.environment["TEST_MACHINES"] == "0" { return "TEST_MACHINES=0" }
        if geteuid() != 0 { return "booted machines need root" }
        for tool in ["debootstrap", "systemd-nspawn", "rpmbuild", "createrepo_c"]
        where !["/usr/sbin", "/usr/bin"].contains(where: { access("\($0)/\(tool)", X_OK) == 0 }) {
            return "\(tool) is not installed; as root, scripts/prepare test installs it"
        }
        return nil
    }()

    package let addresses: [String]
    package let folder: String
    package let port = 22
    package var identity: String { folder + "/id_ed25519" }
    package var knownHosts: String { folder + "/known_hosts" }
    /// Password of the user `ops`, for sudo.
    package let opsPassword: String
    private let process: Process
    private let lifeline: FileHandle

    /// Root of machine `index`'s disk, as seen from here (from 0).
    package func root(_ index: Int) -> String { "\(folder)/m\(index + 1)/root" }

    /// Runs `body` with machines of its own. Building the base tree takes a minute the first time, a machine about a
    /// second.
    package static func with<Result>(
        _ count: Int, _ distribution: Distribution = .debian12, _ body: (Machines) async throws -> Result
    ) async throws -> Result {
        let machines = try await start(count, distribution)
        do {
            let result = try await body(machines)
            try await offPool { machines.stop() }
            return result
        } catch {
            try await offPool { machines.stop() }
            throw error
        }
    }

    package static func start(_ count: Int, _ distribution: Distribution = .debian12) async throws -> Machines {
        let folder = try temporaryFolder("machines")
        let network = "127.\(Int.random(in: 64...191)).\(Int.random(in: 1...254))"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = [
            String(#filePath.dropLast("Machines.swift".count)) + "machines.sh", "\(count)", folder, network,
            distribution.rawValue,
        ]
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var said = Data()
        while !said.contains(UInt8(ascii: "\n")) {
            let more = try await offPool { output.fileHandleForReading.availableData }
            if more.isEmpty { break }
            said += more
        }
        guard said == Data("ready\n".utf8) else {
            process.waitUntilExit()
            try? FileManager.default.removeItem(atPath: folder)
            throw LoopbackFleet.Failure(description: "machines did not boot; see what machines.sh said above")
        }
        return Machines(
            addresses: (1...count).map { "\(network).\($0)" }, folder: folder, process: process,
            lifeline: input.fileHandleForWriting,
            opsPassword: try String(contentsOfFile: folder + "/ops.password", encoding: .utf8))
    }

    private init(addresses: [String], folder: String, process: Process, lifeline: FileHandle, opsPassword: String) {
        self.addresses = addresses
        self.folder = folder
        self.process = process
        self.lifeline = lifeline
        self.opsPassword = opsPassword
    }

    /// Stops the machines and drops their disks.
    package func stop() {
        try? lifeline.close()
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }
}
