import Playbook
import YAML

/// Keeps a user account.
struct User: Module {
    static let spec = ModuleSpec(
        "user", summary: "Keeps a user account.",
        options: [
            .init("name", .string, aliases: ["user"], required: true, help: "The account."),
            .init(
                "state", .string, choices: ["absent", "present"], default: .string("present"),
                help: "Whether it shall be there."),
            .init("uid", .int, help: "Its number."),
            .init("non_unique", .bool, default: .bool(false), help: "Let the number be another's, too."),
            .init("group", .string, help: "Primary group, by name or number."),
            .init("groups", .list, help: "Further groups; an empty list takes it out of all."),
            .init("append", .bool, default: .bool(false), help: "Keep the further groups that it is in already."),
            .init("comment", .string, help: "Full name or the like."),
            .init("home", .path, help: "Home folder."),
            .init(
                "create_home", .bool, aliases: ["createhome"], default: .bool(true),
                help: "Make the home folder when it is missing."),
            .init("move_home", .bool, default: .bool(false), help: "Move the folder when home changes."),
            .init("skeleton", .path, help: "What a new home begins with."),
            .init("umask", .string, help: "For the mode of a new home."),
            .init("shell", .path, help: "Login shell."),
            .init("system", .bool, default: .bool(false), help: "Make a new one a system account."),
            .init("password", .string, help: "Hash of the password; ! or * for none."),
            .init(
                "update_password", .string, choices: ["always", "on_create"], default: .string("always"),
                help: "Whether an account that exists gets the password."),
            .init("password_lock", .bool, help: "Lock or unlock the password."),
            .init("expires", .float, help: "When the account ends, seconds since 1970; negative for never."),
            .init("password_expire_max", .int, help: "Days after which the password must be changed."),
            .init("password_expire_min", .int, help: "Days before which it may not."),
            .init("password_expire_warn", .int, help: "Days of warning before it must."),
            .init("remove", .bool, default: .bool(false), help: "With absent: remove the home folder, too."),
            .init("force", .bool, default: .bool(false), help: "With absent: even while it is logged in."),
        ])
    static let reference = ModuleReference(
        notes: "A password is a hash as `/etc/shadow` holds it; it reaches the host on standard input.",
        example: """
            - user:
                name: comfy
                shell: /bin/bash
                groups: [video, render]
                append: true
            """,
        returns: [
            .init("name", "The user."),
            .init("state", "As it was given."),
            .init("uid", "The number."),
            .init("group", "The number of the first group."),
            .init("groups", "The other groups, with commas, where they were given."),
            .init("comment", "The user's full name or the like."),
            .init("home", "The home folder."),
            .init("shell", "The login shell."),
            .init("stdout", "What the host's programs said."),
            .init("stderr", "What they complained of."),
        ])

    private let name: String
    private let arguments: Arguments

    init(arguments: ValueMap) throws {
        self.arguments = Arguments(arguments)
        name = try self.arguments.required("name")
    }

    /// What the host knows of the account.
    struct Account: Sendable, Hashable {
        var uid: Int, gid: Int
        var comment: String, home: String, shell: String
        /// The shadow file's hash and day of expiry.
        var password = "", expires = ""
        /// The shadow file's days: least age, greatest age, warning.
        var ages = ["", "", ""]
        /// Further groups.
        var groups: [String] = []
        var hasHome = false

        init?(passwd line: String) {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard fields.count == 7, let uid = Int(fields[2]), let gid = Int(fields[3]) else { return nil }
            self.uid = uid
            self.gid = gid
            comment = fields[4]
            home = fields[5]
            shell = fields[6]
        }
    }

    private struct Seen {
        var account: Account?
        /// Number of the desired primary group; nil when there is none of the name.
        var group: Int?
        /// Desired further groups that the host does not have.
        var missingGroups: [String] = []
        /// Whether a group has the account's name.
        var hasNamesake = false
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let seen = try await observe(host)
        var result = ModuleResult()
        result.values["name"] = .string(name)
        result.values["state"] = .string(try arguments.required("state"))
        if result.values["state"] == .string("absent") { return try await remove(seen, result, on: host) }
        guard let account = seen.account else { return try await create(seen, result, on: host) }
        return try await modify(account, seen, result, on: host)
    }

