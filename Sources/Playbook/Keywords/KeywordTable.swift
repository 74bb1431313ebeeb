import YAML

private typealias Level = KeywordSpec.Level

/// What takes the keywords that tasks inherit.
private let parts: Set<Level> = [.play, .role, .block, .task, .handler, .importing]
private let partsAndIncludes: Set<Level> = parts.union([.include])
/// Whatever is no keyword of a role is its variable.
private let partsButRoles: Set<Level> = parts.subtracting([.role])
/// All of them but plays: what is asked of a host.
private let steps: Set<Level> = [.role, .block, .task, .handler, .importing]
private let stepsAndPlaybooks: Set<Level> = steps.union([.include, .playbook])
private let everywhere: Set<Level> = parts.union([.include, .playbook])
private let tasks: Set<Level> = [.task, .handler]
private let tasksAndIncludes: Set<Level> = [.task, .handler, .include]
/// What an import may say too, to no effect: what it brings does not inherit it.
private let tasksAndImports: Set<Level> = tasks.union([.importing])
private let allTasks: Set<Level> = tasksAndIncludes.union([.importing])

private let orders: [String] = Play.Order.allCases.map(\.rawValue)
private let strategies: [String] =
    Play.Strategy.allCases.map(\.rawValue) + Play.Strategy.allCases.map { Play.Strategy.collection + $0.rawValue }

private func overlay(_ outer: ValueMap, _ inner: ValueMap) -> ValueMap {
    var variables = outer
    variables.merge(inner)
    return variables
}

/// A line for each keyword. docs/keywords.md is made from them: see `KeywordDocument`.
extension KeywordSpec {
    package static let all: [KeywordSpec] = [ofAllParts, ofTasks, ofPlays, ofBlocks, ofRoles, ofLoops, ofPrompts]
        .flatMap { $0 }

    private static let ofAllParts: [KeywordSpec] = [
        KeywordSpec(
            "name", everywhere, .text, .run, .no, "What it is called in the output; handlers are notified by it."),
        KeywordSpec(
            "tags", everywhere, .names, .planned,
            .added { inner, outer in inner.tags = outer.tags + inner.tags.filter { !outer.tags.contains($0) } },
            "What `--tags` and `--skip-tags` choose by."),
        KeywordSpec(
            "when", stepsAndPlaybooks, .conditions, .expression, .added { $0.when = $1.when + $0.when },
            "What must hold for a host, or the task is skipped on it."),
        KeywordSpec(
            "vars", everywhere, .variables, .inside,
            .added { inner, outer in inner.variables = overlay(outer.variables, inner.variables) },
            "Variables; those further inside win."),
        KeywordSpec("become", parts, .flag, .run, .nearest(\TaskKeywords.become), "Whether to act as another user."),
        KeywordSpec(
            "become_user", parts, .text, .run, .nearest(\TaskKeywords.becomeUser),
            "Which user that is; root unless something says otherwise."),
        KeywordSpec(
            "become_method", parts, .choice(["sudo", "su", "doas"], advice: "use sudo, su or doas"), .run,
            .nearest(\TaskKeywords.becomeMethod), "How to become that user."),
        KeywordSpec(
            "become_exe", parts, .text, .run, .nearest(\TaskKeywords.becomeExe),
            "The program to do that with, in the place of sudo, su or doas."),
        KeywordSpec(
            "become_flags", parts, .text, .run, .nearest(\TaskKeywords.becomeFlags),
            "Its options, in the place of `-H`; those that hand over the password come besides."),
        KeywordSpec(
            "remote_user", parts, .text, .run, .nearest(\TaskKeywords.remoteUser),
            "Whom to log in as; connection variables such as `ansible_user` go before it."),
        KeywordSpec(
            "port", parts, .number, .run, .nearest(\TaskKeywords.port),
            "The port of the host's sshd; `ansible_port` goes before it."),
        KeywordSpec(
            "environment", parts, .environment, .inside, .added { $0.environment = $1.environment + $0.environment },
            "Environment variables of what runs on the host."),
        KeywordSpec(
            "ignore_errors", partsAndIncludes, .flag, .run, .nearest(\TaskKeywords.ignoreErrors),
            "Whether a host goes on after a failure."),
        KeywordSpec(
            "ignore_unreachable", parts, .flag, .run, .nearest(\TaskKeywords.ignoreUnreachable),
            "Whether a host that could not be reached stays in the play."),
        KeywordSpec(
            "no_log", partsAndIncludes, .flag, .run, .nearest(\TaskKeywords.noLog), "Whether the task's data is secret."
        ),
        KeywordSpec(
            "check_mode", parts, .flag, .run, .nearest(\TaskKeywords.checkMode),
            "Whether the task only says what it would change, whatever the command line says."),
        KeywordSpec(
            "diff", parts, .flag, .run, .nearest(\TaskKeywords.diff),
            "Whether the task shows what changes in files, whatever the command line says."),
        KeywordSpec(
            "timeout", partsAndIncludes, .number, .run, .nearest(\TaskKeywords.timeout),
            "Seconds after which the task is ended and has failed; 0 is without a limit."),
        KeywordSpec(
            "connection", parts,
            .choice(["ssh", "local", "smart", "libssh2", "openssh", "paramiko"], advice: "use ssh or local"), .run,
            .nearest(\TaskKeywords.connection), "`local` acts on this machine, any other over SSH."),
        KeywordSpec(
            "delegate_to", steps, .text, .run, .nearest(\TaskKeywords.delegateTo),
            "The host that acts in the place of the task's: one of the inventory, or any name or address."),
        KeywordSpec(
            "delegate_facts", steps, .flag, .run, .nearest(\TaskKeywords.delegateFacts),
            "Whether the facts and variables that the task finds are those of the host that it is delegated to."),
        KeywordSpec(
            "run_once", partsAndIncludes, .flag, .run, .nearest(\TaskKeywords.runOnce),
            "Whether only the first host of the batch runs it, for all of them."),
        KeywordSpec(
            "throttle", parts, .number, .run, .nearest(\TaskKeywords.throttle),
            "How many hosts run it at once, at most."),
        KeywordSpec(
            "any_errors_fatal", parts, .flag, .run, .nearest(\TaskKeywords.anyErrorsFatal),
            "Whether the failure of one host ends the play for all."),
        KeywordSpec(
            "module_defaults", parts, .moduleDefaults, .inside, .whileReading,
            "Arguments that modules get where the task does not give them."),
        KeywordSpec(
            "collections", partsAndIncludes, .names, .no, .no,
            "Without effect: modules are found by their short names wherever they live in Ansible."),
    ]

