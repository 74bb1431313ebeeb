import Playbook
import YAML

/// Fails unless conditions hold.
struct Assert: Module {
    static let spec = ModuleSpec(
        "assert", summary: "Fails unless conditions hold.",
        options: [
            .init("that", .raw, required: true, help: "Conditions, as in when:."),
            .init("fail_msg", .raw, aliases: ["msg"], help: "What to say when one does not hold."),
            .init("success_msg", .raw, help: "What to say when all hold."),
            .noEffect("quiet", .bool, default: .bool(false), because: "conditions that hold are not reported anyway"),
        ])
    static let reference = ModuleReference(
        example: """
            - assert:
                that:
                  - ansible_memtotal_mb > 16000
                  - ansible_gpus | length > 0
                fail_msg: This host cannot take the model.
            """,
        returns: [
            .init("assertion", "The first condition that does not hold."),
            .init("evaluated_to", "What it came to."),
        ])

    private let conditions: [Value]
    private let failMessage: String
    private let successMessage: Value

    init(arguments: ValueMap) throws {
        func text(_ name: String) -> String? {
            switch arguments[name] {
            case .list(let lines): lines.map(ArgumentBinder.text).joined(separator: "\n")
            case let value?: ArgumentBinder.text(value)
            case nil: nil
            }
        }
        switch arguments["that"] {
        case .list(let items): conditions = items
        case let item?: conditions = [item]
        case nil: throw ModuleFailure("conditional required in \"that\" string")
        }
        failMessage = text("fail_msg") ?? "Assertion failed"
        successMessage = arguments["success_msg"] ?? .string("All assertions passed")
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        var result = ModuleResult()
        for condition in conditions {
            let text = ArgumentBinder.text(condition)
            do {
                if try context.templar.condition(condition, in: context.scope) { continue }
            } catch { throw ModuleFailure("\(error)", explanation: "in the condition '\(text)'") }
            result.failed = true
            result.message = failMessage
            result.explanation = text
            result.values = ["assertion": condition, "evaluated_to": .bool(false)]
            return result
        }
        result.values["msg"] = successMessage
        return result
    }
}
