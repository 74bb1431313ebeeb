import Testing
import TestSupport

@Test func `the loopback fleet answers with a real sshd`() async throws {
    try await LoopbackFleet.with { fleet in
        let outcome = try outcome(of: "/usr/bin/ssh", ["-p", "\(fleet.port)", "-i", fleet.identity, "-o", "BatchMode=yes", "-o", "UserKnownHostsFile=\(fleet.knownHosts)", "-F", "none", "\(fleet.user)@127.0.3.7", "echo hello"])
        #expect(outcome.stdout == "hello\n", "\(outcome.stderr)")
    }
}

@Test(.enabled(if: Machines.unavailable == nil, "\(Machines.unavailable ?? "")"))
func `booted machines have a real systemd`() async throws {
    try await Machines.with(2) { machines in
        let outcome = try outcome(of: "/usr/bin/ssh", ["-i", machines.identity, "-o", "BatchMode=yes", "-o", "UserKnownHostsFile=\(machines.knownHosts)", "-F", "none", "gpuops@\(machines.addresses[1])", "hostname; systemctl is-system-running --wait; sudo id -u"])
        #expect(outcome.stdout == "gpu-2\nrunning\n0\n", "\(outcome.stderr)")
    }
}
