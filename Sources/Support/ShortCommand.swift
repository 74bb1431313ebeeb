import Glibc

/// A program that is run to its end while its caller waits: with a clean environment, a limit of time and one of
/// output, in a process group of its own.
///
/// It blocks the thread that calls it, so it is for callers that have no other way: templates are evaluated
/// synchronously, and an audit entry is
/// written before what it records is done.
package struct ShortCommand: Sendable {
    package var words: [String]
    /// Looked for in PATH where it has no slash.
    package var environment: [String: String] = ChildEnvironment.clean
    package var timeLimit = Duration.seconds(300)
    /// In bytes, of standard output.
    package var outputLimit = 64 << 20
    package init(_ words: [String]) { self.words = words }

    package enum Failure: Error, Sendable, Hashable {
        /// An error number of the system.
        case notStarted(Int32)
        case timedOut, tooMuchOutput, cancelled
    }
    package struct Outcome: Sendable, Hashable {
        /// As a shell has it: 128 and the signal's number for a program that a signal ended.
        package var status: Int32
        package var output: [UInt8]
        /// The last 4 KiB of standard error.
        package var errors: [UInt8]
    }

    /// What ends early is killed with its process group. A cancelled task ends it, too.
    package func run(input: [UInt8] = []) throws(Failure) -> Outcome {
        // A write to a program that has ended is an error here, not the end of this one.
        signal(SIGPIPE, SIG_IGN)
        let child = try Child(words, environment)
        defer { child.end() }
        let deadline = ContinuousClock.now + timeLimit
        var outcome = Outcome(status: 0, output: [], errors: [])
        var rest = input[...]
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var stdin = child.stdin
        var stdout = child.stdout
        var stderr = child.stderr
        while stdout >= 0 || stderr >= 0 || stdin >= 0 {
            if rest.isEmpty, stdin >= 0 {
                child.closeInput()
                stdin = -1
                continue
            }
            var polled = [
                pollfd(fd: stdin, events: Int16(POLLOUT), revents: 0),
                pollfd(fd: stdout, events: Int16(POLLIN), revents: 0),
                pollfd(fd: stderr, events: Int16(POLLIN), revents: 0),
            ]
            try check(deadline)
            guard poll(&polled, 3, Self.pause) > 0 else { continue }
            if polled[0].revents != 0 {
                let count = rest.withUnsafeBytes { write(stdin, $0.baseAddress, $0.count) }
                if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR, errno != EAGAIN { rest = [] }
            }
            if polled[1].revents != 0 {
                let count = read(stdout, &buffer, buffer.count)
                if count > 0 {
                    outcome.output += buffer[..<count]
                } else if count == 0 || errno != EINTR && errno != EAGAIN {
                    stdout = -1
                }
                guard outcome.output.count <= outputLimit else { throw .tooMuchOutput }
            }
            if polled[2].revents != 0 {
                let count = read(stderr, &buffer, buffer.count)
                if count > 0 {
                    outcome.errors += buffer[..<count]
                    outcome.errors.removeFirst(max(0, outcome.errors.count - 4096))
                } else if count == 0 || errno != EINTR && errno != EAGAIN {
                    stderr = -1
                }
            }
        }
        while true {
            if let status = child.status() {
                outcome.status = status
                return outcome
            }
            try check(deadline)
            usleep(1000)
        }
    }

    /// Milliseconds after which it is looked whether the caller still wants it.
    private static let pause: Int32 = 100

    private func check(_ deadline: ContinuousClock.Instant) throws(Failure) {
        if Task.isCancelled { throw .cancelled }
        if ContinuousClock.now >= deadline { throw .timedOut }
    }
}

/// The process and its pipes; it is gone, and they are closed, after `end`.
private final class Child {
    private let process: pid_t
    private(set) var stdin: Int32
    let stdout: Int32, stderr: Int32
    private var ended: Int32?

    init(_ words: [String], _ environment: [String: String]) throws(ShortCommand.Failure) {
        let started: SpawnedProcess
        do throws(SpawnedProcess.Failure) {
            started = try SpawnedProcess(words.first ?? "", words, environment: environment, in: .group)
        } catch { throw ShortCommand.Failure.notStarted(error.code) }
        (stdin, stdout, stderr, process) = (started.stdin, started.stdout, started.stderr, started.id)
        for end in [stdin, stdout, stderr] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    }

    func closeInput() {
        if stdin >= 0 { close(stdin) }
        stdin = -1
    }

    /// nil while it runs.
    func status() -> Int32? {
        if let ended { return ended }
        var status: Int32 = 0
        let found = waitpid(process, &status, WNOHANG)
        guard found != 0 else { return nil }
        // Somebody else has taken its status: it is gone, and how it ended isn't known.
        ended = found < 0 ? 127 : status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
        return ended
    }

    func end() {
        closeInput()
        close(stdout)
        close(stderr)
        guard ended == nil else { return }
        kill(-process, SIGKILL)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
    }
}
