import Playbook
import Remote
import YAML

/// Installs and removes packages by dnf, or by yum where there is no dnf.
struct Dnf: Module {
    static let spec = ModuleSpec(
        "dnf", aliases: ["yum"], summary: "Installs and removes packages by dnf or yum.",
        options: [
            .init(
                "name", .list, aliases: ["pkg"], default: .list([]),
                help: "Packages, with versions if wanted, @groups, files or addresses; * for all with latest."),
            .init(
                "state", .string, choices: ["absent", "installed", "latest", "present", "removed"],
                help: "What shall be."),
            .init("enablerepo", .list, help: "Repositories to use besides."),
            .init("disablerepo", .list, help: "Repositories to leave out."),
            .init("exclude", .list, help: "Packages to leave out."),
            .init(
                "update_cache", .bool, aliases: ["expire-cache"], default: .bool(false),
                help: "Read the repositories anew before."),
            .init("update_only", .bool, default: .bool(false), help: "With latest, install nothing that is not there."),
            .init("autoremove", .bool, default: .bool(false), help: "Remove what nothing needs any more."),
            .init("allowerasing", .bool, default: .bool(false), help: "Remove packages that are in the way."),
            .init(
                "allow_downgrade", .bool, default: .bool(false),
                help: "Let a version that is named replace a newer one."),
            .init("skip_broken", .bool, default: .bool(false), help: "Leave out what can't be installed."),
            .init("best", .bool, help: "The newest version, or nothing."),
            .init("nobest", .bool, help: "An older version if the newest can't be had."),
            .init(
                "security", .bool, default: .bool(false), help: "With latest, only updates that fix a vulnerability."),
            .init("bugfix", .bool, default: .bool(false), help: "With latest, only updates that fix a bug."),
            .init("cacheonly", .bool, default: .bool(false), help: "Fetch nothing."),
            .init("conf_file", .string, help: "Its configuration."),
            .init("disable_excludes", .string, help: "Which excludes do not count: all, main, or a repository's."),
            .init("disable_plugin", .list, help: "Plugins to leave out."),
            .init("enable_plugin", .list, help: "Plugins to use."),
            .init("disable_gpg_check", .bool, default: .bool(false), help: "Do not check signatures."),
            .init("sslverify", .bool, default: .bool(true), help: "Check servers' certificates."),
            .init("validate_certs", .bool, default: .bool(true), help: "Check servers' certificates."),
            .init("install_weak_deps", .bool, default: .bool(true), help: "Install what packages recommend."),
            .init("installroot", .string, default: .string("/"), help: "Another root."),
            .init("releasever", .string, help: "Release to take packages of."),
            .init("download_only", .bool, default: .bool(false), help: "Only fetch the packages."),
            .init("download_dir", .string, help: "Where to."),
            .noEffect("lock_timeout", .int, default: .int(30), because: "dnf waits for another one by itself"),
            .noEffect("use_backend", .string, default: .string("auto"), because: "the host's program is found"),
            .noEffect(
                "install_repoquery", .bool, default: .bool(true), because: "nothing more than dnf or yum is needed"),
        ], mutuallyExclusive: [["best", "nobest"]])
    static let reference = ModuleReference(
        notes:
            "On hosts without dnf, yum does it. When every package is as desired, rpm is asked and dnf is not started.",
        example: """
            - dnf:
                name: [kernel-devel, "@Development Tools", cuda-toolkit-12-8]
                enablerepo: cuda
            """,
        returns: [
            .init("results", "What was installed, removed or changed, one line each."),
            .init("rc", "0."),
        ],
        differences: ["the two names are one module, which uses whichever the host has; `list` is not supported"])

    static let isSafeToEnd = false

