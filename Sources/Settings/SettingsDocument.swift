/// docs/settings.md: the tables of settings for people. A test keeps the file and this together.
package enum SettingsDocument {
    package static var markdown: String {
        """
        # Settings

        \(introduction)

        | setting | in the file | in the environment | takes | default | |
        |---|---|---|---|---|---|
        \(SettingTable.all.map(line).joined(separator: "\n"))

        ## Without an effect

        These are named once, when something sets them:

        | setting | in the file | in the environment | |
        |---|---|---|---|
        \(UnsupportedSetting.all.map(line).joined(separator: "\n"))

        All others that Ansible has concern its own workings (colours, Python, galaxy, cowsay, remote temporary files) and are passed over.

        """
    }

    private static let introduction = """
        What Ansible reads in its configuration file and in variables of the environment is honoured, by `comfyfleet ansible-playbook` and its kin and by `comfyfleet run`. This page is made from the table that they are read with
        (`Sources/Settings`).

        The file is the first of these that is there, and no other one: that of `ANSIBLE_CONFIG` (a folder stands for the `ansible.cfg` in it), `ansible.cfg` in the current folder, `~/.ansible.cfg`, `/etc/ansible/ansible.cfg`. One in a current
        folder that everybody may write to does not count, and a warning says so. Variables of the environment go before the file, options of the command line before both. Relative paths are those from the file's folder, or from the
        current one where the environment has them. `comfyfleet run` says which file it has read.
        """

    private static func line(_ setting: any AnySetting) -> String {
        let fallback = setting.fallbackInWords
        return
            "| \(setting.name) | \(code(setting.keys)) | \(code(setting.variables)) | \(setting.kind) | \(fallback.isEmpty ? "" : "`\(fallback.replacing(AbsolutePath.resolved("~", from: "/"), with: "~"))`") | \(setting.help)\(SettingTable.inert.contains(setting.name) ? " It has no effect so far." : "") |"
    }

    private static func line(_ setting: UnsupportedSetting) -> String {
        "| \(setting.name) | \(code(setting.keys)) | \(code(setting.variables)) | \(setting.reason) |"
    }

    private static func code(_ items: [some Any]) -> String { items.map { "`\($0)`" }.joined(separator: ", ") }
}
