import Hummingbird
import Redaction
import YAML

/// What `POST /api/runs` asks for: `comfyfleet run`, with its options' names.
struct RunRequest: Sendable {
    private(set) var playbooks: [String] = []
    private(set) var isCheck = false
    private(set) var arguments: [String] = []
    private(set) var answers = Commands.Answers()

    private static let known: [RedactedText] = [
        "playbook", "playbooks", "inventory", "limit", "extra_vars", "tags", "skip_tags", "start_at_task", "check", "diff", "forks", "become", "ssh",
    ]

    /// - Throws: `APIError` with all that is wrong.
    init(_ request: Request, settings: ServerSettings) async throws {
        var body = try await BodyFields(request, known: Self.known, limits: settings.limits)
        playbooks = body.texts("playbooks") + body.texts("playbook")
        if playbooks.isEmpty, body.problems.isEmpty { body.refuse("playbook", "is missing") }
        if let problem = playbooks.filter({ !Self.isName($0) }).lazy.compactMap(ClientPath.playbookProblem).first { body.refuse("playbook", problem) }
        let inventories = body.texts("inventory")
        if let problem = inventories.lazy.compactMap(ClientPath.inventoryProblem).first { body.refuse("inventory", problem) }
        arguments = playbooks + (inventories.isEmpty ? settings.inventory : inventories).flatMap { ["-i", $0] }
        func add(_ option: String, _ value: String?) { if let value { arguments.append("\(option)=\(value)") } }
        add("--limit", body.plainText("limit"))
        if let variables = body.variables("extra_vars") { add("--extra-vars", JSON.text(.dict(variables), spaced: false)) }
        for tag in body.plainTexts("tags") { add("--tags", tag) }
        for tag in body.plainTexts("skip_tags") { add("--skip-tags", tag) }
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

    /// Playbooks that are named as those that ship are; whether there are such is to be seen.
    var names: [String] { playbooks.filter(Self.isName) }

    /// `comfyfleet run` takes a file before a name, too.
    private static func isName(_ text: String) -> Bool { !text.contains("/") && !text.hasPrefix("-") && !text.hasSuffix(".yml") && !text.hasSuffix(".yaml") && !FileSystem.exists(text) }
}
