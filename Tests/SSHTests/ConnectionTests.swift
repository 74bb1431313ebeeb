import Foundation
import TestSupport
import Testing

@testable import SSH

@Suite(.timeLimit(.minutes(2))) struct ConnectionTests {
    @Test func bothStreamsAndTheStatusComeBack() async throws {
        try await LoopbackFleet.withConnection { _, connection in
            let outcome = try await connection.run("cat; echo oops >&2; exit 3", input: Array("hello".utf8))
            #expect(outcome.text == "hello")
            #expect(outcome.errors == "oops\n")
            #expect(outcome.status == 3)
        }
    }

    @Test(arguments: ["TERM": 143 as Int32, "KILL": 137, "HUP": 129]) func aSignalIsAStatusOf128AndMore(
        _ signal: String, _ status: Int32
    ) async throws {
        try await LoopbackFleet.withConnection { _, connection in
            let outcome = try await connection.run("kill -\(signal) $$")
            #expect(outcome.status == status)
        }
    }

    /// The output may end long before the command does.
    @Test func theStatusIsWaitedForAfterTheOutputEnded() async throws {
        try await LoopbackFleet.withConnection { _, connection in
            let outcome = try await connection.run("exec >&- 2>&-; sleep 0.3; exit 7")
            #expect(outcome.status == 7)
        }
    }

    @Test func megabytesGoBothWaysUnharmed() async throws {
        var generator = SystemRandomNumberGenerator()
        let input = (0..<(1 << 20)).flatMap { _ in withUnsafeBytes(of: generator.next()) { Array($0) } }
        try await LoopbackFleet.withConnection { _, connection in
            let outcome = try await connection.run("cat", input: input)
            #expect(outcome.stdout == input)
            #expect(outcome.status == 0)
        }
    }

    @Test func stderrIsNotStarvedByAFloodOfStdout() async throws {
        try await LoopbackFleet.withConnection { _, connection in
            let channel = try await connection.open("echo first >&2; exec tr '\\0' x </dev/zero")
            var errors: [UInt8] = []
            var flood = 0
            while errors.isEmpty || flood < 4 << 20, let (stream, bytes) = try await channel.read() {
                if stream == .stderr { errors += bytes } else { flood += bytes.count }
            }
            #expect(String(decoding: errors, as: UTF8.self) == "first\n")
            #expect(flood >= 4 << 20)
            await channel.close()
        }
    }

    /// A flood without newlines, read slowly, while something is written as well: what lies in memory stays within the
    /// window.
    @Test func aSlowReaderHoldsTheHostBack() async throws {
        var limits = SSHLimits()
        limits.window = 256 << 10
        try await LoopbackFleet.withConnection(limits: limits) { _, connection in
            let channel = try await connection.open("exec tr '\\0' x </dev/zero")
            var largest = 0
            for _ in 0..<200 {
                _ = try await channel.read()
                try await channel.write(Array("y".utf8))
                try await Task.sleep(for: .milliseconds(2))
                largest = max(largest, await connection.queuedBytes(channel))
            }
            #expect(largest > 0)
            #expect(largest < 2 << 20)
            await channel.close()
            #expect(try await connection.run("echo still here").text == "still here\n")
        }
    }

    @Test func manyChannelsOfOneConnectionRunAtTheSameTime() async throws {
        try await LoopbackFleet.withConnection { _, connection in
            let outputs = try await withThrowingTaskGroup(of: (Int, String).self) { group in
                for number in 0..<30 {
                    group.addTask {
                        (
                            number,
                            try await connection.run("head -c 100000 /dev/zero | tr '\\0' x | wc -c; echo \(number)")
                                .text
                        )
                    }
                }
                return try await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
            }
            #expect(outputs.count == 30)
            for (number, text) in outputs { #expect(text == "100000\n\(number)\n") }
        }
    }

    /// sshd's own MaxStartups (10:30:100) drops some of many that come at once.
    @Test func hundredsOfHostsConnectToOneServerWithItsDefaultLimits() async throws {
        var options = LoopbackFleet.Options()
        options.maxStartups = nil
        try await LoopbackFleet.with(options) { fleet in
            let hostKeys = try HostKeyStore(files: [fleet.knownHosts])
            let addresses = LoopbackFleet.addresses(150)
            let done = try await withThrowingTaskGroup(of: Bool.self) { group in
                for address in addresses {
                    let target = try await fleet.target(address)
                    let loop = EventLoopGroup.shared.next()
                    group.addTask(executorPreference: loop) {
                        let connection = try await SSHConnection.connect(to: target, hostKeys: hostKeys, on: loop)
                        let outcome = try await connection.run("echo $SSH_CONNECTION")
                        await connection.close()
                        return outcome.status == 0 && outcome.text.split(separator: " ").contains { $0 == address }
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(done == addresses.count)
        }
    }

    /// Without pacing: the drops really happen, are seen by the caller as attempts, and are got over.
    @Test func connectionsDroppedByTheServerAreTriedAgain() async throws {
        var options = LoopbackFleet.Options()
        options.maxStartups = "2:100:2"
        try await LoopbackFleet.with(options) { fleet in
            let target = try await fleet.target()
            let hostKeys = try HostKeyStore(files: [fleet.knownHosts])
            let pacing = HandshakePacing(limit: 12, limitPerAddress: 12)
            let attempts = Counter()
            var limits = SSHLimits()
            limits.attempts = 30
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<12 {
                    group.addTask { [limits] in
                        let connection = try await SSHConnection.connect(
                            to: target, hostKeys: hostKeys, limits: limits, pacing: pacing
                        ) { _ in attempts.increment() }
                        await connection.close()
                    }
                }
                try await group.waitForAll()
            }
            #expect(attempts.value > 12)
        }
    }

    @Test func aConnectionThatTheServerEndsIsALostLink() async throws {
        try await LoopbackFleet.with { fleet in
            let connection = try await fleet.connect()
            let channel = try await connection.open("kill -KILL $PPID; sleep 5")
            let error = await sshError { while try await channel.read() != nil {} }
            #expect(error?.code == .linkLost)
            #expect(try await channel.exitStatus() == nil)
            #expect(await connection.isClosed)
            #expect(await sshError { _ = try await connection.open("true") }?.code == .linkLost)
        }
    }

    /// The server's process is stopped, so that its machine acknowledges all and answers nothing.
    @Test func aPeerThatFallsSilentIsALostLink() async throws {
        var limits = SSHLimits()
        limits.keepaliveInterval = .milliseconds(100)
        limits.keepaliveMisses = 50
        try await LoopbackFleet.withConnection(limits: limits) { _, connection in
            let channel = try await connection.open("echo $PPID; exec cat")
            let line = try #require(try await channel.read()).bytes
            let server = try #require(pid_t(String(decoding: line.dropLast(), as: UTF8.self)))
            defer { kill(server, SIGKILL) }
            #expect(kill(server, SIGSTOP) == 0)
            let error = await sshError { while try await channel.read() != nil {} }
            #expect(error?.code == .linkLost)
            #expect(error?.message.contains("keepalive") == true)
        }
    }

    @Test func moreSessionsThanTheServerAllowsAreRefusedWithARemedy() async throws {
        var options = LoopbackFleet.Options()
        options.configuration = ["MaxSessions 2"]
        try await LoopbackFleet.withConnection(options) { _, connection in
            let first = try await connection.open("cat")
            let second = try await connection.open("cat")
            let error = await sshError { _ = try await connection.open("cat") }
            #expect(error?.code == .channelRefused)
            #expect(error?.remedy?.contains("MaxSessions") == true)
            await first.close()
            await second.close()
        }
    }

    @Test func loopsStopWhenTheirConnectionsAreClosed() async throws {
        try await LoopbackFleet.with { fleet in
            let group = EventLoopGroup(loops: 2)
            let target = try await fleet.target()
            let hostKeys = try HostKeyStore(files: [fleet.knownHosts])
            for loop in group.loops {
                let connection = try await SSHConnection.connect(to: target, hostKeys: hostKeys, on: loop)
                #expect(try await connection.run("echo here").text == "here\n")
                await connection.close()
            }
            await group.shutdown()
            #expect(group.loops.count { !$0.hasEnded } == 0)
        }
    }
}

extension SSHConnection {
    func queuedBytes(_ channel: SSHChannel) -> Int { session?.queued(channel.id) ?? 0 }
}
