extension SettingTable {
    /// Settings that are read and that nothing acts on so far, by name: they are named once where they say something
    /// else than what holds anyway.
    package static let inert: Set<String> = [
        "INVENTORY_UNPARSED_IS_FAILED",
        "INVENTORY_ANY_UNPARSED_IS_FAILED", "LOCALHOST_WARNING", "HOST_PATTERN_MISMATCH", "DEFAULT_HASH_BEHAVIOUR",
        "DUPLICATE_YAML_DICT_KEY", "PLAYBOOK_VARS_ROOT", "YAML_FILENAME_EXTENSIONS", "DEFAULT_PRIVATE_ROLE_VARS",
        "ALLOW_BROKEN_CONDITIONALS", "ANSIBLE_HOME", "DEFAULT_MODULE_PATH", "PLAYBOOK_DIR", "ssh_args",
        "ssh_common_args",
        "ssh_extra_args", "reconnection_retries", "VAULT_ENCRYPT_SALT", "CACHE_PLUGIN", "CACHE_PLUGIN_CONNECTION",
        "CACHE_PLUGIN_PREFIX", "CACHE_PLUGIN_TIMEOUT",
        "INJECT_FACTS_AS_VARS", "ERROR_ON_MISSING_HANDLER", "DEFAULT_POLL_INTERVAL", "DEFAULT_MANAGED_STR",
        "RETRY_FILES_ENABLED", "RETRY_FILES_SAVE_PATH", "DISPLAY_ARGS_TO_STDOUT", "SHOW_CUSTOM_STATS", "DIFF_CONTEXT",
        "DEFAULT_LOG_PATH", "VERBOSE_TO_STDERR", "show_per_host_start", "DEFAULT_FORCE_HANDLERS",
        "BECOME_PASSWORD_FILE", "CONNECTION_PASSWORD_FILE", "show_task_path_on_failure",
    ]
    /// Of these nobody waits for an effect: what is done is what they ask for, or no more than a warning would differ.
    static let quiet: Set<String> = [
        "LOCALHOST_WARNING", "HOST_PATTERN_MISMATCH", "RETRY_FILES_SAVE_PATH", "ANSIBLE_HOME", "DEFAULT_MODULE_PATH",
    ]
}
