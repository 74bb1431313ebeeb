import Glibc
import Support

/// The session's way to its host: attaching, reading, and doing so again after a link was lost.
extension HostSession {
    /// A write that fails is left to the reading side, which gets to know what ended the link; with no link there is
    /// nothing to say.
    func send(_ text: String) async {
        guard let attachment else { return }
        do {
            try await attachment.writing.enter()
            defer { attachment.writing.leave() }
            try await attachment.stream.write(Array(text.utf8))
        } catch {}
    }

    /// Opens a channel and says what the session is; does not wait for an answer.
    func attach(_ mode: AttachScript.Mode, on transport: any Transport, _ number: Int) async throws {
        transportNumber = number
        executor = transport.executor
        let name = Hex.random(bytes: 4)
        let script = AttachScript(
            record: record, mode: mode, name: name, owner: Self.owner, shell: options.shell, prelude: options.prelude,
            keeper: KeeperScript(grace: options.grace, abandon: options.endsWhenLostFor),
            lock: options.lock)
        let stream =
            if let become {
                try await become.open(on: transport, shell: options.shell, timeout: options.startTimeout)
            } else { try await transport.open("exec \(options.shell)") }
        attachment = Attachment(
            stream: stream, name: name, marker: record.marker, startTimeout: options.startTimeout, clock: options.clock)
        wasOpened = true
        await send(script.text)
    }

    /// This process, to the host: what drives a session.
    private static let owner = Hex.random(bytes: 8)

    /// Waits for the greeting.
    func greeted() async throws {
        while attachment?.isGreeted == false { try await readOn() }
    }

    /// Waits for the keeper to say what it has begun. What is read until then stays for the calls to come.
    func readHello() async throws {
        while true {
            if let name = attachment?.name, let last = inbox.dequeueHello(name) {
                lastNumber = last
                return
            }
            try await readOn()
        }
    }

    /// The next item of a stream that is asked for; reconnects when the link is lost.
    func next(stdout: Bool, stderr: Bool) async throws -> (stream: OutputChunk.Stream, item: SpoolTrack.Item) {
        while true {
            if let item = inbox.pop(stdout: stdout, stderr: stderr) { return item }
            do { try await readOn() } catch let lost as Unreachable {
                guard case .open = state, await mayTryAgain(after: lost) else { throw lost }
                try await reattach(after: lost, lost.reason == .locked ? .new : nil)
            }
        }
    }

    /// A host that has not had a shell for us once has that for a reason, but for a link that broke.
    func mayTryAgain(after lost: Unreachable) async -> Bool {
        if lost.reason == .locked { return options.lockWait > .zero }
        return if greeting == nil { await mayBeginAgain(after: lost) } else { lost.mayPass }
    }

    /// The first contact is tried anew some times when it breaks off. A host that was there before, for another shell,
    /// or has taken what begins one and may have begun a call, is
    /// waited for as one whose link was lost; not so one that is silent from the beginning.
    func mayBeginAgain(after lost: Unreachable) async -> Bool {
        beginnings += 1
        switch lost.reason {
        case .linkLost: return beginnings < 10
        case .become: return false
        default:
            guard lost.mayPass, silences < 4 else { return false }
            let wasThere = if wasOpened { true } else { await source.hasBeenReached }
            return wasThere || lost.wasReached && beginnings < 4
        }
    }

    /// Reads what comes next into the inbox.
    func readOn() async throws {
        guard let attachment else { throw Unreachable(.linkLost, "the link was lost") }
        let chunk: OutputChunk?
        do {
            chunk = try await attachment.read()
        } catch is Attachment.NoGreeting {
            var silent = attachment.noShell(
                .timeout, "the login shell has not started sh within \(options.startTimeout.components.seconds) seconds"
            )
            silent.wasReached = true
            silences += 1
            throw silent
        }
        guard let chunk else {
            if case .lost(let reason) = state { throw reason }
            throw await attachment.ended(before: greeting != nil)
        }
        let bytes = try greet(chunk) ?? []
        if let notice {
            self.notice = nil
            await onLink?(.notice(notice))
        }
        guard self.attachment?.isGreeted(on: .stdout) ?? true else {
            // Where the spool begins is said on standard output.
            self.attachment?.earlyErrors += bytes
            guard self.attachment?.earlyErrors.count ?? 0 <= Attachment.mostEarlyErrors else {
                throw Unreachable(
                    .protocolError, "the host's shell fills standard error and does not greet on standard output",
                    remedy: "see what the user's start-up files on the host (~/.profile, ~/.bashrc) print")
            }
            return
        }
        if let early = self.attachment?.earlyErrors, !early.isEmpty {
            self.attachment?.earlyErrors = []
            await feed(early, of: .stderr)
        }
        await feed(bytes, of: chunk.stream)
    }

