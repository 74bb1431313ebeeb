/// One call to the durable shell on a host.
package struct Call: Sendable {
    /// POSIX sh, run by the session's shell in a subshell of its own. Secrets never go here, but into `stdin`.
    package var script: String
    package var stdin: Input = .bytes([])
    /// Environment of this call only. Names must be names of shell variables.
    package var environment: [(name: String, value: String)] = []
    /// After it the remote process group gets TERM, then KILL. A call with a timeout runs in a process group of its
    /// own.
    package var timeout: Duration?
    /// Runs in a process group of its own, so that a timeout or a cancellation ends all that it started. For what users
    /// and
    /// package managers run; short observations don't need it, and cost a fifth without it.
    package var ownProcessGroup = false
    /// Bytes that `CallResult` keeps of each stream: more is cut in the middle, with a mark; streaming is not affected.
    package var outputLimit = 8 << 20
    /// The call's number in its session, from 1 without gaps; nil: the next one. A number that the host has begun is
    /// not sent
    /// again: its output and status are read from the host's spool, from their beginning.
    package var number: Int?
    /// Awaited with the call's number before its first byte goes out (and not where the host has begun it already);
    /// what it throws ends the call unsent.
    package var willSend: (@Sendable (_ number: Int) async throws -> Void)?
    package init(_ script: String, stdin: [UInt8] = []) {
        self.script = script
        self.stdin = .bytes(stdin)
    }
    package init(_ script: String, stdin: Input) {
        self.script = script
        self.stdin = stdin
    }

    /// What a call reads on its standard input; it can't read anything else of the channel, whatever it leaves unread.
    package enum Input: Sendable {
        /// The call begins when all of them have arrived on the host.
        case bytes([UInt8])
        /// Streamed while the call runs, so its size costs no memory at either end. When the link breaks or the call is
        /// cancelled the script sees an early end: it has to check what it got.
        case file(FileSource)
    }

    /// A part of a local file.
    package struct FileSource: Sendable {
        package var path: String
        /// Bytes to leave out at its beginning.
        package var offset: Int
        package init(path: String, offset: Int = 0) {
            self.path = path
            self.offset = offset
        }
    }
}

package struct CallResult: Sendable {
    /// Exit status; 128+n when signal n ended it.
    package var status: Int32
    package var stdout: [UInt8]
    package var stderr: [UInt8]
    package var timedOut: Bool
    package var started: ContinuousClock.Instant, ended: ContinuousClock.Instant
    package init(
        status: Int32, stdout: [UInt8], stderr: [UInt8], timedOut: Bool = false, started: ContinuousClock.Instant,
        ended: ContinuousClock.Instant
    ) {
        self.status = status
        self.stdout = stdout
        self.stderr = stderr
        self.timedOut = timedOut
        self.started = started
        self.ended = ended
    }
}

/// A call that cannot be sent; nothing has run.
package struct InvalidCall: Error, Sendable, CustomStringConvertible {
    package var description: String
    package init(_ description: String) { self.description = description }
}

/// A POSIX shell on a host (or a stand-in of the tests').
package protocol HostShell: Sendable {
    /// Runs one call; a non-zero status is a result, not an error. Throws `Unreachable` when the host is lost,
    /// `InvalidCall`
    /// before anything was sent, `CancellationError` when cancelled: then a call in a process group of its own has been
    /// ended
    /// on the host, and any other was waited for (for seconds at most; the session is abandoned after that).
    func call(_ call: Call, onOutput: (@Sendable (OutputChunk) async -> Void)?) async throws -> CallResult
}
extension HostShell {
    package func call(_ call: Call) async throws -> CallResult { try await self.call(call, onOutput: nil) }
}
