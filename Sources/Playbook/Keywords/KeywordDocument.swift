/// docs/keywords.md: the table of keywords for people. A test keeps the file and this together.
package enum KeywordDocument {
    package static var markdown: String {
        """
        # Keywords

        \(introduction)

        | keyword | stands on | takes | as a template | inherited | |
        |---|---|---|---|---|---|
        \(general.map(line).joined(separator: "\n"))

        ## In `loop_control`

        \(part(.loopControl))

        ## In an entry of `vars_prompt`

        \(part(.prompt))

        ## Refused

        Keywords of Ansible's that are errors before the first connection:

        | keyword | stands on | instead |
        |---|---|---|
        \(refused.joined(separator: "\n"))

        """
    }

    private static let introduction = """
        What a playbook may say, and where. This page is made from the table that the program reads playbooks with (`Sources/Playbook/Keywords`).

        A template is rendered

        - when the play is **planned**, once and before the first connection: extra variables (`-e`), the play's `vars`, its `vars_files` as far as their names need no host, and
          its roles' variables are known then, a host's variables and facts are not;
        - when the task **runs**, for each host, with all that the host knows.

        One that gives something else than the keyword takes is an error that names the template's file, line and column: before the run where it is planned, as the task's failure
        where it runs. Where it gives `omit`, what the surroundings say holds; where it gives nothing, the keyword's default. An **expression** is written without braces.

        Inherited is what blocks, tasks and handlers inside have of it: the **nearest** that says it counts, or all that say it **add** up.
        """

    private static var general: [KeywordSpec] {
        KeywordSpec.all.filter { $0.levels.isDisjoint(with: [.loopControl, .prompt]) }.sorted { $0.name < $1.name }
    }

    private static func line(_ spec: KeywordSpec) -> String {
        "| `\(spec.name)` | \(places(spec.levels)) | \(spec.type.words) | \(spec.templatable.words) | \(spec.inherited.words) | \(spec.help) |"
    }

    private static func part(_ level: KeywordSpec.Level) -> String {
        let lines = KeywordSpec.all.filter { $0.levels.contains(level) }.map {
            "| `\($0.name)` | \($0.type.words) | \($0.templatable.words) | \($0.help) |"
        }
        return (["| keyword | takes | as a template | |", "|---|---|---|---|"] + lines).joined(separator: "\n")
    }

    private static var refused: [String] {
        KeywordSpec.refused.map { "| `\($0.name)` | \(places($0.levels)) | \($0.remedy) |" }
    }

    private static func places(_ levels: Set<KeywordSpec.Level>) -> String {
        KeywordSpec.Level.allCases.filter { levels.contains($0) }.map(\.words).joined(separator: ", ")
    }
}

extension KeywordSpec.Level {
    /// In docs/keywords.md.
    var words: String {
        switch self {
        case .play: "plays"
        case .role: "roles"
        case .block: "blocks"
        case .task: "tasks"
        case .handler: "handlers"
        case .include: "includes"
        case .importing: "imports"
        case .playbook: "imports of playbooks"
        case .loopControl: "`loop_control`"
        case .prompt: "`vars_prompt`"
        }
    }
}

extension KeywordSpec.Templatable {
    var words: String {
        switch self {
        case .no: "no"
        case .planned: "planned"
        case .run: "runs"
        case .expression: "expression"
        case .inside: "its parts"
        }
    }
}

extension KeywordSpec.Inherited {
    var words: String {
        switch self {
        case .no: "no"
        case .nearest, .nearestOnes: "nearest"
        case .added, .whileReading: "adds up"
        }
    }
}
