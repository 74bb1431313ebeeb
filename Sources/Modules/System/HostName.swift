import Playbook
import YAML

/// Sets a host's name, now and for its next start.
struct HostName: Module {
    static let spec = ModuleSpec(
        "hostname", summary: "Sets a host's name.",
        options: [
            .init("name", .string, required: true, help: "The name."),
            .noEffect("use", .string, because: "the host's own way is found"),
        ])
    static let reference = ModuleReference(
        example: """
            - hostname: name=gpu-07
            """,
        returns: [
            .init("name", "The name."),
            .init(
                "ansible_facts",
                "The facts that a host's name makes: ansible_hostname, ansible_nodename, ansible_fqdn, ansible_domain."),
        ])

    private let name: String
    init(arguments: ValueMap) throws {
        name = try Arguments(arguments).required("name")
        guard !name.isEmpty, name.utf8.count <= 64, !name.hasPrefix("-"),
            !name.contains(where: { $0.isWhitespace || $0 == "/" })
        else { throw ModuleFailure("'\(name)' is not a host's name") }
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let answer = try await host.observe(
            "cat /proc/sys/kernel/hostname; printf '\\000'; cat /etc/hostname 2>/dev/null; printf '\\000'")
        guard answer.records.count == 3 else { throw ModuleFailure("cannot read the host's name") }
        let current = answer.records[0].trimmingBlanks
        let permanent =
            answer.records[1].split(separator: "\n").first { !$0.hasPrefix("#") }.map(\.trimmingBlanks) ?? ""
        var result = ModuleResult()
        result.values["name"] = .string(name)
        let short = name.split(separator: ".").first.map(String.init) ?? name
        result.facts = [
            "ansible_hostname": .string(short), "ansible_nodename": .string(name), "ansible_fqdn": .string(name),
            "ansible_domain": .string(name.split(separator: ".").dropFirst().joined(separator: ".")),
        ]
        guard current != name || permanent != name else { return result }
        result.changed = true
        result.diff = [
            Difference(
                before: .string("hostname = \(permanent.isEmpty ? current : permanent)\n"),
                after: .string("hostname = \(name)\n"))
        ]
        try await host.change(
            "set the host's name",
            """
            if [ -d /run/systemd/system ] && command -v hostnamectl >/dev/null && hostnamectl set-hostname \(name) 2>/dev/null; then :
            else printf '%s\\n' \(name) >/etc/hostname && { hostname \(name) 2>/dev/null || printf '%s' \(name) >/proc/sys/kernel/hostname; }
            fi
            """)
        return result
    }
}
