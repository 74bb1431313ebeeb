import Foundation
import TestSupport
import Testing

/// What the README's first screen shows is what the program does: its inventory and its playbook, run on booted
/// machines.
@Suite(.timeLimit(.minutes(10)), .enabled(if: Machines.unavailable == nil, "\(Machines.unavailable ?? "")"))
struct ReadmeTests {
    /// The code blocks of a kind, in order.
    private static func blocks(_ kind: String, in text: String) -> [String] {
        text.components(separatedBy: "```\(kind)\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
    }

    /// Lines without what differs from run to run: times and the run's id. Hosts end a task in any order.
    private static func comparable(_ output: String) -> [String] {
        let steady = output.replacing(#/[0-9]{8}-[0-9]{6}\.[0-9]{6}-install-[0-9a-f]{4}/#, with: "RUN").replacing(
            #/ *[0-9]+\.[0-9] ?s/#, with: " TIME")
        var lines: [String] = []
        var hosts: [String] = []
        for line in steady.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if line.contains(".lab.local: ") {
                hosts.append(line)
                continue
            }
            lines += hosts.sorted() + [line]
            hosts = []
        }
        return lines + hosts.sorted()
    }

    @Test func `the README's first screen is a real run`() async throws {
        let readme = try String(
            contentsOfFile: String(#filePath.dropLast("Tests/CommandTests/ReadmeTests.swift".count)) + "README.md",
            encoding: .utf8)
        let files = Self.blocks("yaml", in: readme)
        let shown = try #require(Self.blocks("console", in: readme).first)
        let command = "$ comfyfleet run install.yml -i inventory.yml\n"
        try #require(files.count >= 2 && shown.hasPrefix(command))

        try await Machines.with(2) { machines in
            try await Workplace.with { place in
                try place.write("inventory.yml", files[0])
                try place.write("install.yml", files[1])
                for host in 1...2 {
                    try place.write(
                        "host_vars/gpu-\(host).lab.local.yml", "ansible_host: \(machines.addresses[host - 1])\n")
                    try Self.prepare(machines.root(host - 1))
                }
                try place.write(
                    "config/known_hosts", try String(contentsOfFile: machines.knownHosts, encoding: .utf8), mode: 0o600)
                #expect(try await place.comfyfleet("vault", "init").status == 0)
                for (provider, field, value) in [
                    ("remote_installer", "defaults.user", "root"),
                    ("remote_installer", "defaults.identity", machines.identity), ("huggingface", "token", "hf_marked"),
                ] {
                    #expect(try await place.comfyfleet("vault", "set", provider, field, input: value).status == 0)
                }
                let outcome = try await place.comfyfleet("run", "install.yml", "-i", "inventory.yml")
                #expect(outcome.status == 0, "\(outcome.stdout)\(outcome.stderr)")
                #expect(Self.comparable(outcome.stdout) == Self.comparable(String(shown.dropFirst(command.count))))
                #expect(
                    try String(contentsOfFile: machines.root(1) + "/models/llama-3-8b.bin", encoding: .utf8)
                        == "llama-3-8b\n")
            }
        }
    }

    /// What the README's hosts have: a program that fetches models, and the service.
    private static func prepare(_ root: String) throws {
        let script = "#!/bin/sh\ntest -n \"$TOKEN\" && mkdir -p /models && echo \"$1\" >\"/models/$1.bin\"\n"
        let path = root + "/usr/local/bin/fetch-model"
        try Data(script.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        try Data("[Service]\nExecStart=/bin/sleep infinity\n".utf8).write(
            to: URL(fileURLWithPath: root + "/etc/systemd/system/model-server.service"))
    }
}
