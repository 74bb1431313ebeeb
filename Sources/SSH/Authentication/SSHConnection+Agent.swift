extension SSHConnection {
    /// Offers the agent's keys one after the other. Each is signed with only when the server would take it.
    ///
    /// The library asks for the signature in a call that must return at once, but it accepts "not yet" and asks again
    /// with the same
    /// data: so a slow agent, or one that asks its user, holds up nobody else.
    func attemptAgent(
        _ socket: String, _ only: [[UInt8]]?, _ user: String, _ deadline: Deadline, _ record: inout AuthenticationRecord
    ) async throws -> Bool {
        guard let agent = AgentConversation(socket: socket, on: loop, activity: activity) else {
            record.agentProblem = "no SSH agent answers at SSH_AUTH_SOCK"
            return false
        }
        defer { agent.close() }
        guard let keys = try await identities(of: agent, deadline) else {
            record.agentProblem = "the SSH agent does not answer as one"
            return false
        }
        if keys.isEmpty { record.agentProblem = "the SSH agent holds no keys" }
        for key in keys where IdentityFile.usableTypes.contains(key.type) && only?.contains(key.blob) != false {
            record.tried.append("agent's key (\(key.type))")
            if try await acceptedInAnyForm(
                of: key.blob, { try await signIn(user, deadline, key: key, offeredAs: $0, agent) })
            {
                return true
            }
        }
        return false
    }

    private func identities(of agent: AgentConversation, _ deadline: Deadline) async throws -> [HostKey]? {
        agent.askForIdentities()
        while true {
            try Task.checkCancellation()
            do { if let keys = try agent.identities() { return keys } } catch { return nil }
            if ContinuousClock.now >= deadline.instant { throw SSHError.timedOut(.asking, after: deadline.duration) }
            await waitForActivity(since: activity.generation, until: deadline.instant)
        }
    }

    private func signIn(
        _ user: String, _ deadline: Deadline, key: HostKey, offeredAs form: [UInt8], _ agent: AgentConversation
    ) async throws -> Int32 {
        var isAsked = false
        return try await signIn(user, deadline, blob: form) { data in
            if !isAsked {
                guard let algorithm = Self.algorithm(in: data) else { return .refused }
                isAsked = true
                agent.askForSignature(data, by: key.blob, flags: AgentConversation.flags(for: algorithm))
            }
            do { return try agent.signature().map { .signature($0) } ?? .wait } catch { return .refused }
        }
    }
}
