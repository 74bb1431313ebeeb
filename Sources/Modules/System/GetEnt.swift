import Playbook
import YAML

/// Looks something up in a host's databases, as `getent` does; the answer becomes the fact `getent_<database>`.
struct GetEnt: Module {
    static let spec = ModuleSpec(
        "getent", summary: "Looks something up in a host's databases.",
        options: [
            .init("database", .string, required: true, help: "passwd, group, hosts, services, …"),
            .init("key", .string, help: "What to look up; everything when left out."),
            .init("service", .string, help: "Source to ask, overriding the host's order."),
            .init("split", .string, help: "What parts the fields."),
            .init("fail_key", .bool, default: .bool(true), help: "Fail when the key is not there."),
        ])
    static let reference = ModuleReference(
        example: """
            - getent: database=passwd key=comfy
            - debug: msg="{{ getent_passwd.comfy[4] }}"
            """,
        returns: [
            .init(
                "ansible_facts",
                "getent_DATABASE: each key to the list of its other fields; null for one that is not there.")
        ])

    private let database: String
    private let key: String?, service: String?, separator: String?
    private let mustFind: Bool

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        database = try arguments.required("database")
        key = arguments.string("key")
        service = arguments.string("service")
        separator =
            arguments.string("split") ?? (["passwd", "shadow", "group", "gshadow"].contains(database) ? ":" : nil)
        mustFind = arguments.bool("fail_key")
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        var result = ModuleResult()
        let words = (service.map { ["-s", $0] } ?? []) + [database] + (key.map { [$0] } ?? [])
        let answer = try await host.observe("getent \(words)")
        var entries = ValueMap()
        switch answer.status {
        case 0:
            for line in Lines.split(answer.output) where !line.isEmpty {
                let fields =
                    separator.map { line.components(separatedBy: $0) }
                    ?? line.split(whereSeparator: \.isWhitespace).map(String.init)
                guard let name = fields.first else { continue }
                entries[name] = .list(fields.dropFirst().map { .string($0) })
            }
        case 2:
            let message = "One or more supplied key could not be found in the database."
            guard !mustFind, let key else { throw ModuleFailure(message) }
            result.message = message
            entries[key] = .null
        case 1: throw ModuleFailure("Missing arguments, or database unknown.")
        case 3: throw ModuleFailure("Enumeration not supported on this database.")
        default: throw ModuleFailure("getent failed: \(answer.complaint)")
        }
        result.facts = ["getent_\(database)": .dict(entries)]
        return result
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
