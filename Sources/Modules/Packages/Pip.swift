import Playbook
import Remote
import YAML

/// Installs and removes Python packages by the host's pip, in a virtual environment if wanted.
struct Pip: Module {
    static let spec = ModuleSpec(
        "pip", summary: "Installs and removes Python packages by the host's pip.",
        options: [
            .init(
                "name", .list, help: "Packages, with versions if wanted (torch==2.7.1), or addresses as pip takes them."
            ),
            .init("requirements", .string, help: "A requirements file of the host."),
            .init("version", .string, help: "Version of the one package in name."),
            .init(
                "state", .string, choices: ["absent", "forcereinstall", "latest", "present"],
                default: .string("present"), help: "What shall be."),
            .init("virtualenv", .path, help: "Folder of the virtual environment; it is made when it is missing."),
            .init(
                "virtualenv_command", .path, default: .string("virtualenv"),
                help: "What makes it: virtualenv, python3.12 -m venv, …"),
            .init("virtualenv_python", .string, help: "The Python that it shall have."),
            .init(
                "virtualenv_site_packages", .bool, default: .bool(false),
                help: "Let it see the host's packages when it is made."),
            .init("executable", .path, help: "The pip to use, by name or path: pip3.12."),
            .init("extra_args", .string, help: "More arguments for pip."),
            .init("editable", .bool, default: .bool(false), help: "Install in place (pip's -e)."),
            .init("chdir", .path, help: "Folder to run in."),
            .init("umask", .string, help: "Mask of permissions while pip runs, in octal: '0022'."),
            .init(
                "break_system_packages", .bool, default: .bool(false),
                help: "Let pip change what the system's package manager owns."),
        ], requiredOneOf: [["name", "requirements"]],
        mutuallyExclusive: [["name", "requirements"], ["executable", "virtualenv"]])
    static let reference = ModuleReference(
        notes:
            "When every package is there in a version that will do, pip is asked for its list and not started again. A virtual environment is made by `virtualenv_command`, or by the host's own venv where there is no virtualenv.",
        example: """
            - pip:
                name: [torch==2.7.1, "xformers>=0.0.30,<0.1"]
                virtualenv: /opt/comfyui/venv
                extra_args: --index-url https://download.pytorch.org/whl/cu128
            - pip:
                requirements: /opt/comfyui/requirements.txt
                virtualenv: /opt/comfyui/venv
            """,
        returns: [
            .init("cmd", "The words of pip."),
            .init("name", "The packages."),
            .init("version", "As it was given."),
            .init("state", "As it was given."),
            .init("requirements", "As it was given."),
            .init("virtualenv", "The environment's folder."),
            .init("stdout", "What pip wrote to standard output; stdout_lines has its lines."),
            .init("stderr", "What it wrote to standard error; stderr_lines has its lines."),
        ],
        differences: [
            "asks pip for its list, and does not start it again when every package is there in a version that will do; without a `virtualenv` program it makes environments with the host's own `venv`; check mode is pip's dry run"
        ])

    static let isSafeToEnd = false

