import Foundation
import TestSupport
import Testing

/// The four applications on booted Debian machines without Python: real packages, users, units and restarts. What they
/// are installed from, and what
/// they are, stands in for upstream's (see docs/testing.md).
@Suite(.timeLimit(.minutes(10)), .enabled(if: Machines.unavailable == nil, "\(Machines.unavailable ?? "")"))
struct ApplicationTests {
    @Test func `applications are installed, upgraded, put back, rolled back and taken away`() async throws {
        try await Upstream.with { upstream in
            let applications = try [
                Application("ollama", health: "/api/version", configuration: "/etc/ollama/ollama.env") { port in
                    ["ollama_mirror": upstream.http + "/ollama", "ollama_listen": "127.0.0.1:\(port)"]
                },
                Application("lmstudio", health: "/v1/models", configuration: "/etc/lmstudio/lmstudio.env") { port in
                    ["lmstudio_mirror": upstream.http + "/lmstudio", "lmstudio_port": "\(port)"]
                },
                Application("comfyui", health: "/system_stats", configuration: "/etc/comfyui/comfyui.env") { port in
                    [
                        "comfyui_repository": upstream.git + "/comfyui.git", "comfyui_port": "\(port)",
                        "comfyui_torch_packages": "[]", "comfyui_pip_index": upstream.http + "/simple",
                    ]
                },
                Application("sillytavern", health: "/", configuration: "/etc/sillytavern/config.yaml") { port in
                    ["sillytavern_repository": upstream.git + "/sillytavern.git", "sillytavern_port": "\(port)"]
                },
            ]
            try await Machines.with(applications.count) { machines in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (index, application) in applications.enumerated() {
                        group.addTask {
                            try await Workplace.with { place in
                                try await ApplicationStory(application, place, machines, index).play()
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }
}

/// One of them, and where it answers. Machines share their network with this one, so each has a port of its own.
private struct Application: Sendable {
    let name: String
    let health: String
    let configuration: String
    let variables: [String: String]

    init(_ name: String, health: String, configuration: String, _ variables: (_ port: Int) -> [String: String]) throws {
        let port = try freePort()
        self.name = name
        self.health = "http://127.0.0.1:\(port)\(health)"
        self.configuration = configuration
        self.variables = variables(port)
    }
}

/// What an operator does with one application, from nothing to nothing.
private struct ApplicationStory {
    let application: Application
    let place: Workplace
    /// The machine's disk.
    let root: String

    init(_ application: Application, _ place: Workplace, _ machines: Machines, _ index: Int) throws {
        self.application = application
        self.place = place
        root = machines.root(index)
        var variables = ""
        for (name, value) in application.variables { variables += "\(name): \(value)\n" }
        try place.write("group_vars/all.yml", variables)
        try place.write(
            "inventory.ini",
            "m1 ansible_host=\(machines.addresses[index]) ansible_user=gpuops ansible_ssh_private_key_file=\(machines.identity)\n"
        )
        try place.write(
            "config/known_hosts", try String(contentsOfFile: machines.knownHosts, encoding: .utf8), mode: 0o600)
    }

    func play() async throws {
        let name = application.name
        try await run(["version=1.0"], check: true, says: "1 changed")
        #expect(
            !exists("/opt/\(name)") && !exists("/etc/\(name)") && !exists("/etc/systemd/system/\(name).service")
                && !exists(sentinel), "\(name): check mode from nothing")

        try await run(["version=1.0"], says: "1 changed")
        try await expect(running: "1.0")
        #expect(
            try owner("/opt/\(name)/releases/1.0") == owner("/var/lib/\(name)") && owner(sentinel) == 1000, "\(name)")
        try await run(["version=1.0"], says: "none changed")

        // An operator's edit outlives an upgrade; what was shipped lies beside it.
        let edit = "# edited by hand\n"
        try append(edit, to: application.configuration)
        try await run(["version=1.1"], says: "1 changed")
        try await expect(running: "1.1", before: "1.0")
        #expect(
            try text(application.configuration).hasSuffix(edit)
                && !text(application.configuration + ".shipped").hasSuffix(edit), "\(name)")

        let refused = try await run(["version=1.2-broken", "health_retries=5"], status: 2, says: "1 failed")
        #expect(refused.contains("1.1 runs again"), "\(name): \(refused)")
        try await expect(running: "1.1", before: "1.0")

        try await run(["state=rollback"], says: "1 changed")
        try await expect(running: "1.0")
        try await run(["state=rollback"], says: "none changed")
        try await run(["version=1.1"], check: true, says: "1 changed")
        try await expect(running: "1.0")

        try await run(["version=1.0", "overwrite_configuration=true"], says: "1 changed")
        #expect(try !text(application.configuration).hasSuffix(edit), "\(name)")
        try await run(["version=1.0"], says: "none changed")

        try await run(["state=absent"], says: "1 changed")
        #expect(
            !exists("/opt/\(name)") && !exists("/etc/systemd/system/\(name).service") && !exists(sentinel), "\(name)")
        #expect(
            exists("/var/lib/\(name)") && exists(application.configuration) && accounts.contains("\n\(name):"),
            "\(name): what it keeps stays")
        try await run(["state=absent", "purge=true"], says: "1 changed")
        #expect(!exists("/var/lib/\(name)") && !exists("/etc/\(name)") && !accounts.contains("\n\(name):"), "\(name)")
        try await run(["state=absent", "purge=true"], says: "none changed")
    }

    /// - Parameter settings: variables of the role, without its name.
    @discardableResult
    private func run(_ settings: [String], check: Bool = false, status: Int32 = 0, says: String) async throws -> String
    {
        let ended = try await playbook(
            application.name, settings.map { "\(application.name)_\($0)" }, check: check, in: place)
        #expect(
            ended.status == status && ended.stdout.contains(says),
            "\(application.name) \(settings): \(ended.stdout)\(ended.stderr)")
        return ended.stdout
    }

    /// The release that the service runs, that the sentinel names, and that a rollback would go back to.
    private func expect(running version: String, before: String? = nil) async throws {
        let url = application.health
        let answer = try await offPool { try outcome(of: "/bin/busybox", ["wget", "-q", "-O", "-", url]).stdout }
        #expect(answer.contains(version), "\(application.name): \(answer)")
        #expect(try text(sentinel) == version + "\n", "\(application.name)")
        #expect(link("current") == "/opt/\(application.name)/releases/\(version)")
        #expect(link("previous") == before.map { "/opt/\(application.name)/releases/\($0)" }, "\(application.name)")
    }

    // MARK: The machine's disk

    private var sentinel: String { "/home/gpuops/.config/comfyvn/remote/\(application.name).installed" }
    private var accounts: String { (try? text("/etc/passwd")) ?? "" }
    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: root + path) }
    private func text(_ path: String) throws -> String { try String(contentsOfFile: root + path, encoding: .utf8) }
    private func link(_ name: String) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "\(root)/opt/\(application.name)/\(name)")
    }
    private func owner(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: root + path)[.ownerAccountID] as? Int
    }
    private func append(_ more: String, to path: String) throws {
        let file = try #require(FileHandle(forWritingAtPath: root + path))
        try file.seekToEnd()
        try file.write(contentsOf: Data(more.utf8))
        try file.close()
    }
}
