import Playbook
import Remote
import Templating
import YAML

/// Installs and removes packages by apt.
struct Apt: Module {
    static let spec = ModuleSpec(
        "apt", summary: "Installs and removes packages by apt.",
        options: [
            .init(
                "name", .list, aliases: ["package", "pkg"],
                help: "Packages, each with a version if wanted: curl, curl=7.88*."),
            .init(
                "state", .string, choices: ["absent", "build-dep", "fixed", "latest", "present"],
                default: .string("present"), help: "What shall be."),
            .init("update_cache", .bool, aliases: ["update-cache"], help: "Read the package lists anew before."),
            .init(
                "cache_valid_time", .int, default: .int(0),
                help: "Seconds for which the lists are new enough; implies update_cache."),
            .init("default_release", .string, aliases: ["default-release"], help: "Release to prefer (apt's -t)."),
            .init(
                "install_recommends", .bool, aliases: ["install-recommends"],
                help: "Install recommended packages, too (default: as the host is set up)."),
            .init("only_upgrade", .bool, default: .bool(false), help: "Upgrade only what is installed."),
            .init("purge", .bool, default: .bool(false), help: "Remove configuration files, too."),
            .init("autoremove", .bool, default: .bool(false), help: "Remove what nothing needs any more."),
            .init("autoclean", .bool, default: .bool(false), help: "Drop downloaded packages that are out of date."),
            .init("clean", .bool, default: .bool(false), help: "Drop all downloaded packages."),
            .init(
                "upgrade", .string, choices: ["dist", "full", "no", "safe", "yes"], default: .string("no"),
                help: "Upgrade everything that is installed."),
            .init("deb", .path, help: "A .deb file on the host to install."),
            .init(
                "dpkg_options", .string, default: .string("force-confdef,force-confold"),
                help: "Options for dpkg, with commas."),
            .init(
                "allow_downgrade", .bool, aliases: ["allow-downgrade", "allow_downgrades", "allow-downgrades"],
                default: .bool(false), help: "Let a version be replaced by an older one."),
            .init(
                "allow_unauthenticated", .bool, aliases: ["allow-unauthenticated"], default: .bool(false),
                help: "Install packages without a trusted signature."),
            .init(
                "allow_change_held_packages", .bool, default: .bool(false), help: "Change packages that are on hold."),
            .init("force", .bool, default: .bool(false), help: "All of the allow_ options."),
            .noEffect("force_apt_get", .bool, default: .bool(false), because: "apt-get is always used"),
            .init("lock_timeout", .int, default: .int(60), help: "Seconds to wait for another apt."),
        ] + AptLists.options, mutuallyExclusive: [["deb", "name"], ["deb", "upgrade"]])
    static let reference = ModuleReference(
        notes:
            "When every package is as desired, dpkg is asked once and apt is not started. Waits for another apt's lock (`lock_timeout`).",
        example: """
            - apt:
                name: [nvidia-driver, python3-venv=3.11*]
                state: present
                update_cache: true
                cache_valid_time: 3600
                install_recommends: false
            """,
        returns: [
            .init("cache_updated", "Whether the lists were read."),
            .init("cache_update_time", "When they were read before, in seconds since 1970."),
            .init("stdout", "What apt wrote to standard output; stdout_lines has its lines."),
            .init("stderr", "What it wrote to standard error; stderr_lines has its lines."),
        ])

    static let isSafeToEnd = false

    private let packages: [DesiredPackage]
    private let state: String
    private let arguments: Arguments

