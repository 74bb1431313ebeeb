import Audit
import Foundation
import Redaction
import Settings
import Vault
import YAML

/// The vault of the folder that a command runs in, its audit trail and its hooks.
enum VaultSession {
    static var environment: [String: String] { ProcessInfo.processInfo.environment }

    /// With what Ansible's configuration file says, under the variables that would say it. A file that can't be read is
    /// reported by what reads the settings themselves.
    static let ansibleEnvironment: [String: String] =
        (try? AnsibleConfiguration(environment: environment))?.completing(environment) ?? environment

    /// Runs `body`; the hooks of what it reads and rotates have run when this returns.
    static func with<Result>(_ body: (SecretStore, AuditLog) async throws -> Result) async throws -> Result {
        let environment = environment
        let warn: @Sendable (RedactedText) -> Void = { Output.print("warning: \($0)", to: .stderr) }
        let sinks = try AuditSinkFile.load().sinks
        let audit = AuditLog(
            path: AuditLog.path(in: environment),
            sinks: sinks.isEmpty ? nil : AuditSinks(sinks, secrets: ComfyFleet.secrets, warn: warn))
        let store = SecretStore(
            files: VaultFiles(), environment: environment, audit: audit, secrets: ComfyFleet.secrets)
        let hooks = SecretHooks(environment: environment, secrets: ComfyFleet.secrets, warn: warn)
        return try await hooks.serve(store.events) { try await body(store, audit) }
    }
}

/// Text that is about to be shown.
func redacted(_ text: String) -> RedactedText { RedactedText(text, secrets: ComfyFleet.secrets) }
