import Audit
import Credentials
import Foundation
import Redaction
import Templating
import Vault
import YAML

/// `vault.json`: what the original `SecretStore` gives for vaults that it made, what it writes to the audit log, and
/// how it refuses.
struct VaultCorpus: Corpus {
    let name = "vault"

    func run(_ document: Value) async throws -> [CaseOutcome] {
        guard let parts = document.map else { throw CorpusError("the corpus is not an object") }
        var outcomes: [CaseOutcome] = []
        for (part, content) in parts.pairs {
            switch part.string {
            case "cases":
                for oracle in try cases(
                    content, keys: ["vault", "key", "env", "plaintext", "get", "describe", "describe_all", "resolve"])
                {
                    outcomes += try await VaultFolder.with { try await outcome(oracle, in: $0) }
                }
            case "audit_events": outcomes += try await VaultFolder.with { try await auditEvents(content, in: $0) }
            case "errors": outcomes += try await VaultFolder.with { try await errors(content, in: $0) }
            default: throw CorpusError("the runner does not know \(JSON.text(part))")
            }
        }
        return outcomes
    }

    private func outcome(_ oracle: OracleCase, in folder: VaultFolder) async throws -> [CaseOutcome] {
        guard let vault = oracle["vault"], let environment = oracle["env"]?.map, let get = oracle["get"]?.map,
            let describe = oracle["describe"]?.map,
            let all = oracle["describe_all"], let resolve = oracle["resolve"]?.list
        else { throw CorpusError("case \(oracle.id) is incomplete") }
        try folder.write(JSON.text(vault), to: folder.files.vault)
        try folder.write(try oracle.string("key"), to: folder.files.key)
        let store = folder.store(
            environment: Dictionary(uniqueKeysWithValues: environment.names.map { ($0, environment[$0]?.string ?? "") })
        )
        var outcomes: [CaseOutcome] = []
        func expect(_ what: String, _ expected: Value?, _ actual: Value?) {
            let texts = [expected, actual].map { $0.map { JSON.text($0, sortedKeys: true) } ?? "nothing" }
            outcomes.append(
                CaseOutcome(
                    id: "\(oracle.id) \(what)", passed: texts[0] == texts[1], expected: texts[0], actual: texts[1]))
        }
        for provider in get.names { expect("get \(provider)", get[provider], .dict(try await store.get(provider))) }
        for provider in describe.names {
            expect("describe \(provider)", describe[provider], written(try await store.describe(provider)))
        }
        expect("describe_all", all, .list(try await store.describeAll().map(written)))
        if let plaintext = oracle["plaintext"], !plaintext.isNull {
            expect("load", plaintext, .dict(try await store.load()))
            // The same vault from plain text in its place, and once more from what that upgrade wrote.
            try folder.write(JSON.text(plaintext), to: folder.files.vault)
            expect("upgrade", plaintext, .dict(try await store.load()))
            expect("reopen", plaintext, .dict(try await store.load()))
            expect("fingerprint", vault.map?["fingerprint"], try folder.vaultFile()["fingerprint"])
        }
        let resolver = CredentialResolver(
            vault: try await store.reader(), secrets: SecretSet(), audit: folder.audit, templar: Templar(),
            options: .init(environment: [:]),
            checks: .init(
                keys: KeyInspector { _, _ in .notAKey }, knowsHostKey: nil))
        for (number, request) in resolve.enumerated() {
            guard let request = request.map, let host = request["host"]?.string, let secrets = request["secrets"]?.map,
                let provider = secrets["provider"]?.string,
                Set(request.names).isSubset(of: ["host", "secrets", "ssh", "resolved"]),
                Set(secrets.names).isSubset(of: ["provider", "key"])
            else { throw CorpusError("case \(oracle.id) has a 'resolve' that the runner does not know") }
            let fields = try resolver.fields(
                host: host, provider: provider, key: secrets["key"]?.string, request: request["ssh"]?.map ?? [:])
            var resolved = ValueMap()
            for (field, value) in fields { resolved[field.rawValue] = value }
            expect("resolve \(number)", request["resolved"], .dict(resolved))
        }
        return outcomes
    }