    private static let ofTasks: [KeywordSpec] = [
        KeywordSpec(
            "action", tasksAndIncludes, .anything, .inside, .no,
            "The module and its arguments, as a text or as a mapping with `module`."),
        KeywordSpec("local_action", tasks, .anything, .inside, .no, "As `action`, with `delegate_to: localhost`."),
        KeywordSpec("args", tasksAndIncludes, .arguments, .inside, .no, "More arguments of the module."),
        KeywordSpec("register", allTasks, .variable, .no, .no, "The variable that takes the task's result."),
        KeywordSpec(
            "changed_when", tasksAndImports, .conditions, .expression, .no, "Whether the result counts as a change."),
        KeywordSpec(
            "failed_when", tasksAndImports, .conditions, .expression, .no, "Whether the result counts as a failure."),
        KeywordSpec(
            "until", tasksAndImports, .conditions, .expression, .no, "The task is tried again until this holds."),
        KeywordSpec(
            "retries", tasksAndImports, .number, .run, .no, "How often it is tried again, at most: 3 unless it is said."
        ),
        KeywordSpec("delay", tasksAndImports, .number, .run, .no, "Seconds between two tries: 5 unless it is said."),
        KeywordSpec(
            "notify", tasks.union([.block, .importing]), .names, .run,
            .nearestOnes { if $0.notify.isEmpty { $0.notify = $1.notify } },
            "Handlers to run when the task has changed something, by their names or topics."),
        KeywordSpec(
            "listen", [.handler, .include], .names, .no, .no, "Topics that notify the handler beside its name."),
        KeywordSpec("loop", tasksAndIncludes, .items, .run, .no, "What the task is repeated for, each as `item`."),
        KeywordSpec(
            "with_items", tasksAndIncludes, .items, .run, .no,
            "As `loop`, over what a lookup makes of it; `with_NAME` goes for every lookup."),
        KeywordSpec("loop_control", allTasks, .loopControl, .inside, .no, "How the loop goes."),
        KeywordSpec("async", tasksAndImports, .number, .run, .no, "As `timeout`, where there is none."),
        KeywordSpec("poll", tasksAndImports, .number, .no, .no, "Without effect beside `async`; 0 is refused."),
    ]

