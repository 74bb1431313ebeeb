import Foundation
import Redaction
import TestSupport
import Testing

@testable import SSH

@Suite(.timeLimit(.minutes(2))) struct AuthenticationTests {
    private func newKey(
        _ fleet: LoopbackFleet, _ name: String, _ arguments: [String], authorize: Bool = true
    ) async throws -> String {
        let path = "\(fleet.folder)/\(name)"
        let made = try await offPool {
            try outcome(of: "/usr/bin/ssh-keygen", ["-q", "-N", "", "-f", path] + arguments)
        }
        try #require(made.status == 0, "\(made.stderr)")
        if authorize {
            let file = try #require(FileHandle(forWritingAtPath: fleet.authorizedKeys))
            try file.seekToEnd()
            try file.write(contentsOf: Data(contentsOf: URL(fileURLWithPath: path + ".pub")))
            try file.close()
        }
        return path
    }

    @Test(arguments: [
        ["-t", "ed25519"], ["-t", "ecdsa", "-b", "256"], ["-t", "ecdsa", "-b", "384"], ["-t", "ecdsa", "-b", "521"],
        ["-t", "rsa", "-b", "3072"],
    ])
    func everyTypeOfKeySignsIn(_ arguments: [String]) async throws {
        try await LoopbackFleet.with { fleet in
            let key = try await IdentityCache.shared.key(at: newKey(fleet, "extra", arguments))
            let connection = try await fleet.connect(authentication: [.key(key)])
            #expect(try await connection.run("echo in").text == "in\n")
            await connection.close()
        }
    }

    @Test func aKeyThatIsNotAuthorizedIsRefused() async throws {
        try await LoopbackFleet.with { fleet in
            let key = try await IdentityCache.shared.key(
                at: newKey(fleet, "stranger", ["-t", "ed25519"], authorize: false))
            let error = await sshError { _ = try await fleet.connect(authentication: [.key(key)]) }
            #expect(error?.code == .authenticationFailed)
            #expect(error?.message.contains("key (ssh-ed25519)") == true)
            #expect(error?.message.contains("publickey") == true)
            #expect(
                error?.description.contains(fleet.user) == false
                    || fleet.user == "root" && error?.description.contains("root") == false)
            // The next method is tried.
            let good = try await IdentityCache.shared.key(at: fleet.identity)
            let connection = try await fleet.connect(authentication: [
                .password(Secret("not offered")), .key(key), .key(good),
            ])
            await connection.close()
        }
    }

    @Test func withoutAnythingToShowTheErrorSaysWhatIsMissing() async throws {
        try await LoopbackFleet.with { fleet in
            let error = await sshError { _ = try await fleet.connect(authentication: []) }
            #expect(error?.code == .authenticationFailed)
            #expect(error?.message.contains("nothing to authenticate with") == true)
        }
    }

    @Test func twoKeysInSequenceWhereTheServerWantsBoth() async throws {
        var options = LoopbackFleet.Options()
        options.configuration = ["AuthenticationMethods publickey,publickey"]
        try await LoopbackFleet.with(options) { fleet in
            let first = try await IdentityCache.shared.key(at: fleet.identity)
            let second = try await IdentityCache.shared.key(at: newKey(fleet, "second", ["-t", "ecdsa"]))
            let connection = try await fleet.connect(authentication: [.key(first), .key(second)])
            #expect(try await connection.run("echo in").text == "in\n")
            await connection.close()
            #expect(
                await sshError { _ = try await fleet.connect(authentication: [.key(first)]) }?.code
                    == .authenticationFailed)
        }
    }

    @Test(arguments: ["ec", "rsa"]) func theAgentsKeysSignIn(_ authorized: String) async throws {
        try await LoopbackFleet.with { fleet in
            try await withAgent(fleet) { socket in
                for (name, arguments) in [
                    ("ed", ["-t", "ed25519"]), ("ec", ["-t", "ecdsa", "-b", "521"]),
                    ("rsa", ["-t", "rsa", "-b", "3072"]),
                ] {
                    let path = try await newKey(fleet, "agent-\(name)", arguments, authorize: name == authorized)
                    try await offPool {
                        try run("/usr/bin/ssh-add", "-q", path, environment: ["SSH_AUTH_SOCK": socket])
                    }
                }
                let connections = try await withThrowingTaskGroup(of: SSHConnection.self) { group in
                    for address in LoopbackFleet.addresses(8) {
                        group.addTask { try await fleet.connect(address, authentication: [.agent(socket: socket)]) }
                    }
                    return try await group.reduce(into: [SSHConnection]()) { $0.append($1) }
                }
                for connection in connections {
                    #expect(try await connection.run("echo in").text == "in\n")
                    await connection.close()
                }
            }
            let error = await sshError {
                _ = try await fleet.connect(authentication: [.agent(socket: fleet.folder + "/nobody")])
            }
            #expect(error?.message.contains("no SSH agent answers") == true)
        }
    }

    private func withAgent(_ fleet: LoopbackFleet, _ body: (String) async throws -> Void) async throws {
        let agent = Process()
        let socket = fleet.folder + "/agent"
        agent.executableURL = URL(fileURLWithPath: "/usr/bin/ssh-agent")
        agent.arguments = ["-D", "-a", socket]
        agent.standardOutput = FileHandle.nullDevice
        try agent.run()
        // A process that is started here has the signal mask of the pool's threads, which blocks the gentler ones.
        defer { kill(agent.processIdentifier, SIGKILL) }
        while agent.isRunning, !FileManager.default.fileExists(atPath: socket) {
            try await Task.sleep(for: .milliseconds(10))
        }
        try await body(socket)
    }
}
