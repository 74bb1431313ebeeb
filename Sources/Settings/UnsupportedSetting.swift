/// A setting of Ansible's that has no effect here, and would change what is done or shown there. It is named once where
/// it is set.
package struct UnsupportedSetting: Sendable {
    package let name: String
    package let keys: [SettingKey]
    package let variables: [String]
    /// Why, or what to do instead.
    package let reason: String
    /// In lower case: texts with which nothing would be different.
    package let harmless: Set<String>

    init(
        _ name: String, _ keys: [SettingKey], _ variables: [String], _ reason: String, harmless: Set<String> = []
    ) {
        self.name = name
        self.keys = keys
        self.variables = variables
        self.reason = reason
        self.harmless = harmless
    }

    private static let no: Set<String> = ["", "0", "false", "no", "off", "n", "f"]
    private static let yes: Set<String> = ["1", "true", "yes", "on", "y", "t"]

    private static func plugins(_ kind: String, _ variable: String) -> UnsupportedSetting {
        UnsupportedSetting(
            "DEFAULT_\(kind.uppercased())_PLUGIN_PATH", [SettingKey(section: "defaults", key: "\(kind)_plugins")],
            [variable], "Plugins written in Python.")
    }

    package static let all: [UnsupportedSetting] = [
        plugins("action", "ANSIBLE_ACTION_PLUGINS"), plugins("become", "ANSIBLE_BECOME_PLUGINS"),
        plugins("cache", "ANSIBLE_CACHE_PLUGINS"), plugins("callback", "ANSIBLE_CALLBACK_PLUGINS"),
        plugins("connection", "ANSIBLE_CONNECTION_PLUGINS"), plugins("filter", "ANSIBLE_FILTER_PLUGINS"),
        plugins("inventory", "ANSIBLE_INVENTORY_PLUGINS"), plugins("lookup", "ANSIBLE_LOOKUP_PLUGINS"),
        plugins("strategy", "ANSIBLE_STRATEGY_PLUGINS"), plugins("test", "ANSIBLE_TEST_PLUGINS"),
        plugins("vars", "ANSIBLE_VARS_PLUGINS"),
        UnsupportedSetting(
            "VARIABLE_PLUGINS_ENABLED", ["defaults.vars_plugins_enabled"], ["ANSIBLE_VARS_ENABLED"],
            "Only group_vars and host_vars.", harmless: ["host_group_vars", "ansible.builtin.host_group_vars"]),
        UnsupportedSetting(
            "VARIABLE_PRECEDENCE", ["defaults.precedence"], ["ANSIBLE_PRECEDENCE"], "Precedence is Ansible's default."),
        UnsupportedSetting(
            "DEFAULT_JINJA2_EXTENSIONS", ["defaults.jinja2_extensions"], ["ANSIBLE_JINJA2_EXTENSIONS"],
            "Extensions written in Python."),
        UnsupportedSetting(
            "DEFAULT_NULL_REPRESENTATION", ["defaults.null_representation"], ["ANSIBLE_NULL_REPRESENTATION"],
            "Nothing stays nothing."),
        UnsupportedSetting(
            "ENABLE_TASK_DEBUGGER", ["defaults.enable_task_debugger"], ["ANSIBLE_ENABLE_TASK_DEBUGGER"],
            "There is no debugger of tasks.", harmless: no),
        UnsupportedSetting(
            "INVALID_TASK_ATTRIBUTE_FAILED", ["defaults.invalid_task_attribute_failed"],
            ["ANSIBLE_INVALID_TASK_ATTRIBUTE_FAILED"], "Unknown keywords are errors.", harmless: yes),
        UnsupportedSetting(
            "TRANSFORM_INVALID_GROUP_CHARS", ["defaults.force_valid_group_names"],
            ["ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS"], "Groups keep their names.", harmless: ["never", "ignore"]),
        UnsupportedSetting(
            "BECOME_ALLOW_SAME_USER", ["privilege_escalation.become_allow_same_user"],
            ["ANSIBLE_BECOME_ALLOW_SAME_USER"], "A user that is the same is not become again.", harmless: no),
        UnsupportedSetting(
            "MAX_FILE_SIZE_FOR_DIFF", ["defaults.max_diff_size"], ["ANSIBLE_MAX_DIFF_SIZE"],
            "Differences of large files are shown as Ansible does by default."),
        UnsupportedSetting(
            "PLUGIN_FILTERS_CFG", ["defaults.plugin_filters_cfg"], [], "All modules may be used."),
        UnsupportedSetting(
            "FACTS_MODULES", ["defaults.facts_modules"], ["ANSIBLE_FACTS_MODULES"], "Facts are those of setup.",
            harmless: ["smart", "setup", "ansible.builtin.setup", "ansible.legacy.setup"]),
        UnsupportedSetting(
            "SSH_AGENT", ["connection.ssh_agent"], ["ANSIBLE_SSH_AGENT"], "The agent is that of SSH_AUTH_SOCK.",
            harmless: ["none", ""]),
        UnsupportedSetting(
            "ssh_executable", ["ssh_connection.ssh_executable"], ["ANSIBLE_SSH_EXECUTABLE"],
            "See `ssh_command` in docs/credentials.md.", harmless: ["ssh", "/usr/bin/ssh"]),
        UnsupportedSetting(
            "DEFAULT_EXECUTABLE", ["defaults.executable"], ["ANSIBLE_EXECUTABLE"], "The hosts' shell is /bin/sh.",
            harmless: ["/bin/sh", "/bin/bash"]),
        UnsupportedSetting(
            "RUN_VARS_PLUGINS", ["defaults.run_vars_plugins"], ["ANSIBLE_RUN_VARS_PLUGINS"],
            "They are read at the start.",
            harmless: ["demand", "start"]),
    ]
}
