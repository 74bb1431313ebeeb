import Playbook
import YAML

/// Puts a host into a group, for plays that follow.
struct GroupBy: Module {
    static let spec = ModuleSpec(
        "group_by", summary: "Puts a host into a group, for plays that follow.",
        options: [
            .init("key", .string, required: true, help: "The group; blanks become hyphens."),
            .init(
                "parents", .list, default: .list([.string("all")]),
                help: "Groups that the group is below; blanks become hyphens."),
        ])
    static let reference = ModuleReference(
        example: """
            - group_by:
                key: "driver_{{ driver }}"
                parents: drivers
            """,
        returns: [
            .init("add_group", "The group that the host has joined."),
            .init("parent_groups", "The groups above it."),
        ])

    private let group: String
    private let parents: [String]
    init(arguments: ValueMap) throws {
        group = try Self.name(Arguments(arguments).required("key"))
        parents = try (Arguments(arguments).strings("parents") ?? ["all"]).map(Self.name)
    }

    private static func name(_ text: String) throws -> String {
        let name = text.replacing(" ", with: "-")
        guard !name.isEmpty, !name.contains(where: { ",:&!*?[]".contains($0) || $0.isNewline }) else {
            throw ModuleFailure("'\(name)' is not a group's name")
        }
        return name
    }

    /// The engine has the host join, and knows whether that changes anything.
    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        guard group != "all" else { throw ModuleFailure("'all' is not a group's name") }
        var result = ModuleResult()
        result.values = [
            "add_group": .string(group), "parent_groups": .list(parents.map { .string($0) }),
        ]
        return result
    }
}