    private let names: [String]
    private let state: String
    private let arguments: Arguments

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        self.arguments = arguments
        names = (arguments.strings("name") ?? []).map(\.trimmingBlanks).filter { !$0.isEmpty }
        state =
            switch arguments.string("state") {
            case "installed": "present"
            case "removed": "absent"
            case let state?: state
            case nil: arguments.bool("autoremove") ? "absent" : "present"
            }
        for name in names where name.hasPrefix("-") { throw ModuleFailure("'\(name)' is not a package's name") }
        if names.contains("*"), state != "latest" { throw ModuleFailure("name: * needs state: latest") }
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let seen = try await observe(host)
        var result = ModuleResult()
        result.values = ["results": .list([]), "rc": .int(0)]
        let todo =
            switch state {
            case "absent": names.filter { seen.installed.contains($0) || Self.isDnfs($0) }
            case "latest":
                arguments.bool("update_only")
                    ? names.filter { $0 == "*" || Self.isDnfs($0) || seen.installed.contains($0) } : names
            default: arguments.bool("download_only") ? names : names.filter { !seen.installed.contains($0) }
            }
        if names.isEmpty, arguments.bool("update_cache") {
            try await host.change("read the repositories") { host in
                let done = try await host.attemptLong(
                    "exec \(seen.program) \(["-y"] + options + ["makecache", "--refresh"]) </dev/null\n")
                guard done.status == 0 else {
                    throw ModuleFailure("Failed to update the cache: \(done.complaint)", done.registered)
                }
            }
            result.message = "Cache updated"
            return result
        }
        var lines: [[String]] = []
        if !todo.isEmpty {
            switch state {
            case "absent": lines = [["remove"] + todo]
            case "latest":
                let fresh = todo.filter { $0 != "*" && !seen.installed.contains($0) }
                if !fresh.isEmpty, !arguments.bool("update_only") { lines.append(["install"] + fresh) }
                let present = todo.filter { !fresh.contains($0) }
                if !present.isEmpty { lines.append(["upgrade"] + severity + (present.contains("*") ? [] : present)) }
            default:
                let older = try await downgrades(todo, seen.program, on: host)
                let wanted = todo.filter { !older.contains($0) }
                if !wanted.isEmpty { lines = [["install"] + wanted] }
            }
        }
        if arguments.bool("autoremove") { lines.append(["autoremove"]) }
        guard !lines.isEmpty else {
            result.message = "Nothing to do"
            return result
        }
        var results: [String] = []
        for line in lines {
            let step = try await run(seen.program, line, on: host)
            result.changed = result.changed || step.changed
            results += step.results
            if step.changed { result.diff.append(Difference(before: .string(""), after: .string(step.plan))) }
        }
        result.message = result.changed ? "" : "Nothing to do"
        result.values["results"] = .list(results.map { .string($0) })
        return result
    }

    // MARK: What is there

    private struct Seen: Sendable {
        var program: String
        var installed: Set<String>
    }

    /// Groups, files, addresses and comparisons are for dnf to understand.
    private static func isDnfs(_ name: String) -> Bool {
        name.hasPrefix("@") || name.contains("/") || name.contains { "<>=*?[ ".contains($0) }
    }

    private func observe(_ host: ManagedHost) async throws -> Seen {
        let root = arguments.string("installroot") ?? "/"
        let rpm = root == "/" ? ["rpm"] : ["rpm", "--root", root]
        var script: ShellScript =
            "for cf_one in dnf yum; do command -v $cf_one && break; done || { echo 'there is no dnf on this host (nor yum)' >&2; exit 9; }\n"
        let plain = names.filter { !Self.isDnfs($0) }
        for name in plain {
            script +=
                "if { \(rpm) -q -- \(name) || \(rpm) -q --whatprovides -- \(name); } >/dev/null 2>&1; then echo yes; else echo no; fi\n"
        }
        let answer = try await host.observe(script)
        let lines = Lines.split(answer.output)
        guard answer.status == 0, lines.count == plain.count + 1 else { throw ModuleFailure(answer.complaint) }
        return Seen(program: lines[0], installed: Set(zip(plain, lines.dropFirst()).filter { $0.1 == "yes" }.map(\.0)))
    }

    // MARK: What to do

    private var severity: [String] {
        (arguments.bool("security") ? ["--security"] : []) + (arguments.bool("bugfix") ? ["--bugfix"] : [])
    }

    private var options: [String] {
        var options: [String] = []
        for (name, option) in [
            ("allowerasing", "--allowerasing"), ("skip_broken", "--skip-broken"), ("best", "--best"),
            ("nobest", "--nobest"), ("cacheonly", "-C"), ("disable_gpg_check", "--nogpgcheck"),
            ("download_only", "--downloadonly"), ("update_cache", "--refresh"),
        ] where arguments.bool(name) { options.append(option) }
        for (name, option) in [
            ("conf_file", "--config"), ("disable_excludes", "--disableexcludes"), ("releasever", "--releasever"),
            ("download_dir", "--downloaddir"),
        ] {
            if let text = arguments.string(name) { options.append("\(option)=\(text)") }
        }
        if let root = arguments.string("installroot"), root != "/" { options.append("--installroot=\(root)") }
        for (name, option) in [
            ("enablerepo", "--enablerepo"), ("disablerepo", "--disablerepo"), ("exclude", "--exclude"),
            ("disable_plugin", "--disableplugin"), ("enable_plugin", "--enableplugin"),
        ] {
            options += (arguments.strings(name) ?? []).map { "\(option)=\($0)" }
        }
        if !arguments.bool("install_weak_deps") { options.append("--setopt=install_weak_deps=False") }
        if !arguments.bool("sslverify") || !arguments.bool("validate_certs") {
            options.append("--setopt=sslverify=False")
        }
        return options
    }

    private func line(_ answer: String, _ program: String, _ words: [String]) -> ShellScript {
        "export LC_ALL=C\nexec \(program) \([answer] + options + words) </dev/null\n"
    }

    /// Those of the names whose version is older than what is installed. dnf takes them without being asked to; here,
    /// as in Ansible, they are left alone
    /// unless `allow_downgrade` is given.
    private func downgrades(_ names: [String], _ program: String, on host: ManagedHost) async throws -> Set<String> {
        guard !arguments.bool("allow_downgrade"), names.contains(where: Self.mayNameVersion) else { return [] }
        let older = Self.downgraded(
            Self.plan(try await host.observeLong(line("--assumeno", program, ["install"] + names)).output))
        return Set(
            names.filter { name in
                older.contains {
                    Path.name(name).hasPrefix($0 + "-") || name.hasPrefix($0 + " ") || name.hasPrefix($0 + "=")
                        || name.hasPrefix($0 + "<")
                }
            })
    }

    private static func mayNameVersion(_ name: String) -> Bool {
        zip(name, name.dropFirst()).contains { $0 == "-" && $1.isNumber } || name.contains { "<=".contains($0) }
    }

    /// Packages below `Downgrading:` in dnf's plan; what it says of one may take more lines, which are indented
    /// further.
    static func downgraded(_ plan: String) -> [String] {
        var isWithin = false
        return Lines.split(plan).compactMap { line in
            guard line.first == " " else {
                isWithin = line == "Downgrading:"
                return nil
            }
            return isWithin && !line.hasPrefix("  ") ? line.split(separator: " ").first.map(String.init) : nil
        }
    }

    /// In check mode dnf is asked, and its question answered with no.
    private func run(
        _ program: String, _ words: [String], on host: ManagedHost
    ) async throws -> (changed: Bool, results: [String], plan: String) {
        func failure(_ done: CallResult) -> ModuleFailure {
            let complaint = Self.complaint(done)
            return ModuleFailure(
                "Failed to \(words[0]) some of the specified packages: \(complaint)",
                done.registered.overlaid(["failures": .list([.string(complaint)])]))
        }
        if let done = try await host.change("run dnf", { try await $0.attemptLong(line("-y", program, words)) }) {
            guard done.status == 0 else { throw failure(done) }
            let results = Self.results(done.output)
            return (!results.isEmpty || !done.output.contains("Nothing to do"), results, Self.plan(done.output))
        }
        let answer = try await host.observeLong(line("--assumeno", program, words))
        let isPlanned = answer.output.contains("Transaction Summary") || answer.output.contains("Operation aborted")
        guard answer.status == 0 || isPlanned else { throw failure(answer) }
        return (isPlanned, [], Self.plan(answer.output))
    }

    /// What dnf says that it is going to do: the table before its summary.
    static func plan(_ output: String) -> String {
        let lines = Lines.split(output)
        guard let end = lines.firstIndex(of: "Transaction Summary"),
            let start = lines[..<end].firstIndex(where: { $0.hasPrefix("===") })
        else { return "" }
        return lines[start..<end].filter { !$0.hasPrefix("===") && !$0.isEmpty }.map { $0 + "\n" }.joined()
    }

    /// What went wrong: all that follows `Error:`, and before it the first package whose signature is none of its
    /// repository's.
    static func complaint(_ done: CallResult) -> String {
        let lines = Lines.split(done.errorOutput)
        guard let start = lines.firstIndex(where: { $0.hasPrefix("Error:") }) else { return done.complaint }
        let unsigned = lines[..<start].first { $0.contains("Failing package is") }
        return ((unsigned.map { [$0] } ?? []) + lines[start...].filter { !$0.isEmpty && !$0.hasPrefix("(try to add") })
            .joined(separator: "\n")
    }

    /// `Installed: hello-2.10-1.x86_64`, from the lists at the end of dnf's output.
    static func results(_ output: String) -> [String] {
        var results: [String] = []
        var kind: String?
        for line in Lines.split(output) {
            if ["Installed:", "Upgraded:", "Removed:", "Downgraded:", "Reinstalled:"].contains(line) {
                kind = line
                continue
            }
            guard let heading = kind else { continue }
            guard line.first?.isWhitespace == true else {
                kind = nil
                continue
            }
            results += line.split(whereSeparator: \.isWhitespace).map { "\(heading) \($0)" }
        }
        return results
    }
}

extension ValueMap {
    fileprivate func overlaid(_ other: ValueMap) -> ValueMap {
        var map = self
        map.merge(other)
        return map
    }
}
