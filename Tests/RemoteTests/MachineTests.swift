import Credentials
import Foundation
import Redaction
import TestSupport
import Testing

@testable import Remote

/// The real sudo and su, on booted machines.
@Suite(.enabled(if: Machines.unavailable == nil, "\(Machines.unavailable ?? "")"))
struct MachineTests {
    static func transport(_ machines: Machines, user: String) throws -> OpenSSHTransport {
        var settings = ConnectionSettings(host: "m1", address: machines.addresses[0], user: user)
        settings.port = machines.port
        settings.identity = machines.identity
        settings.sshCommand = [
            "ssh", "-F", "none", "-o", "UserKnownHostsFile=\(machines.knownHosts)", "-o", "StrictHostKeyChecking=yes",
            "-o", "IdentitiesOnly=yes",
        ]
        return try OpenSSHTransport(settings)
    }

    private struct Way: Sendable {
        let transport: OpenSSHTransport, become: Become
        init(_ transport: OpenSSHTransport, _ become: Become) { (self.transport, self.become) = (transport, become) }
    }

    @Test func `real sudo`() async throws {
        try await Machines.with(1) { machines in
            let gpuops = try Self.transport(machines, user: "gpuops")
            let ops = try Self.transport(machines, user: "ops")
            let password = Secret(machines.opsPassword)
            // What sudoers may say, each in turn; `!` undoes it.
            for line in [
                "", "Defaults use_pty", "Defaults !use_pty,lecture=always", "Defaults timestamp_timeout=0,env_reset",
                "Defaults log_output,use_pty",
            ] {
                try Data("\(line)\n".utf8).write(to: URL(fileURLWithPath: machines.root(0) + "/etc/sudoers.d/zz-test"))
                let ways = [
                    Way(gpuops, Become()), Way(gpuops, Become(password: Secret("not asked for"))),
                    Way(ops, Become(password: password)), Way(ops, Become(user: "gpuops", password: password)),
                ]
                try await sideBySide(ways, atOnce: ways.count) { way in
                    let become = way.become
                    try await HostSession.with("sh", become: become, on: way.transport) { session in
                        try await #expect(session.identity().user == become.user, "\(line)")
                        let bytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0) }
                        let result = try await session.call(Call("id -un; cat; echo err >&2; exit 3", stdin: bytes))
                        #expect(result.stdout == Array("\(become.user)\n".utf8) + bytes, "\(line)")
                        #expect(result.errorText == "err\n" && result.status == 3, "\(line)")
                        var large = Call("wc -c", stdin: [UInt8](repeating: 10, count: 5_000_000))
                        large.ownProcessGroup = true
                        try await #expect(
                            session.call(large).text.trimmingCharacters(in: .whitespacesAndNewlines) == "5000000",
                            "\(line)")
                        let ended = try await session.timeOut(Call("sleep 1000 & echo $!; sleep 1000")) {
                            !$0.text.isEmpty
                        }
                        #expect(ended.timedOut)
                        try await #expect(session.run("kill -0 \(ended.text)").status != 0)
                    }
                }
            }
            for (transport, become, words) in [
                (ops, Become(), "password is required"), (ops, Become(password: Secret("hunter2")), "wrong password"),
                (gpuops, Become(user: "nobody-here"), "unknown user"),
            ] {
                let error = await #expect(throws: Unreachable.self) {
                    try await HostSession.with("sh", become: become, on: transport) { _ in }
                }
                #expect(
                    error?.reason == .become && error?.message.contains(words) == true, "\(String(describing: error))")
                #expect(error?.remedy != nil)
            }
            try Data("ops ALL=(gpuops) ALL\n".utf8).write(
                to: URL(fileURLWithPath: machines.root(0) + "/etc/sudoers.d/ops"))
            let error = await #expect(throws: Unreachable.self) {
                try await HostSession.with("sh", become: Become(password: password), on: ops) { _ in }
            }
            #expect(error?.remedy?.contains("sudoers") == true, "\(String(describing: error))")

            try await HostSession.with("sh", become: Become(method: .su, user: "ops", password: password), on: gpuops) {
                session in
                try await #expect(session.run("id -un; cat", stdin: "in").text == "ops\nin")
            }
            let wrong = await #expect(throws: Unreachable.self) {
                try await HostSession.with(
                    "sh", become: Become(method: .su, user: "ops", password: Secret("hunter2")), on: gpuops
                ) { _ in }
            }
            #expect(
                wrong?.reason == .become && wrong?.remedy?.contains("become_password") == true,
                "\(String(describing: wrong))")
        }
    }
}
