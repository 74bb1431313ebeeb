import Foundation
import TestSupport
import Testing

/// Machines with NVIDIA's repositories at hand, and the ways to run playbooks on them and to look at them.
struct GPUFleet: Sendable {
    let machines: Machines
    let place: Workplace
    /// For what did not come out: which of several fleets it was.
    let label: String

    init(_ upstream: Upstream, _ machines: Machines, _ place: Workplace, label: String = "") throws {
        self.label = label
        self.machines = machines
        self.place = place
        var inventory = ""
        for (index, address) in machines.addresses.enumerated() {
            inventory +=
                "m\(index + 1) ansible_host=\(address) ansible_user=gpuops ansible_ssh_private_key_file=\(machines.identity)\n"
        }
        try place.write("inventory.ini", inventory)
        try place.write(
            "config/known_hosts", try String(contentsOfFile: machines.knownHosts, encoding: .utf8), mode: 0o600)
        try place.write(
            "group_vars/all.yml",
            """
            nvidia_repository_mirror: \(upstream.http)/cuda
            nvidia_container_toolkit_mirror: \(upstream.http)/libnvidia-container
            nvidia_driver_kernel_headers: []
            nvidia_driver_retries: 2
            """)
    }

    /// - Parameter says: what the run's output must have, such as `2 changed`.
    @discardableResult
    func run(
        _ name: String, _ variables: [String] = [], limit: String? = nil, check: Bool = false, status: Int32 = 0,
        says: String, at location: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let ended = try await playbook(
            name, variables, limit: limit, check: check, path: place.folder + "/bin", in: place)
        #expect(
            ended.status == status && ended.stdout.contains(says),
            "\(label) \(name) \(variables): \(ended.stdout)\(ended.stderr)", sourceLocation: location)
        return ended.stdout
    }

    /// What a command prints on a machine (from 0), as root.
    func ssh(_ machine: Int, _ command: String) async throws -> String {
        let address = machines.addresses[machine]
        let identity = machines.identity
        let knownHosts = machines.knownHosts
        return try await offPool {
            try outcome(
                of: "/usr/bin/ssh",
                ["-F", "none", "-i", identity, "-o", "UserKnownHostsFile=\(knownHosts)", "root@\(address)", command]
            ).stdout
        }
    }

    func exists(_ machine: Int, _ path: String) -> Bool {
        FileManager.default.fileExists(atPath: machines.root(machine) + path)
    }
    func text(_ machine: Int, _ path: String) throws -> String {
        try String(contentsOfFile: machines.root(machine) + path, encoding: .utf8)
    }
}
