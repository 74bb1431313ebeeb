import Support

/// A session that nothing is asked of rests: on the host, nothing reads its output or passes it on, until the next call.
/// What stays there are three processes that wait, instead of eleven.
extension HostSession {
    /// Of the host's answer. Chosen: a host that is so slow is as good as lost, and is connected to again.
    private static let patienceForRest = Duration.seconds(10)

    /// After a call: rests when no other one comes for a while.
    func restLater() {
        lastUse = options.clock.elapsed()
        guard resting == nil, greeting?.canRest == true, case .open = state else { return }
        resting = Task(executorPreference: executor) { [weak self, clock = options.clock] in
            while let deadline = await self?.timeToRest, (try? await clock.sleep(deadline)) != nil {
                if await self?.restIfIdle() ?? true { return }
            }
        }
    }

    private var timeToRest: Duration { lastUse + options.restsAfter }

    /// - Returns: false when a call has come meanwhile and ended.
    private func restIfIdle() async -> Bool {
        guard case .open = state, gate.tryEnter() else {
            // The call that runs begins anew with it.
            resting = nil
            return true
        }
        defer { gate.leave() }
        guard options.clock.elapsed() >= timeToRest else { return false }
        await rest()
        resting = nil
        return true
    }

    /// Before the session is closed or left: its stream has one reader.
    func stopResting() async {
        resting?.cancel()
        await resting?.value
        resting = nil
    }

    /// The host says on both streams that nothing comes any more; so the place of the next byte is known.
    private func rest() async {
        guard let attachment, attachment.isGreeted, !attachment.isResting else { return }
        let name = attachment.name
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [clock = options.clock] in
                guard (try? await clock.sleep(for: Self.patienceForRest)) != nil else { return }
                await self.drop(name)
            }
            defer { group.cancelAll() }
            do {
                await send("_v _z \(name)\n")
                let words: [Substring] = ["i", Substring(name)]
                var rests = (stdout: false, stderr: false)
                while !rests.stdout || !rests.stderr {
                    try await readOn()
                    if inbox.dequeueFrame(words, of: .stdout) { rests.stdout = true }
                    if inbox.dequeueFrame(words, of: .stderr) { rests.stderr = true }
                }
                guard self.attachment?.name == name else { return }
                await send("_n\n")
                self.attachment?.isResting = true
            } catch {
                // Who closes or leaves the session does what is to be done with the link.
                if case .open = state { await drop(name) }
            }
        }
    }

    private func drop(_ name: String) async {
        if attachment?.name == name { await drop() }
    }

    /// What has to be said before a call, so that what it prints is read.
    func commandToRead() -> String {
        guard attachment?.isResting == true else { return "" }
        attachment?.isResting = false
        let (one, two) = (tracks.stdout.position, tracks.stderr.position)
        return "_w \(one.segment) \(one.offset + 1) \(two.segment) \(two.offset + 1)\n"
    }
}
