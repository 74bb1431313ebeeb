import AnsibleCommands
import Foundation
import Settings

/// What `ansible-playbook` and `ansible` have in common: their options as those of `comfyfleet run`.
struct AnsibleRunOptions {
    let options: ParsedOptions
    let configuration: AnsibleConfiguration

    /// Connection options are settings, as with Ansible: variables go before them.
    func arguments() throws -> [String] {
        var words = ["--as-ansible"]
        for (key, setting) in Self.settings {
            if let value = options.last(key) { words += ["--setting=\(setting)=\(value)"] }
        }
        for (key, option) in Self.texts { if let value = options.last(key) { words += ["\(option)=\(value)"] } }
        for (key, option) in Self.flags where options.has(key) { words.append(option) }
        for key in ["vault-id", "vault-password-file"] { words += options.all(key).map { "--\(key)=\($0)" } }
        if options.has("ask-vault-password") || configuration.asksVaultPassword { words.append("--ask-vault-pass") }
        for value in options.all("extra-vars") { words += ["--extra-vars=\(value)"] }
        if configuration.asksPassword, !options.has("ask-pass") { words.append("--ask-pass") }
        if configuration.asksBecomePassword, !options.has("ask-become-pass") { words.append("--ask-become-pass") }
        if options.count("verbose") > 0 { words.append("-" + String(repeating: "v", count: options.count("verbose"))) }
        for source in AnsibleSources(options.all("inventory"), configuration).paths {
            words += ["--inventory=\(source)"]
        }
        noteUnsupported()
        return words
    }

    var verbosity: Int { max(options.count("verbose"), configuration.verbosity) }

    private static let settings: [(String, String)] = [
        ("user", "DEFAULT_REMOTE_USER"), ("private-key", "DEFAULT_PRIVATE_KEY_FILE"), ("timeout", "DEFAULT_TIMEOUT"),
        ("connection", "DEFAULT_TRANSPORT"), ("become-user", "DEFAULT_BECOME_USER"),
        ("become-method", "DEFAULT_BECOME_METHOD"), ("ssh-common-args", "ssh_common_args"),
        ("ssh-extra-args", "ssh_extra_args"), ("become-password-file", "BECOME_PASSWORD_FILE"),
        ("connection-password-file", "CONNECTION_PASSWORD_FILE"), ("module-path", "DEFAULT_MODULE_PATH"),
    ]
    private static let texts: [(String, String)] = [("limit", "--limit"), ("forks", "--forks")]
    private static let flags: [(String, String)] = [
        ("check", "--check"), ("diff", "--diff"), ("become", "--become"), ("ask-pass", "--ask-pass"),
        ("ask-become-pass", "--ask-become-pass"),
    ]

    private func noteUnsupported() {
        let given = ["step", "flush-cache", "sftp-extra-args", "scp-extra-args", "tree", "background", "poll"].filter(
            options.has)
        guard !given.isEmpty else { return }
        AnsibleProgram.warn("without effect in comfyfleet: \(given.map { "--\($0)" }.joined(separator: ", "))")
    }
}

/// The inventories of a command, with Ansible's words for those that are not there.
struct AnsibleSources {
    let paths: [String]

    init(_ given: [String], _ configuration: AnsibleConfiguration) {
        let isDefault = given.isEmpty && configuration.given(\.inventory) == nil
        let sources = given.isEmpty ? configuration.inventory.paths : given
        var found: [String] = []
        for source in sources {
            if source == "/dev/null" { continue }
            if source.contains(","), !FileManager.default.fileExists(atPath: source) {
                found.append(source)
            } else if FileManager.default.fileExists(atPath: source) {
                found.append(source)
            } else if !isDefault {
                let path = source.hasPrefix("/") ? source : FileManager.default.currentDirectoryPath + "/" + source
                AnsibleProgram.warn("Unable to parse \(path) as an inventory source")
            }
        }
        if found.isEmpty, configuration.warnsOfUnparsedInventory {
            AnsibleProgram.warn("No inventory was parsed, only implicit localhost is available")
        }
        paths = found.isEmpty ? [Self.none] : found
    }

    /// An inventory without hosts.
    static let none = ","
}
