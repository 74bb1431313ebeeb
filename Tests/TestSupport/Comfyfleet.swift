import Foundation

/// A folder in which the built `comfyfleet` runs as a user would run it: config, playbooks and logs below it, nothing
/// of this machine's user.
package struct Workplace: Sendable {
    package let folder: String

    package static let program: String = {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
        // The test bundle lies beside the program; a test runner of the toolchain's is told the bundle's path.
        let bundle = ([tests] + CommandLine.arguments).first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: bundle).deletingLastPathComponent().appendingPathComponent("comfyfleet").path
    }()

    package init() throws {
        folder = try temporaryFolder("workplace")
        for name in ["config", "home"] {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
    }

    package static func with<Result>(_ body: (Workplace) async throws -> Result) async throws -> Result {
        let workplace = try Workplace()
        defer { try? FileManager.default.removeItem(atPath: workplace.folder) }
        return try await body(workplace)
    }

    package func write(_ name: String, _ text: String, mode: Int = 0o644) throws {
        let path = "\(folder)/\(name)"
        try FileManager.default.createDirectory(
            atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: mode])
        else {
            throw LoopbackFleet.Failure(description: "cannot write \(path)")
        }
    }

    package func read(_ name: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    }

    /// An inventory of loopback hosts that the fleet answers for, and its host keys.
    ///
    /// - Parameter port: of a proxy before the fleet.
    package func inventory(
        _ fleet: LoopbackFleet, hosts: Int, variables: [String: String] = [:], port: Int? = nil
    ) throws {
        let port = port ?? fleet.port
        var text =
            "gpu:\n  vars:\n    ansible_port: \(port)\n    ansible_user: \(fleet.user)\n    ansible_ssh_private_key_file: \(fleet.identity)\n"
        for (name, value) in variables.sorted(by: { $0.key < $1.key }) { text += "    \(name): \(value)\n" }
        text += "  hosts:\n"
        for (index, address) in LoopbackFleet.addresses(hosts).enumerated() {
            text += "    gpu-\(index + 1): {ansible_host: \(address)}\n"
        }
        try write("inventory.yml", text)
        try write("config/known_hosts", try fleet.knownHosts(port: port), mode: 0o600)
    }

    package func environment(_ extra: [String: String] = [:]) -> [String: String] {
        var environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": folder + "/home",
            "LANG": "C.UTF-8",
        ]
        if let libraries = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] {
            environment["LD_LIBRARY_PATH"] = libraries
        }
        environment.merge(extra) { $1 }
        return environment
    }

    /// Runs `comfyfleet` with these arguments to its end.
    package func comfyfleet(
        _ arguments: String..., input: String = "", environment extra: [String: String] = [:]
    ) async throws -> ProcessOutcome {
        let environment = environment(extra)
        let folder = folder
        return try await offPool {
            try outcome(of: Self.program, arguments, environment: environment, folder: folder, input: input)
        }
    }

    /// Every file below the folder that holds `marker`, and where it was not expected: for secrets that must not be
    /// there.
    package func files(holding marker: String, except allowed: Set<String> = []) throws -> [String] {
        var found: [String] = []
        let all = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        for name in all where !allowed.contains(name) {
            guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)") else { continue }
            if bytes.range(of: Data(marker.utf8)) != nil { found.append(name) }
        }
        return found
    }
}
