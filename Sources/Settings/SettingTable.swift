/// The settings of Ansible's that have an effect here: a line for each. docs/settings.md is made of it.
package struct SettingTable: Sendable {
    package static let standard = SettingTable()
    /// In the table's order.
    package static let all: [any AnySetting] = Mirror(reflecting: standard).children.compactMap {
        $0.value as? any AnySetting
    }

    // MARK: Hosts and variables

    package let inventory = Setting(
        "DEFAULT_HOST_LIST", ["defaults.inventory"], ["ANSIBLE_INVENTORY"], SettingFiles(["/etc/ansible/hosts"]),
        "Inventories, where no `-i` names one.")
    package let inventoryIgnoresExtensions = Setting(
        "INVENTORY_IGNORE_EXTS", ["defaults.inventory_ignore_extensions", "inventory.ignore_extensions"],
        ["ANSIBLE_INVENTORY_IGNORE"],
        [".pyc", ".pyo", ".swp", ".bak", "~", ".rpm", ".md", ".txt", ".rst", ".orig", ".cfg", ".retry"],
        "Ends of names of files that are left out in a folder of inventories.")
    package let inventoryIgnoresPatterns = Setting<[String]>(
        "INVENTORY_IGNORE_PATTERNS", ["defaults.inventory_ignore_patterns", "inventory.ignore_patterns"],
        ["ANSIBLE_INVENTORY_IGNORE_REGEX"], [],
        "Regular expressions for names of files that are left out in a folder of inventories.")
    package let inventoryPlugins = Setting(
        "INVENTORY_ENABLED", ["inventory.enable_plugins"], ["ANSIBLE_INVENTORY_ENABLED"],
        ["host_list", "script", "auto", "yaml", "ini", "toml"], "The kinds of inventory that are tried, in order.")
    package let unparsedInventoryFails = Setting(
        "INVENTORY_UNPARSED_IS_FAILED", ["inventory.unparsed_is_failed"], ["ANSIBLE_INVENTORY_UNPARSED_FAILED"], false,
        "An inventory of which nothing can be read is an error.")
    package let anyUnparsedInventoryFails = Setting(
        "INVENTORY_ANY_UNPARSED_IS_FAILED", ["inventory.any_unparsed_is_failed"],
        ["ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED"], false,
        "One of several inventories that can't be read is an error.")
    package let warnsOfUnparsedInventory = Setting(
        "INVENTORY_UNPARSED_WARNING", ["inventory.inventory_unparsed_warning"], ["ANSIBLE_INVENTORY_UNPARSED_WARNING"],
        true, "Warn when no inventory was read.")
    package let warnsOfLocalhost = Setting(
        "LOCALHOST_WARNING", ["defaults.localhost_warning"], ["ANSIBLE_LOCALHOST_WARNING"], true,
        "Warn when there is no host but the implicit localhost.")
    package let exportsInventory = Setting(
        "INVENTORY_EXPORT", ["inventory.export"], ["ANSIBLE_INVENTORY_EXPORT"], false,
        "`ansible-inventory --list` does as with `--export`.")
    package let patternMismatch = Setting(
        "HOST_PATTERN_MISMATCH", ["inventory.host_pattern_mismatch"], ["ANSIBLE_HOST_PATTERN_MISMATCH"],
        PatternMismatch.warning, "What a pattern is that matches no host or group.")
    package let hashBehaviour = Setting(
        "DEFAULT_HASH_BEHAVIOUR", ["defaults.hash_behaviour"], ["ANSIBLE_HASH_BEHAVIOUR"], HashBehaviour.replace,
        "What becomes of a mapping that is set in two places.")
    package let duplicateKeys = Setting(
        "DUPLICATE_YAML_DICT_KEY", ["defaults.duplicate_dict_key"], ["ANSIBLE_DUPLICATE_YAML_DICT_KEY"],
        DuplicateKeys.warn, "What a key is that stands twice in a mapping.")
    package let playbookVariablesRoot = Setting(
        "PLAYBOOK_VARS_ROOT", ["defaults.playbook_vars_root"], ["ANSIBLE_PLAYBOOK_VARS_ROOT"],
        PlaybookVariablesRoot.top, "Which of a playbook's folders have group_vars and host_vars that count.")
    package let yamlExtensions = Setting(
        "YAML_FILENAME_EXTENSIONS", ["defaults.yaml_valid_extensions"], ["ANSIBLE_YAML_FILENAME_EXT"],
        [".yml", ".yaml", ".json"], "Ends of names of files of variables.")
    package let undefinedIsAnError = Setting(
        "DEFAULT_UNDEFINED_VAR_BEHAVIOR", ["defaults.error_on_undefined_vars"], ["ANSIBLE_ERROR_ON_UNDEFINED_VARS"],
        true,
        "Using an undefined variable is an error; it always is, as in Ansible 2.19.")
    package let nativeTypes = Setting(
        "DEFAULT_JINJA2_NATIVE", ["defaults.jinja2_native"], ["ANSIBLE_JINJA2_NATIVE"], true,
        "Templates keep types; they always do, as in Ansible 2.19.")
    package let privateRoleVariables = Setting(
        "DEFAULT_PRIVATE_ROLE_VARS", ["defaults.private_role_vars"], ["ANSIBLE_PRIVATE_ROLE_VARS"], false,
        "Variables of roles are seen in their role only.")
    package let allowsBrokenConditionals = Setting(
        "ALLOW_BROKEN_CONDITIONALS", ["defaults.allow_broken_conditionals"], ["ANSIBLE_ALLOW_BROKEN_CONDITIONALS"],
        false, "A condition may be what is no boolean.")

    // MARK: Roles, collections and modules

    package let home = Setting(
        "ANSIBLE_HOME", ["defaults.home"], ["ANSIBLE_HOME"],
        SettingPath(AbsolutePath.resolved("~/.ansible", from: "/")),
        "The folder of what Ansible keeps for a user.")
    package let rolesPath = Setting(
        "DEFAULT_ROLES_PATH", ["defaults.roles_path"], ["ANSIBLE_ROLES_PATH"],
        SettingFolders(
            [AbsolutePath.resolved("~/.ansible/roles", from: "/"), "/usr/share/ansible/roles", "/etc/ansible/roles"]),
        "Folders with roles, beside those of the playbook.")
    package let collectionsPath = Setting(
        "COLLECTIONS_PATHS", ["defaults.collections_path"], ["ANSIBLE_COLLECTIONS_PATH"],
        SettingFolders(
            [AbsolutePath.resolved("~/.ansible/collections", from: "/"), "/usr/share/ansible/collections"]),
        "Folders with `ansible_collections/`.")
    package let scansPythonPath = Setting(
        "COLLECTIONS_SCAN_SYS_PATH", ["defaults.collections_scan_sys_path"], ["ANSIBLE_COLLECTIONS_SCAN_SYS_PATH"],
        true,
        "Collections that are installed as Python packages are found, too.")
    package let modulePath = Setting(
        "DEFAULT_MODULE_PATH", ["defaults.library"], ["ANSIBLE_LIBRARY"],
        SettingFolders(
            [AbsolutePath.resolved("~/.ansible/plugins/modules", from: "/"), "/usr/share/ansible/plugins/modules"]),
        "Folders with modules, for the bridge.")
    package let playbookFolder = Setting<SettingPath?>(
        "PLAYBOOK_DIR", ["defaults.playbook_dir"], ["ANSIBLE_PLAYBOOK_DIR"], nil,
        "The folder that stands for a playbook's, for commands that have none.")

    // MARK: Connections

    package let remoteUser = Setting<String?>(
        "DEFAULT_REMOTE_USER", ["defaults.remote_user"], ["ANSIBLE_REMOTE_USER"], nil, "The user to log in as.")
    package let remotePort = Setting<Int?>(
        "DEFAULT_REMOTE_PORT", ["defaults.remote_port"], ["ANSIBLE_REMOTE_PORT"], nil, "The port of the hosts' sshd.")
    package let privateKeyFile = Setting<SettingPath?>(
        "DEFAULT_PRIVATE_KEY_FILE", ["defaults.private_key_file"], ["ANSIBLE_PRIVATE_KEY_FILE"], nil,
        "The private key to log in with.")
    package let timeout = Setting(
        "DEFAULT_TIMEOUT", ["defaults.timeout"], ["ANSIBLE_TIMEOUT"], 10, "Seconds to wait for a connection.")
    package let sshTimeout = Setting<Int?>(
        "ssh timeout", ["ssh_connection.timeout"], ["ANSIBLE_SSH_TIMEOUT"], nil, "The same, for ssh alone.")
    package let connection = Setting(
        "DEFAULT_TRANSPORT", ["defaults.transport"], ["ANSIBLE_TRANSPORT"], "ssh", "How to connect: ssh or local.")
    package let checksHostKeys = Setting(
        "HOST_KEY_CHECKING", ["defaults.host_key_checking"], ["ANSIBLE_HOST_KEY_CHECKING"], true,
        "Hosts whose key no known_hosts file has are refused.")
    package let checksSSHHostKeys = Setting<Bool?>(
        "ssh host_key_checking", ["ssh_connection.host_key_checking"],
        ["ANSIBLE_SSH_HOST_KEY_CHECKING"], nil, "The same, for ssh alone.")
    package let sshArguments = Setting<String?>(
        "ssh_args", ["ssh_connection.ssh_args"], ["ANSIBLE_SSH_ARGS"], nil, "Options of ssh that go before all others.")
    package let sshCommonArguments = Setting(
        "ssh_common_args", ["ssh_connection.ssh_common_args"], ["ANSIBLE_SSH_COMMON_ARGS"], "",
        "Options of ssh, sftp and scp.")
    package let sshExtraArguments = Setting(
        "ssh_extra_args", ["ssh_connection.ssh_extra_args"], ["ANSIBLE_SSH_EXTRA_ARGS"], "", "Options of ssh alone.")
    package let sshRetries = Setting(
        "reconnection_retries", ["connection.retries", "ssh_connection.retries"], ["ANSIBLE_SSH_RETRIES"], 0,
        "How often a connection is tried again.")
    package let passwordFile = Setting<SettingPath?>(
        "CONNECTION_PASSWORD_FILE", ["defaults.connection_password_file"], ["ANSIBLE_CONNECTION_PASSWORD_FILE"], nil,
        "A file with the password to log in with, or a program that prints it.")
    package let asksPassword = Setting(
        "DEFAULT_ASK_PASS", ["defaults.ask_pass"], ["ANSIBLE_ASK_PASS"], false, "Ask for the password to log in with.")

    // MARK: Becoming another user

    package let become = Setting(
        "DEFAULT_BECOME", ["privilege_escalation.become"], ["ANSIBLE_BECOME"], false, "Act as another user.")
    package let becomeUser = Setting<String?>(
        "DEFAULT_BECOME_USER", ["privilege_escalation.become_user"], ["ANSIBLE_BECOME_USER"], nil,
        "Which user that is; root unless something says otherwise.")
    package let becomeMethod = Setting<String?>(
        "DEFAULT_BECOME_METHOD", ["privilege_escalation.become_method"], ["ANSIBLE_BECOME_METHOD"], nil,
        "How to become that user: sudo, su or doas.")
    package let becomeExecutable = Setting<String?>(
        "DEFAULT_BECOME_EXE", ["privilege_escalation.become_exe"], ["ANSIBLE_BECOME_EXE"], nil,
        "The program to become that user with.")
    package let becomeFlags = Setting<String?>(
        "DEFAULT_BECOME_FLAGS", ["privilege_escalation.become_flags"], ["ANSIBLE_BECOME_FLAGS"], nil, "Its options.")
    package let asksBecomePassword = Setting(
        "DEFAULT_BECOME_ASK_PASS", ["privilege_escalation.become_ask_pass"], ["ANSIBLE_BECOME_ASK_PASS"], false,
        "Ask for the password to become another user with.")
    package let becomePasswordFile = Setting<SettingPath?>(
        "BECOME_PASSWORD_FILE", ["defaults.become_password_file"], ["ANSIBLE_BECOME_PASSWORD_FILE"], nil,
        "A file with the password to become another user with, or a program that prints it.")

    // MARK: Files that ansible-vault encrypted

    package let vaultPasswordFile = Setting<SettingPath?>(
        "DEFAULT_VAULT_PASSWORD_FILE", ["defaults.vault_password_file"], ["ANSIBLE_VAULT_PASSWORD_FILE"], nil,
        "A file with the password of encrypted files, or a program that prints it.")
    package let vaultIdentities = Setting<[String]>(
        "DEFAULT_VAULT_IDENTITY_LIST", ["defaults.vault_identity_list"], ["ANSIBLE_VAULT_IDENTITY_LIST"], [],
        "Passwords by label: `label@file`, `label@prompt`.")
    package let vaultIdentity = Setting(
        "DEFAULT_VAULT_IDENTITY", ["defaults.vault_identity"], ["ANSIBLE_VAULT_IDENTITY"], "default",
        "The label of a password that has none.")
    package let vaultIdentityMustMatch = Setting(
        "DEFAULT_VAULT_ID_MATCH", ["defaults.vault_id_match"], ["ANSIBLE_VAULT_ID_MATCH"], false,
        "Only the password of a file's own label is tried.")
    package let vaultEncryptIdentity = Setting<String?>(
        "DEFAULT_VAULT_ENCRYPT_IDENTITY", ["defaults.vault_encrypt_identity"], ["ANSIBLE_VAULT_ENCRYPT_IDENTITY"], nil,
        "The label of the password to encrypt with, where there are several.")
    package let vaultSalt = Setting<String?>(
        "VAULT_ENCRYPT_SALT", ["defaults.vault_encrypt_salt"], ["ANSIBLE_VAULT_ENCRYPT_SALT"], nil,
        "The salt to encrypt with, instead of a random one.")
    package let asksVaultPassword = Setting(
        "DEFAULT_ASK_VAULT_PASS", ["defaults.ask_vault_pass"], ["ANSIBLE_ASK_VAULT_PASS"], false,
        "Ask for the password of encrypted files.")

    // MARK: How plays run

    package let forks = Setting(
        "DEFAULT_FORKS", ["defaults.forks"], ["ANSIBLE_FORKS"], 5, "How many hosts are at work at once.")
    package let strategy = Setting(
        "DEFAULT_STRATEGY", ["defaults.strategy"], ["ANSIBLE_STRATEGY"], "linear",
        "The strategy of plays that name none.")
    package let gathering = Setting(
        "DEFAULT_GATHERING", ["defaults.gathering"], ["ANSIBLE_GATHERING"], Gathering.implicit,
        "Whether plays gather facts that do not say so; with `smart` once for each host.")
    package let factCache = Setting(
        "CACHE_PLUGIN", ["defaults.fact_caching"], ["ANSIBLE_CACHE_PLUGIN"], "memory",
        "Where facts are kept: `memory` for the run, `jsonfile` in a folder.")
    package let factCacheFolder = Setting<String?>(
        "CACHE_PLUGIN_CONNECTION", ["defaults.fact_caching_connection"], ["ANSIBLE_CACHE_PLUGIN_CONNECTION"], nil,
        "The folder of `jsonfile`.")
    package let factCachePrefix = Setting(
        "CACHE_PLUGIN_PREFIX", ["defaults.fact_caching_prefix"], ["ANSIBLE_CACHE_PLUGIN_PREFIX"], "",
        "What the names of its files begin with.")
    package let factCacheSeconds = Setting(
        "CACHE_PLUGIN_TIMEOUT", ["defaults.fact_caching_timeout"], ["ANSIBLE_CACHE_PLUGIN_TIMEOUT"], 86400,
        "For how many seconds cached facts count; 0 is for ever.")
    package let injectsFacts = Setting(
        "INJECT_FACTS_AS_VARS", ["defaults.inject_facts_as_vars"], ["ANSIBLE_INJECT_FACT_VARS"], true,
        "Facts are variables of their own (`ansible_os_family`), too.")
    package let forcesHandlers = Setting(
        "DEFAULT_FORCE_HANDLERS", ["defaults.force_handlers"], ["ANSIBLE_FORCE_HANDLERS"], false,
        "Handlers run on hosts that have failed, too.")
    package let missingHandlerIsAnError = Setting(
        "ERROR_ON_MISSING_HANDLER", ["defaults.error_on_missing_handler"], ["ANSIBLE_ERROR_ON_MISSING_HANDLER"], true,
        "A notification of no handler is an error.")
    package let anyErrorsFatal = Setting(
        "ANY_ERRORS_FATAL", ["defaults.any_errors_fatal"], ["ANSIBLE_ANY_ERRORS_FATAL"], false,
        "A failure on one host ends the play for all.")
    package let noLog = Setting(
        "DEFAULT_NO_LOG", ["defaults.no_log"], ["ANSIBLE_NO_LOG"], false, "No task's arguments and results are shown.")
    package let taskTimeout = Setting(
        "TASK_TIMEOUT", ["defaults.task_timeout"], ["ANSIBLE_TASK_TIMEOUT"], 0,
        "Seconds that a task may take where it does not say; 0 for any.")
    package let pollInterval = Setting(
        "DEFAULT_POLL_INTERVAL", ["defaults.poll_interval"], ["ANSIBLE_POLL_INTERVAL"], 15,
        "Seconds between two looks at a task with `async`.")
    package let moduleName = Setting(
        "DEFAULT_MODULE_NAME", ["defaults.module_name"], [], "command", "The module of `ansible` without `-m`.")
    package let moduleArguments = Setting(
        "DEFAULT_MODULE_ARGS", ["defaults.module_args"], ["ANSIBLE_MODULE_ARGS"], "",
        "The arguments of `ansible` without `-a`.")
    package let tags = Setting<[String]>(
        "TAGS_RUN", ["tags.run"], ["ANSIBLE_RUN_TAGS"], [], "The tags that `--tags` would name.")
    package let skippedTags = Setting<[String]>(
        "TAGS_SKIP", ["tags.skip"], ["ANSIBLE_SKIP_TAGS"], [], "The tags that `--skip-tags` would name.")
    package let managedText = Setting(
        "DEFAULT_MANAGED_STR", ["defaults.ansible_managed"], [], "Ansible managed", "The variable `ansible_managed`.")
    package let retryFiles = Setting(
        "RETRY_FILES_ENABLED", ["defaults.retry_files_enabled"], ["ANSIBLE_RETRY_FILES_ENABLED"], false,
        "Hosts that have failed are written to `PLAYBOOK.retry`.")
    package let retryFolder = Setting<SettingPath?>(
        "RETRY_FILES_SAVE_PATH", ["defaults.retry_files_save_path"], ["ANSIBLE_RETRY_FILES_SAVE_PATH"], nil,
        "The folder of those files.")

    // MARK: What is shown

    package let verbosity = Setting(
        "DEFAULT_VERBOSITY", ["defaults.verbosity"], ["ANSIBLE_VERBOSITY"], 0, "As many `-v`.")
    package let callback = Setting(
        "DEFAULT_STDOUT_CALLBACK", ["defaults.stdout_callback"], ["ANSIBLE_STDOUT_CALLBACK"], "default",
        "How ansible-playbook prints: `default`, `yaml`, `minimal`, `oneline`, `json`, `debug`.")
    package let callbacks = Setting<[String]>(
        "CALLBACKS_ENABLED", ["defaults.callbacks_enabled"], ["ANSIBLE_CALLBACKS_ENABLED"], [],
        "What else is made of a run: `timer`, `profile_tasks`, `junit`.")
    package let loadsAdHocCallbacks = Setting(
        "DEFAULT_LOAD_CALLBACK_PLUGINS", ["defaults.bin_ansible_callbacks"], ["ANSIBLE_LOAD_CALLBACK_PLUGINS"], false,
        "The callbacks count for `ansible`, too.")
    package let resultFormat = Setting(
        "result_format", ["defaults.callback_result_format"], ["ANSIBLE_CALLBACK_RESULT_FORMAT"], ResultFormat.json,
        "How results are written.")
    package let prettyResults = Setting<Bool?>(
        "pretty_results", ["defaults.callback_format_pretty"], ["ANSIBLE_CALLBACK_FORMAT_PRETTY"], nil,
        "Results are written over several lines.")
    package let showsSkippedHosts = Setting(
        "display_skipped_hosts", ["defaults.display_skipped_hosts"],
        ["ANSIBLE_DISPLAY_SKIPPED_HOSTS"], true, "Show hosts that skip a task.")
    package let showsOkHosts = Setting(
        "display_ok_hosts", ["defaults.display_ok_hosts"], ["ANSIBLE_DISPLAY_OK_HOSTS"], true,
        "Show hosts on which a task went well and changed nothing.")
    package let failuresToStderr = Setting(
        "display_failed_stderr", ["defaults.display_failed_stderr"], ["ANSIBLE_DISPLAY_FAILED_STDERR"], false,
        "Failures go to standard error.")
    package let showsPathOfFailure = Setting(
        "show_task_path_on_failure", ["defaults.show_task_path_on_failure"],
        ["ANSIBLE_SHOW_TASK_PATH_ON_FAILURE"], false, "Show the file and line of a task that fails.")
    package let showsHostStart = Setting(
        "show_per_host_start", ["defaults.show_per_host_start"], ["ANSIBLE_SHOW_PER_HOST_START"], false,
        "Show each host that begins a task.")
    package let marksCheckMode = Setting(
        "check_mode_markers", ["defaults.check_mode_markers"], ["ANSIBLE_CHECK_MODE_MARKERS"], false,
        "Mark what runs in check mode.")
    package let showsArguments = Setting(
        "DISPLAY_ARGS_TO_STDOUT", ["defaults.display_args_to_stdout"], ["ANSIBLE_DISPLAY_ARGS_TO_STDOUT"], false,
        "Show the arguments of tasks in their headings.")
    package let showsStats = Setting(
        "SHOW_CUSTOM_STATS", ["defaults.show_custom_stats"], ["ANSIBLE_SHOW_CUSTOM_STATS"], false,
        "Show what `set_stats` has set.")
    package let diffAlways = Setting(
        "DIFF_ALWAYS", ["diff.always"], ["ANSIBLE_DIFF_ALWAYS"], false, "Show what changes in files, as `--diff` does.")
    package let diffContext = Setting(
        "DIFF_CONTEXT", ["diff.context"], ["ANSIBLE_DIFF_CONTEXT"], 3, "How many lines around each change are shown.")
    package let noColour = Setting(
        "ANSIBLE_NOCOLOR", ["defaults.nocolor"], ["ANSIBLE_NOCOLOR", "NO_COLOR"], false, "No colours.")
    package let forcesColour = Setting(
        "ANSIBLE_FORCE_COLOR", ["defaults.force_color"], ["ANSIBLE_FORCE_COLOR"], false,
        "Colours where there is no terminal, too.")
    package let logPath = Setting<SettingPath?>(
        "DEFAULT_LOG_PATH", ["defaults.log_path"], ["ANSIBLE_LOG_PATH"], nil, "A file that what is printed is added to."
    )
    package let verboseToStderr = Setting(
        "VERBOSE_TO_STDERR", ["defaults.verbose_to_stderr"], ["ANSIBLE_VERBOSE_TO_STDERR"], false,
        "What `-v` adds goes to standard error.")
    package let junitFolder = Setting<String?>(
        "junit output_dir", [], ["JUNIT_OUTPUT_DIR"], nil, "The folder of `junit`; `~/.ansible.log` without.")
    package let systemWarnings = Setting(
        "SYSTEM_WARNINGS", ["defaults.system_warnings"], ["ANSIBLE_SYSTEM_WARNINGS"], true,
        "Warn of what is odd on the controller.")
}
