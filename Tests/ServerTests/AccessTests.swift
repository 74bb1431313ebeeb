import Foundation
import Redaction
import TestSupport
import Testing
import YAML

@testable import Server

@Suite
struct AccessTests {
    private let start = ContinuousClock().now

    private func fail(
        _ failed: inout FailedTokens, _ client: String = "10.0.0.9", at seconds: Int
    ) -> FailedTokens.Answer { failed.fail(client, at: start + .seconds(seconds)).answer }

    @Test func `the fifth wrong token is answered later, and each further one later still, up to a bound`() {
        var failed = FailedTokens()
        var answers: [FailedTokens.Answer] = []
        for number in 0..<12 {
            let (answer, isNoted) = failed.fail("10.0.0.9", at: start + .seconds(number))
            #expect(isNoted == (number == 4), "one entry in the audit trail")
            if case .after = answer { failed.waited("10.0.0.9") }
            answers.append(answer)
        }
        #expect(
            answers == [.now, .now, .now, .now]
                + [250, 500, 1000, 2000, 4000, 8000, 8000, 8000].map { .after(.milliseconds($0)) })
        #expect(fail(&failed, "10.0.0.8", at: 12) == .now, "others are served")
        #expect(fail(&failed, at: 12 + 600) == .now, "it is forgotten")
    }

    @Test func `who waits holds few connections, alone and all together`() {
        var failed = FailedTokens()
        var answers: [FailedTokens.Answer] = []
        for client in 0..<10 { for number in 0..<12 { answers.append(fail(&failed, "client \(client)", at: number)) } }
        let waiting = answers.filter { if case .after = $0 { true } else { false } }.count
        #expect(waiting == FailedTokens.mostWaiting && answers.filter { $0 == .refused }.count == 10 * 8 - waiting)
        failed.waited("client 0")
        guard case .after = fail(&failed, "client 0", at: 20) else {
            return #expect(Bool(false), "a place is free again")
        }
        #expect(fail(&failed, "client 1", at: 20) == .refused)
    }

    @Test func `guessing from many addresses fills no memory`() {
        var failed = FailedTokens()
        for number in 0..<(3 * FailedTokens.mostClients) {
            _ = failed.fail("client \(number)", at: start + .milliseconds(number))
        }
        #expect(failed.count <= FailedTokens.mostClients)
    }

    @Test(arguments: [
        ("Bearer 0123456789abcdef0123", true), ("bearer   0123456789abcdef0123", true),
        ("Bearer 0123456789abcdef012", false), ("Bearer 0123456789abcdef01234", false),
        ("Bearer", false), ("Bearer ", false), ("Basic 0123456789abcdef0123", false), ("0123456789abcdef0123", false),
        ("", false),
    ])
    func `a header gives the token or does not`(header: String, isRight: Bool) {
        #expect(
            (BearerToken.digest(givenBy: header) == BearerToken.digest(of: Secret("0123456789abcdef0123"))) == isRight)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.9.8.7", true), ("localhost", true), ("::1", true), ("0.0.0.0", false), ("::", false),
        ("192.168.1.4", false), ("127.evil.example", false), ("", false),
    ])
    func `what loopback is`(host: String, isLoopback: Bool) {
        var settings = ServerSettings()
        settings.host = host
        #expect(settings.isLoopback == isLoopback)
    }

    @Test func `beyond loopback a token and TLS are needed, and both are told at once`() {
        var settings = ServerSettings()
        settings.host = "0.0.0.0"
        #expect(problems(settings).map { String($0.prefix(13)) } == ["without a tok", "without TLS t"])
        settings.token = Secret("0123456789abcdef0123")
        #expect(problems(settings).count == 1)
        settings.token = Secret("guessable")
        settings.host = "127.0.0.1"
        #expect(
            problems(settings) == [
                "the token is shorter than 20 characters; make one with: comfyfleet serve --make-token"
            ])
        settings.token = nil
        #expect(problems(settings) == [])
        settings.certificate = "fleet.pem"
        #expect(
            problems(settings) == ["TLS takes a certificate and its key; give both --tls-certificate and --tls-key"])
    }

    private func sender(_ client: String) -> Refusals.Sender {
        Refusals.Sender(event: "api.denied", client: client, token: "ci")
    }

    @Test func `who is refused again within a minute is counted, and every refusal is in one entry or another`() {
        var refusals = Refusals()
        var written = 0
        for second in 0..<600 {
            if refusals.note(sender("10.0.0.9"), second % 3 == 0 ? "GET /a" : "GET /b", at: start + .seconds(second)) {
                written += 1
            }
            let taken = refusals.dequeue(at: start + .seconds(second))
            #expect(taken.count <= 1)
            written += taken.flatMap(\.counts.values).reduce(0, +)
        }
        written += refusals.dequeue(at: nil).flatMap(\.counts.values).reduce(0, +)
        #expect(written == 600)
        let isWritten = refusals.note(sender("10.0.0.9"), "GET /a", at: start + .seconds(700))
        let rest = refusals.dequeue(at: nil)
        #expect(isWritten, "the next one is written at once again")
        #expect(rest.isEmpty, "nothing followed it")
    }

    @Test func `refusals of many senders are few entries, and what could not be written is taken again`() {
        var refusals = Refusals()
        let first = (0..<1000).count { refusals.note(sender("client \($0)"), "GET /a", at: start) }
        #expect(first == Refusals.mostSenders + 1)
        let taken = refusals.dequeue(at: nil)
        #expect(taken.count == 1 && taken.first?.counts == ["GET /a": 1000 - first])
        refusals.putBack(taken)
        _ = refusals.note(taken[0].sender, "GET /a", at: start)
        #expect(refusals.dequeue(at: start + Refusals.minute).first?.counts == ["GET /a": 1001 - first])
    }

    @Test func `no process is started to compare what a client looks at with the playbooks of its token`() async throws
    {
        let folder = try temporaryFolder("catalogue")
        let program = folder + "/comfyfleet"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/playbooks", withIntermediateDirectories: false)
        for name in ["ollama", "comfyui"] {
            #expect(FileManager.default.createFile(atPath: folder + "/playbooks/\(name).yml", contents: nil))
        }
        try Data("#!/bin/sh\ntouch '\(folder)/started'\n".utf8).write(to: URL(fileURLWithPath: program))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        var commands = Commands(secrets: SecretSet())
        commands.program = program
        let settings = ServerSettings()
        let catalogue = ModuleCatalogue(commands: commands, limits: settings.limits)
        let limits = AccessLimits(commands: commands, catalogue: catalogue, settings: settings)
        let client = ClientAccess(name: "ci", rights: [.read], playbooks: ["ollama"], hosts: nil, digest: nil)
        // A copy in the current folder goes before the one beside the program.
        let playbooks = try #require(catalogue.files()).folder
        try await limits.requirePlaybooks([playbooks + "/ollama.yml"], client)
        await #expect(throws: APIError.self) { try await limits.requirePlaybooks([playbooks + "/comfyui.yml"], client) }
        #expect(!FileManager.default.fileExists(atPath: folder + "/started"))
    }

    private func problems(_ settings: ServerSettings) -> [String] {
        do { try settings.check() } catch { return error.all.map(\.description) }
        return []
    }
}
