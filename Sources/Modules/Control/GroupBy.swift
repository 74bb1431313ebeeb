import Playbook
import YAML

/// Puts a host into a group, for plays that follow.
struct GroupBy: Module {
    static let spec = ModuleSpec(
        "group_by", summary: "Puts a host into a group, for plays that follow.",
        options: [
            .init("key", .string, required: true, help: "The group; blanks become hyphens.")
        ])
    static let reference = ModuleReference(
        example: """
            - group_by: { key: "driver_{{ driver }}" }
            """,
        returns: [
            .init("add_group", "The group that the host has joined."),
            .init("parent_groups", "The groups above it."),
        ],
        differences: ["without `parents`; there is no `add_host`"])

    private let group: String
    init(arguments: ValueMap) throws {
        group = try Arguments(arguments).required("key").replacing(" ", with: "-")
        guard !group.isEmpty, group != "all", !group.contains(where: { ",:&!*?[]".contains($0) || $0.isNewline }) else {
            throw ModuleFailure("'\(group)' is not a group's name")
        }
    }

    /// The engine has the host join.
    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        var result = ModuleResult()
        let known = context.scope.variable(named: "group_names")?.list ?? []
        result.changed = !known.contains(.string(group))
        result.values = ["add_group": .string(group), "parent_groups": .list([.string("all")])]
        return result
    }
}
