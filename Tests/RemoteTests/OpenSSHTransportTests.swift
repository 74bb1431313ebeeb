import Credentials
import Foundation
import Redaction
import TestSupport
import Testing

@testable import Remote

@Suite struct OpenSSHTransportTests {
    static func settings(_ fleet: LoopbackFleet, _ words: [String] = []) -> ConnectionSettings {
        var settings = ConnectionSettings(host: "node1", address: "127.0.1.1", user: fleet.user)
        settings.port = fleet.port
        settings.identity = fleet.identity
        settings.sshCommand =
            [
                "ssh", "-F", "none", "-o", "UserKnownHostsFile=\(fleet.knownHosts)", "-o", "StrictHostKeyChecking=yes",
                "-o", "IdentitiesOnly=yes",
            ] + words
        return settings
    }

    @Test func `whatever the login shell`() async throws {
        // ForceCommand runs what is asked for by another shell, as a login shell would.
        for shell in ["/bin/bash", "/bin/dash", "/usr/bin/fish", "/bin/csh", "/usr/bin/tcsh", "/bin/zsh"]
        where exists(shell) {
            var options = LoopbackFleet.Options()
            options.configuration = ["ForceCommand \(shell) -c \"$SSH_ORIGINAL_COMMAND\""]
            try await LoopbackFleet.with(options) { fleet in
                try await HostSession.with("sh", on: OpenSSHTransport(Self.settings(fleet))) { session in
                    try await #expect(session.run("echo \"it's\" $((1 + 1))").text == "it's 2\n")
                }
            }
        }
    }

    @Test func `what ssh says when it can't connect`() async throws {
        // ssh's status does not say whether another attempt would do, so it is tried ten times.
        var options = HostSession.Options()
        options.longestPause = .milliseconds(10)
        let impatient = options
        try await LoopbackFleet.with { fleet in
            var refused = Self.settings(fleet)
            refused.port = try freePort()
            let error = await #expect(throws: Unreachable.self) {
                try await HostSession.with("sh", options: impatient, on: OpenSSHTransport(refused)) {
                    _ = try await $0.run("true")
                }
            }
            #expect(error?.message.contains("Connection refused") == true, "\(String(describing: error))")
            let unknown = Self.settings(fleet, ["-o", "UserKnownHostsFile=/dev/null"])
            var first = unknown
            first.sshCommand = [
                "ssh", "-F", "none", "-o", "UserKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=yes",
            ]
            let key = await #expect(throws: Unreachable.self) {
                try await HostSession.with("sh", options: impatient, on: OpenSSHTransport(first)) {
                    _ = try await $0.run("true")
                }
            }
            #expect(key?.message.contains("Host key verification failed") == true, "\(String(describing: key))")
        }
    }

    @Test func `words in braces are filled in`() async throws {
        var settings = ConnectionSettings(host: "node1", address: "10.0.0.7", user: "ops")
        settings.port = 2222
        settings.identity = "/keys/id"
        settings.sshCommand = ["printf", "%s\\n", "{user}@{host}:{port}", "{identity}"]
        let stream = try await OpenSSHTransport(settings).open("true")
        var said: [UInt8] = []
        while let chunk = try await stream.read() { said += chunk.bytes }
        #expect(String(decoding: said, as: UTF8.self) == "ops@10.0.0.7:2222\n/keys/id\ntrue\n")
        try await #expect(stream.exitStatus() == 0)
        await stream.close()
    }

    @Test func `the hosts known here are known to ssh`() async throws {
        for (own, isGiven) in [([], true), (["-o", "UserKnownHostsFile=/keys/known"], false)] as [([String], Bool)] {
            var settings = ConnectionSettings(host: "node1", address: "10.0.0.7", user: "ops")
            settings.sshCommand = ["echo"] + own
            let stream = try await OpenSSHTransport(settings).open("true")
            var said: [UInt8] = []
            while let chunk = try await stream.read() { said += chunk.bytes }
            #expect(String(decoding: said, as: UTF8.self).contains("config/known_hosts") == isGiven)
            await stream.close()
        }
    }

    @Test func `settings that ssh can't be given`() {
        var settings = ConnectionSettings(host: "node1", address: "10.0.0.7", user: "ops")
        settings.sshCommand = ["ssh"]
        settings.password = Secret("hunter2")
        #expect { try OpenSSHTransport(settings) } throws: {
            ($0 as? Unreachable)?.reason == .authentication && !"\($0)".contains("hunter2")
        }
        settings.password = nil
        settings.address = "-oProxyCommand=touch /tmp/x"
        #expect(throws: Unreachable.self) { try OpenSSHTransport(settings) }
        settings.sshCommand = []
        #expect(throws: Unreachable.self) { try OpenSSHTransport(settings) }
    }

    @Test func `a command that is not there`() async throws {
        var settings = ConnectionSettings(host: "node1", address: "10.0.0.7", user: "ops")
        settings.sshCommand = ["/nonexistent/ssh"]
        let error = await #expect(throws: Unreachable.self) { try await OpenSSHTransport(settings).open("true") }
        #expect(error?.reason == .connect)
    }
}