    /// Takes what was read from a stream of the spool.
    private func feed(_ bytes: [UInt8], of stream: OutputChunk.Stream) async {
        guard !bytes.isEmpty else { return }
        let items = stream == .stdout ? tracks.stdout.feed(bytes) : tracks.stderr.feed(bytes)
        inbox.put(items, of: stream)
        for case .nextSegment(let segment, let mayGo) in items {
            let index = stream == .stdout ? 1 : 2
            await send(mayGo ? "_t \(index) \(segment)\n_m \(index) \(segment - 1)\n" : "_t \(index) \(segment)\n")
        }
    }

    /// The bytes of the spool in a chunk: all but the greeting and what came before it.
    func greet(_ chunk: OutputChunk) throws -> [UInt8]? {
        guard attachment?.isGreeted(on: chunk.stream) == false else { return chunk.bytes }
        guard let (words, rest) = attachment?.greetings[chunk.stream]?.feed(chunk.bytes) else { return nil }
        attachment?.greetings[chunk.stream] = nil
        guard chunk.stream == .stdout else { return rest }
        if words.first == "z" { throw refusal(words.dropFirst()) }
        guard words.count > 5, let first = SpoolPosition.count(words[1]), let second = SpoolPosition.count(words[3]),
            let identity = HostIdentity(greeting: words.dropFirst(5))
        else {
            throw Unreachable(
                .protocolError, "the host's shell gave an unreadable greeting: \(words.joined(separator: " "))")
        }
        if greeting == nil, lastNumber == 0, first + second > 0 || words[2] + words[4] != "11" {
            // Where the spool begins: a session of an earlier process.
            tracks = (
                SpoolTrack(marker: record.marker, proof: proof, at: first, call: SpoolPosition.count(words[2]) ?? 1),
                SpoolTrack(marker: record.marker, proof: proof, at: second, call: SpoolPosition.count(words[4]) ?? 1)
            )
        }
        if greeting == nil { notice = Self.notice(of: identity) }
        greeting = identity
        beatHeart()
        return rest
    }

    private static func notice(of host: HostIdentity) -> String? {
        if host.endsWithLink {
            return
                "the system ends what \(host.user) has started when the last link is gone (KillUserProcesses=yes); loginctl enable-linger \(host.user) lets it continue"
        }
        return host.spoolsInMemory
            ? nil
            : "there is no room in memory (/dev/shm), so what calls read and print lies on a disk while it is needed"
    }

    func beatHeart() {
        guard heartbeat == nil else { return }
        heartbeat = Task(executorPreference: executor) {
            [weak self, clock = options.clock, interval = options.heartbeat] in
            while (try? await clock.sleep(for: interval)) != nil { await self?.beat() }
        }
    }

    func beat() async { await send("_l\n") }

    /// Why the host gave no session.
    func refusal(_ words: ArraySlice<Substring>) -> Unreachable {
        let rest = words.dropFirst().joined(separator: " ")
        switch words.first {
        case "gone": return gone(words.dropFirst().map(String.init))
        case "driven":
            return Unreachable(
                .locked, "another process drives the session of this run",
                remedy: "stop it, or wait until the host has taken it for gone (45 seconds)")
        case "locked":
            return Unreachable(
                .locked, "the host is locked by \(rest)",
                remedy:
                    "wait for it (--wait-lock), or see 'comfyfleet locks list'; if its process is gone, 'comfyfleet resume' continues the run, and 'comfyfleet resume --end' or 'comfyfleet locks break' releases the host"
            )
        case "spool":
            return Unreachable(
                .noRoom,
                "no space left on device for the session's files: \(rest.isEmpty ? "there is no folder to put them in" : rest)",
                remedy: "make room there")
        case "full":
            return Unreachable(
                .noRoom, "\(rest): no space left on device for what the call prints; the call was ended",
                remedy: "make room there, or have it print less")
        default: return Unreachable(.protocolError, "the host's shell gave an unreadable greeting")
        }
    }

