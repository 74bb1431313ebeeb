import YAML

/// The keys that plays, blocks and tasks have in common, and what to say of those that nobody knows.
extension PlaybookReader {
    /// Where a key stands.
    enum Level: String {
        case play, block, task, handler
        var words: String { self == .handler ? "handler" : rawValue }
    }

    static let sharedKeys: Set<String> = [
        "name", "tags", "become", "become_user", "become_method", "environment", "ignore_errors", "ignore_unreachable", "no_log", "check_mode",
        "diff", "timeout", "connection", "vars", "run_once", "throttle", "any_errors_fatal", "module_defaults", "collections",
    ]
    static let blockKeys = sharedKeys.union(["when", "delegate_to", "block", "rescue", "always"])
    static let playKeys = sharedKeys.union([
        "hosts", "vars_files", "vars_prompt", "gather_facts", "gather_subset", "gather_timeout", "order", "serial", "strategy", "max_fail_percentage", "any_errors_fatal",
        "pre_tasks", "roles", "tasks", "post_tasks", "handlers",
    ])
    static let taskKeys = sharedKeys.union([
        "when", "delegate_to", "register", "loop", "with_items", "loop_control", "changed_when", "failed_when", "until", "retries", "delay",
        "notify", "args", "action", "local_action", "async", "poll",
    ])
    /// What an include may say itself; the rest goes below `apply`.
    static let includeKeys: Set<String> = [
        "name", "when", "tags", "vars", "register", "loop", "with_items", "loop_control", "args", "action", "run_once", "ignore_errors", "no_log", "timeout", "collections", "listen",
    ]

    /// Keys of Ansible's language that are refused with the way to say it here.
    static let unsupportedKeys: [String: String] = [
        "remote_user": "set 'ansible_user' in the inventory, or credentials in the vault",
        "port": "set 'ansible_port' in the inventory",
        "become_flags": "the flags of sudo are fixed, so that its password can go by stdin",
        "become_exe": "sudo is looked up in the host's PATH",
        "delegate_facts": "facts stay with the host of the task",
        "debugger": "use --start-at-task, or 'debug' tasks",
        "force_handlers": "handlers of failed hosts do not run",
    ]

    /// Says that a key is not known (or not supported) where it stands.
    mutating func unknown(_ key: Node, among keys: some Sequence<String>, in place: String) {
        let name = ArgumentBinder.text(key.value)
        if let way = Self.unsupportedKeys[name] {
            report("'\(name)' in \(place) is not supported", at: key.mark, way)
        } else {
            let near = Spelling.nearest(to: name, among: keys.sorted())
            report("unknown key '\(name)' in \(place)", at: key.mark, near.map { "did you mean '\($0)'?" })
        }
    }

    /// Takes a shared key; false when it is none.
    mutating func shared(_ key: String, _ node: Node, into keywords: inout TaskKeywords) -> Bool {
        // `key:` with nothing after it is as if it were not there.
        guard !node.value.isNull || key == "when" else { return Self.sharedKeys.contains(key) || key == "delegate_to" }
        switch key {
        case "name": break
        case "when": keywords.when += conditions(node, key)
        case "tags": keywords.tags += names(node, key)
        case "become": keywords.become = flag(node, key)
        case "become_user": keywords.becomeUser = text(node, key)
        case "become_method":
            keywords.becomeMethod = text(node, key)
            if let method = node.value.string, !method.holdsTemplate, !["sudo", "su", "doas"].contains(method) {
                report("become_method '\(method)' is not supported", at: node.mark, "use sudo, su or doas")
            }
        case "environment":
            for item in node.items ?? [node] {
                if item.entries == nil, item.value.string?.holdsTemplate != true {
                    report("'environment' is a mapping of names to values, and this is \(item.value.kindInWords)", at: item.mark)
                }
                keywords.environment.append(value(item))
            }
        case "ignore_errors": keywords.ignoreErrors = flag(node, key)
        case "ignore_unreachable": keywords.ignoreUnreachable = flag(node, key)
        case "no_log": keywords.noLog = flag(node, key)
        case "check_mode": keywords.checkMode = flag(node, key)
        case "diff": keywords.diff = flag(node, key)
        case "timeout": keywords.timeout = number(node, key)
        case "connection":
            keywords.connection = text(node, key)
            if let kind = node.value.string, !kind.holdsTemplate, !["ssh", "local", "smart", "libssh2", "openssh", "paramiko"].contains(kind) {
                report("connection '\(kind)' is not supported", at: node.mark, "use ssh or local")
            }
        case "vars": keywords.variables.merge(variables(node))
        case "delegate_to": keywords.delegateTo = text(node, key)
        case "run_once": keywords.runOnce = flag(node, key)
        case "throttle": keywords.throttle = number(node, key)
        case "any_errors_fatal": keywords.anyErrorsFatal = flag(node, key)
        // `withDefaults` reads them.
        case "module_defaults": break
        // Modules are found by their short names wherever they live in Ansible.
        case "collections": _ = names(node, key)
        default: return false
        }
        return true
    }

    mutating func text(_ node: Node, _ key: String) -> Located<Value> {
        Located(name(node, key).map { .string($0, node.value.provenance) } ?? .null, at: node.mark)
    }
}
