import Audit
import Foundation
import Redaction
import Synchronization
import Templating
import TestSupport
import Testing
import Vault
import YAML

@testable import Credentials
@testable import Inventory

/// A vault with one provider, and a resolver over it whose home folder is empty.
struct Setting: Sendable {
    let folder: String
    let secrets = SecretSet()
    let audit: AuditLog

    static func with<Result>(_ body: (Setting) async throws -> Result) async throws -> Result {
        let setting = try Setting()
        defer { try? FileManager.default.removeItem(atPath: setting.folder) }
        return try await body(setting)
    }

    init() throws {
        folder = try temporaryFolder("credentials")
        audit = AuditLog(path: folder + "/security.log")
    }

    /// - Parameter provider: JSON of the provider `remote_installer`.
    func resolver(
        _ provider: String = "{}", environment: [String: String] = [:],
        commandLine: [(ConnectionField, Value, String)] = [], extra: ValueMap = [:], agent: Bool = true,
        keys: KeyInspector = KeyInspector { _, _ in
            .usable
        },
        knowsHostKey: (@Sendable (ConnectionSettings) -> Bool)? = nil
    ) async throws -> CredentialResolver {
        let store = SecretStore(
            files: VaultFiles(vault: folder + "/vault.json", key: folder + "/vault.key"), environment: environment,
            audit: audit, secrets: secrets)
        if !FileManager.default.fileExists(atPath: folder + "/vault.key") { try await store.generateKey() }
        try await store.write(["remote_installer": try JSON.parse(Array(provider.utf8))])
        var options = CredentialResolver.Options(environment: ["HOME": folder, "SSH_AUTH_SOCK": agent ? "/agent" : ""])
        options.loginName = "somebody"
        options.commandLine = commandLine
        options.extraVariables = extra
        return CredentialResolver(
            vault: try await store.reader(), secrets: secrets, audit: audit, templar: Templar(), options: options,
            checks: .init(keys: keys, knowsHostKey: knowsHostKey))
    }

    func key(_ name: String, mode: Int = 0o600) throws -> String {
        let path = "\(folder)/\(name)"
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data("key".utf8), attributes: [.posixPermissions: mode])
        else { throw CocoaError(.fileWriteUnknown) }
        return path
    }
}

func host(_ name: String, _ variables: ValueMap = [:]) -> Inventory.Host {
    Inventory.Host(name: name, groupNames: [], variables: variables, mark: nil)
}

extension CredentialResolver {
    func one(_ host: Inventory.Host, _ overrides: ConnectionOverrides? = nil) throws -> HostResolution {
        try resolve([host], overrides)[0]
    }
}