    /// - Parameter words: the host's boot id, and how long it has been up.
    func gone(_ words: [String]) -> Unreachable {
        let upSince = words.count > 1 ? Double(words[1]).map { Double(time(nil)) - $0 } : nil
        let hasRebooted =
            if let before = greeting?.bootID, let now = words.first {
                before != now
            } else if let upSince, let opened = record.openedAt { upSince > Double(opened) + 60 } else { false }
        return hasRebooted
            ? Unreachable(.rebooted, "the host has rebooted")
            : Unreachable(.gone, "the shell on the host is not there any more")
    }

    /// Connects again and attaches, with pauses that grow, until that works, it can't work, or the time is over.
    ///
    /// - Parameter mode: for a session that has not been greeted yet; one that has goes on from where its reading
    ///   stands.
    func reattach(after lost: Unreachable, _ mode: AttachScript.Mode?) async throws {
        let wasDriven = lost.reason == .locked
        await onLink?(wasDriven ? .notice("waits: \(lost.message)") : .lost(lost.message))
        var backoff = Backoff(
            longest: options.longestPause,
            until: options.clock.elapsed()
                + (wasDriven ? max(options.lockWait, mode == .whole ? .seconds(60) : .zero) : options.reconnectFor))
        var reason = lost
        var mayReuse = true
        await drop()
        while let pause = backoff.next(now: options.clock.elapsed()) {
            try await options.clock.sleep(for: pause)
            try check()
            if !wasDriven { await onLink?(.reconnecting(attempt: backoff.attempt)) }
            do {
                // The transport may be well, and only the channel gone.
                let (transport, number) = try await source.transport(
                    after: mayReuse ? transportNumber - 1 : transportNumber)
                let isFirst = greeting == nil
                try await attach(
                    isFirst ? mode ?? .new : .again(tracks.stdout.position, tracks.stderr.position), on: transport,
                    number)
                try await greeted()
                if !wasDriven { await onLink?(.reattached) }
                running?.isInDoubt = true
                return
            } catch let again as Unreachable where again.mayPass || again.reason == .locked {
                mayReuse = false
                reason = again
                await drop()
                if !wasDriven, greeting == nil, await !mayBeginAgain(after: again) { throw again }
            }
            try check()
        }
        if wasDriven { throw reason }
        await onLink?(.gaveUp)
        let fate =
            options.endsWhenLostFor.map { "its task is ended by the host itself after \($0)" }
            ?? "its task is left running"
        throw Unreachable(
            .lostForGood,
            "the host could not be reached again within \(options.reconnectFor) (\(reason.message)); \(fate)",
            remedy: "check the host and the network, then resume with: comfyfleet resume")
    }

    func drop() async {
        guard let attachment else { return }
        self.attachment = nil
        await attachment.stream.close()
    }

    /// From now on calls fail with what ended the session.
    func lose(_ error: any Error) async {
        guard case .open = state else { return }
        state = .lost(error as? Unreachable ?? Unreachable(.linkLost, "\(error)"))
        await detach()
    }
}

extension Unreachable {
    /// Whether to try again may help: it does not against a changed host key, or when the session is not there any
    /// more.
    var mayPass: Bool {
        switch reason {
        case .resolve, .connect, .timeout, .handshake, .linkLost, .authentication, .become: true
        case .protocolError, .noRoom, .hostKeyUnknown, .hostKeyChanged, .keyFile, .gone, .rebooted, .locked,
            .interrupted, .lostForGood:
            false
        }
    }
}
