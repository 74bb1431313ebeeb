import Playbook
import Templating
import YAML

/// Shows a text or a variable.
struct Debug: Module {
    static let spec = ModuleSpec(
        "debug", summary: "Shows a text or a variable.",
        options: [
            .init("msg", .raw, takesNull: true, help: "What to show."),
            .init("var", .raw, help: "A variable's name, or an expression."),
            .init("verbosity", .int, default: .int(0), help: "Show it only with as many -v."),
        ], mutuallyExclusive: [["msg", "var"]])
    static let reference = ModuleReference(
        example: """
            - debug:
                msg: "{{ inventory_hostname }} has {{ ansible_gpus | length }} GPUs"
            - debug: var=ansible_gpus
            """,
        returns: [
            .init("msg", "What is shown; with var it stands under the variable's name, or the expression's text.")
        ])

    private let message: Value?
    private let variable: Value?
    private let verbosity: Int

    init(arguments: ValueMap) throws {
        message = arguments["msg"]
        variable = arguments["var"]
        verbosity = arguments["verbosity"]?.int ?? 0
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        var result = ModuleResult()
        guard verbosity <= context.verbosity else {
            result.skipped = true
            result.values["skipped_reason"] = .string("Verbosity threshold not met.")
            return result
        }
        switch variable {
        case nil, .string("", _)?:
            result.values["msg"] = message ?? .string("Hello world!")
        case .string(let expression, let provenance):
            // What a host said is no expression, here as in conditions.
            guard provenance.isTrusted else {
                throw ModuleFailure(
                    "'var' is a text that did not come from the playbook or the inventory, and is not run; show it with msg"
                )
            }
            result.values[expression] = try Self.value(of: expression, provenance, context.templar, in: context.scope)
        case .some(let value):
            throw ModuleFailure(
                "argument 'var' is a name or an expression, and this is \(value.kindInWords); show it with msg")
        }
        return result
    }

    private static func value(
        of expression: String, _ provenance: Provenance, _ templar: Templar, in scope: some VariableScope
    ) throws -> Value {
        do {
            return try templar.render(.string("{{ \(expression) }}", provenance), in: scope)
        } catch {
            guard error.kind == .undefined else { throw error }
            return .string("<< error 1 - \(error.message) >>")
        }
    }
}