@Suite struct CredentialResolverTests {
    static let provider = #"""
        {"defaults": {"user": "d", "port": 1, "password": "default-password", "become_user": "root"},
         "hosts": {"gpu": {"user": "h", "port": 2}, "site": {"user": "s"}, "default": {"user": "fallback"}},
         "gpu": {"port": 3}, "site": {"port": 4}, "connect_timeout": 9}
        """#

    @Test func variablesOfAPlaybookGoBeforeTheInventorysAndExtraOnesBeforeAll() async throws {
        try await Setting.with { setting in
            let inventory = host(
                "gpu", ["ansible_user": .string("inventory"), "ansible_port": .int(22), "domain": .string("lab")])
            var play = ConnectionOverrides()
            play["ansible_user"] = .init(.string("play"), from: .play)
            play["ansible_port"] = .init(.int(23), from: .facts)
            let plain = try await setting.resolver()
            #expect(source(try plain.one(inventory, play), .user) == "ansible_user (vars of the play) > ansible_user")
            #expect(try plain.one(inventory, play).settings?.port == 23)
            let resolver = try await setting.resolver(
                commandLine: [(.user, .string("cli"), "--user")],
                extra: [
                    "ansible_user": .string("extra"),
                    "ansible_host": .string("{{ inventory_hostname }}.{{ domain }}", .trusted),
                ])
            #expect(
                source(try resolver.one(inventory), .user) == "ansible_user > --user > ansible_user")
            #expect(try resolver.one(inventory).settings?.address == "gpu.lab")
            #expect(try resolver.one(inventory).settings?.user == "extra")
            // The last of a field's names counts, whatever gave it: Ansible's ssh has it so.
            let other = host("gpu", ["ansible_ssh_user": .string("ssh")])
            #expect(
                try await setting.resolver(extra: ["ansible_user": .string("extra")]).one(other).settings?.user == "ssh"
            )
        }
    }

    @Test func eachBecomeMethodHasVariablesOfItsOwn() async throws {
        try await Setting.with { setting in
            let resolver = try await setting.resolver()
            let variables: ValueMap = [
                "ansible_su_user": .string("by-su"), "ansible_sudo_user": .string("by-sudo"),
                "ansible_become_exe": .string("/opt/sudo -x"), "ansible_su_flags": .string("-l"),
                "ansible_become_flags": .string(""),
            ]
            let sudo = try #require(try resolver.one(host("h", variables)).settings)
            #expect(sudo.becomeUser == "by-sudo" && sudo.becomeExe == ["/opt/sudo", "-x"] && sudo.becomeFlags == [])
            var other = variables
            other["ansible_become_method"] = .string("su")
            let su = try #require(try resolver.one(host("h", other)).settings)
            #expect(su.becomeUser == "by-su" && su.becomeFlags == ["-l"])
        }
    }

    @Test func keywordsGoBeforeTheCommandLineAndVariablesBeforeThem() async throws {
        try await Setting.with { setting in
            var keywords = ConnectionKeywords()
            (keywords.user, keywords.port) = ("keyword", 99)
            let resolver = try await setting.resolver(commandLine: [(.user, .string("cli"), "--user")])
            let plain = try resolver.one(host("h")).settings(with: keywords)
            #expect(plain?.user == "keyword" && plain?.port == 99)
            let named = try await setting.resolver().one(host("h", ["ansible_user": .string("v")])).settings(
                with: keywords)
            #expect(named?.user == "v" && named?.port == 99)
        }
    }

    private func source(_ resolution: HostResolution, _ field: ConnectionField) -> String {
        resolution.fields[field].map { ([$0.layer.name] + $0.shadowed.map(\.name)).joined(separator: " > ") }
            ?? "nothing"
    }

    @Test func everyLayerGoesBeforeTheOnesBelow() async throws {
        try await Setting.with { setting in
            let resolver = try await setting.resolver(
                Self.provider, environment: ["COMFYVN_SECRET_REMOTE_INSTALLER_PORT": "5"],
                commandLine: [(.port, .int(7), "--port")])
            let found = try resolver.one(host("gpu", ["ansible_port": .int(6), "ansible_host": .string("10.0.0.1")]))
            #expect(
                source(found, .port)
                    == "--port > ansible_port > COMFYVN_SECRET_REMOTE_INSTALLER_PORT > remote_installer.gpu > hosts.gpu > defaults > built-in default"
            )
            #expect(source(found, .user) == "hosts.gpu > defaults")
            #expect(source(found, .connectTimeout) == "remote_installer > built-in default")
            #expect(source(found, .address) == "ansible_host > the inventory's name for it")
            let settings = try #require(found.settings)
            #expect(
                settings.port == 7 && settings.user == "h" && settings.address == "10.0.0.1"
                    && settings.connectTimeout == .seconds(9))
            #expect(settings.password?.reveal() == "default-password" && settings.becomeUser == "root")
        }
    }

    @Test func aHostThatTheVaultDoesNotKnowGetsTheDefaultBlock() async throws {
        try await Setting.with { setting in
            let found = try await setting.resolver(Self.provider).one(host("other"))
            #expect(source(found, .user) == "hosts.default > defaults")
        }
    }

    @Test func theInventoryNamesProviderAndKey() async throws {
        try await Setting.with { setting in
            let resolver = try await setting.resolver(Self.provider)
            let found = try resolver.one(host("gpu", ["secrets": .dict(["key": .string("site")])]))
            #expect(source(found, .user) == "hosts.site > defaults")
            #expect(
                source(found, .port) == "remote_installer.gpu > remote_installer.site > defaults > built-in default",
                "the host's own block comes after the key's")
            let missing = try resolver.one(host("gpu", ["secrets": .dict(["provider": .string("nobody")])]))
            #expect(!missing.wouldConnect && missing.problems.contains { $0.text.contains("no provider 'nobody'") })
            let unknownKey = try resolver.one(host("other", ["secrets": .dict(["key": .string("nowhere")])]))
            #expect(
                unknownKey.wouldConnect
                    && unknownKey.problems.contains {
                        $0.severity == .warning && $0.text.contains("no block for the key 'nowhere'")
                    })
        }
    }

    /// A host's name that is also a field's or a reserved one must not be taken for a block.
    @Test(arguments: ["env", "defaults", "hosts", "user"]) func reservedNamesAreNoBlocks(name: String) async throws {
        try await Setting.with { setting in
            let found = try await setting.resolver(
                #"{"defaults": {"user": "u", "password": "a-password"}, "env": {"user": "wrong"}, "hosts": {"user": {"port": 5}}}"#
            ).one(host(name))
            #expect(found.settings?.user == "u")
        }
    }

    @Test(arguments: [
        (#"{"user": "u", "username": "v"}"#, "u"), (#"{"username": "v"}"#, "v"),
        (#"{"user": null, "username": "v"}"#, "v"), (#"{"user": 1000}"#, "1000"),
    ]) func aliasesStandBackInTheSameBlock(defaults: String, user: String) async throws {
        try await Setting.with { setting in
            let found = try await setting.resolver(#"{"defaults": \#(defaults)}"#).one(host("h"))
            #expect(found.settings?.user == user)
        }
    }

    @Test(arguments: [
        ("ansible_port", Value.string("22x"), ConnectionField.port), ("ansible_port", .int(0), .port),
        ("ansible_port", .int(65536), .port), ("ansible_user", .string(""), .user),
        ("ansible_user", .string("-oProxyCommand=x"), .user), ("ansible_host", .string("-x"), .address),
        ("ansible_timeout", .string("soon"), .connectTimeout), ("ansible_timeout", .int(0), .connectTimeout),
        ("ansible_connection", .string("winrm"), .connection), ("ansible_user", .list([]), .user),
    ]) func valuesThatCannotBeAreErrorsThatNameTheVariable(
        variable: String, value: Value, field: ConnectionField
    ) async throws {
        try await Setting.with { setting in
            let found = try await setting.resolver().one(host("h", [variable: value]))
            #expect(!found.wouldConnect && found.settings == nil)
            #expect(
                found.problems.contains {
                    $0.field == field && $0.text.hasPrefix("\(field.rawValue) from \(variable): ")
                })
        }
    }

    @Test func textsOfNumbersAreNumbersAndTheLastVariableCounts() async throws {
        try await Setting.with { setting in
            let settings = try #require(
                try await setting.resolver().one(
                    host(
                        "h",
                        [
                            "ansible_user": .string("a"), "ansible_ssh_user": .string("b"),
                            "ansible_port": .string("2222"), "ansible_ssh_timeout": .string("2.5"),
                            "ansible_become_pass": .string("become-me"),
                            "ansible_become_method": .string("ansible.builtin.su"),
                        ])
                ).settings)
            #expect(settings.user == "b" && settings.port == 2222 && settings.connectTimeout == .seconds(2.5))
            #expect(settings.becomePassword?.reveal() == "become-me" && settings.becomeMethod == "su")
            #expect(
                RedactedText("it is become-me", secrets: setting.secrets).description
                    == "it is «redacted:h.become_password»")
        }
    }

    /// What opens something is secret by its name, and the connection gets it as it is.
    @Test func credentialsOfTheInventoryAreKnownAsSecretAndUsedAsTheyAre() async throws {
        #expect(
            Set(
                (ConnectionVariables.byField + ["sudo", "su", "doas"].flatMap(ConnectionVariables.ofBecome))
                    .filter { $0.field.isSecret }.flatMap { $0.names }) == CredentialVariables.names)
        try await Setting.with { setting in
            let variables = CredentialVariables.known(in: [
                "ansible_user": .string("u"), "ansible_password": .string("{{ 'log' ~ '-me-in' }}", .trusted),
                "ansible_become_password": .string("become-me", .trusted),
            ])
            let settings = try #require(try await setting.resolver().one(host("h", variables)).settings)
            #expect(settings.password?.reveal() == "log-me-in" && settings.becomePassword?.reveal() == "become-me")
        }
    }

    @Test func sshsArguments() async throws {
        try await Setting.with { setting in
            let resolver = try await setting.resolver()
            let found = try resolver.one(
                host(
                    "h",
                    [
                        "ansible_user": .string("u"),
                        "ansible_ssh_common_args": .string(
                            "-o ProxyJump=bastion:2200 -oConnectTimeout=3 -C -o ControlMaster=auto -o 'StrictHostKeyChecking no'"
                        ),
                    ]))
            #expect(found.settings?.proxyJump == "bastion:2200" && found.settings?.connectTimeout == .seconds(3))
            #expect(
                found.problems.map(\.severity) == [.warning] && found.problems[0].text.contains("StrictHostKeyChecking")
            )
            for (arguments, said) in [
                ("-o ProxyCommand='nc %h'", "ProxyCommand"), ("-F /nowhere", "-F"), ("-D 1080", "-D"),
                ("'open", "not a list"),
                ("word", "not a list"), ("-o", "not a list"),
            ] {
                let refused = try resolver.one(
                    host("h", ["ansible_user": .string("u"), "ansible_ssh_common_args": .string(arguments)]))
                #expect(!refused.wouldConnect && refused.problems.contains { $0.text.contains(said) }, "\(arguments)")
            }
        }
    }

    /// What a template made, and what an API's client gave, is data and runs nothing here.
    @Test func argumentsThatDecideHereMustBeWrittenOut() async throws {
        try await Setting.with { setting in
            let resolver = try await setting.resolver()
            func resolved(_ arguments: Value) throws -> HostResolution {
                try resolver.one(host("h", ["ansible_user": .string("u"), "ansible_ssh_common_args": arguments]))
            }
            let written = try resolved(
                .string("-o ProxyCommand='nc %h %p' -o HostKeyAlias=web -o UserKnownHostsFile=/tmp/known", .trusted))
            #expect(written.settings?.ssh.proxyCommand == "nc h 22")
            #expect(written.settings?.ssh.hostKeyAlias == "web")
            #expect(written.settings?.ssh.knownHostsFiles == ["/tmp/known"])
            let missing = try resolved(.string("-F /nowhere/config", .trusted))
            #expect(missing.problems.contains { $0.text.contains("/nowhere/config") })
        }
    }

    @Test func aLocalHostNeedsNothing() async throws {
        try await Setting.with { setting in
            let found = try await setting.resolver(agent: false, knowsHostKey: { _ in false }).one(
                host("localhost", ["ansible_connection": .string("local")]))
            #expect(
                found.wouldConnect && found.settings?.kind == .local && found.transport == "local"
                    && found.problems.isEmpty)
        }
    }

    @Test func withoutAnIdentityStandardKeysAndTheAgentAreTried() async throws {
        try await Setting.with { setting in
            let nothing = try await setting.resolver(#"{"defaults": {"user": "u"}}"#, agent: false).one(host("h"))
            #expect(!nothing.wouldConnect && nothing.problems.contains { $0.field == .identity })
            let agent = try await setting.resolver(#"{"defaults": {"user": "u"}}"#).one(host("h"))
            #expect(
                agent.wouldConnect && agent.settings?.standardIdentities == []
                    && source(agent, .identity) == "standard keys and agent")
            try FileManager.default.createDirectory(
                atPath: setting.folder + "/.ssh", withIntermediateDirectories: false)
            let key = try setting.key(".ssh/id_ed25519")
            let standard = try await setting.resolver(#"{"defaults": {"user": "u"}}"#, agent: false).one(host("h"))
            #expect(standard.settings?.standardIdentities == [key])
            let password = try await setting.resolver(
                #"{"defaults": {"user": "u", "password": "a-password"}}"#, agent: false
            ).one(host("h"))
            #expect(password.wouldConnect && password.settings?.standardIdentities == [])
        }
    }

    @Test func withoutAUserTheLoginsNameIsUsedAndSaid() async throws {
        try await Setting.with { setting in
            let found = try await setting.resolver().one(host("h"))
            #expect(
                found.settings?.user == "somebody"
                    && found.problems.contains { $0.severity == .warning && $0.field == .user })
            #expect(found.wouldConnect && source(found, .user) == "login name of this user")
            #expect(
                ResolveReport([found], secrets: SecretSet()).table().description.contains(
                    "user             login name of this user"))
        }
    }

    @Test func identitiesAreLookedAtOnce() async throws {
        try await Setting.with { setting in
            let path = try setting.key("key")
            let counter = Counter()
            let keys = KeyInspector { _, _ in
                counter.add()
                return .usable
            }
            let resolver = try await setting.resolver(#"{"defaults": {"user": "u", "identity": "~/key"}}"#, keys: keys)
            let found = try resolver.resolve((0..<100).map { host("h\($0)") })
            #expect(
                found.allSatisfy {
                    $0.settings?.identity == path && $0.wouldConnect && $0.problems.isEmpty
                })
            #expect(counter.value == 1)
        }
    }

    @Test(arguments: [
        (KeyInspector.Verdict.needsPassphrase, "no passphrase"), (.wrongPassphrase, "does not open"),
        (.notAKey, "no private key"), (.unsupported(type: "sk-ssh-ed25519@openssh.com"), "sk-ssh-ed25519"),
    ]) func keysThatDoNotWork(verdict: KeyInspector.Verdict, said: String) async throws {
        try await Setting.with { setting in
            _ = try setting.key("key")
            let keys = KeyInspector { _, _ in verdict }
            let found = try await setting.resolver(#"{"defaults": {"user": "u", "identity": "~/key"}}"#, keys: keys)
                .one(host("h"))
            #expect(
                !found.wouldConnect
                    && found.problems.contains {
                        $0.text.hasPrefix("identity from defaults: ") && $0.text.contains(said)
                    })
            // ssh itself can do with all of these but what is no key.
            let openSSH = try await setting.resolver(
                #"{"defaults": {"user": "u", "identity": "~/key", "ssh_command": "ssh -F 'my conf'"}}"#, keys: keys
            ).one(host("h"))
            #expect(openSSH.wouldConnect == (verdict != .notAKey) && openSSH.transport == "openssh")
            if openSSH.wouldConnect { #expect(openSSH.settings?.sshCommand == ["ssh", "-F", "my conf"]) }
        }
    }

    @Test func keyFilesThatCannotBeUsed() async throws {
        try await Setting.with { setting in
            _ = try setting.key("open", mode: 0o640)
            for (path, said) in [
                ("~/nowhere", "no such file"), ("~/open", "open to others (mode 0640)"), ("~", "not a file"),
                ("", "empty"),
            ] {
                let found = try await setting.resolver(#"{"defaults": {"user": "u", "identity": "\#(path)"}}"#).one(
                    host("h"))
                #expect(
                    !found.wouldConnect && found.problems.contains { $0.text.contains(said) },
                    "\(path): \(found.problems)")
            }
        }
    }

    @Test func anUnknownHostKeyIsAnErrorUnlessSSHItselfConnects() async throws {
        try await Setting.with { setting in
            let knows: @Sendable (ConnectionSettings) -> Bool = { $0.address == "10.0.0.1" && $0.port == 2222 }
            let resolver = try await setting.resolver(
                #"{"defaults": {"user": "u", "port": 2222}, "hosts": {"c": {"ssh_command": "ssh"}}}"#,
                knowsHostKey: knows)
            #expect(try resolver.one(host("a", ["ansible_host": .string("10.0.0.1")])).wouldConnect)
            #expect(
                try resolver.one(host("b")).problems.contains {
                    $0.severity == .error && $0.text.contains("known_hosts")
                })
            #expect(try resolver.one(host("c")).wouldConnect)
        }
    }

    @Test func anSSHCommandCannotBeGivenAPassword() async throws {
        try await Setting.with { setting in
            let found = try await setting.resolver(
                #"{"defaults": {"user": "u", "ssh_command": "ssh", "password": "a-password"}}"#
            ).one(host("h"))
            #expect(
                !found.wouldConnect
                    && found.problems.contains { $0.field == .password && $0.text.contains("password from defaults") })
        }
    }

    @Test func environmentsAndMisspeltFields() async throws {
        try await Setting.with { setting in
            let found = try await setting.resolver(
                #"{"defaults": {"usr": "u", "user": "v", "env": {"LANG": "C", "N": 5, "B": true, "X": null}}}"#
            ).one(host("h"))
            #expect(found.settings?.environment == ["LANG": "C", "N": "5", "B": "true"])
            #expect(found.problems.contains { $0.severity == .warning && $0.text.contains("'usr'") })
            let refused = try await setting.resolver(#"{"defaults": {"user": "v", "env": {"A=B": "x"}}}"#).one(
                host("h"))
            #expect(!refused.wouldConnect)
        }
    }

    @Test func aVaultThatDoesNotOpenIsEveryHostsProblem() async throws {
        try await Setting.with { setting in
            _ = try await setting.resolver()
            try FileManager.default.removeItem(atPath: setting.folder + "/vault.key")
            let store = SecretStore(
                files: VaultFiles(vault: setting.folder + "/vault.json", key: setting.folder + "/vault.key"),
                environment: [:], audit: setting.audit, secrets: setting.secrets)
            let resolver = CredentialResolver(
                vault: try await store.reader(), secrets: setting.secrets, audit: setting.audit, templar: Templar(),
                options: .init(environment: [:]),
                checks: .init(
                    keys: KeyInspector { _, _ in .notAKey }, knowsHostKey: nil)
            )
            let found = try resolver.resolve([host("a"), host("b")])
            #expect(
                found.allSatisfy {
                    !$0.wouldConnect && $0.problems.contains { $0.text.contains("Secrets key not configured") }
                })
        }
    }

    @Test func resolutionsAreAuditedWithLayersAndNoValues() async throws {
        try await Setting.with { setting in
            _ = try await setting.resolver(Self.provider).resolve([host("gpu"), host("other")])
            let trail = try String(contentsOfFile: setting.audit.path, encoding: .utf8)
            let lines = trail.split(separator: "\n").filter { $0.contains("credentials.resolved") }
            #expect(lines.count == 1, "one entry for all hosts of a report")
            let entry = try #require(try JSON.parse(Array((lines.first ?? "").utf8)).map)
            #expect(entry["hosts"] == .list([.string("gpu"), .string("other")]) && entry["count"] == .int(2))
            #expect(entry["providers"]?.map?["remote_installer"] == .int(2))
            #expect(
                entry["fields"]?.map?["user from hosts.<host>"] == .int(1)
                    && entry["fields"]?.map?["user from hosts.default"] == .int(1))
            #expect(!trail.contains("default-password") && !trail.contains("fallback"))
        }
    }

    @Test func withoutAnAuditTrailNothingIsResolved() async throws {
        try await Setting.with { setting in
            let store = SecretStore(
                files: VaultFiles(vault: setting.folder + "/none", key: setting.folder + "/none"), environment: [:],
                audit: setting.audit, secrets: setting.secrets)
            let blind = CredentialResolver(
                vault: try await store.reader(), secrets: setting.secrets, audit: AuditLog(path: "/dev/full"),
                templar: Templar(), options: .init(environment: [:]),
                checks: .init(
                    keys: KeyInspector { _, _ in .notAKey }, knowsHostKey: nil)
            )
            #expect(throws: AuditFailure.self) { try blind.resolve([host("a")]) }
        }
    }
}

final class Counter: Sendable {
    private let number = Mutex(0)
    func add() { number.withLock { $0 += 1 } }
    var value: Int { number.withLock { $0 } }
}
