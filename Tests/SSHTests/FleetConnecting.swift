import SSH
import TestSupport

/// What the tests here do with a fleet.
extension LoopbackFleet {
    func target(
        _ address: String = "127.0.1.1", authentication: [AuthenticationMethod]? = nil
    ) async throws -> SSHTarget {
        let key = try await IdentityCache.shared.key(at: identity)
        return SSHTarget(address: address, port: port, user: user, authentication: authentication ?? [.key(key)])
    }

    func connect(
        _ address: String = "127.0.1.1", limits: SSHLimits = SSHLimits(), authentication: [AuthenticationMethod]? = nil
    ) async throws -> SSHConnection {
        try await SSHConnection.connect(
            to: try await target(address, authentication: authentication),
            hostKeys: try HostKeyStore(files: [knownHosts]), limits: limits)
    }

    /// Runs `body` with a fleet and a connection to it.
    static func withConnection<Result>(
        _ options: Options = Options(), limits: SSHLimits = SSHLimits(),
        _ body: (LoopbackFleet, SSHConnection) async throws -> Result
    ) async throws -> Result {
        try await with(options) { fleet in
            let connection = try await fleet.connect(limits: limits)
            do {
                let result = try await body(fleet, connection)
                await connection.close()
                return result
            } catch {
                await connection.close()
                throw error
            }
        }
    }
}

struct CommandOutcome {
    var stdout: [UInt8] = [], stderr: [UInt8] = []
    var status: Int32?
    var text: String { String(decoding: stdout, as: UTF8.self) }
    var errors: String { String(decoding: stderr, as: UTF8.self) }
}

extension SSHConnection {
    /// Runs a command to its end, feeding it while its output is read.
    nonisolated func run(_ command: String, input: [UInt8] = []) async throws -> CommandOutcome {
        let channel = try await open(command)
        var outcome = CommandOutcome()
        async let fed: Void = {
            try await channel.write(input)
            try await channel.finishWriting()
        }()
        while let (stream, bytes) = try await channel.read() {
            if stream == .stdout { outcome.stdout += bytes } else { outcome.stderr += bytes }
        }
        try await fed
        outcome.status = try await channel.exitStatus()
        await channel.close()
        return outcome
    }
}

/// The error that a body throws; nil when it throws none or another.
func sshError(_ body: () async throws -> Void) async -> SSHError? {
    do {
        try await body()
        return nil
    } catch { return error as? SSHError }
}
