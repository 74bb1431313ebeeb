import Foundation

/// A real `sshd` with throw-away keys that answers on every address of 127.0.0.0/8, so that `127.0.x.y` are hundreds of
/// hosts.
///
/// It runs as whoever runs the tests, needs no root, and ends with the test process, even when that is killed: a small
/// watcher holds a pipe from the test process and stops the server when the pipe closes.
package final class LoopbackFleet: Sendable {
    package struct Options: Sendable {
        /// Lines added to `sshd_config`, before the defaults (sshd takes the first value it reads).
        package var configuration: [String] = []
        /// Text of sshd's `MaxStartups`; nil leaves sshd's own default (10:30:100), which drops connections under load.
        package var maxStartups: String? = "1000"
        package var hostKeyTypes = ["ed25519", "ecdsa"]
        package init() {}
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    package let port: Int
    /// The user that the key below opens: whoever runs the tests.
    package let user: String
    /// Everything of this fleet lies in it, removed by `stop()`.
    package let folder: String
    private let watcher: Process
    private let lifeline: FileHandle

    /// Private key (ed25519, without a passphrase) that every host accepts.
    package var identity: String { folder + "/id_ed25519" }
    /// A `known_hosts` file in which every loopback address has the right keys (`[127.*]:port`).
    package var knownHosts: String { folder + "/known_hosts" }
    /// The same, for a proxy at another port that leads to this fleet.
    package func knownHosts(port: Int) throws -> String {
        try String(contentsOfFile: knownHosts, encoding: .utf8).replacing("]:\(self.port) ", with: "]:\(port) ")
    }
    package var authorizedKeys: String { folder + "/authorized_keys" }
    package var serverLog: String { folder + "/sshd.log" }

    /// `127.0.1.1`, `127.0.1.2`, … : addresses that all lead to the server.
    package static func addresses(_ count: Int) -> [String] {
        (0..<count).map { "127.0.\(1 + $0 / 250).\(1 + $0 % 250)" }
    }

    /// The public half of a host key, `ssh-ed25519 AAAA…`.
    package func hostKey(_ type: String = "ed25519") throws -> String {
        let text = try String(contentsOfFile: folder + "/host_\(type).pub", encoding: .utf8)
        return text.split(separator: " ").prefix(2).joined(separator: " ")
    }

    package static func start(_ options: Options = Options()) async throws -> LoopbackFleet {
        var lastError: any Error = Failure(description: "sshd did not start")
        for _ in 0..<5 {  // another process may take the free port first
            do { return try await offPool { try startOnce(options) } } catch { lastError = error }
        }
        throw lastError
    }

    /// Runs `body` with a fleet of its own, stopped whatever happens.
    package static func with<Result>(
        _ options: Options = Options(), _ body: (LoopbackFleet) async throws -> Result
    ) async throws -> Result {
        let fleet = try await start(options)
        do {
            let result = try await body(fleet)
            try await offPool { fleet.stop() }
            return result
        } catch {
            try await offPool { fleet.stop() }
            throw error
        }
    }

    private static func startOnce(_ options: Options) throws -> LoopbackFleet {
        guard
            let sshd = ["/usr/sbin/sshd", "/usr/local/sbin/sshd"].first(where: {
                FileManager.default.isExecutableFile(atPath: $0)
            })
        else {
            throw Failure(description: "no sshd on this machine; scripts/prepare installs it (openssh-server)")
        }
        let folder = try temporaryFolder("fleet")
        for (name, type) in options.hostKeyTypes.map({ ("host_\($0)", $0) }) + [("id_ed25519", "ed25519")] {
            try run(
                "/usr/bin/ssh-keygen", "-q", "-t", type, "-N", "", "-C", "comfyfleet-test", "-f", "\(folder)/\(name)")
        }
        try FileManager.default.createDirectory(atPath: folder + "/home", withIntermediateDirectories: false)
        let port = try freePort()
        let user = NSUserName()
        try FileManager.default.copyItem(atPath: folder + "/id_ed25519.pub", toPath: folder + "/authorized_keys")
        if geteuid() == 0 {
            try FileManager.default.createDirectory(
                atPath: "/run/sshd", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        }
        var lines = options.configuration
        lines += [
            "Port \(port)", "ListenAddress 0.0.0.0", "AllowUsers *@127.0.0.0/8", "PidFile none", "UsePAM no",
            "StrictModes no",
            "PermitRootLogin yes", "AuthorizedKeysFile \(folder)/authorized_keys", "PasswordAuthentication no",
            "UseDNS no",
            "LogLevel VERBOSE", "MaxSessions 64", "PrintMotd no",
            // a home without this user's shell start-up files, which may take longer than all that is tested
            "SetEnv HOME=\(folder)/home",
        ]
        lines += options.hostKeyTypes.map { "HostKey \(folder)/host_\($0)" }
        if let limit = options.maxStartups { lines.append("MaxStartups \(limit)") }
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: folder + "/sshd_config"))
        var known = ""
        for type in options.hostKeyTypes {
            let key = try String(contentsOfFile: "\(folder)/host_\(type).pub", encoding: .utf8).split(separator: " ")
                .prefix(2).joined(separator: " ")
            known += "[127.*]:\(port) \(key)\n"
        }
        try Data(known.utf8).write(to: URL(fileURLWithPath: folder + "/known_hosts"))

        let watcher = Process()
        watcher.executableURL = URL(fileURLWithPath: "/bin/sh")
        watcher.arguments = [
            "-c",
            #"""
            "$1" -D -e -f "$2/sshd_config" 2>>"$2/sshd.log" </dev/null & server=$!
            cat >/dev/null
            for child in $(cat /proc/$server/task/$server/children 2>/dev/null); do kill -TERM "$child" 2>/dev/null; done
            kill -TERM $server 2>/dev/null; wait $server
            """#, "loopback-fleet", sshd, folder,
        ]
        let pipe = Pipe()
        watcher.standardInput = pipe
        watcher.standardOutput = FileHandle.nullDevice
        try watcher.run()
        let fleet = LoopbackFleet(
            port: port, user: user, folder: folder, watcher: watcher, lifeline: pipe.fileHandleForWriting)
        var log = ""
        // A minute is for machines under load. What answers on the port may be another's server; the log is of this
        // one.
        for _ in 0..<2400 where !log.contains("Cannot bind") {
            log = (try? String(contentsOfFile: fleet.serverLog, encoding: .utf8)) ?? ""
            if log.contains("Server listening on") { return fleet }
            usleep(25_000)
        }
        fleet.stop()
        throw Failure(description: "sshd did not answer on port \(port): \(log)")
    }

    private init(port: Int, user: String, folder: String, watcher: Process, lifeline: FileHandle) {
        self.port = port
        self.user = user
        self.folder = folder
        self.watcher = watcher
        self.lifeline = lifeline
    }

    /// Ends the server and its sessions, and removes the folder.
    package func stop() {
        try? lifeline.close()
        watcher.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }
}
