import Foundation
import Glibc
import TestSupport
import Testing

/// Hosts that misbehave: each gives a clear error in bounded time and memory, and nothing is lost elsewhere.
@Suite(.timeLimit(.minutes(5)))
struct HostileHostTests {
    private func inventory(_ place: Workplace, port: Int, _ fleet: LoopbackFleet? = nil) throws {
        let key = fleet?.identity ?? place.folder + "/key"
        if fleet == nil { try run("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key) }
        try place.write(
            "inventory.yml",
            "all: {hosts: {bad: {ansible_host: 127.0.0.1, ansible_port: \(port), ansible_user: x, ansible_ssh_private_key_file: \(key), ansible_timeout: 2}}}\n"
        )
    }

    @Test func `what the program wrote itself is no template, no variables and no tasks`() async throws {
        try await Workplace.with { place in
            try place.write("inventory.yml", "all: {hosts: {here: {ansible_connection: local}}}")
            for name in ["logs/runs/x/hosts/here.log", "data/schedule/runs/x", "own/here.log"] {
                try place.write(name, "touched: \"{{ lookup('pipe', 'touch pwned') }}\"\n")
            }
            try place.write("logs/tasks.yml", "- command: touch pwned\n")
            let link = "\(place.folder)/link.log"
            try FileManager.default.createSymbolicLink(
                atPath: link, withDestinationPath: "\(place.folder)/logs/runs/x/hosts/here.log")
            func run(_ task: String) async throws -> ProcessOutcome {
                try place.write("site.yml", "- hosts: all\n  gather_facts: no\n  tasks:\n    - \(task)\n")
                return try await place.comfyfleet("run", "site.yml", "-i", "inventory.yml")
            }
            for name in [
                "\(place.folder)/logs/runs/x/hosts/here.log", "logs/../logs/runs/x/hosts/here.log",
                "data/schedule/runs/x", link,
            ] {
                for task in [
                    "debug: {msg: \"{{ lookup('template', '\(name)') }}\"}",
                    "template: {src: '\(name)', dest: '\(place.folder)/made'}",
                    "include_vars: '\(name)'\n    - debug: {var: touched}",
                ] {
                    let ended = try await run(task)
                    #expect(
                        ended.status == 2 && ended.stdout.contains("is data, as all that the program writes itself"),
                        "\(task): \(ended.stdout)\(ended.stderr)")
                }
            }
            let tasks = try await run("include_tasks: \"{{ 'logs/tasks.yml' | trim }}\"")
            #expect(
                tasks.status != 0
                    && (tasks.stdout + tasks.stderr).contains("is data, as all that the program writes itself"),
                "\(tasks.stdout)\(tasks.stderr)")
            let extra = try await place.comfyfleet(
                "run", "site.yml", "-i", "inventory.yml", "-e", "@logs/runs/x/hosts/here.log")
            #expect(
                extra.status == 1 && extra.stderr.contains("is data, as all that the program writes itself"),
                "\(extra.stderr)")
            #expect(!FileManager.default.fileExists(atPath: "\(place.folder)/pwned"))
            // The same text elsewhere is a template, and in the log it can be read.
            #expect(try await run("debug: {msg: \"{{ lookup('file', 'logs/runs/x/hosts/here.log') }}\"}").status == 0)
            #expect(try await run("debug: {msg: \"{{ lookup('template', 'own/here.log') }}\"}").status == 0)
            #expect(FileManager.default.fileExists(atPath: "\(place.folder)/pwned"))
        }
    }

    @Test func `a host that accepts and never speaks is given up after the timeout`() async throws {
        let silent = try LoopbackListener()
        defer { silent.close() }
        try await Workplace.with { place in
            try inventory(place, port: silent.port)
            let outcome = try await place.comfyfleet("exec", "true", "-i", "inventory.yml")
            #expect(outcome.status == 4, "\(outcome.stdout)\(outcome.stderr)")
        }
    }

    @Test(arguments: [
        "", "SSH-2.0-Broken\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", String(repeating: "x", count: 100_000),
    ])
    func `a host that hangs up in the middle of the handshake is unreachable`(greeting: String) async throws {
        let listener = try LoopbackListener()
        let thread = Thread {
            while true {
                let connection = listener.accept()
                guard connection >= 0 else { return }
                var reset = linger(l_onoff: 1, l_linger: 0)
                Array(greeting.utf8).withUnsafeBytes {
                    _ = send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                setsockopt(connection, SOL_SOCKET, SO_LINGER, &reset, socklen_t(MemoryLayout<linger>.size))
                Glibc.close(connection)
            }
        }
        thread.start()
        defer {
            shutdown(listener.descriptor, Int32(SHUT_RDWR))
            listener.close()
        }
        try await Workplace.with { place in
            try inventory(place, port: listener.port)
            let outcome = try await place.comfyfleet("exec", "true", "-i", "inventory.yml")
            #expect(outcome.status == 4, "\(outcome.stdout)\(outcome.stderr)")
        }
    }

    @Test func `a changed host key is refused, loudly, with the line that knew another`() async throws {
        try await LoopbackFleet.with { fleet in
            try await Workplace.with { place in
                try place.inventory(fleet, hosts: 1)
                let other = LoopbackFleet.Options()
                try await LoopbackFleet.with(other) { stranger in
                    let known = "# comment\n[127.*]:\(fleet.port) \(try stranger.hostKey())\n"
                    try place.write("config/known_hosts", known, mode: 0o600)
                }
                let outcome = try await place.comfyfleet("exec", "true", "-i", "inventory.yml")
                #expect(outcome.status == 4)
                #expect(
                    (outcome.stdout + outcome.stderr).contains("known_hosts:2"), "\(outcome.stdout)\(outcome.stderr)")
            }
        }
    }

    @Test func `an unknown host key is refused until it is accepted`() async throws {
        try await LoopbackFleet.with { fleet in
            try await Workplace.with { place in
                try place.inventory(fleet, hosts: 1)
                try place.write("config/known_hosts", "", mode: 0o600)
                #expect(try await place.comfyfleet("exec", "true", "-i", "inventory.yml").status == 4)
                let accepted = try await place.comfyfleet(
                    "exec", "true", "-i", "inventory.yml", "--accept-new-host-keys")
                #expect(accepted.status == 0, "\(accepted.stdout)\(accepted.stderr)")
                #expect(
                    try await place.comfyfleet("exec", "true", "-i", "inventory.yml").status == 0,
                    "and is known from then on")
            }
        }
    }

    @Test func `a flood without line ends stays in bounded memory, and control characters stay off the terminal`()
        async throws
    {
        try await LoopbackFleet.with { fleet in
            try await Workplace.with { place in
                try place.inventory(fleet, hosts: 1)
                try place.write(
                    "flood.yml",
                    """
                    - hosts: gpu
                      gather_facts: no
                      tasks:
                        - shell: printf '\\033[2J\\033]0;title\\007begin'; head -c 200000000 /dev/zero | tr '\\0' x
                    """)
                let script = "ulimit -v 6000000; exec \"$0\" run flood.yml -i inventory.yml"
                let flooded = try outcome(
                    of: "/bin/sh", ["-c", script, Workplace.program], environment: place.environment(),
                    folder: place.folder)
                #expect(flooded.status == 0, "\(flooded.stdout.suffix(500))\(flooded.stderr.suffix(500))")
                #expect(!flooded.stdout.contains("\u{1b}[2J") && !flooded.stdout.contains("\u{7}"))
                #expect(flooded.stdout.utf8.count < 50_000_000)
            }
        }
    }
}
