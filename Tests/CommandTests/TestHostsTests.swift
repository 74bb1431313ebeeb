import Foundation
import Glibc
import TestSupport
import Testing

@Test func `the loopback fleet answers with a real sshd`() async throws {
    try await LoopbackFleet.with { fleet in
        let outcome = try outcome(
            of: "/usr/bin/ssh",
            [
                "-p", "\(fleet.port)", "-i", fleet.identity, "-o", "BatchMode=yes", "-o",
                "UserKnownHostsFile=\(fleet.knownHosts)", "-F", "none", "\(fleet.user)@127.0.3.7", "echo hello",
            ])
        #expect(outcome.stdout == "hello\n", "\(outcome.stderr)")
    }
}

@Test(.enabled(if: Machines.unavailable == nil, "\(Machines.unavailable ?? "")"))
func `booted machines have a real systemd`() async throws {
    try await Machines.with(2) { machines in
        func machine(_ command: String) throws -> ProcessOutcome {
            try outcome(
                of: "/usr/bin/ssh",
                [
                    "-i", machines.identity, "-o", "BatchMode=yes", "-o", "UserKnownHostsFile=\(machines.knownHosts)",
                    "-F", "none", "gpuops@\(machines.addresses[1])", command,
                ])
        }
        let said = try machine("hostname; systemctl is-system-running --wait; sudo id -u")
        // What has failed is asked for only where something has.
        let failed =
            try said.stdout.contains("running")
            ? ""
            : machine("systemctl --failed --no-pager --plain --full; sudo journalctl --boot --priority=err --no-pager")
                .stdout
        #expect(said.stdout == "gpu-2\nrunning\n0\n", "\(said.stderr)\(failed)")

        // Units that would fail on a busy machine, and do nothing for a test.
        #expect(
            try machine("systemctl is-enabled systemd-ask-password-console.path systemd-ask-password-wall.path").stdout
                == "masked\nmasked\n")
        let limit = "/proc/sys/fs/inotify/max_user_instances"
        if access(limit, W_OK) == 0 {
            let text = try String(contentsOfFile: limit, encoding: .utf8).trimmingCharacters(
                in: .whitespacesAndNewlines)
            #expect(Int(text).map { $0 >= 8192 } == true, "\(text)")
        }
    }
}

@Test(arguments: ["-5", "9223372036854775807", "none"])
func `a receiver of webhooks outlives a message whose length is none`(length: String) async throws {
    let receiver = try WebhookReceiver()
    defer { receiver.stop() }
    for length in [length, "2"] {
        let connection = try #require(connectLoopback("127.0.0.1", port: receiver.port))
        let request = Array("POST /\(length) HTTP/1.1\r\nContent-Length: \(length)\r\n\r\nok".utf8)
        #expect(send(connection, request, request.count, Int32(MSG_NOSIGNAL)) == request.count)
        shutdown(connection, Int32(SHUT_WR))
        close(connection)
    }
    for _ in 0..<1500 where !receiver.messages.contains(where: { $0.path == "/2" }) {
        try await Task.sleep(for: .milliseconds(20))
    }
    let message = receiver.messages.first { $0.path == "/2" }
    #expect(message?.body == "ok")
}