    private func written(_ description: SecretStore.Description) -> Value {
        .dict([
            "provider": .string(description.provider), "present": .bool(description.present),
            "stored_keys": .list(description.storedKeys.map { .string($0) }),
            "override_keys": .list(description.overrideKeys.map { .string($0) }),
        ])
    }

    /// A key is made, a provider updated and read, the key rotated; then a wrong key, then a vault in plain text.
    private func auditEvents(_ expected: Value, in folder: VaultFolder) async throws -> [CaseOutcome] {
        let store = folder.store()
        try await store.generateKey()
        try await store.update("demo", ["token": .string("a secret")])
        _ = try await store.get("demo")
        try await store.rotateKey()
        let wrong = folder.store(environment: [VaultFiles.keyVariable: try Fernet.generateKey()])
        _ = try await wrong.reader()
        try folder.write(#"{"demo": {"token": "a secret"}}"#, to: folder.files.vault)
        _ = try await store.reader()
        guard let events = expected.list else { throw CorpusError("audit_events is not an array") }
        let written = try folder.auditEntries()
        return try (0..<max(events.count, written.count)).map { number in
            let wanted = number < events.count ? events[number].map : nil
            let found = number < written.count ? written[number] : nil
            var actual = found
            for name in wanted?.names ?? []
            where wanted?[name] == .string("<varies>") && found?[name]?.string?.isEmpty == false {
                actual?[name] = .string("<varies>")
            }
            // The chain that makes the log tamper-evident is this program's own.
            for name in found?.names ?? [] where wanted?[name] == nil && VaultFolder.chainFields.contains(name) {
                actual?[name] = nil
            }
            let texts = [wanted, actual].map { $0.map { JSON.text(.dict($0), sortedKeys: true) } ?? "nothing" }
            return CaseOutcome(
                id: "audit_events \(number) \(try name(wanted))", passed: texts[0] == texts[1], expected: texts[0],
                actual: texts[1])
        }
    }

    private func name(_ event: ValueMap?) throws -> String { event?["event"]?.string ?? "" }

    private func errors(_ expected: Value, in folder: VaultFolder) async throws -> [CaseOutcome] {
        try await folder.store(environment: [VaultFiles.keyVariable: try Fernet.generateKey()]).update(
            "demo", ["token": .string("a secret")])
        var outcomes: [CaseOutcome] = []
        for (kind, text) in expected.map?.pairs ?? [:] {
            let store: SecretStore =
                switch kind.string {
                case "no_key": folder.store()
                case "wrong_key": folder.store(environment: [VaultFiles.keyVariable: try Fernet.generateKey()])
                default: throw CorpusError("the runner does not know the error \(JSON.text(kind))")
                }
            var said = "no error"
            do { _ = try await store.get("demo") } catch let error as VaultError { said = error.problem }
            outcomes.append(
                CaseOutcome(
                    id: "errors \(kind.string ?? "")", passed: said == text.string, expected: text.string ?? "",
                    actual: said))
        }
        return outcomes
    }
}

/// A folder with a vault, a key and an audit log of its own, removed afterwards.
private struct VaultFolder {
    static let chainFields: Set<String> = ["logger", "previous", "hash"]
    let path: String
    let files: VaultFiles
    let audit: AuditLog

    static func with<Result>(_ body: (VaultFolder) async throws -> Result) async throws -> Result {
        let path = NSTemporaryDirectory() + "comfyfleet-oracle-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = VaultFolder(
            path: path, files: VaultFiles(vault: path + "/vault.json", key: path + "/vault.key"),
            audit: AuditLog(path: path + "/security.log"))
        return try await body(folder)
    }

    func store(environment: [String: String] = [:]) -> SecretStore {
        SecretStore(files: files, environment: environment, audit: audit, secrets: SecretSet())
    }

    func write(_ text: String, to path: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
    func vaultFile() throws -> ValueMap { try parse([UInt8](Data(contentsOf: URL(fileURLWithPath: files.vault)))) }
    func auditEntries() throws -> [ValueMap] {
        try Data(contentsOf: URL(fileURLWithPath: audit.path)).split(separator: UInt8(ascii: "\n")).map {
            try parse([UInt8]($0))
        }
    }
    private func parse(_ bytes: [UInt8]) throws -> ValueMap { try JSON.parse(bytes).map ?? [:] }
}
