import Playbook
import YAML

/// Checks variables against a description of them. Every entry point of a role that has one in
/// `meta/argument_specs.yml` begins with this task.
struct ValidateArgumentSpec: Module {
    static let spec = ModuleSpec(
        "validate_argument_spec", summary: "Checks variables against a description of them.",
        options: [
            .init(
                "argument_spec", .raw, required: true,
                help: "Names with their types, as in a role's meta/argument_specs.yml."),
            .init(
                "provided_arguments", .raw, default: .dict([:]), help: "Values that go before variables of these names."
            ),
            .init("validate_args_context", .raw, help: "Comes back in the result: what is checked here."),
        ])
    static let reference = ModuleReference(
        notes: "Every entry point of a role that has one in `meta/argument_specs.yml` begins with this task.",
        example: """
            - validate_argument_spec:
                argument_spec:
                  port: {type: int, required: true}
                  state: {type: str, choices: [present, absent]}
            """,
        returns: [
            .init("argument_errors", "What is wrong, one text for each error."),
            .init("argument_spec_data", "The description."),
            .init("validate_args_context", "What was given under this name."),
        ],
        differences: [
            "the words of an error are Ansible's but for the names of Python's classes; what is wrong with a role's own description is reported before the run"
        ])

    private let description: ValueMap
    private let provided: ValueMap
    private let context: Value

    init(arguments: ValueMap) throws {
        func map(_ name: String) throws -> ValueMap {
            guard let map = arguments[name]?.map else {
                throw ModuleFailure(
                    "Incorrect type for \(name), expected dict and got \(arguments[name]?.kindInWords ?? "nothing")")
            }
            return map
        }
        description = try map("argument_spec")
        provided = try map("provided_arguments")
        context = arguments["validate_args_context"] ?? .dict([:])
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let spec: ArgumentSpec
        do { spec = try ArgumentSpec(description) } catch {
            throw ModuleFailure(
                "argument_spec: \((error.path + [error.problem]).joined(separator: ": "))", explanation: error.remedy)
        }
        var values = ValueMap()
        for option in spec.options {
            guard let variable = context.scope.variable(named: option.name) else { continue }
            values[option.name] = try context.templar.render(variable, in: context.scope)
        }
        values.merge(provided)
        var result = ModuleResult()
        result.values["validate_args_context"] = self.context
        let errors = spec.errors(in: values)
        if errors.isEmpty {
            result.message = "The arg spec validation passed"
        } else {
            result.failed = true
            result.message = "Validation of arguments failed:\n" + errors.joined(separator: "\n")
            result.values["argument_spec_data"] = .dict(description)
            result.values["argument_errors"] = .list(errors.map { .string($0) })
        }
        return result
    }
}
