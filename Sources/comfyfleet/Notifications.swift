import Hooks
import Notify
import Redaction
import Support
import Vault
import YAML

/// Who is notified of what happens: the executables in `config/hooks`, and the webhooks of `config/hooks.yml`.
enum Notifications {
    /// - Parameters:
    ///   - names: of the only webhooks that are notified; nil for all.
    /// - Throws: `Diagnostics` with all that is wrong in `config/hooks.yml`, names that it does not have, and secrets
    ///   that the vault does not have.
    static func notifier(_ vault: VaultReader, only names: Set<String>? = nil) throws -> Notifier {
        let all = try WebhookFile.load().webhooks
        var problems = (names ?? []).subtracting(all.map(\.name)).sorted().map {
            Diagnostic(
                "\(WebhookFile.defaultPath) has no webhook '\($0)'", at: nil,
                remedy: all.isEmpty ? "write it there" : "there are: \(all.map(\.name).joined(separator: ", "))")
        }
        var targets: [WebhookTarget] = []
        for webhook in all where names?.contains(webhook.name) ?? true {
            do { targets.append(try target(webhook, vault)) } catch { problems.append(error) }
        }
        guard problems.isEmpty else { throw Diagnostics(problems) }
        let warn: @Sendable (RedactedText) -> Void = { Output.print("warning: \($0)", to: .stderr) }
        return Notifier(
            runner: HookRunner(
                environment: ChildEnvironment.clean(VaultSession.environment), secrets: ComfyFleet.secrets, warn: warn),
            targets: targets, secrets: ComfyFleet.secrets, warn: warn)
    }

    private static func target(_ webhook: Webhook, _ vault: VaultReader) throws(Diagnostic) -> WebhookTarget {
        func value(_ path: Webhook.VaultPath) throws(Diagnostic) -> Secret<String> {
            do {
                guard let text = try vault.secret(path.provider, path.fields).string, !text.isEmpty else {
                    throw Diagnostic(
                        "webhook '\(webhook.name)': what the vault has there is not a text", at: webhook.mark,
                        remedy: "set it with comfyfleet vault set")
                }
                return Secret(text)
            } catch let error as VaultError {
                throw Diagnostic("webhook '\(webhook.name)': \(error.problem)", at: webhook.mark, remedy: error.remedy)
            } catch let error as Diagnostic { throw error } catch {
                throw Diagnostic("webhook '\(webhook.name)': \(error)", at: webhook.mark)
            }
        }
        let address: Secret<String> =
            switch webhook.address {
            case .written(let text): Secret(text)
            case .vault(let path): try value(path)
            }
        let key: Secret<String>? = if let path = webhook.key { try value(path) } else { nil }
        do { return try WebhookTarget(webhook, address: address, key: key) } catch {
            throw Diagnostic("webhook '\(webhook.name)': \(error.what)", at: webhook.mark, remedy: error.remedy)
        }
    }
}