    private func observe(_ host: ManagedHost) async throws -> Seen {
        let groups = arguments.strings("groups") ?? []
        var script: ShellScript = """
            cf_entry=$(getent passwd \(name)); printf '%s\\000' "$cf_entry"
            getent shadow \(name); printf '\\000'
            id -nG \(name) 2>/dev/null; printf '\\000'; id -ng \(name) 2>/dev/null; printf '\\000'
            cf_home=${cf_entry%:*}; cf_home=${cf_home##*:}; [ -d "$cf_home" ] && echo yes; printf '\\000'
            getent group \(name); printf '\\000'

            """
        if let group = arguments.string("group") { script += "getent group \(group)\n" }
        script += "printf '\\000'\n"
        for group in groups { script += "getent group \(group) >/dev/null || printf '%s\\n' \(group)\n" }
        script += "printf '\\000'\n"
        let answer = try await host.observe(script)
        let records = answer.records
        guard records.count == 9 else { throw ModuleFailure("cannot read the accounts: \(answer.complaint)") }
        var seen = Seen()
        if var account = Account(passwd: Lines.withoutEmptyEnd(records[0])) {
            let shadow = records[1].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            if shadow.count >= 8 {
                account.password = shadow[1]
                account.expires = shadow[7]
                account.ages = Array(shadow[3..<6])
            }
            let primary = Lines.withoutEmptyEnd(records[3])
            var all = records[2].split(whereSeparator: \.isWhitespace).map(String.init)
            if let index = all.firstIndex(of: primary) { all.remove(at: index) }
            account.groups = all
            account.hasHome = !records[4].isEmpty
            seen.account = account
        }
        seen.hasNamesake = !records[5].isEmpty
        seen.group = records[6].split(separator: ":", omittingEmptySubsequences: false).dropFirst(2).first.flatMap {
            Int($0)
        }
        seen.missingGroups = records[7].split(separator: "\n").map(String.init)
        return seen
    }

    /// Groups must be there before a change; a check does not get that far.
    private func requireGroups(_ seen: Seen) throws {
        if let group = arguments.string("group"), seen.group == nil {
            throw ModuleFailure("Group \(group) does not exist")
        }
        if let missing = seen.missingGroups.first { throw ModuleFailure("Group \(missing) does not exist") }
    }

    private var idWords: [String] {
        (arguments.int("uid").map { ["-u", String($0)] } ?? [])
            + (arguments.int("uid") != nil && arguments.bool("non_unique") ? ["-o"] : [])
    }

    /// `YYYY-MM-DD`, computed by the host's date; an empty text for never.
    private func expiry(_ seconds: Double) -> ShellScript {
        seconds < 0 ? "-e ''" : "-e \"$(date -u -d @\(unquotedNumber: Int(seconds)) +%Y-%m-%d)\""
    }

    private func run(
        _ what: String, _ script: ShellScript, _ result: inout ModuleResult, on host: ManagedHost
    ) async throws {
        result.changed = true
        let password =
            arguments.string("password").map {
                Array("\(name):\(arguments.optionalBool("password_lock") == true ? "!" : "")\($0)\n".utf8)
            } ?? []
        let done = try await host.change(what) { try await $0.attempt(script, stdin: .bytes(password)) }
        guard let done else { return }
        if done.status != 0 {
            throw ModuleFailure(
                done.errorOutput.isEmpty ? done.complaint : done.errorOutput,
                ["name": .string(name), "rc": .int(Int(done.status))])
        }
        if !done.stdout.isEmpty { result.values["stdout"] = .string(done.output) }
        if !done.stderr.isEmpty { result.values["stderr"] = .string(done.errorOutput) }
    }

    private static let setPassword: ShellScript = " && chpasswd -e"

    /// For `chage`: the days that differ from the account's.
    private func ageWords(_ present: [String] = ["", "", ""]) -> [String] {
        zip([("password_expire_min", "-m"), ("password_expire_max", "-M"), ("password_expire_warn", "-W")], present)
            .flatMap { option, days in
                arguments.int(option.0).flatMap { String($0) == days ? nil : [option.1, String($0)] } ?? []
            }
    }

    private func create(_ seen: Seen, _ result: ModuleResult, on host: ManagedHost) async throws -> ModuleResult {
        var result = result
        let makesHome = arguments.bool("create_home")
        result.values["system"] = .bool(arguments.bool("system"))
        result.values["create_home"] = .bool(makesHome)
        if !host.checkMode { try requireGroups(seen) }
        var words = idWords
        if let group = arguments.string("group") {
            words += ["-g", group]
        } else if seen.hasNamesake {
            words.append("-N")
        }
        if let groups = arguments.strings("groups"), !groups.isEmpty { words += ["-G", groups.joined(separator: ",")] }
        if let comment = arguments.string("comment") { words += ["-c", comment] }
        if let home = try arguments.path("home") { words += ["-d", home] }
        if let shell = try arguments.path("shell") { words += ["-s", shell] }
        words.append(makesHome ? "-m" : "-M")
        if makesHome, let skeleton = try arguments.path("skeleton") { words += ["-k", skeleton] }
        if let umask = arguments.string("umask") { words += ["-K", "UMASK=\(umask)"] }
        if arguments.bool("system") { words.append("-r") }
        var script: ShellScript = "useradd \(words)"
        if let expires = arguments.map["expires"], case .double(let seconds, _) = expires {
            script += " \(shell: expiry(seconds))"
        }
        script += " -- \(name)"
        if arguments.string("password") != nil { script += Self.setPassword }
        if !ageWords().isEmpty { script += " && chage \(ageWords()) -- \(name)" }
        try await run("create the user \(name)", script, &result, on: host)
        return try await finish(result, on: host)
    }

