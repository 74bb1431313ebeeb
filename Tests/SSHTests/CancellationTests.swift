import Foundation
import TestSupport
import Testing

@testable import SSH

/// Whatever a task waits for, cancelling it ends the wait at once, and nothing stays behind.
@Suite(.timeLimit(.minutes(3))) struct CancellationTests {
    /// Serialized within one test, and in a process of parallel tests: so descriptors are counted by what they lead to.
    @Test func cancelledConnectsLeaveNoDescriptors() async throws {
        try await LoopbackFleet.with { fleet in
            let hostKeys = try HostKeyStore(files: [fleet.knownHosts])
            let target = try await fleet.target()
            let pacing = HandshakePacing(limit: 16, limitPerAddress: 16)
            for round in 0..<20 {
                await withTaskGroup(of: Void.self) { group in
                    for number in 0..<25 {
                        group.addTask {
                            do {
                                let connection = try await SSHConnection.connect(
                                    to: target, hostKeys: hostKeys, pacing: pacing)
                                let channel = try await connection.open("sleep 5")
                                _ = try? await channel.read()
                                await connection.close()
                            } catch {}
                        }
                        if number % 5 == 0 { try? await Task.sleep(for: .microseconds(400 * round)) }
                    }
                    group.cancelAll()
                }
            }
            // A task that is cancelled while it reads closes its connection itself; the sockets are gone when the group
            // is.
            #expect(try socketsTo(port: fleet.port) == 0)
            let connection = try await SSHConnection.connect(to: target, hostKeys: hostKeys, pacing: pacing)
            #expect(try await connection.run("echo well").text == "well\n")
            await connection.close()
        }
    }

    @Test func aCancelledReadLeavesTheChannelUsable() async throws {
        try await LoopbackFleet.withConnection { _, connection in
            let channel = try await connection.open("cat")
            let reading = Task { try await channel.read() }
            try await Task.sleep(for: .milliseconds(50))
            reading.cancel()
            await #expect(throws: CancellationError.self) { try await reading.value }
            try await channel.write(Array("again".utf8))
            #expect(try await channel.read()?.bytes == Array("again".utf8))
            await channel.close()
        }
    }

    /// An open that is abandoned half-way would leave the library's state machine unusable.
    @Test func cancelledOpensLeaveTheConnectionUsable() async throws {
        try await LoopbackFleet.withConnection { _, connection in
            for round in 0..<60 {
                let opening = Task { try await connection.open("sleep 60") }
                if round % 3 > 0 { try await Task.sleep(for: .microseconds(round * 20)) }
                opening.cancel()
                if let channel = try? await opening.value { await channel.close() }
            }
            #expect(try await connection.run("echo well").text == "well\n")
        }
    }

    @Test func aWriterThatIsHeldBackCanBeCancelled() async throws {
        try await LoopbackFleet.withConnection { _, connection in
            let channel = try await connection.open("head -c 1; exec sleep 60")
            let writing = Task { try await channel.write([UInt8](repeating: 0, count: 32 << 20)) }
            _ = try await channel.read()  // the host has got some of it
            writing.cancel()
            await #expect(throws: CancellationError.self) { try await writing.value }
            #expect(await sshError { try await channel.write([1]) }?.code == .channelClosed)
            await channel.close()
            #expect(try await connection.run("echo well").text == "well\n")
        }
    }

    @Test func closingAConnectionEndsWhatWaitsOnIt() async throws {
        try await LoopbackFleet.with { fleet in
            let connection = try await fleet.connect()
            let channel = try await connection.open("cat")
            async let error = sshError { _ = try await channel.read() }
            try await Task.sleep(for: .milliseconds(50))
            await connection.close()
            #expect(await error?.code == .closed)
            #expect(try socketsTo(port: fleet.port) == 0)
        }
    }

    @Test func waitingForATurnCanBeCancelled() async throws {
        let pacing = HandshakePacing(limit: 1, limitPerAddress: 1)
        let turn = try await pacing.turn(for: .loopback)
        let waiting = Task { try await pacing.turn(for: .loopback) }
        try await Task.sleep(for: .milliseconds(20))
        waiting.cancel()
        await #expect(throws: CancellationError.self) { _ = try await waiting.value }
        pacing.finish(turn, .connected)
        pacing.finish(try await pacing.turn(for: .loopback), .connected)
    }

    /// Descriptors of this process that are TCP connections to the port.
    private func socketsTo(port: Int) throws -> Int {
        let hexPort = String(format: "%04X", port)
        let inodes = Set(
            try String(contentsOfFile: "/proc/self/net/tcp", encoding: .utf8).split(separator: "\n").dropFirst()
                .compactMap { line -> String? in
                    let fields = line.split(separator: " ")
                    return fields.count > 9 && fields[2].hasSuffix(":" + hexPort) ? "socket:[\(fields[9])]" : nil
                })
        return try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count { name in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + name)).map(inodes.contains)
                ?? false
        }
    }
}
