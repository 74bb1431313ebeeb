import Hummingbird
import Redaction
import YAML

/// What `POST /api/runs` asks for: `comfyfleet run`, with its options' names.
struct RunRequest: Sendable {
    private(set) var playbooks: [String] = []
    private(set) var isCheck = false
    private(set) var arguments: [String] = []
    private(set) var answers = Commands.Answers()

    private static let known = [
        "playbook", "playbooks", "inventory", "limit", "extra_vars", "tags", "skip_tags", "start_at_task", "check", "diff", "forks", "become", "ssh",
    ]

    /// - Throws: `APIError` with all that is wrong.
    init(_ request: Request, settings: ServerSettings) async throws {
        var body = try await BodyFields(request, known: Self.known, limits: settings.limits)
        playbooks = body.texts("playbooks") + body.texts("playbook")
        if playbooks.isEmpty, body.problems.isEmpty { body.refuse("playbook", "is missing") }
        if !playbooks.allSatisfy({ ($0.hasSuffix(".yml") || $0.hasSuffix(".yaml")) && FileSystem.isWithinWorkingFolder($0) }) {
            body.refuse("playbook", "takes the path of a .yml file below the server's folder")
        }
        let inventories = body.texts("inventory")
        if !inventories.allSatisfy(FileSystem.isWithinWorkingFolder) { body.refuse("inventory", "takes paths below the server's folder") }
        arguments = playbooks + (inventories.isEmpty ? settings.inventory : inventories).flatMap { ["-i", $0] }
        func add(_ option: String, _ value: String?) { if let value { arguments.append("\(option)=\(value)") } }
        add("--limit", body.text("limit"))
        if let variables = body.object("extra_vars") { add("--extra-vars", JSON.text(.dict(variables), spaced: false)) }
        for tag in body.texts("tags") { add("--tags", tag) }
        for tag in body.texts("skip_tags") { add("--skip-tags", tag) }
        add("--start-at-task", body.text("start_at_task"))
        add("--forks", body.number("forks", 1...10_000).map(String.init))
        isCheck = body.flag("check", else: false)
        if isCheck { arguments.append("--check") }
        if body.flag("diff", else: false) { arguments.append("--diff") }
        if body.flag("become", else: false) { arguments.append("--become") }
        if let ssh = body.object("ssh", known: SSHOverrides.names, { SSHOverrides(&$0) }) {
            arguments += ssh.options
            answers = ssh.answers
        }
        try body.finish()
    }
}
