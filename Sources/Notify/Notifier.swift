import AsyncHTTPClient
import Hooks
import NIOCore
import Redaction

/// Tells hooks and webhooks what happens, beside the work and never in its way.
///
/// Executables run one after another, in the order of the events; so does each webhook, beside them. What is reported
/// and can't be delivered soon waits in memory, up to a limit,
/// and until `drainLimit` has passed after the work's end.
package struct Notifier: Sendable {
    private let runner: HookRunner
    private let targets: [WebhookTarget]
    private let secrets: SecretSet
    private let drainLimit: Duration
    private let warn: @Sendable (RedactedText) -> Void
    /// Notices that wait for one receiver.
    private static let backlog = 1000

    package init(
        runner: HookRunner, targets: [WebhookTarget], secrets: SecretSet, drainLimit: Duration = .seconds(30),
        warn: @escaping @Sendable (RedactedText) -> Void
    ) {
        (self.runner, self.targets, self.secrets, self.drainLimit, self.warn) = (
            runner, targets, secrets, drainLimit, warn
        )
    }

    /// Runs `body`, which reports what happens; all that it reported is delivered, or abandoned with a warning, when
    /// this returns.
    package func serve<Result>(
        isolation: isolated (any Actor)? = #isolation,
        while body: (_ tell: @escaping @Sendable (Notice) -> Void) async throws -> Result
    ) async throws -> Result {
        let executables = AsyncStream<Notice>.makeStream(bufferingPolicy: .bufferingOldest(Self.backlog))
        let queues = targets.map { _ in AsyncStream<Notice>.makeStream(bufferingPolicy: .bufferingOldest(Self.backlog))
        }
        let client: HTTPClient? =
            targets.isEmpty ? nil : HTTPClient(eventLoopGroupProvider: .singleton, configuration: Self.configuration)
        let outcome = await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await withTaskGroup(of: Void.self) { receivers in
                    receivers.addTask {
                        for await notice in executables.stream { await runner.run(notice.event, notice.payload) }
                    }
                    if let client {
                        for (target, queue) in zip(targets, queues) {
                            receivers.addTask { await deliver(queue.stream, to: target, client) }
                        }
                    }
                }
            }
            let tell: @Sendable (Notice) -> Void = { notice in
                if runner.has(notice.event), case .dropped = executables.continuation.yield(notice) {
                    warn("hook \(notice.event.name): too many wait to be delivered")
                }
                for (target, queue) in zip(targets, queues) where target.webhook.events.contains(notice.event) {
                    if case .dropped = queue.continuation.yield(notice) {
                        warn("webhook \(name(of: target)): too many messages wait")
                    }
                }
            }
            let outcome: Swift.Result<Result, any Error>
            do { outcome = .success(try await body(tell)) } catch { outcome = .failure(error) }
            executables.continuation.finish()
            for queue in queues { queue.continuation.finish() }
            group.addTask { try? await Task.sleep(for: drainLimit) }
            await group.next()
            group.cancelAll()
            return outcome
        }
        try? await client?.shutdown()
        return try outcome.get()
    }

    /// One that is not reached is not tried at length again for each message, until it is reached.
    private func deliver(_ notices: AsyncStream<Notice>, to target: WebhookTarget, _ client: HTTPClient) async {
        let sender = WebhookSender(target, client: client)
        var isReached = true
        for await notice in notices {
            do {
                try await sender.send(notice, retries: isReached ? target.webhook.retries : 0)
                isReached = true
            } catch let error as WebhookSender.Undelivered {
                isReached = false
                warn("webhook \(name(of: target)): \(notice.event.name) was not delivered: \(error.reason)")
            } catch {
                warn("webhook \(name(of: target)): \(notice.event.name) was not delivered: the command has ended")
                return
            }
        }
    }

    private func name(of target: WebhookTarget) -> RedactedText { RedactedText(target.webhook.name, secrets: secrets) }

    private static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(10)
        // A refused connection is tried again by the webhook's own retries, which are counted.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
}
