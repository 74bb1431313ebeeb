/// Every filter, test and lookup with what it takes and does: what docs/filters.md is made of.
package enum TemplateReference {
    package struct Entry: Sendable {
        package let name: String
        /// As one writes it: `truncate(length=, killwords=, end=, leeway=)`. What must be given has no equals sign.
        package let call: String
        /// In one line.
        package let summary: String
    }

    package static let filters = Filters.names.map { Entry($0, Filters.named($0), Filters.summaries[$0]) }
    package static let tests = TemplateTests.names.map {
        Entry($0, TemplateTests.named($0), TemplateTests.summaries[$0])
    }
    package static let lookups = Lookups.table.keys.sorted().map { Entry($0, nil, Lookups.summaries[$0]) }

    /// The text of docs/filters.md.
    package static var markdown: String {
        """
        # Filters, tests and lookups

        Made of the program's own tables; a test holds them in step. All names work after `ansible.builtin.`, too. What must be given stands without an equals sign;
        `*` stands for as many more as are wanted, `**` for options by name. What a template may take of time and memory: [templates](templates.md).
        What is missing, and what is different on purpose: [differences from Ansible](differences.md).

        ## Filters

        `{{ input | filter(arguments) }}`

        \(table("filter", filters))

        ## Tests

        `{{ input is test(arguments) }}`, and `is not`; among conditions of a task without the braces. Paths are the controller's.

        \(table("test", tests))

        ## Lookups

        `lookup('name', term, …, option=value)` gives one value, `query('name', …)` a list; `with_name:` loops over it. They run on the controller.

        \(table("lookup", lookups))

        """
    }

    private static func table(_ heading: String, _ entries: [Entry]) -> String {
        (["| \(heading) | gives |", "|---|---|"] + entries.map { "| `\($0.call)` | \(escaped($0.summary)) |" }).joined(
            separator: "\n")
    }

    /// Signs that Markdown would take for its own.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            if "\\<*|~".contains(character) { result += "\\" }
            result.append(character)
        }
        return result
    }
}

extension TemplateReference.Entry {
    init(_ name: String, _ operation: Operation?, _ summary: String?) {
        self.name = name
        self.summary = summary ?? ""
        var words: [String] = []
        if let operation {
            words = operation.parameters.enumerated().map { index, parameter in
                index < operation.required ? parameter : parameter + "="
            }
            if operation.takesRest { words.append("*") }
            if operation.takesKeywords { words.append("**") }
        }
        call = words.isEmpty ? name : "\(name)(\(words.joined(separator: ", ")))"
    }
}