    private let arguments: Arguments
    private let state: String
    private let desired: [PythonRequirement]
    private let extra: [String]
    private let umask: String?

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        self.arguments = arguments
        state = try arguments.required("state")
        extra = try arguments.string("extra_args").map(CommandLine.split) ?? []
        umask = arguments.string("umask")
        if let umask, Int(umask, radix: 8).map({ $0 > 0o777 }) ?? true {
            throw ModuleFailure("umask must be an octal integer", ["details": .string("invalid umask: \(umask)")])
        }
        var desired = PythonRequirement.list(arguments.strings("name") ?? [])
        if let version = arguments.string("version") {
            if state == "latest" { throw ModuleFailure("version is incompatible with state=latest") }
            guard desired.count <= 1 else {
                throw ModuleFailure(
                    "'version' argument is ambiguous when installing multiple package distributions. Please specify version restrictions next to each package in 'name' argument."
                )
            }
            if let requirement = desired.first {
                guard !requirement.hasVersion else {
                    throw ModuleFailure(
                        "The 'version' argument conflicts with any version specifier provided along with a package name. Please keep the version specifier, but remove the 'version' argument."
                    )
                }
                desired = [
                    PythonRequirement(
                        requirement.text + (version.first.map { "<>=!~".contains($0) } ?? false ? "" : "==") + version)
                ]
            }
        }
        for requirement in desired where requirement.text.hasPrefix("-") {
            throw ModuleFailure("'\(requirement.text)' is not a package; options of pip go into extra_args")
        }
        self.desired = desired
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let place = try await Place(arguments, on: host)
        var seen = try await observe(place, on: host)
        var result = ModuleResult()
        result.values = [
            "name": arguments.map["name"] ?? .null, "version": arguments.string("version").map { .string($0) } ?? .null,
            "state": .string(state),
            "requirements": arguments.string("requirements").map { .string($0) } ?? .null,
            "virtualenv": place.environment.map { .string($0) } ?? .null,
        ]
        var made = ""
        if seen.program.isEmpty, let environment = place.environment {
            result.changed = true
            guard let output = try await make(environment, place, on: host) else { return result }
            made = output
            seen = try await observe(place, on: host)
        }
        guard !seen.program.isEmpty else {
            let missing =
                place.environment.map { "the virtual environment \($0) has no pip" } ?? arguments.string("executable")
                .map { "there is no \($0) on this host" } ?? "there is no pip on this host"
            throw ModuleFailure("\(missing); install it, such as by the packages python3-pip and python3-venv")
        }
        let command = seen.program + words(for: seen)
        result.values["cmd"] = .list(command.map { .string($0) })
        guard needsPip(seen) else {
            result.append(output: made, errors: "")
            return result
        }
        guard let done = try await host.change("run pip", { try await $0.attemptLong(script(command, place)) }) else {
            if !result.changed { result.changed = try await wouldChange(seen, command, place, on: host) }
            return result
        }
        guard done.status == 0 else {
            throw ModuleFailure(
                "\(done.output.isEmpty ? "" : "stdout: \(done.output)")\n:stderr: \(done.errorOutput)",
                ["cmd": result.values["cmd"] ?? .null, "rc": .int(Int(done.status))])
        }
        let installed =
            done.output.contains("Successfully installed") || done.output.contains("Successfully uninstalled")
        let after = installed ? seen.installed : try await observe(place, on: host).installed
        result.changed = result.changed || installed || after != seen.installed
        result.append(output: made + done.output, errors: done.errorOutput)
        return result
    }

    // MARK: What is there

    /// Where pip runs, with `~` and variables replaced by the host.
    private struct Place: Sendable {
        var environment: String?
        var enter: ShellScript = ""

        init(_ arguments: Arguments, on host: ManagedHost) async throws {
            if let path = try arguments.path("virtualenv") { environment = try await host.resolve(path) }
            if let folder = try arguments.path("chdir") {
                enter = "cd -- \(shell: .expanding(folder)) || exit\n"
            }
        }
    }

    private struct Seen: Sendable {
        /// The words that start pip; empty where there is none.
        var program: [String] = []
        var installed: [String: String] = [:]
    }

    private func observe(_ place: Place, on host: ManagedHost) async throws -> Seen {
        let find: ShellScript
        if let environment = place.environment {
            find =
                "set --; for cf_one in \([environment + "/bin/pip3", environment + "/bin/pip"]); do [ -x \"$cf_one\" ] && { set -- \"$cf_one\"; break; }; done\n"
        } else if let program = try arguments.path("executable") {
            find =
                "set --; command -v \(shell: .expanding(program)) >/dev/null && set -- \(shell: .expanding(program))\n"
        } else {
            find =
                "set --; for cf_one in pip3 pip; do cf_t=$(command -v $cf_one) && { set -- \"$cf_t\"; break; }; done\n[ $# -gt 0 ] || ! python3 -m pip --version >/dev/null 2>&1 || set -- python3 -m pip\n"
        }
        let answer = try await host.observeLong(
            """
            \(shell: place.enter)\(shell: find)for cf_one in "$@"; do printf '%s\\n' "$cf_one"; done
            printf '\\000'
            [ $# -eq 0 ] || PIP_DISABLE_PIP_VERSION_CHECK=1 "$@" list --format=freeze </dev/null

            """)
        guard answer.status == 0, answer.records.count == 2 else {
            throw ModuleFailure("cannot ask pip for what is installed: \(answer.complaint)")
        }
        var seen = Seen(program: answer.records[0].split(separator: "\n").map(String.init))
        for line in answer.records[1].split(separator: "\n") {
            // `name==1.0`; a package without a version of its own is followed by an address.
            let parts = line.split(separator: "=", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, parts[1].isEmpty else { continue }
            seen.installed[PythonRequirement.normalized(parts[0])] = String(parts[2])
        }
        return seen
    }

    // MARK: What to do

    private var takesMore: Bool {
        // What makes pip act though the packages are there, or look elsewhere for them.
        extra.contains { word in
            [
                "-U", "-I", "-t", "--upgrade", "--force-reinstall", "--ignore-installed", "--target", "--prefix",
                "--root",
            ].contains { word == $0 || word.hasPrefix($0 + "=") }
        }
    }

    private func needsPip(_ seen: Seen) -> Bool {
        switch state {
        case "absent":
            arguments.string("requirements") != nil
                || desired.contains { requirement in requirement.name.map { seen.installed[$0] != nil } ?? true }
        case "present":
            arguments.string("requirements") != nil || arguments.bool("editable") || takesMore
                || desired.contains { !$0.isMet(by: seen.installed) }
        default: true
        }
    }

    private func words(for seen: Seen) -> [String] {
        var words =
            switch state {
            case "absent": ["uninstall", "-y"]
            case "latest": ["install", "-U"]
            case "forcereinstall": ["install", "-U", "--force-reinstall"]
            default: ["install"]
            }
        if arguments.bool("editable"), state != "absent" { words.append("-e") }
        words += extra
        if let file = arguments.string("requirements") { return words + ["-r", file] }
        return words + desired.map { state == "absent" ? $0.name ?? $0.text : $0.text }
    }

    private func script(_ command: [String], _ place: Place) -> ShellScript {
        """
        \(shell: place.enter)export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1\(shell: arguments.bool("break_system_packages") ? " PIP_BREAK_SYSTEM_PACKAGES=1" : "")
        \(shell: umask.map { "umask \($0)\n" } ?? "")exec \(command) </dev/null

        """
    }

    /// In check mode. What pip itself has to find out, it is asked in a dry run; one that has none (before 22.2) leaves
    /// the worse to be said.
    private func wouldChange(
        _ seen: Seen, _ command: [String], _ place: Place, on host: ManagedHost
    ) async throws -> Bool {
        if state == "absent" {
            guard let file = arguments.string("requirements") else { return true }
            let listed = try await host.observe("\(shell: place.enter)cat -- \(file)")
            return Lines.split(listed.output).contains {
                PythonRequirement($0).name.map { seen.installed[$0] != nil } ?? false
            }
        }
        if state == "forcereinstall" || arguments.bool("editable") { return true }
        var rehearsal = command
        guard let verb = rehearsal.firstIndex(of: "install") else { return true }
        rehearsal.insert("--dry-run", at: verb + 1)
        let answer = try await host.observeLong(script(rehearsal, place))
        return answer.status != 0 || answer.output.contains("Would install")
    }

    /// - Returns: what the maker printed; nil in check mode.
    private func make(_ environment: String, _ place: Place, on host: ManagedHost) async throws -> String? {
        let maker = try arguments.required("virtualenv_command")
        let python = arguments.string("virtualenv_python")
        let isVenv = maker.contains("venv") && !maker.contains("virtualenv")
        let site = arguments.bool("virtualenv_site_packages") ? ["--system-site-packages"] : []
        var words = try CommandLine.split(maker)
        guard let program = words.first else { throw ModuleFailure("virtualenv_command is empty") }
        words.removeFirst()
        let options = site + (python.flatMap { isVenv ? nil : ["-p", $0] } ?? [])
        let named: ShellScript = "\(shell: .expanding(program)) \(words + options + [environment])"
        // The default asks for no certain maker: Python's own will do.
        let fallback: ShellScript =
            "command -v virtualenv >/dev/null || { \(python ?? "python3") -m venv \(site + [environment]) </dev/null; exit; }\n"
        let done = try await host.change("make the virtual environment \(environment)") { host in
            try await host.attemptLong(
                "\(shell: place.enter)\(shell: umask.map { "umask \($0)\n" } ?? "")\(shell: maker == "virtualenv" ? fallback : "")exec \(shell: named) </dev/null\n"
            )
        }
        guard let done else { return nil }
        guard done.status == 0 else {
            throw ModuleFailure(
                "could not make the virtual environment \(environment): \(done.complaint)", done.registered)
        }
        return done.output
    }
}

extension ModuleResult {
    fileprivate mutating func append(output: String, errors: String) {
        values.merge([
            "stdout": .string(output), "stdout_lines": Lines.list(output), "stderr": .string(errors),
            "stderr_lines": Lines.list(errors),
        ])
    }
}
