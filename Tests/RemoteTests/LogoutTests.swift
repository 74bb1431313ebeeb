import Credentials
import Foundation
import TestSupport
import Testing

@testable import Remote

/// Machines on which logging out ends what a user has started.
@Suite(.timeLimit(.minutes(5)), .enabled(if: Machines.unavailable == nil, "\(Machines.unavailable ?? "")"))
struct LogoutTests {
    @Test func `a session outlives a logout that ends a user's processes, or says that it can't`() async throws {
        try await Machines.with(1) { machines in
            func onMachine(_ command: String) async throws -> String {
                try await offPool {
                    let done = try run(
                        "/usr/bin/ssh", "-i", machines.identity, "-o", "UserKnownHostsFile=\(machines.knownHosts)",
                        "-F", "none", "root@\(machines.addresses[0])", command)
                    return done.stdout
                }
            }
            _ = try await onMachine(
                """
                apt-get update -q >/dev/null 2>&1; DEBIAN_FRONTEND=noninteractive apt-get install -y -q libpam-systemd dbus-user-session >/dev/null 2>&1
                mkdir -p /etc/systemd/logind.conf.d; printf '[Login]\\nKillUserProcesses=yes\\n' >/etc/systemd/logind.conf.d/kill.conf; systemctl restart systemd-logind dbus
                """)
            let scope = try await onMachine("cat /proc/self/cgroup")
            try #require(scope.contains("session-"), "no logind session on the machine: \(scope)")
            let transport = try MachineTests.transport(machines, user: "gpuops")

            // Without a user manager that stays, nothing helps, and that is told.
            try await HostSession.with("sh", on: transport) { session in
                try await #expect(session.identity().endsWithLink)
            }
            // Root has one that stays.
            try await Self.survives(on: transport, become: Become(), onMachine)
            _ = try await onMachine("loginctl enable-linger gpuops")
            try await Self.survives(on: transport, become: nil, onMachine)
        }
    }

    private static func survives(
        on transport: any Transport, become: Become?, _ onMachine: (String) async throws -> String
    ) async throws {
        var options = HostSession.Options()
        options.acknowledgesResults = false
        let source = OneTransport(transport: transport)
        let first = try await HostSession(on: source, become: become, options: options)
        try await #expect(!first.identity().endsWithLink)
        var call = Call("echo begun; while [ ! -e /tmp/go ]; do sleep 0.1; done; echo done")
        call.ownProcessGroup = true
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let left = Task { [call] in try await first.call(call) { _ in begin.yield() } }
        for await _ in begun { break }
        let number = await first.lastNumber
        await first.leave()
        await #expect(throws: Unreachable.self) { try await left.value }
        // Logged out: no session of the user's is left.
        try await #expect(eventually { try await !onMachine("loginctl list-sessions --no-legend").contains("gpuops") })
        let second = try await HostSession(returningTo: first.record, on: source, become: become, options: options)
        _ = try await onMachine("touch /tmp/go; chmod 666 /tmp/go")
        call.number = number
        let result = try await second.call(call)
        #expect(String(decoding: result.stdout, as: UTF8.self) == "begun\ndone\n")
        await second.close()
        _ = try await onMachine("rm -f /tmp/go")
    }
}
