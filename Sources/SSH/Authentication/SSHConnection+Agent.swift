extension SSHConnection {
    func attemptAgent(_ socket: String, _ user: String, _ deadline: Deadline, _ record: inout AuthenticationRecord) async throws -> Bool {
        record.agentProblem = "agents are not supported"
        return false
    }
}