    init(arguments: ValueMap) throws {
        // `upgrade: yes` of YAML is a boolean; its text is one of the choices.
        self.arguments = Arguments(arguments)
        packages = try (self.arguments.strings("name") ?? []).filter { !$0.isEmpty && $0 != "*" }.map(
            DesiredPackage.init)
        state = try self.arguments.required("state")
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        var result = ModuleResult()
        let seen = try await observe(host)
        let cacheUpdated = try await updateLists(seen, on: host)
        result.values["cache_updated"] = .bool(cacheUpdated)
        result.values["cache_update_time"] = .int(seen.listsUpdated)

        var didSomething = false
        func join(_ step: AptRun.Outcome?) {
            didSomething = true
            guard let step else { return }
            result.changed = result.changed || step.changed
            result.values.merge(step.values)
            if let diff = step.diff { result.diff.append(diff) }
        }
        if let upgrade = arguments.string("upgrade"), upgrade != "no" {
            let verb: [String] =
                upgrade == "dist" || upgrade == "full" ? ["dist-upgrade"] : ["upgrade", "--with-new-pkgs"]
            join(try await apt(verb + release, on: host))
        }
        if let file = arguments.string("deb") { join(try await installFile(file, on: host)) }
        if !packages.isEmpty {
            join(try await applyPackages(seen, on: host))
        } else if arguments.bool("autoremove") {
            join(try await apt(["autoremove"] + (arguments.bool("purge") ? ["--purge"] : []), on: host))
        }
        if arguments.bool("autoclean") { join(try await apt(["autoclean"], on: host)) }
        if arguments.bool("clean") {
            try await host.change("drop downloaded packages", "apt-get clean")
            join(nil)
            // Always, as in Ansible: nobody looks what there was.
            result.changed = true
        }
        if !didSomething { result.changed = cacheUpdated }
        return result
    }

    // MARK: What is there

    private struct Seen {
        var installed: [InstalledPackage] = []
        /// When the lists were read last, seconds since 1970, and the host's clock.
        var listsUpdated = 0, now = 0
    }

    private func observe(_ host: ManagedHost) async throws -> Seen {
        let names = packages.map(\.name)
        let query: ShellScript =
            names.isEmpty || state == "build-dep"
            ? "" : "dpkg-query -W -f '\(shell: InstalledPackage.format)' -- \(names) 2>/dev/null\n"
        let times: ShellScript =
            wantsLists
            ? """
            date +%s
            if [ -e /var/lib/apt/periodic/update-success-stamp ]; then stat -c %Y /var/lib/apt/periodic/update-success-stamp; else stat -c %Y /var/lib/apt/lists; fi

            """ : ""
        let observed = try await host.observe(
            "command -v apt-get >/dev/null || { echo 'there is no apt-get on this host' >&2; exit 9; }\n\(shell: times)printf '\\000'\n\(shell: query):\n"
        )
        guard observed.status == 0, observed.records.count == 2 else { throw ModuleFailure(observed.complaint) }
        var seen = Seen(installed: observed.records[1].split(separator: "\n").compactMap(InstalledPackage.init(line:)))
        let clock = observed.records[0].split(separator: "\n").compactMap { Int($0) }
        if clock.count == 2 { (seen.now, seen.listsUpdated) = (clock[0], clock[1]) }
        return seen
    }

    private var wantsLists: Bool {
        arguments.optionalBool("update_cache") ?? ((arguments.int("cache_valid_time") ?? 0) > 0)
    }

    /// - Returns: whether the lists were (or would be) read anew.
    private func updateLists(_ seen: Seen, on host: ManagedHost) async throws -> Bool {
        guard wantsLists else { return false }
        let valid = arguments.int("cache_valid_time") ?? 0
        if valid > 0, seen.listsUpdated + valid > seen.now { return false }
        try await AptLists(arguments, wait: arguments.int("lock_timeout") ?? 60).update(on: host)
        return true
    }

    // MARK: What to do

    private func applyPackages(_ seen: Seen, on host: ManagedHost) async throws -> AptRun.Outcome? {
        func installed(_ desired: DesiredPackage) -> InstalledPackage? {
            seen.installed.first { desired.isMet(by: $0) }
        }
        switch state {
        case "absent":
            let there = seen.installed.filter { $0.isInstalled || arguments.bool("purge") && $0.hasConfiguration }
            let present = packages.flatMap { desired in
                let named = there.filter(desired.names)
                return desired.isPattern ? named.map(\.name) : named.isEmpty ? [] : [desired.name]
            }
            guard !present.isEmpty else { return nil }
            return try await apt(
                ["remove"] + (arguments.bool("purge") ? ["--purge"] : []) + autoremove, present, on: host)
        case "build-dep":
            return try await apt(["build-dep"] + installOptions, packages.map(\.text), on: host)
        case "latest":
            return try await apt(["install"] + installOptions, packages.map(\.text), on: host)
        default:
            var wanted = packages.filter { $0.isPattern || installed($0) == nil }
            if arguments.bool("only_upgrade") {
                wanted.removeAll { desired in !seen.installed.contains { desired.names($0) && $0.isInstalled } }
            }
            guard !wanted.isEmpty || state == "fixed" else { return nil }
            return try await apt(
                ["install"] + installOptions + (state == "fixed" ? ["--fix-broken"] : []), wanted.map(\.text), on: host)
        }
    }

