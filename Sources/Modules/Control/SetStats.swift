import Playbook
import YAML

/// Keeps values of a run for its statistics; here they are in the task's result, and in the run's events with it.
struct SetStats: Module {
    static let spec = ModuleSpec(
        "set_stats", summary: "Keeps values for the statistics of the run.",
        options: [
            .init("data", .raw, default: .dict([:]), help: "Names and values."),
            .init("per_host", .bool, default: .bool(false), help: "Whether they are the host's rather than the run's."),
            .init(
                "aggregate", .bool, default: .bool(true),
                help: "Whether a value is added to one that is there rather than put in its place."),
        ])
    static let reference = ModuleReference(
        example: """
            - set_stats:
                data: { upgraded: "{{ packages | length }}" }
            """,
        returns: [.init("ansible_stats", "data, per_host and aggregate.")],
        differences: ["no summary shows the values, as in Ansible without `show_custom_stats`"])

    private let arguments: Arguments
    private let data: ValueMap
    init(arguments: ValueMap) throws {
        self.arguments = Arguments(arguments)
        guard let data = arguments["data"]?.map else {
            throw ModuleFailure("The 'data' option needs to be a dictionary/hash")
        }
        for name in data.names where !SetFact.isName(name) { throw ModuleFailure("Invalid variable name '\(name)'.") }
        self.data = data
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        var result = ModuleResult()
        result.values["ansible_stats"] = .dict([
            "data": .dict(data), "per_host": .bool(arguments.bool("per_host")),
            "aggregate": .bool(arguments.bool("aggregate")),
        ])
        return result
    }
}
