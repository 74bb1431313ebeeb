import Playbook
import Templating
import YAML

/// Gathers facts of a host, in one call: system, hardware, network, GPUs, under Ansible's names.
struct Setup: Module {
    static let spec = ModuleSpec(
        "setup", aliases: ["gather_facts"], summary: "Gathers facts of a host.",
        options: [
            .init(
                "gather_subset", .list, default: .list([.string("all")]),
                help: "all, min, hardware, network, virtual; with ! before it, not that."),
            .noEffect(
                "gather_timeout", .int, default: .int(10),
                because: "one call gathers everything; the task keyword timeout bounds it"),
            .init("filter", .list, default: .list([]), help: "Only facts whose names match these patterns."),
            .init(
                "fact_path", .path, default: .string("/etc/ansible/facts.d"),
                help: "Folder of *.fact files with JSON, which become ansible_local."),
        ])
    static let reference = ModuleReference(
        notes: "It is one call, which every play begins with unless `gather_facts` is false.",
        example: """
            - setup:
                gather_subset: [network]
                filter: ansible_default_ipv4
            """,
        returns: [.init("ansible_facts", "The facts.")])

    private let subsets: Set<FactSubset>
    private let filters: [String]
    private let folder: String

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        subsets = try FactSubset.chosen(arguments.strings("gather_subset") ?? ["all"])
        filters = (arguments.strings("filter") ?? []).filter { !$0.isEmpty }
        folder = try arguments.requiredPath("fact_path")
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let answer = try await host.observe(FactReport.script(subsets, localFacts: folder))
        guard let report = FactReport(answer.stdout) else {
            throw ModuleFailure("cannot gather facts: \(answer.complaint)")
        }
        var facts = SystemFacts.facts(report)
        if subsets.contains(.hardware) { facts.merge(HardwareFacts.facts(report)) }
        if subsets.contains(.network) { facts.merge(NetworkFacts.facts(report)) }
        if subsets.contains(.virtual) { facts.merge(HardwareFacts.virtualization(report)) }
        facts["gather_subset"] = .list(subsets.map(\.rawValue).sorted().map { .string($0) })
        facts["module_setup"] = .bool(true)

        var result = ModuleResult()
        for (key, value) in facts.pairs {
            guard let name = key.string else { continue }
            let full = name == "gather_subset" || name == "module_setup" ? name : "ansible_" + name
            guard filters.isEmpty || filters.contains(where: { Glob($0).matches(full) || Glob($0).matches(name) })
            else { continue }
            result.facts[full] = value
        }
        return result
    }
}

/// What can be asked for apart.
enum FactSubset: String, Sendable, CaseIterable {
    case min, hardware, network, virtual

    /// `all` without anything else; `!hardware` is all but that; `!all` is the least; `network` is the least and that.
    static func chosen(_ words: [String]) throws -> Set<FactSubset> {
        var with: Set<FactSubset> = []
        var without: Set<FactSubset> = []
        var saysWhat = false
        for word in words {
            let isNegated = word.hasPrefix("!")
            let name = isNegated ? String(word.dropFirst()) : word
            switch name {
            case "all":
                if !isNegated { with.formUnion(allCases) }
                saysWhat = true
            case "facter", "ohai": continue
            default:
                guard let subset = FactSubset(rawValue: name) ?? part[name] else {
                    throw ModuleFailure("Bad subset '\(word)' given; there are: all, min, hardware, network, virtual")
                }
                if isNegated {
                    without.insert(subset)
                } else {
                    with.insert(subset)
                    saysWhat = true
                }
            }
        }
        return (saysWhat ? with.union([.min]).subtracting(without) : Set(allCases).subtracting(without)).union([.min])
    }

    /// Ansible's finer names, each gathered with its whole.
    private static let part: [String: FactSubset] = [
        "interfaces": .network, "default_ipv4": .network, "default_ipv6": .network, "all_ipv4_addresses": .network,
        "devices": .hardware, "mounts": .hardware,
        "memory": .hardware, "processor": .hardware, "gpus": .hardware, "virtualization_type": .virtual,
        "virtualization_role": .virtual,
        "distribution": .min, "date_time": .min, "env": .min, "user": .min, "pkg_mgr": .min, "service_mgr": .min,
        "local": .min, "platform": .min,
    ]
}
