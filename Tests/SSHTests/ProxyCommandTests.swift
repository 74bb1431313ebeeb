import Foundation
import TestSupport
import Testing

@testable import SSH

@Suite(.timeLimit(.minutes(2))) struct ProxyCommandTests {
    @Test func theCommandIsTheConnection() async throws {
        try await LoopbackFleet.with { fleet in
            var target = try await fleet.target("127.0.7.1")
            target.proxyCommand =
                "/usr/bin/ssh -F none -o BatchMode=yes -o UserKnownHostsFile=\(fleet.knownHosts) -i \(fleet.identity) "
                + "-p \(target.port) -W 127.0.7.1:\(target.port) \(target.user)@127.0.8.1"
            let connection = try await SSHConnection.connect(
                to: target, hostKeys: try HostKeyStore(files: [fleet.knownHosts]))
            let outcome = try await connection.run(
                "echo $SSH_CONNECTION; cat", input: [UInt8](repeating: UInt8(ascii: "x"), count: 3 << 20))
            #expect(outcome.text.contains(" 127.0.7.1 "))
            #expect(outcome.stdout.count > 3 << 20)
            await connection.close()
        }
    }

    @Test func aCommandThatFindsNoWaySaysWhyAtOnce() async throws {
        try await LoopbackFleet.with { fleet in
            var target = try await fleet.target()
            target.proxyCommand = "sh -c 'echo no way there >&2; exit 3'"
            let before = ContinuousClock.now
            let error = await sshError { [target] in
                _ = try await SSHConnection.connect(to: target, hostKeys: try HostKeyStore(files: [fleet.knownHosts]))
            }
            #expect(error?.message.contains("its ProxyCommand says: no way there") == true)
            // Not the eight attempts of a server under load, which take ten seconds.
            #expect(ContinuousClock.now - before < .seconds(8))
        }
    }

    @Test func itEndsWithItsConnection() async throws {
        try await LoopbackFleet.with { fleet in
            var target = try await fleet.target("127.0.7.1")
            let mark = "\(fleet.folder)/ended"
            target.proxyCommand =
                "sh -c 'trap \"touch \(mark); exit\" HUP; /usr/bin/ssh -F none -o BatchMode=yes "
                + "-o UserKnownHostsFile=\(fleet.knownHosts) -i \(fleet.identity) -p \(target.port) "
                + "-W 127.0.7.1:\(target.port) \(target.user)@127.0.8.1; touch \(mark)'"
            let connection = try await SSHConnection.connect(
                to: target, hostKeys: try HostKeyStore(files: [fleet.knownHosts]))
            #expect(try await connection.run("echo in").text == "in\n")
            await connection.close()
            for _ in 0..<200 where !FileManager.default.fileExists(atPath: mark) {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(FileManager.default.fileExists(atPath: mark))
        }
    }

    @Test func aHostsKeyIsFoundByItsAliasAndInFilesOfItsOwn() async throws {
        try await LoopbackFleet.with { fleet in
            var target = try await fleet.target("127.0.7.1")
            let known = try String(contentsOfFile: fleet.knownHosts, encoding: .utf8)
            let key = try #require(
                known.split(separator: "\n").first?.split(separator: " ").suffix(2).joined(separator: " "))
            let file = "\(fleet.folder)/known_hosts.own"
            try "the-web \(key)\n".write(toFile: file, atomically: true, encoding: .utf8)
            let none = try HostKeyStore(files: [])
            let unknown = await sshError { [target] in
                _ = try await SSHConnection.connect(to: target, hostKeys: none)
            }
            #expect(unknown?.code == .hostKeyUnknown)
            target.hostKeyPlace = HostKeyPlace(alias: "the-web", files: [file])
            let connection = try await SSHConnection.connect(to: target, hostKeys: none)
            await connection.close()
            #expect(try none.keyTypes(host: "127.0.7.1", port: target.port, place: target.hostKeyPlace).count == 1)
        }
    }

    @Test func ofAnAgentOnlyTheChosenKeysAreOffered() async throws {
        try await LoopbackFleet.with { fleet in
            let agent = Process()
            let socket = fleet.folder + "/agent"
            agent.executableURL = URL(fileURLWithPath: "/usr/bin/ssh-agent")
            agent.arguments = ["-D", "-a", socket]
            agent.standardOutput = FileHandle.nullDevice
            try agent.run()
            defer { kill(agent.processIdentifier, SIGKILL) }
            while agent.isRunning, !FileManager.default.fileExists(atPath: socket) {
                try await Task.sleep(for: .milliseconds(10))
            }
            try await offPool {
                try run("/usr/bin/ssh-add", "-q", fleet.identity, environment: ["SSH_AUTH_SOCK": socket])
            }
            let key = try await IdentityCache.shared.key(at: fleet.identity)
            let connection = try await fleet.connect(authentication: [.agent(socket: socket, only: [key.publicBlob])])
            await connection.close()
            let error = await sshError {
                _ = try await fleet.connect(authentication: [.agent(socket: socket, only: [])])
            }
            #expect(error?.code == .authenticationFailed)
        }
    }
}
