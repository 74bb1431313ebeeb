import AsyncHTTPClient
import Foundation
import Hooks
import Redaction
import Synchronization
import TestSupport
import Testing
import YAML

@testable import Notify

@Suite(.timeLimit(.minutes(2))) struct WebhookTests {
    private func problems(_ text: String) -> [String] {
        do {
            _ = try WebhookFile.parse(Array(text.utf8), path: "hooks.yml")
            return []
        } catch { return error.all.map(\.description) }
    }

    @Test func `everything that is wrong is told at once, and what may be a secret is not in it`() {
        let found = problems(
            """
            webhooks:
              one: {url: "ftp://marker-in-url", evnts: [on_drift]}
              two: {url: http://example.com/marker-in-url, events: [on_drft, on_security_secret_read]}
              three: {events: on_drift, key: marker-as-key, retries: 99, timeout: 0}
              four: {url: https://a.example, url_from: a.b, insecure: 3}
            others: 1
            """)
        #expect(
            found == [
                "hooks.yml:2:14: webhook 'one': its address is none of the web; write https://host/path",
                "hooks.yml:2:37: unknown key 'evnts' in webhook 'one'; did you mean 'events'?",
                "hooks.yml:3:14: webhook 'two': its address has no TLS, and is not this machine's; write https://, or say insecure: yes",
                "hooks.yml:3:57: there is no event 'on_drft'; did you mean 'on_drift'?",
                "hooks.yml:3:66: 'on_security_secret_read' is sent to executables only; put one into config/hooks/on_security_secret_read",
                "hooks.yml:4:3: webhook 'three' needs one of 'url' and 'url_from'; write  url: https://…  or  url_from: provider.field",
                "hooks.yml:4:34: 'key' names a field of the vault; write it as provider.field, and put the value there with comfyfleet vault set",
                "hooks.yml:4:58: 'retries' is a number from 0 to 20",
                "hooks.yml:4:71: 'timeout' is a number from 1 to 300",
                "hooks.yml:5:3: webhook 'four' needs one of 'url' and 'url_from'; write  url: https://…  or  url_from: provider.field",
                "hooks.yml:5:59: 'insecure' is yes or no",
                "hooks.yml:6:1: unknown key 'others' in a file of hooks",
            ])
        #expect(!found.joined().contains("marker"))
    }

    @Test(arguments: [
        ("http://127.0.0.1:80/x", true), ("http://localhost", true), ("http://[::1]:8080/", true),
        ("http://127.0.0.1@evil.example/", false), ("http://127.0.0.1.evil.example/", false),
        ("https://user:word@example.com", false), ("http://example.com", false), ("https://example.com", true),
        ("https://", false), ("https://a b", false),
    ])
    func `addresses`(text: String, isFine: Bool) {
        #expect((WebhookAddress.problem(of: text, isInsecure: false) == nil) == isFine)
    }

    @Test func `the signature is HMAC-SHA256 of the time and the body`() {
        // By: printf '1795465495.{"event":"on_drift"}' | openssl dgst -sha256 -hmac a-key-of-the-vault
        #expect(
            WebhookSignature.of(#"{"event":"on_drift"}"#, time: "1795465495", key: Secret("a-key-of-the-vault"))
                == "3e7e50ebe984714c375976d1bfc53812abd650e23252e785ae9f2a12021416f2")
    }

    private static let notice = Notice(.drift, at: 1_795_465_495.25, [.init("run", .text("run-1"))])

    private func target(
        _ receiver: WebhookReceiver, key: String? = "a-key", retries: Int = 4, timeout: Int = 5
    ) throws -> WebhookTarget {
        var webhook = Webhook(
            name: "ops", mark: SourceMark(file: "hooks.yml", line: 1, column: 1), address: .written(receiver.url))
        (webhook.retries, webhook.timeout) = (retries, timeout)
        return try WebhookTarget(
            webhook, address: Secret(receiver.url + "/hook?token=marker-of-address"), key: key.map { Secret($0) })
    }

    private func send(
        _ answers: [WebhookReceiver.Answer], retries: Int = 4
    ) async throws -> (messages: [WebhookReceiver.Message], pauses: [Duration], problem: RedactedText?) {
        let receiver = try WebhookReceiver(answers: answers)
        defer { receiver.stop() }
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: .init(redirectConfiguration: .disallow))
        let pauses = Mutex<[Duration]>([])
        let sender = WebhookSender(
            try target(receiver, retries: retries), client: client,
            clock: { Date(timeIntervalSince1970: 1_795_465_495) },
            sleep: { pause in pauses.withLock { $0.append(pause) } })
        var problem: RedactedText?
        do { try await sender.send(Self.notice, retries: retries) } catch let error as WebhookSender.Undelivered {
            problem = error.reason
        }
        try await client.shutdown()
        return (receiver.messages, pauses.withLock { $0 }, problem)
    }

    @Test func `a message is posted once, signed, with its event`() async throws {
        let (messages, pauses, problem) = try await send([])
        #expect(problem == nil && pauses.isEmpty)
        let message = try #require(messages.first)
        #expect(messages.count == 1 && message.path == "/hook?token=marker-of-address")
        #expect(message.body == #"{"event":"on_drift","timestamp":"2026-11-23T20:24:55Z","run":"run-1"}"#)
        #expect(
            message.headers["content-type"] == "application/json" && message.headers["x-comfyfleet-event"] == "on_drift"
                && message.headers["x-comfyfleet-timestamp"] == "1795465495")
        #expect(
            message.headers["x-comfyfleet-signature"]
                == WebhookSignature.of(message.body, time: "1795465495", key: Secret("a-key")).map { "sha256=" + $0 })
    }

    @Test func `what can't be taken now is tried again, later each time or when it is asked to, with one id`()
        async throws
    {
        let (messages, pauses, problem) = try await send([
            .init(500), .init(0, isCut: true), .init(429, headers: ["Retry-After": "7"]),
            .init(503, headers: ["Retry-After": "99999"]),
        ])
        #expect(problem == nil && messages.count == 5)
        #expect(pauses == [.seconds(1), .seconds(2), .seconds(7), .seconds(60)])
        #expect(Set(messages.map { $0.headers["x-comfyfleet-delivery"] }).count == 1)
    }

    @Test func `what is refused is not tried again, and nothing follows a redirection`() async throws {
        for status in [400, 401, 404, 301, 307] {
            let (messages, pauses, problem) = try await send([
                .init(status, headers: ["Location": "http://127.0.0.1:9/"])
            ])
            #expect(messages.count == 1 && pauses.isEmpty)
            #expect(problem?.description == "it answered \(status)")
        }
    }

    @Test func `it gives up in the end, without a word of the address or the key`() async throws {
        let (messages, _, problem) = try await send(Array(repeating: .init(500), count: 9), retries: 2)
        #expect(messages.count == 3 && problem?.description == "it answered 500, 3 attempts")
    }

    @Test func `all that was told is delivered when the work is over, each webhook in order and only what it wants`()
        async throws
    {
        let receiver = try WebhookReceiver()
        let other = try WebhookReceiver(answers: [.init(500)])
        defer {
            receiver.stop()
            other.stop()
        }
        var second = try target(other)
        second.webhook.events = [.runFinished]
        let said = Mutex<[String]>([])
        let warn: @Sendable (RedactedText) -> Void = { text in said.withLock { $0.append(text.description) } }
        let notifier = Notifier(
            runner: HookRunner(folder: "/nonexistent", environment: [:], secrets: SecretSet(), warn: warn),
            targets: [try target(receiver), second], secrets: SecretSet(), warn: warn)
        try await notifier.serve { tell in
            for number in 0..<50 { tell(Notice(.hostFailed, at: 0, [.init("number", .int(number))])) }
            tell(Notice(.runFinished, at: 0, []))
        }
        let numbers = try receiver.messages.map { try JSON.parse(Array($0.body.utf8)).map?["number"]?.int }
        #expect(numbers == (0..<50).map(Optional.init) + [nil])
        #expect(
            other.messages.count == 2
                && other.messages.allSatisfy { $0.headers["x-comfyfleet-event"] == "on_run_finished" })
        #expect(said.withLock { $0 } == [])
    }

    @Test func `the end waits for nobody longer than its limit`() async throws {
        let receiver = try WebhookReceiver(answers: Array(repeating: .init(500), count: 100))
        defer { receiver.stop() }
        let said = Mutex<[String]>([])
        let warn: @Sendable (RedactedText) -> Void = { text in said.withLock { $0.append(text.description) } }
        let notifier = Notifier(
            runner: HookRunner(folder: "/nonexistent", environment: [:], secrets: SecretSet(), warn: warn),
            targets: [try target(receiver, retries: 20)], secrets: SecretSet(), drainLimit: .milliseconds(300),
            warn: warn)
        let begin = ContinuousClock.now
        try await notifier.serve { tell in tell(Self.notice) }
        #expect(ContinuousClock.now - begin < .seconds(20))
        #expect(said.withLock { $0 } == ["webhook ops: on_drift was not delivered: the command has ended"])
    }
}
