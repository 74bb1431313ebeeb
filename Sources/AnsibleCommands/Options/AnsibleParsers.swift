/// The options of each command, in the words of its `--help`.
package enum AnsibleParsers {
    private static let inventory: [AnsibleOption] = [
        AnsibleOption(
            ["-i", "--inventory", "--inventory-file"], .texts("INVENTORY"),
            "specify inventory host path or comma separated host list"),
        AnsibleOption(
            ["-l", "--limit"], .text("SUBSET"), "further limit selected hosts to an additional pattern"),
        AnsibleOption(["--flush-cache"], .flag, "clear the fact cache for every host in inventory"),
    ]
    private static let listHosts = AnsibleOption(
        ["--list-hosts"], .flag, "outputs a list of matching hosts; does not execute anything else")
    private static let connection: [AnsibleOption] = [
        AnsibleOption(
            ["--private-key", "--key-file"], .text("PRIVATE_KEY_FILE"), "use this file to authenticate the connection"),
        AnsibleOption(["-u", "--user"], .text("REMOTE_USER"), "connect as this user"),
        AnsibleOption(["-c", "--connection"], .text("CONNECTION"), "connection type to use"),
        AnsibleOption(["-T", "--timeout"], .text("TIMEOUT"), "override the connection timeout in seconds"),
        AnsibleOption(
            ["--ssh-common-args"], .text("SSH_COMMON_ARGS"), "specify common arguments to pass to sftp/scp/ssh"),
        AnsibleOption(["--sftp-extra-args"], .text("SFTP_EXTRA_ARGS"), "without effect: nothing is sent with sftp"),
        AnsibleOption(["--scp-extra-args"], .text("SCP_EXTRA_ARGS"), "without effect: nothing is sent with scp"),
        AnsibleOption(["--ssh-extra-args"], .text("SSH_EXTRA_ARGS"), "specify extra arguments to pass to ssh only"),
        AnsibleOption(["-k", "--ask-pass"], .flag, "ask for connection password"),
        AnsibleOption(
            ["--connection-password-file", "--conn-pass-file"], .text("CONNECTION_PASSWORD_FILE"),
            "connection password file"),
    ]
    private static let become: [AnsibleOption] = [
        AnsibleOption(["-b", "--become"], .flag, "run operations with become"),
        AnsibleOption(["--become-method"], .text("BECOME_METHOD"), "privilege escalation method to use"),
        AnsibleOption(["--become-user"], .text("BECOME_USER"), "run operations as this user"),
        AnsibleOption(["-K", "--ask-become-pass"], .flag, "ask for privilege escalation password"),
        AnsibleOption(
            ["--become-password-file", "--become-pass-file"], .text("BECOME_PASSWORD_FILE"), "become password file"),
    ]
    private static let run: [AnsibleOption] = [
        AnsibleOption(["-C", "--check"], .flag, "don't make any changes; say what would be changed"),
        AnsibleOption(["-D", "--diff"], .flag, "show the differences in files and templates that change"),
        AnsibleOption(["-f", "--forks"], .text("FORKS"), "specify number of parallel processes to use"),
        AnsibleOption(
            ["-M", "--module-path"], .texts("MODULE_PATH"), "prepend colon-separated path(s) to module library"),
    ]
    private static let variables: [AnsibleOption] = [
        AnsibleOption(
            ["-e", "--extra-vars"], .texts("EXTRA_VARS"),
            "set additional variables as key=value or YAML/JSON, if filename prepend with @")
    ]
    private static let vault: [AnsibleOption] = [
        AnsibleOption(["--vault-id"], .texts("VAULT_IDS"), "the vault identity to use"),
        AnsibleOption(["-J", "--ask-vault-password", "--ask-vault-pass"], .flag, "ask for vault password"),
        AnsibleOption(
            ["--vault-password-file", "--vault-pass-file"], .texts("VAULT_PASSWORD_FILES"), "vault password file"),
    ]
    private static let folder = AnsibleOption(
        ["--playbook-dir"], .text("BASEDIR"), "use this as a substitute playbook directory")

    package static let playbook = OptionParser(
        program: "ansible-playbook",
        summary: "Runs Ansible playbooks, executing the defined tasks on the targeted hosts.",
        options: connection + become + run + inventory + [listHosts] + variables + vault + [
            AnsibleOption(["--force-handlers"], .flag, "run handlers even if a task fails"),
            AnsibleOption(["-t", "--tags"], .texts("TAGS"), "only run plays and tasks tagged with these values"),
            AnsibleOption(
                ["--skip-tags"], .texts("SKIP_TAGS"), "only run plays and tasks whose tags do not match these values"),
            AnsibleOption(["--syntax-check"], .flag, "perform a syntax check on the playbook, but do not execute it"),
            AnsibleOption(["--list-tasks"], .flag, "list all tasks that would be executed"),
            AnsibleOption(["--list-tags"], .flag, "list all available tags"),
            AnsibleOption(["--step"], .flag, "one-step-at-a-time: confirm each task before running"),
            AnsibleOption(
                ["--start-at-task"], .text("START_AT_TASK"), "start the playbook at the task matching this name"),
        ], positional: "playbook [playbook ...]", arguments: 1...Int.max)

    package static let adHoc = OptionParser(
        program: "ansible", summary: "Define and run a single task 'playbook' against a set of hosts",
        options: become + inventory + [listHosts] + connection + run + variables + vault + [
            AnsibleOption(["-P", "--poll"], .text("POLL_INTERVAL"), "set the poll interval if using -B"),
            AnsibleOption(["-B", "--background"], .text("SECONDS"), "run asynchronously, failing after X seconds"),
            AnsibleOption(["-o", "--one-line"], .flag, "condense output"),
            AnsibleOption(["-t", "--tree"], .text("TREE"), "log output to this directory"),
            folder,
            AnsibleOption(["--task-timeout"], .text("TASK_TIMEOUT"), "set task timeout limit in seconds"),
            AnsibleOption(
                ["-a", "--args"], .text("MODULE_ARGS"), "the action's options in space separated k=v format"),
            AnsibleOption(["-m", "--module-name"], .text("MODULE_NAME"), "name of the action to execute"),
        ], positional: "pattern", arguments: 1...1)

    package static let inventoryCommand = OptionParser(
        program: "ansible-inventory",
        summary: "Show Ansible inventory information, by default it uses the inventory script JSON format",
        options: inventory + vault + [folder] + variables + [
            AnsibleOption(["--list"], .flag, "output all hosts info, works as inventory script"),
            AnsibleOption(["--host"], .text("HOST"), "output specific host info, works as inventory script"),
            AnsibleOption(["--graph"], .flag, "create inventory graph"),
            AnsibleOption(["-y", "--yaml"], .flag, "use YAML format instead of default JSON, ignored for --graph"),
            AnsibleOption(["--toml"], .flag, "use TOML format instead of default JSON, ignored for --graph"),
            AnsibleOption(["--vars"], .flag, "add vars to graph display, ignored unless used with --graph"),
            AnsibleOption(["--export"], .flag, "when doing --list, represent in a way that is optimized for export"),
            AnsibleOption(["--output"], .text("OUTPUT_FILE"), "when doing --list, send the inventory to a file"),
        ], positional: "[group]", arguments: 0...1)

    package static let documentation = OptionParser(
        program: "ansible-doc", summary: "plugin documentation tool",
        options: [
            AnsibleOption(
                ["-t", "--type"],
                .choice(
                    "TYPE",
                    [
                        "become", "cache", "callback", "cliconf", "connection", "httpapi", "inventory", "lookup",
                        "netconf", "shell", "vars", "module", "strategy", "test", "filter", "role", "keyword",
                    ]), "choose which plugin type (defaults to \"module\")"),
            AnsibleOption(["-j", "--json"], .flag, "change output into json format"),
            AnsibleOption(["-l", "--list"], .flag, "list available plugins"),
            AnsibleOption(["-F", "--list_files"], .flag, "show plugin names and their source files (implies --list)"),
            AnsibleOption(["-s", "--snippet"], .flag, "show playbook snippet"),
            AnsibleOption(["-M", "--module-path"], .texts("MODULE_PATH"), "without effect"),
            AnsibleOption(
                ["-r", "--roles-path"], .texts("ROLES_PATH"), "the path to the directory containing your roles"),
            AnsibleOption(["-e", "--entry-point"], .text("ENTRY_POINT"), "select the entry point for role(s)"),
            AnsibleOption(["--metadata-dump"], .flag, "without effect"),
            AnsibleOption(["--no-fail-on-errors"], .flag, "without effect"), folder,
        ], positional: "[plugin ...]", arguments: 0...Int.max)

    package static let configuration = OptionParser(
        program: "ansible-config", summary: "View ansible configuration.",
        options: [
            AnsibleOption(["--only-changed", "--changed-only"], .flag, "only show configurations that have changed"),
            AnsibleOption(["-c", "--config"], .text("CONFIG_FILE"), "path to configuration file"),
            AnsibleOption(["-f", "--format"], .choice("FORMAT", ["display", "json", "yaml"]), "output format"),
            AnsibleOption(["-t", "--type"], .text("TYPE"), "without effect"),
        ], positional: "{list,dump,view}", arguments: 1...1)
}
