import Testing
import TestSupport

@Test func `the loopback fleet answers with a real sshd`() async throws {
    try await LoopbackFleet.with { fleet in
        let outcome = try outcome(of: "/usr/bin/ssh", ["-p", "\(fleet.port)", "-i", fleet.identity, "-o", "BatchMode=yes", "-o", "UserKnownHostsFile=\(fleet.knownHosts)", "-F", "none", "\(fleet.user)@127.0.3.7", "echo hello"])
        #expect(outcome.stdout == "hello\n", "\(outcome.stderr)")
    }
}
