import Playbook
import YAML

/// Installs and removes packages by whichever package manager the host has.
struct Package: Module {
    static let spec = ModuleSpec(
        "package", summary: "Installs and removes packages by the host's package manager.",
        options: [
            .init("name", .list, required: true, help: "Packages, as the host's manager names them."),
            .init(
                "state", .string, choices: ["absent", "installed", "latest", "present", "removed"],
                default: .string("present"), help: "What shall be."),
            .init(
                "use", .string, choices: ["auto", "apt", "dnf", "yum", "apk", "zypper", "pacman"],
                default: .string("auto"), help: "The manager; auto finds it."),
        ])
    static let reference = ModuleReference(
        notes: "What it returns is what apt or dnf returns on hosts that have these.",
        example: """
            - package:
                name: [git, ffmpeg]
                state: present
            """,
        returns: ModuleReference.program)

    static let isSafeToEnd = false

    private let names: [String]
    private let state: String
    private let manager: String

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        names = (arguments.strings("name") ?? []).filter { !$0.isEmpty }
        state =
            switch try arguments.required("state") {
            case "installed": "present"
            case "removed": "absent"
            case let other: other
            }
        manager = try arguments.required("use")
        for name in names where name.hasPrefix("-") { throw ModuleFailure("'\(name)' is not a package's name") }
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let manager = try await find(host, context)
        let desired: ValueMap = ["name": .list(names.map { .string($0) }), "state": .string(state)]
        switch manager {
        case "apt":
            return try await Apt(arguments: ArgumentBinder(Apt.spec).bind(desired)).run(on: host, context: context)
        case "dnf", "yum":
            return try await Dnf(arguments: ArgumentBinder(Dnf.spec).bind(desired)).run(on: host, context: context)
        default: break
        }
        guard let commands = ManagerCommands.all[manager] else {
            throw ModuleFailure("could not find a package manager on this host (apt, dnf, yum, apk, zypper, pacman)")
        }
        var result = ModuleResult()
        var probe = ShellScript()
        for name in names {
            probe += "if \(shell: commands.isInstalled(name)) >/dev/null 2>&1; then echo yes; else echo no; fi\n"
        }
        let answers = try await host.observe(probe).output.split(separator: "\n")
        guard answers.count == names.count else { throw ModuleFailure("cannot ask \(manager) for what is installed") }
        let installed = zip(names, answers).filter { $0.1 == "yes" }.map(\.0)
        let missing = names.filter { !installed.contains($0) }
        let todo = state == "absent" ? installed : state == "latest" ? names : missing
        guard !todo.isEmpty else { return result }
        let line: ShellScript =
            switch state {
            case "absent": commands.remove(todo)
            case "latest": commands.latest(todo)
            default: commands.install(todo)
            }
        guard
            let done = try await host.change(
                "run \(manager)", { try await $0.attemptLong("export LC_ALL=C\n\(shell: line) </dev/null") })
        else {
            result.changed = state != "latest" || !missing.isEmpty
            return result
        }
        guard done.status == 0 else { throw ModuleFailure("\(manager) failed: \(done.complaint)", done.registered) }
        result.values = done.registered
        result.changed =
            state != "latest" || !missing.isEmpty
            || !["Nothing to do", "there is nothing to do"].contains(where: done.output.contains)
        return result
    }

    private func find(_ host: ManagedHost, _ context: ModuleContext) async throws -> String {
        if manager != "auto" { return manager }
        if let known = context.facts["ansible_pkg_mgr"]?.string,
            ["apt", "dnf", "yum"].contains(known) || ManagerCommands.all[known] != nil
        {
            return known
        }
        let found = try await host.observe(
            "for cf_one in apt-get dnf yum apk zypper pacman; do command -v $cf_one >/dev/null && { echo $cf_one; break; }; done"
        )
        let name = Lines.withoutEmptyEnd(found.output)
        return name == "apt-get" ? "apt" : name
    }
}

/// The words of a package manager that has no module of its own.
struct ManagerCommands: Sendable {
    let isInstalled: @Sendable (String) -> ShellScript
    let install, remove, latest: @Sendable ([String]) -> ShellScript

    static let all: [String: ManagerCommands] = [
        "zypper": ManagerCommands(
            isInstalled: { "rpm -q --whatprovides \($0)" }, install: { "zypper -n install \($0)" },
            remove: { "zypper -n remove \($0)" }, latest: { "zypper -n install \($0) && zypper -n update \($0)" }),
        "apk": ManagerCommands(
            isInstalled: { "apk info -e \($0)" }, install: { "apk add \($0)" }, remove: { "apk del \($0)" },
            latest: { "apk add -u \($0)" }),
        "pacman": ManagerCommands(
            isInstalled: { "pacman -Q \($0)" }, install: { "pacman -S --noconfirm --needed \($0)" },
            remove: { "pacman -R --noconfirm \($0)" }, latest: { "pacman -Sy --noconfirm --needed \($0)" }),
    ]
}
