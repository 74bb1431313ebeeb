import Remote

/// A module's only way to its host: `observe` reads, `change` alters and does nothing in check mode.
package struct ManagedHost: Sendable {
    private let shell: any HostShell
    package let checkMode: Bool
    package let diffMode: Bool
    /// Rendered `environment:` of the task.
    package let environment: [(name: String, value: String)]
    package let timeout: Duration?
    /// Streams a long task's output to the run's readers.
    package let onOutput: (@Sendable (OutputChunk) async -> Void)?
    /// Whether the shell knows `HostLibrary.script` already (its prelude); otherwise every script that needs it brings
    /// it along.
    package let hasLibrary: Bool
    /// Whether the next call was made by an earlier process of this run, and its result only has to be taken in.
    package var isReplaying: @Sendable () -> Bool = { false }
    /// The machine that this process runs on.
    package var isLocal = false

    package init(
        shell: any HostShell, checkMode: Bool, diffMode: Bool, environment: [(name: String, value: String)] = [],
        timeout: Duration? = nil,
        hasLibrary: Bool = false, onOutput: (@Sendable (OutputChunk) async -> Void)? = nil
    ) {
        self.shell = shell
        self.checkMode = checkMode
        self.diffMode = diffMode
        self.environment = environment
        self.timeout = timeout
        self.hasLibrary = hasLibrary
        self.onOutput = onOutput
    }

    /// Reads the host, in check mode too. The script must not alter anything. A status other than 0 is a result.
    func observe(_ script: ShellScript, stdin: Call.Input = .bytes([])) async throws -> CallResult {
        try await call(script, stdin: stdin, long: false)
    }

    /// Reads by a program that may take long, such as one that asks a server: in a process group of its own.
    func observeLong(_ script: ShellScript, stdin: Call.Input = .bytes([])) async throws -> CallResult {
        try await call(script, stdin: stdin, long: true)
    }

    /// Alters the host by what `body` runs, unless this is check mode: then it does nothing.
    ///
    /// - Parameter what: in the words of an error message that begins with "could not", such as `create /etc/motd`.
    /// - Returns: what `body` gave; nil in check mode.
    @discardableResult
    func change<Result: Sendable>(
        _ what: @autoclosure () -> String, _ body: (Alteration) async throws -> Result
    ) async throws -> Result? {
        guard !checkMode else { return nil }
        return try await body(Alteration(host: self, what: what()))
    }

    /// A change that is one script.
    @discardableResult
    func change(
        _ what: @autoclosure () -> String, _ script: ShellScript, stdin: Call.Input = .bytes([])
    ) async throws -> CallResult? {
        try await change(what()) { try await $0.run(script, stdin: stdin) }
    }

    /// The hand that alters a host. Only `change` gives one out.
    struct Alteration: Sendable {
        fileprivate let host: ManagedHost
        fileprivate let what: String

        /// Runs a script; a status other than 0 throws a `ModuleFailure` with the last line of its error output.
        @discardableResult
        func run(_ script: ShellScript, stdin: Call.Input = .bytes([])) async throws -> CallResult {
            let result = try await attempt(script, stdin: stdin)
            guard result.status == 0 else {
                throw ModuleFailure("could not \(what): \(result.complaint)", result.registered)
            }
            return result
        }

        /// Runs a script whose status the caller judges.
        func attempt(_ script: ShellScript, stdin: Call.Input = .bytes([])) async throws -> CallResult {
            try await host.call(script, stdin: stdin, long: false)
        }

        /// Runs what may take long (a user's command, a package manager): in a process group of its own, with its
        /// output streamed.
        func attemptLong(_ script: ShellScript, stdin: Call.Input = .bytes([])) async throws -> CallResult {
            try await host.call(script, stdin: stdin, long: true)
        }
    }

    private func call(_ script: ShellScript, stdin: Call.Input, long: Bool) async throws -> CallResult {
        // Calls in a process group of their own (long ones, and those with a timeout) don't see a session's prelude.
        let seesPrelude = hasLibrary && !long && timeout == nil
        let needsLibrary = !seesPrelude && script.text.contains("cf_")
        var call = Call(needsLibrary ? HostLibrary.script + script.text : script.text, stdin: stdin)
        call.environment = environment
        call.timeout = timeout
        call.ownProcessGroup = long
        let result = try await shell.call(call, onOutput: long ? onOutput : nil)
        if result.timedOut {
            throw ModuleFailure("Timed out after \(timeout.map { "\($0.components.seconds)" } ?? "?") second(s).")
        }
        return result
    }

    /// Waits before the next look at the host; not where that look is over already.
    func pause(for duration: Duration) async throws {
        if !isReplaying() { try await Task.sleep(for: duration) }
    }

    /// A path as the host understands it: `~` and variables replaced there. Costs a call only when there is something
    /// to replace.
    func resolve(_ path: String) async throws -> String {
        guard path.hasPrefix("~") || path.contains("$") else { return path }
        let result = try await observe("printf %s \(shell: .expanding(path))")
        guard result.status == 0, !result.stdout.isEmpty else {
            throw ModuleFailure("cannot expand the path '\(path)': \(result.complaint)")
        }
        return result.output
    }
}
