import Foundation
import TestSupport
import Testing
import YAML

@testable import Settings

/// What is expected here is what `ansible-config dump` of ansible-core 2.19.14 shows for the same texts.
struct AnsibleConfigurationTests {
    /// - Parameter text: of a configuration file in a folder of its own.
    private func read(
        _ text: String, _ environment: [String: String] = [:], name: String = "ansible.cfg"
    ) throws -> (configuration: AnsibleConfiguration, folder: String) {
        let folder = try temporaryFolder("configuration")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        let environment = environment.merging(["ANSIBLE_CONFIG": "\(folder)/\(name)"]) { $1 }
        return (try AnsibleConfiguration(environment: environment), folder)
    }

    @Test func `texts are read as Ansible reads them`() throws {
        let (configuration, folder) = try read(
            """
            # comment
            [defaults]
            Forks = 9 ; comment
            remote_user = "bob"
            private_key_file = a%b
            roles_path = r1:~/r2:/r3:
            inventory = a.ini,/b/c, host1,
            callbacks_enabled = timer,
              profile_tasks,
               junit
            host_key_checking = maybe
            timeout: 5.0
            gathering = 'smart'
            nosuch = 1
            [ssh_connection]
            ssh_args = -o "A=b" -C
            retries = 3
            """)
        let home = try #require(ProcessInfo.processInfo.environment["HOME"])
        #expect(configuration.file == "\(folder)/ansible.cfg")
        #expect(configuration.forks == 9)
        #expect(configuration.remoteUser == "bob")
        #expect(configuration.privateKeyFile?.path == "\(folder)/a%b")
        #expect(configuration.rolesPath.paths == ["\(folder)/r1", "\(home)/r2", "/r3", folder])
        #expect(configuration.inventory.paths == ["\(folder)/a.ini", "/b/c", "\(folder)/host1", folder])
        #expect(configuration.callbacks == ["timer", "profile_tasks", "junit"])
        #expect(configuration.checksHostKeys == false)
        #expect(configuration.timeout == 5)
        #expect(configuration.gathering == .smart)
        #expect(configuration.sshArguments == "-o \"A=b\" -C")
        #expect(configuration.sshRetries == 3)
        #expect(configuration.hashBehaviour == .replace)
        #expect(configuration.given(\.hashBehaviour) == nil)
        #expect(
            configuration.warnings == [
                "settings that have no effect in comfyfleet: [ssh_connection] ssh_args, [ssh_connection] retries (see docs/settings.md)"
            ])
    }

    @Test func `what the file says stands in the environment's place where that is silent`() throws {
        let (configuration, folder) = try read(
            "[defaults]\nroles_path = a:/b\nvault_password_file = p\n[inventory]\nenable_plugins = yaml, ini\n")
        let completed = configuration.completing(["ANSIBLE_VAULT_PASSWORD_FILE": "/q", "X": "y"])
        #expect(
            completed == [
                "ANSIBLE_ROLES_PATH": "\(folder)/a:/b", "ANSIBLE_VAULT_PASSWORD_FILE": "/q",
                "ANSIBLE_INVENTORY_ENABLED": "yaml, ini", "X": "y",
            ])
    }

    @Test func `the environment goes before the file`() throws {
        let (configuration, _) = try read(
            "[defaults]\nforks = 9\ntimeout = 3\nremote_user = bob\n",
            [
                "ANSIBLE_FORKS": " 3", "ANSIBLE_TIMEOUT": "", "ANSIBLE_REMOTE_USER": "\"x\"",
                "ANSIBLE_VAULT_IDENTITY_LIST": "dev@x, prod@prompt", "ANSIBLE_FORCE_HANDLERS": "2",
            ])
        #expect(configuration.forks == 3)
        #expect(configuration.timeout == 3)
        #expect(configuration.remoteUser == "\"x\"")
        #expect(configuration.vaultIdentities == ["dev@x", "prod@prompt"])
        #expect(configuration.forcesHandlers == false)
    }

    @Test(arguments: [
        (
            "[defaults]\nforks = abc\n",
            "Config 'DEFAULT_FORKS' from 'FILE' has an invalid value: Invalid value provided for 'integer': 'abc'"
        ),
        (
            "[defaults]\ntimeout =\n",
            "Config 'DEFAULT_TIMEOUT' from 'FILE' has an invalid value: Invalid value provided for 'integer': ''"
        ),
        (
            "[defaults]\ngathering = SMART\n",
            "Invalid value 'SMART' for config 'DEFAULT_GATHERING'. Valid values are: implicit, explicit, smart"
        ),
        ("[defaults]\nforks=3\nforks=4\n", "FILE:3:1: 'forks' stands twice in [defaults]; keep one of them"),
        ("forks=3\n", "FILE:1:1: a line before the first section; begin with [defaults]"),
        ("[defaults]\nforks\n", "FILE:2:1: neither a section nor 'key = value'"),
    ])
    func `what Ansible refuses is refused`(_ text: String, _ problem: String) throws {
        let folder = try temporaryFolder("configuration")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/ansible.cfg"))
        // A folder stands for the file in it.
        let error = #expect(throws: (any Error).self) {
            try AnsibleConfiguration(environment: ["ANSIBLE_CONFIG": folder])
        }
        #expect(error.map { "\($0)" } == problem.replacing("FILE", with: "\(folder)/ansible.cfg"))
    }

    @Test func `what has no effect is named once`() throws {
        let (configuration, _) = try read(
            "[defaults]\nfilter_plugins = plugins\nenable_task_debugger = no\n[galaxy]\nserver = x\n",
            ["ANSIBLE_PRECEDENCE": "all_inventory"])
        #expect(
            configuration.warnings == [
                "settings that have no effect in comfyfleet: [defaults] filter_plugins, ANSIBLE_PRECEDENCE (see docs/settings.md)"
            ])
    }

    @Test func `names of settings, keys and variables stand once`() {
        let all = SettingTable.all
        #expect(all.count > 70)
        #expect(Set(all.map(\.name)).count == all.count)
        let keys = all.flatMap(\.keys) + UnsupportedSetting.all.flatMap(\.keys)
        #expect(Set(keys).count == keys.count)
        let variables = all.flatMap(\.variables) + UnsupportedSetting.all.flatMap(\.variables)
        #expect(Set(variables).count == variables.count)
        #expect(SettingTable.inert.isSubset(of: Set(all.map(\.name))))
    }

    /// It is written by `WRITE_DOCS=1 swift test --filter AnsibleConfigurationTests`.
    @Test func `docs/settings.md is made of the table`() throws {
        #expect(try GeneratedDocument.difference("settings.md", from: SettingsDocument.markdown) == nil)
    }
}
