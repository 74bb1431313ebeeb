import AnsibleVault
import Templating
import YAML

/// What reading an inventory depends on besides its files.
package struct InventorySettings: Sendable {
    /// Opens sources and files of variables that ansible-vault has encrypted.
    package var vault: VaultKeyring {
        get { templar.environment.ansibleVault }
        set { templar.environment.ansibleVault = newValue }
    }
    /// Of a file's path: whether it is refused unread.
    package var isSecret: @Sendable (String) -> Bool = { _ in false }
    /// Renders what `constructed` and `generator` compose.
    package var templar = Templar()
    /// `-e`, for `constructed` with `use_extra_vars`.
    package var extraVariables = ValueMap()
    /// Kinds of sources that are read, and in which order (`ANSIBLE_INVENTORY_ENABLED`).
    package var plugins = ["host_list", "script", "auto", "yaml", "ini", "toml"]
    /// Files of a folder whose names end so are left out (`ANSIBLE_INVENTORY_IGNORE`).
    package var ignoredEndings = [
        ".pyc", ".pyo", ".swp", ".bak", "~", ".rpm", ".md", ".txt", ".rst", ".orig", ".cfg", ".retry",
    ]
    /// And those whose names match one of these (`ANSIBLE_INVENTORY_IGNORE_REGEX`).
    package var ignoredNames: [PythonRegex] = []

    package init() {}

    /// - Parameter other: a kind that comes later, if at all.
    func enabled(_ name: String, before other: String? = nil) -> Bool {
        let short = plugins.map { $0.split(separator: ".").last.map(String.init) ?? $0 }
        guard let place = short.firstIndex(of: name) else { return false }
        guard let other, let otherPlace = short.firstIndex(of: other) else { return true }
        return place < otherPlace
    }
}
