import Playbook
import YAML

/// Sets variables of a host for the tasks that follow.
struct SetFact: Module {
    static let spec = ModuleSpec(
        "set_fact", summary: "Sets variables of a host.",
        options: [
            .init(
                "cacheable", .bool, default: .bool(false),
                help: "Make them facts, too, which ansible_facts has and meta: clear_facts forgets.")
        ], acceptsAnyKey: true)
    static let reference = ModuleReference(
        example: """
            - set_fact:
                driver: "{{ '550' if gpu_count | int > 0 else 'none' }}"
            """,
        returns: [.init("ansible_facts", "The variables.")])

    private let facts: ValueMap
    private let isCacheable: Bool

    init(arguments: ValueMap) throws {
        var facts = arguments
        isCacheable = Arguments(arguments).bool("cacheable")
        facts["cacheable"] = nil
        guard !facts.isEmpty else {
            throw ModuleFailure("No key/value pairs provided, at least one is required for this action to succeed")
        }
        for name in facts.names where !Self.isName(name) { throw ModuleFailure("Invalid variable name '\(name)'.") }
        self.facts = facts
    }

    /// A letter or underscore, then letters, digits and underscores, and no word of Python or Jinja2.
    static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        let reserved: Set = [
            "True", "False", "None", "true", "false", "none", "and", "as", "assert", "async", "await", "break", "class",
            "continue", "def", "del", "elif", "else",
            "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or",
            "pass", "raise", "return", "try", "while", "with", "yield",
        ]
        return name.unicodeScalars.allSatisfy {
            $0 == "_" || $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil)
        } && !reserved.contains(name)
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        var result = ModuleResult()
        result.facts = facts
        result.factsAreGathered = isCacheable
        return result
    }
}
