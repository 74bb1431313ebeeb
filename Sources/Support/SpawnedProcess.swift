import CEpoll
import Glibc

/// A program that has been started, with a pipe for each of its standard streams. It has no other descriptor of this
/// process's, and every signal does in it what it does by default.
package struct SpawnedProcess: Sendable {
    package let id: pid_t
    /// This process's ends, for the caller to close.
    package let stdin: Int32, stdout: Int32, stderr: Int32

    package enum Group: Sendable {
        /// A process group of its own.
        case group
        /// A session of its own, which the terminal's signals don't reach.
        case session
    }
    package struct Failure: Error, Sendable {
        /// An error number of the system.
        package let code: Int32
    }

    /// - Parameters:
    ///   - program: looked for in PATH where it has no slash.
    ///   - arguments: with the program's name as the first.
    ///   - environment: nil for this process's own.
    package init(
        _ program: String, _ arguments: [String], environment: [String: String]?, in group: Group
    ) throws(Failure) {
        var pipes: [Int32] = []
        for _ in 0..<3 {
            var ends: [Int32] = [-1, -1]
            guard pipe2(&ends, O_CLOEXEC) == 0 else {
                let code = errno
                for end in pipes { close(end) }
                throw Failure(code: code)
            }
            pipes += ends
        }
        let streams = (stdin: pipes[0], stdout: pipes[3], stderr: pipes[5])
        do throws(Failure) {
            id = try Self.start(program, arguments, environment: environment, in: group, streams: streams)
        } catch {
            for end in pipes { close(end) }
            throw error
        }
        for end in [pipes[0], pipes[3], pipes[5]] { close(end) }
        (stdin, stdout, stderr) = (pipes[1], pipes[2], pipes[4])
    }

    /// Starts a program whose standard streams are descriptors of the caller's, which stay the caller's to close.
    ///
    /// - Returns: the process's number; whoever starts it has to wait for it.
    package static func start(
        _ program: String, _ arguments: [String], environment: [String: String]?, in group: Group,
        streams: (stdin: Int32, stdout: Int32, stderr: Int32)
    ) throws(Failure) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        var none = sigset_t()
        var all = sigset_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, streams.stdin, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, streams.stdout, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, streams.stderr, STDERR_FILENO)
        // A descriptor that outlives its owner here would keep somebody waiting for its end.
        posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1)
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        let own: Int16 =
            switch group {
            case .group: Int16(POSIX_SPAWN_SETPGROUP)
            case .session: Int16(POSIX_SPAWN_NEW_SESSION)
            }
        posix_spawnattr_setflags(&attributes, own | Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = [nil]
        if let environment { variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil] }
        defer { for text in words + variables { free(text) } }
        var process: pid_t = 0
        let code: Int32
        if arguments.isEmpty {
            code = EINVAL
        } else if environment == nil {
            code = posix_spawnp(&process, program, &actions, &attributes, &words, environ)
        } else {
            code = posix_spawnp(&process, program, &actions, &attributes, &words, &variables)
        }
        guard code == 0 else { throw Failure(code: code) }
        return process
    }
}
