import Playbook
import YAML

/// Puts a package on hold, or takes it off.
struct DpkgSelections: Module {
    static let spec = ModuleSpec(
        "dpkg_selections", summary: "Puts a package on hold, or takes it off.",
        options: [
            .init("name", .string, required: true, help: "The package."),
            .init(
                "selection", .string, required: true, choices: ["install", "hold", "deinstall", "purge"],
                help: "What dpkg shall intend."),
        ])
    static let reference = ModuleReference(
        example: """
            - dpkg_selections: name=nvidia-driver selection=hold
            """,
        returns: [
            .init("before", "The selection that was found."),
            .init("after", "The one that was asked for."),
        ])

    private let name: String, selection: String
    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        name = try arguments.required("name")
        selection = try arguments.required("selection")
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let answer = try await host.observe("dpkg --get-selections -- \(name) 2>/dev/null; :")
        guard
            let found = answer.output.split(separator: "\n").first?.split(whereSeparator: \.isWhitespace).last.map(
                String.init)
        else {
            throw ModuleFailure("Failed to find package '\(name)' to perform selection '\(selection)'.")
        }
        var result = ModuleResult()
        result.values = ["before": .string(found), "after": .string(selection)]
        guard found != selection else { return result }
        result.changed = true
        try await host.change(
            "set the selection of \(name)", "printf '%s %s\\n' \(name) \(selection) | dpkg --set-selections")
        return result
    }
}
