import Hummingbird
import Redaction
import YAML

/// What `POST /api/runs` asks for: `comfyfleet run`, with its options' names.
struct RunRequest: Sendable {
    private(set) var playbooks: [String] = []
    private(set) var isCheck = false
    /// Options, without the playbooks.
    private(set) var options: [String] = []
    private(set) var input = Commands.Input()
    /// Whether it chooses an inventory itself, and which of the server's credentials are used or where they are sent,
    /// as an inventory does, too.
    private(set) var choosesInventory = false, choosesCredentials = false
    private(set) var inventories: [String] = []
    /// Whether something of it stays: it is no run in check mode, or hosts' keys are learned.
    private(set) var hasEffect = true

    private static let known: [RedactedText] = [
        "playbook", "playbooks", "inventory", "limit", "extra_vars", "tags", "skip_tags", "start_at_task", "check",
        "diff", "forks", "become", "ssh",
    ]

    /// - Throws: `APIError` with all that is wrong.
    init(_ request: Request, settings: ServerSettings) async throws {
        var body = try await BodyFields(request, known: Self.known, limits: settings.limits)
        playbooks = body.texts("playbooks") + body.texts("playbook")
        if playbooks.isEmpty, body.problems.isEmpty { body.refuse("playbook", "is missing") }
        if let problem = playbooks.filter({ !Self.isName($0) }).lazy.compactMap(ClientPath.playbookProblem).first {
            body.refuse("playbook", problem)
        }
        inventories = body.texts("inventory")
        if let problem = inventories.lazy.compactMap(ClientPath.inventoryProblem).first {
            body.refuse("inventory", problem)
        }
        choosesInventory = !inventories.isEmpty && inventories != settings.inventory
        choosesCredentials = choosesInventory
        options = (inventories.isEmpty ? settings.inventory : inventories).flatMap { ["-i", $0] }
        func add(_ option: String, _ value: String?) { if let value { options.append("\(option)=\(value)") } }
        let limit = body.plainText("limit")
        if let limit, !ClientLimit.isAllowed(limit) { body.refuse("limit", "takes a pattern, and no file of them") }
        add("--limit", limit)
        for tag in body.plainTexts("tags") { add("--tags", tag) }
        let skipped = body.plainTexts("skip_tags")
        let firstTask = body.text("start_at_task")
        for tag in skipped { add("--skip-tags", tag) }
        add("--start-at-task", firstTask)
        add("--forks", body.number("forks", 1...10_000).map(String.init))
        isCheck = body.flag("check", else: false)
        hasEffect = !isCheck
        if isCheck { options.append("--check") }
        if body.flag("diff", else: false) { options.append("--diff") }
        if body.flag("become", else: false) { options.append("--become") }
        if let ssh = body.object("ssh", known: SSHOverrides.names, { SSHOverrides(&$0) }) {
            options += ssh.options
            input = ssh.input
            choosesCredentials = choosesCredentials || ssh.choosesCredentials
            hasEffect = hasEffect || ssh.learnsHostKeys
        }
        input.variables = body.variables("extra_vars") ?? [:]
        if !input.variables.isEmpty {
            // Roles begin with tasks, tagged 'always', that check what their variables hold: a version is part of paths
            // and URLs.
            let words = skipped.flatMap {
                $0.split(separator: ",").map { String($0.trimmingPrefix(while: \.isWhitespace)) }
            }
            if words.contains(where: { $0 == "always" || $0 == "tagged" }) {
                body.refuse("skip_tags", "would skip the checks of extra_vars")
            }
            if firstTask != nil { body.refuse("start_at_task", "would skip the checks of extra_vars") }
        }
        try body.finish()
    }

    /// Whether a playbook is named as those that ship are; whether there is such a one is to be seen. `comfyfleet run`
    /// takes a file before a name, too.
    static func isName(_ text: String) -> Bool {
        !text.contains("/") && !text.hasPrefix("-") && !text.hasSuffix(".yml") && !text.hasSuffix(".yaml")
            && !FileSystem.exists(text)
    }
}
