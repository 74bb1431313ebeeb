import Audit
import Foundation
import Glibc
import Redaction
import TestSupport
import Testing
import YAML

@testable import Vault

/// Other hands in the vault's files, and what becomes of its values before anybody reads them.
@Suite struct FilesTests {
    @Test(.enabled(if: geteuid() == 0))
    func `a rotation's new key goes into no file of another user's, whatever they plant`() async throws {
        try await TestVault.with { vault in
            let store = try await vault.filled()
            chmod(vault.folder, 0o1777)
            try vault.put("x", in: vault.folder + "/theirs")
            for path in [vault.folder + "/theirs"] { chown(path, 65534, 65534) }
            symlink("theirs", vault.files.pendingKey)
            lchown(vault.files.pendingKey, 65534, 65534)
            #expect(await code { try await store.rotateKey() } == .file, "it says that there is a link")
            #expect(vault.bytes(vault.folder + "/theirs") == Data("x".utf8))
            #expect(await code { _ = try await store.get("demo") } == .file)
            try FileManager.default.removeItem(atPath: vault.files.pendingKey)
            try await store.rotateKey()
            var status = stat()
            #expect(
                lstat(vault.files.key, &status) == 0 && status.st_uid == geteuid() && status.st_mode & 0o7777 == 0o600)
        }
    }

    @Test func `a key, a vault and a trail that others may read are put right when they are used`() async throws {
        try await TestVault.with { vault in
            let store = try await vault.filled()
            for path in [vault.files.key, vault.files.vault, vault.auditPath] { chmod(path, 0o666) }
            #expect(try await store.get("demo")["token"] == .string("a-secret-value"))
            for path in [vault.files.key, vault.files.vault, vault.auditPath] { #expect(try vault.mode(path) == 0o600) }
        }
    }

    @Test func `a key whose file begins with a byte order mark is a key`() async throws {
        try await TestVault.with { vault in
            let store = try await vault.filled()
            let key = try #require(vault.bytes(vault.files.key))
            try (Data([0xef, 0xbb, 0xbf]) + key).write(to: URL(fileURLWithPath: vault.files.key))
            #expect(try await store.get("demo")["token"] == .string("a-secret-value"))
        }
    }

    @Test func `a vault's folder may be a link of the user's own`() async throws {
        try await TestVault.with { vault in
            _ = try await vault.filled()
            try FileManager.default.createSymbolicLink(
                atPath: vault.folder + "/config", withDestinationPath: vault.folder)
            let files = VaultFiles(vault: vault.folder + "/config/vault.json", key: vault.folder + "/config/vault.key")
            let store = SecretStore(
                files: files, environment: [:], audit: AuditLog(path: vault.auditPath), secrets: SecretSet())
            try await store.rotateKey()
            #expect(try await store.get("demo")["token"] == .string("a-secret-value"))
        }
    }

    @Test func `overrides have the original's names, and those that a shell can set`() async throws {
        try await TestVault.with { vault in
            let store = vault.store([
                "COMFYVN_SECRET_MODEL-HUB_TOKEN": "by the original's name", "COMFYVN_SECRET_MODEL_HUB_TOKEN": "another",
                "COMFYVN_SECRET_MODEL_HUB_URL": "by a shell's",
            ])
            let fields = try await store.get("model-hub")
            #expect(fields["token"] == .string("by the original's name") && fields["url"] == .string("by a shell's"))
        }
    }

    @Test func `the environment's values join the search before any vault is read`() {
        let secrets = SecretSet()
        secrets.insertVaultVariables([
            "COMFYVN_SECRET_LEAKENV_TOKEN": " Marked-Override\n", "COMFYVN_SECRETS_KEY": "Marked-Key",
            "COMFYVN_SECRET_REMOTE_INSTALLER_USER": "ubuntu", "HOME": "/root",
        ])
        let shown = RedactedText("Marked-Override Marked-Key ubuntu /root", secrets: secrets).description
        #expect(shown == "«redacted:COMFYVN_SECRET_LEAKENV_TOKEN» «redacted:vault.key» ubuntu /root")
    }

    @Test func `the environment's values are secret for templates`() {
        let environment = [
            "COMFYVN_SECRET_LEAKENV_TOKEN": "Marked-Override", "COMFYVN_SECRETS_KEY": "Marked-Key",
            "COMFYVN_SECRET_REMOTE_INSTALLER_USER": "ubuntu", "HOME": "/root",
        ]
        func provenance(_ name: String) -> Provenance? { EnvironmentVariable.value(name, in: environment)?.provenance }
        #expect(
            provenance("COMFYVN_SECRET_LEAKENV_TOKEN")?.label == "COMFYVN_SECRET_LEAKENV_TOKEN"
                && provenance("COMFYVN_SECRETS_KEY")?.label == "vault.key")
        #expect(provenance("COMFYVN_SECRET_LEAKENV_TOKEN")?.isSearched == true)
        // A user's name is everywhere: it is hidden as a value, and not searched for.
        #expect(provenance("COMFYVN_SECRET_REMOTE_INSTALLER_USER")?.isSearched == false)
        #expect(
            EnvironmentVariable.value("HOME", in: environment) == .string("/root")
                && provenance("HOME")?.isSecret == false)
        #expect(EnvironmentVariable.value("NOWHERE", in: environment) == nil)
    }

    private static let payload: ValueMap = [
        "leakdb": .dict([
            "user": .dict(["name": .string("app-user-name"), "password": .string("Marked-Below-User")]),
            "port": .string("Marked-Port"),
        ]),
        "remote_installer": .dict([
            "user": .string("direct-user"),
            "defaults": .dict([
                "user": .string("default-user"), "timeout": .dict(["deep": .string("Marked-Below-Timeout")]),
            ]),
            "hosts": .dict([
                "gpu": .dict(["user": .string("host-user"), "identity": .list([.string("Marked-In-List")])])
            ]), "gpu-2": .dict(["username": .string("block-user")]),
            "env": .dict(["user": .string("Marked-Variable")]),
            "more": .dict(["deep": .dict(["user": .string("Marked-Deep-User")])]),
        ]),
        "lab": .dict(["defaults": .dict(["user": .string("lab-user"), "password": .string("Marked-Lab")])]),
    ]

    @Test func `all of an open vault joins the search with one entry, and nobody reads anything`() async throws {
        try await TestVault.with { vault in
            let reader = try await vault.filled(Self.payload).reader()
            try reader.concealAll(connections: ["Lab"])
            let marked = [
                "app-user-name", "Marked-Below-User", "Marked-Port", "Marked-Below-Timeout", "Marked-In-List",
                "Marked-Variable", "Marked-Deep-User", "Marked-Lab",
            ]
            for text in marked {
                #expect(RedactedText(text, secrets: vault.secrets).description.hasPrefix("«redacted:"), "\(text)")
            }
            // What tells how to connect is everywhere, and opens nothing.
            for text in ["direct-user", "default-user", "host-user", "block-user", "lab-user"] {
                #expect(RedactedText(text, secrets: vault.secrets).description == text)
            }
            let entries = try vault.events().filter {
                $0["event"]?.string?.hasPrefix("secrets.") == true && $0["event"] != .string("secrets.write")
                    && $0["event"] != .string("secrets.key.generated")
            }
            #expect(
                entries.count == 1 && entries[0]["event"] == .string("secrets.opened")
                    && entries[0]["purpose"] == .string("redaction"))
            #expect(entries[0]["providers"]?.list?.compactMap(\.string) == ["leakdb", "remote_installer", "lab"])
        }
    }

    @Test func `a field of such a name that is asked for is secret, unless connections are resolved from it`()
        async throws
    {
        try await TestVault.with { vault in
            let reader = try await vault.filled(Self.payload).reader()
            _ = try reader.secret("leakdb", ["port"])
            _ = try reader.secret("leakdb", ["user", "password"])
            _ = try reader.secret("remote_installer", ["defaults", "user"])
            _ = try reader.secret("remote_installer", ["more", "deep", "user"])
            #expect(
                RedactedText("Marked-Port Marked-Below-User default-user Marked-Deep-User", secrets: vault.secrets)
                    .description
                    == "«redacted:leakdb.port» «redacted:leakdb.user.password» default-user «redacted:remote_installer.more.deep.user»"
            )
        }
    }
}
