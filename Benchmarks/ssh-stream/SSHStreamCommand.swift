import ArgumentParser
import Glibc
import SSH

/// One stream to one host through the `SSH` target alone: what the floor's modes `stream` and `upload` do, for a
/// comparison of like with like.
@main
struct SSHStreamCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ssh-stream", abstract: "Count what a command on 127.0.1.1 prints, or feed it a file.")

    @Option(name: .short, help: "The server's port.") var port: Int
    @Option(name: .short, help: "The user there.") var user: String
    @Option(name: .short, help: "A private key's file.") var key: String
    @Option(name: .customShort("h"), help: "A known_hosts file.") var knownHosts: String
    @Option(name: .short, help: "The command.") var command: String
    @Option(name: .short, help: "A file for its input.") var source: String?

    func run() async throws {
        let target = SSHTarget(
            address: "127.0.1.1", port: port, user: user,
            authentication: [.key(try await IdentityCache.shared.key(at: key))])
        let hostKeys = try HostKeyStore(files: [knownHosts])
        let loop = EventLoopGroup.shared.next()
        try await withTaskExecutorPreference(loop) {
            let connection = try await SSHConnection.connect(to: target, hostKeys: hostKeys, on: loop)
            let channel = try await connection.open(command)
            if let source { try await feed(source, to: channel) }
            try await channel.finishWriting()
            var count = 0
            while let output = try await channel.read() { count += output.bytes.count }
            let status = try await channel.exitStatus()
            await connection.close()
            print("bytes read: \(count); status: \(status.map(String.init) ?? "none")")
            if status != 0 { throw ExitCode.failure }
        }
    }

    private func feed(_ path: String, to channel: SSHChannel) async throws {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw ValidationError("cannot open \(path): \(String(cString: strerror(errno)))") }
        defer { close(file) }
        while true {
            let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
                count = max(0, Glibc.read(file, buffer.baseAddress, buffer.count))
            }
            if chunk.isEmpty { return }
            try await channel.write(chunk)
        }
    }
}
