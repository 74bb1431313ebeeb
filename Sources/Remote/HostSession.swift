/// One call to the durable shell on a host.
public struct Call: Sendable {
    /// POSIX sh, run by the session's shell in a subshell of its own. Secrets never go here, but into `stdin`.
    public var script: String
    public var stdin: [UInt8] = []
    /// Environment of this call only.
    public var environment: [(name: String, value: String)] = []
    /// After it the remote process group gets TERM, then KILL.
    public var timeout: Duration?
    /// Runs in a process group of its own, so that a timeout or a cancellation ends all that it started. For what users and package managers run; short observations don't need it.
    public var ownProcessGroup = false
    /// More output than this is cut in the middle of the collected result, with a mark; streaming is not affected.
    public var outputLimit = 8 << 20
    public init(_ script: String, stdin: [UInt8] = []) { self.script = script; self.stdin = stdin }
}

public struct CallResult: Sendable {
    public var status: Int32
    public var stdout: [UInt8]
    public var stderr: [UInt8]
    public var timedOut: Bool
    public var started: ContinuousClock.Instant, ended: ContinuousClock.Instant
    public init(status: Int32, stdout: [UInt8], stderr: [UInt8], timedOut: Bool = false, started: ContinuousClock.Instant, ended: ContinuousClock.Instant) {
        self.status = status; self.stdout = stdout; self.stderr = stderr; self.timedOut = timedOut; self.started = started; self.ended = ended
    }
}

/// A POSIX shell on a host (or a stand-in of the tests').
public protocol HostShell: Sendable {
    /// Runs one call; a non-zero status is a result, not an error. Throws `Unreachable` when the host is lost, `CancellationError` when cancelled.
    func call(_ call: Call, onOutput: (@Sendable (OutputChunk) async -> Void)?) async throws -> CallResult
}
extension HostShell {
    public func call(_ call: Call) async throws -> CallResult { try await self.call(call, onOutput: nil) }
}
