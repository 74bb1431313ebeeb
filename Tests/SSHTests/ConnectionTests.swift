import SSH
import TestSupport
import Testing

@Suite struct ConnectionTests {
    @Test func runsACommand() async throws {
        try await LoopbackFleet.with { fleet in
            let connection = try await fleet.connect()
            let channel = try await connection.open("cat; echo oops >&2; exit 3")
            try await channel.write(Array("hello".utf8))
            try await channel.finishWriting()
            var text = "", errors = ""
            while let (stream, bytes) = try await channel.read() {
                if stream == .stdout { text += String(decoding: bytes, as: UTF8.self) } else { errors += String(decoding: bytes, as: UTF8.self) }
            }
            #expect(text == "hello")
            #expect(errors == "oops\n")
            #expect(try await channel.exitStatus() == 3)
            await channel.close()
            await connection.close()
        }
    }
}

extension LoopbackFleet {
    func target(_ address: String = "127.0.1.1", key: PrivateKey? = nil) async throws -> SSHTarget {
        let loaded = try await IdentityCache.shared.key(at: identity)
        return SSHTarget(address: address, port: port, user: user, authentication: [.key(key ?? loaded)])
    }
    func connect(_ address: String = "127.0.1.1", limits: SSHLimits = SSHLimits()) async throws -> SSHConnection {
        try await SSHConnection.connect(to: try await target(address), hostKeys: try HostKeyStore(files: [knownHosts]), limits: limits)
    }
}
