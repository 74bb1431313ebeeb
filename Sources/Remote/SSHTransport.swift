import Credentials
import Redaction
import SSH

/// The default transport: an SSH connection of our own, over libssh2.
package struct SSHTransport: Transport {
    package let connection: SSHConnection

    /// Run the host's task with this as its executor preference: then nothing hops between threads.
    package var loop: EventLoop { connection.loop }
    package var executor: (any TaskExecutor)? { connection.loop }

    /// What all hosts of a run share.
    package struct Shared: Sendable {
        package var hostKeys: HostKeyStore
        package var limits = SSHLimits()
        package var identities = IdentityCache.shared
        package var pacing = HandshakePacing.shared
        /// The SSH agent's socket (`SSH_AUTH_SOCK`), used for hosts without an identity of their own.
        package var agentSocket: String?
        package init(hostKeys: HostKeyStore, agentSocket: String? = nil) {
            self.hostKeys = hostKeys
            self.agentSocket = agentSocket
        }
    }

    /// Connects and authenticates. Throws `Unreachable`, or `CancellationError`; nothing is left open.
    ///
    /// - Parameters:
    ///   - onAttempt: called with the number of each attempt, from 1, before it begins: a server under load may drop
    ///     some.
    package static func connect(
        _ settings: ConnectionSettings, shared: Shared, on loop: EventLoop = EventLoopGroup.shared.next(),
        onAttempt: (@Sendable (Int) -> Void)? = nil
    ) async throws -> SSHTransport {
        do {
            var limits = shared.limits
            limits.connectTimeout = settings.connectTimeout
            let connection = try await SSHConnection.connect(
                to: try await target(settings, shared), hostKeys: shared.hostKeys, limits: limits,
                pacing: shared.pacing, on: loop, onAttempt: onAttempt)
            return SSHTransport(connection: connection)
        } catch let error as SSHError {
            throw Unreachable(error)
        }
    }

    private static func target(_ settings: ConnectionSettings, _ shared: Shared) async throws -> SSHTarget {
        var methods: [AuthenticationMethod] = []
        if let identity = settings.identity {
            methods.append(.key(try await shared.identities.key(at: identity, passphrase: settings.passphrase)))
        } else {
            methods = await keysAsSSHTriesThem(settings.standardIdentities, settings.ssh, shared)
        }
        if let password = settings.password { methods.append(.password(password)) }
        var target = SSHTarget(
            address: settings.address, port: settings.port, user: settings.user, authentication: methods)
        target.put(settings.ssh)
        for jump in settings.jumps {
            let own = jump.identities.isEmpty ? [] : await keysAsSSHTriesThem(jump.identities, jump.ssh, shared)
            var hop = SSHTarget(
                address: jump.address, port: jump.port, user: jump.user, authentication: own + methods)
            hop.put(jump.ssh)
            target.jumps.append(hop)
        }
        return target
    }

    /// The agent's keys, then those of files, as far as they open without a passphrase.
    private static func keysAsSSHTriesThem(
        _ paths: [String], _ details: SSHDetails, _ shared: Shared
    ) async -> [AuthenticationMethod] {
        var methods: [AuthenticationMethod] = []
        if let socket = details.agentSocket ?? shared.agentSocket, !socket.isEmpty {
            methods.append(
                .agent(
                    socket: socket, only: details.identitiesOnly ? paths.compactMap(IdentityFile.publicKey(of:)) : nil))
        }
        for path in paths {
            if let key = try? await shared.identities.key(at: path) { methods.append(.key(key)) }
        }
        return methods
    }

    package func open(_ command: String) async throws -> any CommandStream {
        do { return SSHCommandStream(channel: try await connection.open(command)) } catch let error as SSHError {
            throw Unreachable(error)
        }
    }

    package func close() async { await connection.close() }

    package func endCommands() async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                guard let stream = try? await open("exec sh -c " + EndingScript().text.singleQuoted) else {
                    return false
                }
                var said: [UInt8] = []
                do {
                    while let chunk = try await stream.read() { if chunk.stream == .stdout { said += chunk.bytes } }
                } catch { return false }
                let status = (try? await stream.exitStatus()) ?? nil
                await stream.close()
                return status == 0 && said.isEmpty
            }
            group.addTask {
                try? await Task.sleep(for: .seconds(15))
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }
}

/// A command over an SSH channel.
struct SSHCommandStream: CommandStream {
    let channel: SSHChannel

    func read() async throws -> OutputChunk? {
        try await translated {
            guard let (stream, bytes) = try await channel.read() else { return nil }
            return OutputChunk(stream == .stdout ? .stdout : .stderr, bytes)
        }
    }
    func write(_ bytes: [UInt8]) async throws { try await translated { try await channel.write(bytes) } }
    func finishWriting() async throws { try await translated { try await channel.finishWriting() } }
    func exitStatus() async throws -> Int32? { try await translated { try await channel.exitStatus() } }
    func close() async { await channel.close() }

    private func translated<Result>(_ body: () async throws -> Result) async throws -> Result {
        do { return try await body() } catch let error as SSHError { throw Unreachable(error) }
    }
}

extension Unreachable {
    init(_ error: SSHError) {
        let reason: Reason =
            switch error.code {
            case .nameNotResolved: .resolve
            case .connectFailed, .refusedByLoad: .connect
            case .timedOut: .timeout
            case .handshakeFailed: .handshake
            case .hostKeyUnknown: .hostKeyUnknown
            case .hostKeyChanged, .hostKeyRevoked: .hostKeyChanged
            case .authenticationFailed, .passwordExpired, .agent: .authentication
            case .keyFile: .keyFile
            case .linkLost, .closed, .channelClosed: .linkLost
            default: .protocolError
            }
        self.init(reason, error.message, remedy: error.remedy)
        wasReached = error.wasReached
    }
}

extension SSHTarget {
    fileprivate mutating func put(_ details: SSHDetails) {
        proxyCommand = details.proxyCommand
        hostKeyPlace = HostKeyPlace(alias: details.hostKeyAlias, files: details.knownHostsFiles)
    }
}
