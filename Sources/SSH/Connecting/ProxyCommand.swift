import Glibc
import Support

/// A command of ssh's configuration whose input and output are the connection to a host (`ProxyCommand`).
///
/// It runs under `sh` in a session of its own, without what opens the vault. What it says on stderr is kept for the error
/// of a connection that does not come about.
final class ProxyCommand {
    private let process: pid_t
    /// A file that has no name any more.
    private let stderr: Int32

    /// - Returns: the command that runs, and this end of its connection, a socket that does not block.
    static func start(_ command: String) throws(SSHError) -> (command: ProxyCommand, socket: Int32) {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw failure(errno) }
        defer { close(ends[1]) }
        var name = Array("/tmp/proxy-command-XXXXXX".utf8CString)
        let stderr = mkstemp(&name)
        guard stderr >= 0 else {
            let code = errno
            close(ends[0])
            throw failure(code)
        }
        _ = fcntl(stderr, F_SETFD, FD_CLOEXEC)
        unlink(name)
        do throws(SpawnedProcess.Failure) {
            let process = try SpawnedProcess.start(
                "/bin/sh", ["sh", "-c", "exec " + command], environment: ChildEnvironment.clean, in: .session,
                streams: (ends[1], ends[1], stderr))
            _ = fcntl(ends[0], F_SETFL, fcntl(ends[0], F_GETFL) | O_NONBLOCK)
            return (ProxyCommand(process, stderr: stderr), ends[0])
        } catch {
            close(ends[0])
            close(stderr)
            throw failure(error.code)
        }
    }

    private init(_ process: pid_t, stderr: Int32) { (self.process, self.stderr) = (process, stderr) }

    deinit { close(stderr) }

    private static func failure(_ code: Int32) -> SSHError {
        SSHError(.resources, "the ProxyCommand cannot be started: \(Errno(code: code))")
    }

    /// The end of what it said on stderr, in one line; nil when it said nothing.
    var complaint: String? {
        var status = stat()
        guard fstat(stderr, &status) == 0, status.st_size > 0 else { return nil }
        let count = min(Int(status.st_size), 600)
        var bytes = [UInt8](repeating: 0, count: count)
        let read = pread(stderr, &bytes, count, status.st_size - count)
        guard read > 0 else { return nil }
        let lines = String(decoding: bytes[..<read], as: UTF8.self).split(whereSeparator: \.isNewline)
        return lines.joined(separator: ", ").printable
    }

    /// Ends it as ssh does, and waits for it on a thread for such work; one that does not go is killed.
    func end() {
        let process = process
        kill(-process, SIGHUP)
        kill(process, SIGHUP)
        _ = BlockingWork.shared.start { () -> Result<Void, any Error> in
            for attempt in 0..<40 {
                var status: Int32 = 0
                if waitpid(process, &status, WNOHANG) != 0 { return .success(()) }
                if attempt == 30 { kill(-process, SIGKILL) }
                usleep(50_000)
            }
            return .success(())
        }
    }
}
