import Support

/// A session's end of one channel: the stream, and what is still missing of its greeting.
struct Attachment {
    /// The shell said nothing for too long.
    struct NoGreeting: Error {}

    let stream: any CommandStream
    /// One writes at a time; a write that is stuck in a link that broke holds up nobody on the next one.
    let writing = Gate()
    /// Names it on the host.
    let name: String
    /// Of the streams that were not greeted yet.
    var greetings: [OutputChunk.Stream: GreetingScanner]
    /// Of standard error, from before the greeting on standard output.
    var earlyErrors: [UInt8] = []
    /// Nothing on the host reads the spool for it, until the next call.
    var isResting = false
    /// A spool holds less than that for each stream.
    static let mostEarlyErrors = 32 << 20
    /// What is printed in place of a shell is shown up to so many bytes.
    private static let mostShown = 16 << 10
    private let clock: SessionClock
    private let deadline: Duration
    /// The last that an attached shell says.
    private let farewell: [UInt8]

    init(stream: any CommandStream, name: String, marker: String, startTimeout: Duration, clock: SessionClock) {
        self.stream = stream
        self.name = name
        greetings = [.stdout: GreetingScanner(marker: marker), .stderr: GreetingScanner(marker: marker)]
        self.clock = clock
        deadline = clock.elapsed() + startTimeout
        farewell = Array("\(marker)q\n".utf8)
    }

    var isGreeted: Bool { greetings.isEmpty }
    func isGreeted(on stream: OutputChunk.Stream) -> Bool { greetings[stream] == nil }

    /// The next bytes; nil at the channel's end. Throws `NoGreeting` when that takes too long.
    func read() async throws -> OutputChunk? {
        if isGreeted { return try await stream.read() }
        return try await withThrowingTaskGroup(of: OutputChunk?.self) { [stream, clock, deadline] group in
            group.addTask { try await stream.read() }
            group.addTask {
                try await clock.sleep(deadline)
                throw NoGreeting()
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    /// Ends the input and waits for the shell to have read it: a connection that is closed at once takes along what was
    /// on its way.
    ///
    /// - Returns: false when the shell has not said that it has read it: the link turned out to be lost.
    func finish(within limit: Duration) async -> Bool {
        await withTaskGroup(of: Bool.self) { [stream, clock, farewell] group in
            group.addTask {
                var end: [UInt8] = []
                do {
                    try await stream.finishWriting()
                    while let chunk = try await stream.read() {
                        if chunk.stream == .stdout {
                            end = Array((end + chunk.bytes.suffix(farewell.count)).suffix(farewell.count))
                        }
                    }
                } catch {}
                return end == farewell
            }
            group.addTask {
                try? await clock.sleep(for: limit)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    /// Why the channel ended.
    ///
    /// - Parameter before: this host has had a shell for us before: one that ends well without a word has met the
    ///   link's end.
    func ended(before: Bool) async -> Unreachable {
        let status = (try? await stream.exitStatus()) ?? nil
        guard isGreeted(on: .stdout) else {
            return noShell(
                status == nil || status == 255 || before ? .linkLost : .protocolError,
                "the login shell ended\(status.map { " with status \($0)" } ?? "") before the session began")
        }
        return Unreachable(
            .linkLost,
            status.map { "the session's shell ended with status \($0) in the middle of a call" }
                ?? "the link was lost in the middle of a call")
    }

    func noShell(_ reason: Unreachable.Reason, _ what: String) -> Unreachable {
        // All lines, whole, or none: what is secret in them would not be found in a part of it. Whoever shows it makes
        // one line of it (`RedactedText.onOneLine`).
        let scanners = [OutputChunk.Stream.stdout, .stderr].compactMap { greetings[$0] }
        let count = scanners.reduce(0) { $0 + $1.count }
        let noise = count > Self.mostShown ? [] : scanners.flatMap(\.noise)
        let said = String(decoding: noise, as: UTF8.self).split(whereSeparator: \.isNewline).map {
            $0.utf8.count > 2000 ? "(a line of \($0.utf8.count) bytes)" : String($0)
        }.joined(separator: "\n")
        let remedy =
            reason == .timeout
            ? "see what the user's start-up files on the host (~/.profile, ~/.bashrc) wait for"
            : "check that the user may run sh on this host"
        guard count <= Self.mostShown else {
            return Unreachable(
                reason, "\(what); it has printed \(count) bytes, which is too much to show", remedy: remedy)
        }
        return Unreachable(
            reason, said.isEmpty ? "\(what), and has printed nothing" : "\(what); it has printed: \(said)",
            remedy: remedy)
    }
}
