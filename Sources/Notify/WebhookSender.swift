import AsyncHTTPClient
import Foundation
import Hooks
import NIOCore
import Redaction
import Support
import Vault

/// Where a webhook leads and what its messages are signed with, out of the vault.
package struct WebhookTarget: Sendable {
    package var webhook: Webhook
    var address: Secret<String>
    var key: Secret<String>?

    /// - Throws: what is wrong with an address that comes from the vault; it is not in the words.
    package init(_ webhook: Webhook, address: Secret<String>, key: Secret<String>?) throws(WebhookProblem) {
        if let problem = WebhookAddress.problem(of: address.reveal(), isInsecure: webhook.isInsecure) {
            throw WebhookProblem(what: problem.what, remedy: problem.remedy)
        }
        (self.webhook, self.address, self.key) = (webhook, address, key)
    }
}

package struct WebhookProblem: Error, Sendable {
    package var what: String
    package var remedy: String
}

/// Posts notices to one webhook, one after the other.
///
/// A message that can't be delivered is tried again after 1, 2, 4 … seconds, or when the other side says; one that it
/// refuses (4xx) is not. Redirections are not followed: they
/// would lead a message to where nobody wrote that it may go.
struct WebhookSender: Sendable {
    private let target: WebhookTarget
    private let client: HTTPClient
    private let clock: @Sendable () -> Date
    private let sleep: @Sendable (Duration) async throws -> Void

    init(
        _ target: WebhookTarget, client: HTTPClient, clock: @escaping @Sendable () -> Date = { Date() },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        (self.target, self.client, self.clock, self.sleep) = (target, client, clock, sleep)
    }

    /// Why a message was not delivered. The address is not in it.
    struct Undelivered: Error { var reason: RedactedText }

    /// - Parameter retries: attempts after the first.
    /// - Throws: `Undelivered`, `CancellationError`.
    func send(_ notice: Notice, retries: Int) async throws {
        let body = notice.payload.encoded().description
        let id = UUID().uuidString.lowercased()
        var attempt = 0
        while true {
            let outcome = await post(body, notice.event, id)
            try Task.checkCancellation()
            switch outcome {
            case .delivered: return
            case .refused(let reason): throw Undelivered(reason: reason)
            case .again(let reason, let after):
                guard attempt < retries else { throw Undelivered(reason: "\(reason), \(attempt + 1) attempts") }
                try await sleep(after ?? WebhookBackoff.pause(before: attempt))
                attempt += 1
            }
        }
    }

    private enum Outcome {
        case delivered
        case refused(RedactedText)
        case again(RedactedText, after: Duration?)
    }

    private func post(_ body: String, _ event: HookEvent, _ id: String) async -> Outcome {
        var request = HTTPClientRequest(url: target.address.reveal())
        request.method = .POST
        let time = String(Int(clock().timeIntervalSince1970))
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "User-Agent", value: "comfyfleet")
        request.headers.add(name: "X-ComfyFleet-Event", value: event.rawValue)
        request.headers.add(name: "X-ComfyFleet-Delivery", value: id)
        request.headers.add(name: "X-ComfyFleet-Timestamp", value: time)
        if let key = target.key {
            guard let signature = WebhookSignature.of(body, time: time, key: key) else {
                return .refused("it could not be signed")
            }
            request.headers.add(name: "X-ComfyFleet-Signature", value: "sha256=" + signature)
        }
        request.body = .bytes(ByteBuffer(string: body))
        do {
            let response = try await client.execute(request, timeout: .seconds(Int64(target.webhook.timeout)))
            // What it says is nobody's business; taking a little of it in keeps the connection.
            _ = try? await response.body.collect(upTo: 64 << 10)
            let status = Int(response.status.code)
            switch status {
            case 200..<300: return .delivered
            case 408, 425, 429, 500...:
                return .again(
                    "it answered \(status)", after: WebhookBackoff.asked(response.headers.first(name: "Retry-After")))
            default: return .refused("it answered \(status)")
            }
        } catch {
            return .again("it could not be reached", after: nil)
        }
    }
}

enum WebhookBackoff {
    /// Before the attempt after this one (from 0): 1, 2, 4 … 60 seconds.
    static func pause(before attempt: Int) -> Duration { .seconds(min(60, 1 << min(attempt, 6))) }

    /// `Retry-After` in seconds, no more than a minute; a date is not taken.
    static func asked(_ header: String?) -> Duration? {
        header.flatMap { Int($0) }.map { .seconds(min(60, max(0, $0))) }
    }
}

enum WebhookSignature {
    /// HMAC-SHA256 of `time.body` in hex: the time is signed, too, so that an old message can be distinguished from a
    /// new one. nil when libcrypto can't.
    static func of(_ body: String, time: String, key: Secret<String>) -> String? {
        key.withBytes { bytes in
            (try? LibCrypto.hmacSHA256(key: bytes, Array("\(time).\(body)".utf8))).map { Hex.text($0) }
        }
    }
}
