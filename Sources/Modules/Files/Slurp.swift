import Playbook
import Support
import YAML

/// Fetches a file's content, in base64.
struct Slurp: Module {
    static let spec = ModuleSpec(
        "slurp", summary: "Fetches a file's content, in base64.",
        options: [
            .init("src", .path, aliases: ["path"], required: true, help: "The file.")
        ])
    static let reference = ModuleReference(
        example: """
            - slurp: src=/etc/machine-id
              register: id
            - debug: msg="{{ id.content | b64decode }}"
            """,
        returns: [
            .init("content", "The content, in base64."),
            .init("source", "The file."),
            .init("encoding", "base64."),
        ])

    private let path: String
    init(arguments: ValueMap) throws { path = try Arguments(arguments).requiredPath("src") }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let path = try await host.resolve(path)
        let read = try await host.observe(
            """
            [ -e \(path) ] || { echo 'file not found' >&2; exit 2; }
            [ ! -d \(path) ] || { echo 'source is a directory and must be a file' >&2; exit 2; }
            [ -r \(path) ] || { echo 'file is not readable' >&2; exit 2; }
            cat -- \(path)
            """)
        guard read.status == 0 else { throw ModuleFailure("\(read.complaint): \(path)") }
        var result = ModuleResult()
        result.values = [
            "content": .string(LibCrypto.base64(read.stdout)), "source": .string(path), "encoding": .string("base64"),
        ]
        return result
    }
}
