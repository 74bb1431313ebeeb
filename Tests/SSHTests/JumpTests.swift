import TestSupport
import Testing

@testable import SSH

@Suite(.timeLimit(.minutes(2))) struct JumpTests {
    private func target(_ fleet: LoopbackFleet, _ hops: Int, to address: String = "127.0.7.1") async throws -> SSHTarget
    {
        var target = try await fleet.target(address)
        for hop in 0..<hops { target.jumps.append(try await fleet.target("127.0.8.\(hop + 1)")) }
        return target
    }

    @Test(arguments: [1, 2, 3]) func throughSomeHosts(_ hops: Int) async throws {
        try await LoopbackFleet.with { fleet in
            let connection = try await SSHConnection.connect(
                to: try await target(fleet, hops), hostKeys: try HostKeyStore(files: [fleet.knownHosts]))
            let outcome = try await connection.run(
                "echo $SSH_CONNECTION; cat", input: [UInt8](repeating: UInt8(ascii: "x"), count: 3 << 20))
            #expect(outcome.text.contains(" 127.0.7.1 "))
            #expect(outcome.stdout.count > 3 << 20)
            await connection.close()
        }
    }

    @Test func manyHostsShareOneConnectionToTheJumpHost() async throws {
        try await LoopbackFleet.with { fleet in
            let hostKeys = try HostKeyStore(files: [fleet.knownHosts])
            let loop = EventLoopGroup.shared.next()
            let outputs = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 1...30 {
                    let target = try await target(fleet, 1, to: "127.0.7.\(number)")
                    group.addTask {
                        let connection = try await SSHConnection.connect(to: target, hostKeys: hostKeys, on: loop)
                        let outcome = try await connection.run(
                            "echo $SSH_CONNECTION | cut -d' ' -f3; head -c 300000 /dev/zero | tr '\\0' x; sleep 0.2")
                        await connection.close()
                        return "\(outcome.text.split(separator: "\n")[0]) \(outcome.stdout.count > 300_000)"
                    }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(outputs == Set((1...30).map { "127.0.7.\($0) true" }))
        }
    }

    @Test func aHostThatTheJumpHostDoesNotReach() async throws {
        try await LoopbackFleet.with { fleet in
            var target = try await target(fleet, 1)
            target.port = try freePort()
            let error = await sshError { [target] in
                _ = try await SSHConnection.connect(to: target, hostKeys: try HostKeyStore(files: [fleet.knownHosts]))
            }
            #expect(error?.code == .channelRefused)
            #expect(error?.remedy?.contains("jump host") == true)
        }
    }

    @Test func aJumpHostWhoseKeyIsUnknownIsRefused() async throws {
        try await LoopbackFleet.with { fleet in
            let target = try await target(fleet, 1)
            let error = await sshError {
                _ = try await SSHConnection.connect(to: target, hostKeys: HostKeyStore(KnownHosts()))
            }
            #expect(error?.code == .hostKeyUnknown)
            #expect(error?.message.contains("jump host") == true)
        }
    }

    /// The jump host goes while its tunnel is in use.
    @Test func aLostJumpHostIsALostLink() async throws {
        try await LoopbackFleet.with { fleet in
            let connection = try await SSHConnection.connect(
                to: try await target(fleet, 1), hostKeys: try HostKeyStore(files: [fleet.knownHosts]))
            let channel = try await connection.open("cat")
            async let error = sshError { _ = try await channel.read() }
            try await Task.sleep(for: .milliseconds(50))
            await connection.outer?.close()
            #expect(await error?.code == .linkLost)
            await connection.close()
        }
    }
}
