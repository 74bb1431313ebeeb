import Playbook
import YAML

/// What is installed on a host, as the fact `packages`: name to a list of versions.
struct PackageFacts: Module {
    static let managers = ["apt", "rpm", "apk", "pacman"]
    static let spec = ModuleSpec(
        "package_facts", summary: "Tells what is installed on a host.",
        options: [
            .init(
                "manager", .list, choices: managers + ["auto", "dnf", "yum", "zypper"],
                default: .list([.string("auto")]), help: "Whose packages; auto finds the host's."),
            .init(
                "strategy", .string, choices: ["all", "first"], default: .string("first"),
                help: "Whether all managers that are there are asked, or the first."),
        ])
    static let reference = ModuleReference(
        example: """
            - package_facts:
            - debug: msg="{{ ansible_facts.packages['nvidia-driver'][0].version }}"
            """,
        returns: [
            .init(
                "ansible_facts",
                "packages: name to a list of what is installed under it, each with name, version, source and, as the manager knows it, arch, release and epoch."
            )
        ],
        differences: ["has no `origin` of apt's packages"])

    private let managers: [String]
    private let asksAll: Bool

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        let named = (arguments.strings("manager") ?? []).map { ["dnf", "yum", "zypper"].contains($0) ? "rpm" : $0 }
        managers = named.contains("auto") ? Self.managers : named
        asksAll = arguments.string("strategy") == "all"
    }

    /// Prints a line for each package, its fields parted by tabs.
    private static let queries: [String: ShellScript] = [
        "apt":
            "command -v dpkg-query >/dev/null && dpkg-query -W -f '${db:Status-Status}\\t${Package}\\t${Version}\\t${Architecture}\\t${Section}\\n'",
        "rpm": "command -v rpm >/dev/null && rpm -qa --qf '%{NAME}\\t%{VERSION}\\t%{RELEASE}\\t%{EPOCH}\\t%{ARCH}\\n'",
        "apk": "command -v apk >/dev/null && apk info -v 2>/dev/null",
        "pacman": "command -v pacman >/dev/null && pacman -Q",
    ]

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        var script: ShellScript = "cf_any=\n"
        for manager in managers {
            guard let query = Self.queries[manager] else { continue }
            script +=
                "if \(shell: asksAll ? "" : "[ -z \"$cf_any\" ] && ")cf_list=$(\(shell: query)); then cf_any=1; printf '%s\\000%s\\000' \(manager) \"$cf_list\"; fi\n"
        }
        let answer = try await host.observe(script + ":\n")
        var packages: [String: [Value]] = [:]
        guard answer.records.count > 1 else {
            throw ModuleFailure("Could not detect a supported package manager from the following list: \(managers)")
        }
        for index in stride(from: 0, to: answer.records.count - 1, by: 2) {
            for line in answer.records[index + 1].split(separator: "\n") {
                if let (name, package) = Self.package(line, answer.records[index]) {
                    packages[name, default: []].append(.dict(package))
                }
            }
        }
        var facts = ValueMap()
        for (name, list) in packages.sorted(by: { $0.key < $1.key }) { facts[name] = .list(list) }
        var result = ModuleResult()
        result.facts = ["packages": .dict(facts)]
        return result
    }

    private static func package(_ line: Substring, _ manager: String) -> (String, ValueMap)? {
        let fields = line.split(separator: manager == "pacman" ? " " : "\t", omittingEmptySubsequences: false).map(
            String.init)
        switch manager {
        case "apt":
            guard fields.count == 5, fields[0] == "installed" else { return nil }
            return (
                fields[1],
                [
                    "name": .string(fields[1]), "version": .string(fields[2]), "arch": .string(fields[3]),
                    "category": .string(fields[4]), "source": .string("apt"),
                ]
            )
        case "rpm":
            guard fields.count == 5 else { return nil }
            return (
                fields[0],
                [
                    "name": .string(fields[0]), "version": .string(fields[1]), "release": .string(fields[2]),
                    "epoch": Int(fields[3]).map { .int($0) } ?? .null, "arch": .string(fields[4]),
                    "source": .string("rpm"),
                ]
            )
        case "pacman":
            guard fields.count == 2 else { return nil }
            return (
                fields[0], ["name": .string(fields[0]), "version": .string(fields[1]), "source": .string("pacman")]
            )
        default:
            // name-1.2.3-r0
            let parts = line.split(separator: "-")
            guard parts.count >= 3 else { return nil }
            let name = parts.dropLast(2).joined(separator: "-")
            return (
                name,
                [
                    "name": .string(name), "version": .string(parts.suffix(2).joined(separator: "-")),
                    "source": .string("apk"),
                ]
            )
        }
    }
}