    private static let ofPlays: [KeywordSpec] = [
        KeywordSpec(
            "hosts", [.play], .pattern, .planned, .no, "Where the play runs: groups and hosts of the inventory."),
        KeywordSpec(
            "vars_files", [.play], .files, .run, .no,
            "Files of variables, read when the play is planned, or for each host where their names need its variables."),
        KeywordSpec("vars_prompt", [.play], .prompts, .inside, .no, "Variables that are asked for before the run."),
        KeywordSpec(
            "gather_facts", [.play], .flag, .planned, .no,
            "Whether the play begins with the hosts' facts: yes unless it is said."),
        KeywordSpec("gather_subset", [.play], .names, .run, .no, "Which facts are gathered."),
        KeywordSpec("gather_timeout", [.play], .number, .run, .no, "Given to `setup` as its argument."),
        KeywordSpec(
            "order", [.play], .choice(orders, verdict: "known", advice: "use \(orders.joined(separator: ", "))"),
            .planned, .no, "The order of the hosts: the inventory's unless it is said."),
        KeywordSpec(
            "serial", [.play], .shares, .planned, .no,
            "How many hosts go through the play together; the last entry goes for all that follow."),
        KeywordSpec(
            "strategy", [.play], .choice(strategies, advice: "use linear, free or host_pinned"), .planned, .no,
            "Whether hosts wait for each other after every task: `linear` unless it is said."),
        KeywordSpec(
            "max_fail_percentage", [.play], .percentage, .planned, .no,
            "The play ends for all when more of a batch have failed."),
        KeywordSpec("pre_tasks", [.play], .tasks, .inside, .no, "Tasks before the roles."),
        KeywordSpec("roles", [.play], .roles, .inside, .no, "Roles, which run before the tasks."),
        KeywordSpec("tasks", [.play], .tasks, .inside, .no, "The tasks."),
        KeywordSpec(
            "post_tasks", [.play], .tasks, .inside, .no, "Tasks after the others and the handlers that they notified."),
        KeywordSpec("handlers", [.play], .handlers, .inside, .no, "Tasks that run when they are notified."),
    ]

    private static let ofBlocks: [KeywordSpec] = [
        KeywordSpec("block", [.block], .tasks, .inside, .no, "The tasks."),
        KeywordSpec("rescue", [.block], .tasks, .inside, .no, "What runs on a host where one of them has failed."),
        KeywordSpec("always", [.block], .tasks, .inside, .no, "What runs after them in any case."),
    ]

    private static let ofRoles: [KeywordSpec] = [
        KeywordSpec(
            "role", [.role], .name, .no, .no,
            "Which role it is; `name` says the same. Keys that are no keywords are its variables.")
    ]

    private static let ofLoops: [KeywordSpec] = [
        KeywordSpec(
            "loop_var", [.loopControl], .variable, .run, .no,
            "The variable that takes the item: `item` unless it is said."),
        KeywordSpec(
            "index_var", [.loopControl], .variable, .run, .no, "The variable that takes the item's number, from 0."),
        KeywordSpec("label", [.loopControl], .anything, .run, .no, "What the output shows of the item."),
        KeywordSpec("pause", [.loopControl], .number, .run, .no, "Seconds between two items."),
        KeywordSpec("extended", [.loopControl], .flag, .run, .no, "Whether there is the variable `ansible_loop`."),
        KeywordSpec(
            "extended_allitems", [.loopControl], .flag, .run, .no,
            "Whether `ansible_loop` has all items: yes unless it is said."),
        KeywordSpec("break_when", [.loopControl], .conditions, .expression, .no, "What ends the loop after an item."),
    ]

    private static let ofPrompts: [KeywordSpec] = [
        KeywordSpec("name", [.prompt], .variable, .no, .no, "The variable that takes the answer."),
        KeywordSpec("prompt", [.prompt], .text, .no, .no, "The question: the variable's name unless it is said."),
        KeywordSpec("default", [.prompt], .anything, .no, .no, "The answer when none is given."),
        KeywordSpec(
            "private", [.prompt], .flag, .no, .no,
            "Whether what is typed is not shown, and is secret: yes unless it is said."),
        KeywordSpec("confirm", [.prompt], .flag, .no, .no, "Whether it is asked for twice."),
    ]

    /// Keywords of Ansible's language that are refused, with the way to say it here.
    package static let refused: [RefusedKeyword] = [
        RefusedKeyword("debugger", partsButRoles, "use --start-at-task, or 'debug' tasks"),
        RefusedKeyword("force_handlers", [.play], "handlers of failed hosts do not run"),
        RefusedKeyword("encrypt", [.prompt], "use the filter password_hash where the value is needed"),
        RefusedKeyword("salt", [.prompt], "use the filter password_hash where the value is needed"),
        RefusedKeyword("salt_size", [.prompt], "use the filter password_hash where the value is needed"),
        RefusedKeyword("unsafe", [.prompt], "use the filter password_hash where the value is needed"),
    ]
}
