/// `creates` and `removes`: paths whose presence or absence says that there is nothing to do.
struct RunCondition: Sendable {
    var creates: String?, removes: String?
    /// Whether a second run would find that nothing is to be done.
    var settlesARepetition: Bool { creates != nil || removes != nil }

    /// - Returns: such as "/opt/app exists", and the option that says so; nil when the task shall run.
    func reasonNotToRun(on host: ManagedHost) async throws -> (reason: String, option: String)? {
        guard creates != nil || removes != nil else { return nil }
        func probe(_ path: String?) -> ShellScript {
            path.map { "if [ -e \(shell: .expanding($0)) ]; then echo yes; else echo no; fi\n" } ?? "echo\n"
        }
        let found = try await host.observe(probe(creates) + probe(removes)).output.split(
            separator: "\n", omittingEmptySubsequences: false)
        if let creates, found.first == "yes" { return ("\(creates) exists", "creates") }
        if let removes, found.dropFirst().first == "no" { return ("\(removes) does not exist", "removes") }
        return nil
    }
}
