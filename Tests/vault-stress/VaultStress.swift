import Audit
import Redaction
import Vault
import YAML

/// A process that the vault's tests kill: `vault-stress update|count|rotate|read FOLDER NAME COUNT`.
///
/// It does the same with the vault again and again, and says after each time that it is done.
@main struct VaultStress {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let (mode, folder, name, count) = (arguments[1], arguments[2], arguments[3], Int(arguments[4]) ?? 0)
        let secrets = SecretSet()
        let store = SecretStore(
            files: VaultFiles(vault: folder + "/vault.json", key: folder + "/vault.key"), environment: [:],
            audit: AuditLog(path: folder + "/security.log"), secrets: secrets)
        for number in 0..<count {
            switch mode {
            case "update": try await store.update("stress", ["\(name)-\(number)": .int(number)])
            case "count": try await store.update("stress", [name: .int(number)])
            case "rotate": try await store.rotateKey()
            default: _ = try await store.get("stress")
            }
            Output.print("\(number)")
        }
    }
}