    private var autoremove: [String] { arguments.bool("autoremove") ? ["--auto-remove"] : [] }

    private var installOptions: [String] {
        var options = autoremove
        if let recommends = arguments.optionalBool("install_recommends") {
            options += ["-o", "APT::Install-Recommends=\(recommends ? "yes" : "no")"]
        }
        if arguments.bool("only_upgrade") { options.append("--only-upgrade") }
        return options + release
    }

    private var release: [String] { arguments.string("default_release").map { ["-t", $0] } ?? [] }

    private func installFile(_ file: String, on host: ManagedHost) async throws -> AptRun.Outcome? {
        guard !file.contains("://") else {
            throw ModuleFailure("deb takes a file of the host; fetch \(file) with get_url first")
        }
        let path = try await host.resolve(file)
        let found = try await host.observe(
            "dpkg-deb -W --showformat='${Package}\\n${Version}\\n${Architecture}\\n' -- \(path)")
        let fields = found.output.split(separator: "\n").map(String.init)
        guard found.status == 0, fields.count == 3 else {
            throw ModuleFailure("Unable to install package: \(found.complaint)")
        }
        let present = try await host.observe(
            "dpkg-query -W -f '\(shell: InstalledPackage.format)' -- \(fields[0]) 2>/dev/null; :")
        let isThere = present.output.split(separator: "\n").compactMap(InstalledPackage.init(line:))
            .contains {
                $0.isInstalled && $0.version == fields[1] && ($0.architecture == fields[2] || fields[2] == "all")
            }
        if isThere { return nil }
        return try await apt(["install"] + installOptions, [path.hasPrefix("/") ? path : "./" + path], on: host)
    }

    private func apt(_ verb: [String], _ names: [String] = [], on host: ManagedHost) async throws -> AptRun.Outcome {
        var options = ["-y", "-o", "DPkg::Lock::Timeout=\(arguments.int("lock_timeout") ?? 60)"]
        for option in (arguments.string("dpkg_options") ?? "").split(separator: ",") {
            options += ["-o", "Dpkg::Options::=--\(option)"]
        }
        let forces = arguments.bool("force")
        if forces || arguments.bool("allow_downgrade") { options.append("--allow-downgrades") }
        if forces || arguments.bool("allow_unauthenticated") { options.append("--allow-unauthenticated") }
        if forces || arguments.bool("allow_change_held_packages") {
            options.append("--allow-change-held-packages")
            // Nor may a package that is held keep another one out that takes its place.
            if verb.first == "install" { options += ["-o", "APT::Ignore-Hold=yes"] }
        }
        return try await AptRun(words: options + verb, names: names).run(on: host)
    }
}

/// One run of apt-get; in check mode simulated by apt-get itself.
struct AptRun: Sendable {
    let words: [String]
    let names: [String]

    struct Outcome: Sendable {
        var changed: Bool
        var values: ValueMap
        var diff: Difference?
    }

    func run(on host: ManagedHost) async throws -> Outcome {
        let environment: ShellScript =
            "export DEBIAN_FRONTEND=noninteractive DEBIAN_PRIORITY=critical APT_LISTCHANGES_FRONTEND=none NEEDRESTART_SUSPEND=1 LANG=C LC_ALL=C\n"
        func line(_ more: [String]) -> ShellScript {
            "\(shell: environment)exec apt-get \(more + words)\(shell: names.isEmpty ? "" : " -- \(names)") </dev/null\n"
        }
        let done: CallResult
        if let real = try await host.change("run apt-get", { try await $0.attemptLong(line([])) }) {
            done = real
        } else {
            done = try await host.observe(line(["-s"]))
        }
        guard done.status == 0 else { throw try await AptComplaint.naming(Self.failure(done, words), done, on: host) }
        var outcome = Outcome(changed: Self.changes(done.output, words: words), values: done.registered)
        outcome.values["rc"] = nil
        if outcome.changed { outcome.diff = Difference(before: .string(""), after: .string(Self.plan(done.output))) }
        return outcome
    }