    private func modify(
        _ account: Account, _ seen: Seen, _ result: ModuleResult, on host: ManagedHost
    ) async throws -> ModuleResult {
        var result = result
        result.values["append"] = .bool(arguments.bool("append"))
        result.values["move_home"] = .bool(arguments.bool("move_home"))
        try requireGroups(seen)
        var words: [String] = []
        if let uid = arguments.int("uid"), uid != account.uid { words += idWords }
        if let group = seen.group, group != account.gid { words += ["-g", String(group)] }
        if let groups = arguments.strings("groups") {
            let desired = groups.filter { !$0.isEmpty }
            let append = arguments.bool("append")
            if append ? !Set(desired).isSubset(of: account.groups) : Set(desired) != Set(account.groups) {
                words += (append ? ["-a"] : []) + ["-G", desired.joined(separator: ",")]
            }
        }
        if let comment = arguments.string("comment"), comment != account.comment { words += ["-c", comment] }
        var home = account.home
        if let desired = try arguments.path("home"), desired != account.home {
            words += ["-d", desired] + (arguments.bool("move_home") ? ["-m"] : [])
            home = desired
        }
        if let shell = try arguments.path("shell"), shell != account.shell { words += ["-s", shell] }
        var script = ShellScript()
        var more = ShellScript()
        if case .double(let seconds, _)? = arguments.map["expires"] {
            let days = seconds < 0 ? "" : String(Int(seconds) / 86_400)
            if days != account.expires { more = " \(shell: expiry(seconds))" }
        }
        if let locks = arguments.optionalBool("password_lock"), arguments.string("password") == nil,
            locks != account.password.hasPrefix("!")
        {
            words.append(locks ? "-L" : "-U")
        }
        if !words.isEmpty || !more.text.isEmpty { script += "usermod \(words)\(shell: more) -- \(name) || exit\n" }
        if let password = arguments.string("password"), try arguments.required("update_password") == "always" {
            let bare = { (hash: String) in hash.drop { $0 == "!" } }
            if bare(password) != bare(account.password) { script += "chpasswd -e || exit\n" }
        }
        if !ageWords(account.ages).isEmpty { script += "chage \(ageWords(account.ages)) -- \(name) || exit\n" }
        if arguments.bool("create_home"), home != account.home || !account.hasHome {
            let skeleton = try arguments.path("skeleton") ?? "/etc/skel"
            script += """
                if [ ! -d \(home) ]; then
                mkdir -p -- \(Path.folder(home)) && { [ -d \(skeleton) ] && cp -R -- \(skeleton) \(home) || mkdir -- \(home); } || exit
                cf_mask=$(sed -n 's/^[[:space:]]*UMASK[[:space:]]*\\([0-7]*\\).*/\\1/p' /etc/login.defs 2>/dev/null | tail -n 1)
                chmod "$(printf '%04o' $((0777 & ~${cf_mask:-022})))" \(home) && chown -R -- \("\(arguments.int("uid") ?? account.uid):\(seen.group ?? account.gid)") \(home) || exit
                fi

                """
        }
        if !script.text.isEmpty { try await run("change the user \(name)", script, &result, on: host) }
        return try await finish(result, on: host, account)
    }

    private func remove(_ seen: Seen, _ result: ModuleResult, on host: ManagedHost) async throws -> ModuleResult {
        var result = result
        guard seen.account != nil else { return result }
        result.values["force"] = .bool(arguments.bool("force"))
        result.values["remove"] = .bool(arguments.bool("remove"))
        let words = (arguments.bool("force") ? ["-f"] : []) + (arguments.bool("remove") ? ["-r"] : [])
        try await run("remove the user \(name)", "userdel \(words) -- \(name)", &result, on: host)
        return result
    }

    /// What the account is now.
    private func finish(
        _ result: ModuleResult, on host: ManagedHost, _ known: Account? = nil
    ) async throws -> ModuleResult {
        var result = result
        if arguments.string("password") != nil { result.values["password"] = .string("NOT_LOGGING_PASSWORD") }
        if let groups = arguments.strings("groups") { result.values["groups"] = .string(groups.joined(separator: ",")) }
        var account = known
        if result.changed, !host.checkMode {
            account = Account(passwd: Lines.withoutEmptyEnd(try await host.observe("getent passwd \(name)").output))
        }
        if let account {
            result.values.merge([
                "uid": .int(account.uid), "group": .int(account.gid), "comment": .string(account.comment),
                "home": .string(account.home), "shell": .string(account.shell),
            ])
        }
        return result
    }
}