    /// `0 upgraded, 0 newly installed, 0 to remove and 3 not upgraded.` says that nothing happens; autoclean names what
    /// it drops.
    static func changes(_ output: String, words: [String]) -> Bool {
        if words.contains("autoclean") { return output.split(separator: "\n").contains { $0.hasPrefix("Del ") } }
        guard
            let summary = output.split(separator: "\n").first(where: {
                $0.contains(" upgraded, ") && $0.contains(" newly installed")
            })
        else { return false }
        let counts = summary.split(separator: ",").flatMap { $0.split(separator: " and ") }
        return counts.contains { part in
            !part.contains("not upgraded") && (Int(part.drop { $0 == " " }.prefix { $0.isNumber }) ?? 0) > 0
        }
    }

    /// What apt says that it is going to do.
    static func plan(_ output: String) -> String {
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
        guard let end = lines.firstIndex(where: { $0.contains(" upgraded, ") && $0.contains(" newly installed") })
        else { return "" }
        let start = lines[..<end].lastIndex { $0.hasPrefix("Reading state information") }.map { $0 + 1 } ?? 0
        return lines[start...end].joined(separator: "\n")
    }

    private static let verbs: Set = [
        "install", "remove", "upgrade", "dist-upgrade", "build-dep", "autoremove", "autoclean",
    ]

    static func failure(_ done: CallResult, _ words: [String]) -> ModuleFailure {
        let errors = done.errorOutput
        for line in errors.split(separator: "\n") {
            if let name = line.firstRange(of: "Unable to locate package ").map({ line[$0.upperBound...] }) {
                return ModuleFailure("No package matching '\(name)' is available")
            }
            // E: Version '9.99' for 'hello' was not found
            let parts = line.split(separator: "'")
            if line.hasPrefix("E: Version '"), parts.count >= 4 {
                return ModuleFailure("no available installation candidate for \(parts[3])=\(parts[1])")
            }
            if line.hasPrefix("E: Package '"), line.hasSuffix("has no installation candidate"), parts.count >= 2 {
                return ModuleFailure("No package matching '\(parts[1])' is available")
            }
        }
        return ModuleFailure(
            "'apt-get \(words.first(where: verbs.contains) ?? "")' failed: \(AptComplaint(done).text)", done.registered)
    }
}

/// A package as a task names it: `curl`, `curl=7.88*`, `libc6:i386`.
struct DesiredPackage: Sendable, Hashable {
    let text: String
    /// With the architecture, if one is said.
    let name: String
    let version: String?

    init(_ text: String) throws {
        self.text = text
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard !parts[0].hasSuffix(">"), !parts[0].hasSuffix("<") else {
            throw ModuleFailure("'\(text)': only = is supported between a package and its version")
        }
        name = String(parts[0])
        version = parts.count == 2 ? String(parts[1]) : nil
        guard !name.isEmpty, !name.hasPrefix("-"), !name.contains(where: \.isWhitespace) else {
            throw ModuleFailure("'\(text)' is not a package's name")
        }
    }

    /// What a name with wildcards could mean besides what is installed is apt's to know.
    var isPattern: Bool { name.contains { "*?[".contains($0) } }

    func names(_ package: InstalledPackage) -> Bool {
        [package.name, package.name + ":" + package.architecture].contains {
            isPattern ? Glob(name).matches($0) : $0 == name
        }
    }
    func isMet(by package: InstalledPackage) -> Bool {
        names(package) && package.isInstalled && version.map { Glob($0).matches(package.version) } ?? true
    }
}

/// A line of dpkg-query.
struct InstalledPackage: Sendable, Hashable {
    static let format: ShellScript = "${Package}\\t${Architecture}\\t${Version}\\t${db:Status-Status}\\n"
    let name: String, architecture: String, version: String, status: String
    var isInstalled: Bool { status == "installed" }
    var hasConfiguration: Bool {
        status == "config-files" || status == "half-configured" || status == "half-installed" || status == "unpacked"
    }

    init?(line: Substring) {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 4 else { return nil }
        (name, architecture, version, status) = (fields[0], fields[1], fields[2], fields[3])
    }
}
