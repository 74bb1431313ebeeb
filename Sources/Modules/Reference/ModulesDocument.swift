import Playbook

/// docs/modules.md: every module, family by family.
package enum ModulesDocument {
    package static var markdown: String {
        var lines = [
            "# Modules", "",
            "Made of the modules' own specs; a test holds it in step. `comfyfleet modules NAME` shows the same on a terminal, `--format json` to programs.",
            "Every module goes by its short name and by that of its collection, too, such as `ansible.builtin.copy`. Options that are not listed are refused by name.",
            "The keys `changed`, `failed`, `skipped` and `msg` are in every result to which they apply. TEXT is what stands after the name: `command: TEXT`.",
            "",
            "| family | modules |", "|---|---|",
        ]
        for family in BuiltinModules.families {
            let links = family.types.map { "[\($0.spec.name)](#\($0.spec.name))" }
            lines.append("| \(family.name) | \(links.joined(separator: ", ")) |")
        }
        var family = ""
        for page in ModulePage.all {
            if page.family != family {
                family = page.family
                // The first word keeps headings apart from those of modules: Service and service would share an
                // address.
                lines += ["", "## Family: \(family)"]
            }
            lines += section(page)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func section(_ page: ModulePage) -> [String] {
        let spec = page.spec
        let reference = page.reference
        let names = ([page.fullName] + spec.aliases).map { "`\($0)`" }
        var lines = ["", "### \(spec.name)", "", "\(escaped(spec.summary)) \(names.joined(separator: ", "))"]
        if !reference.notes.isEmpty { lines += ["", escaped(reference.notes)] }
        if !spec.options.isEmpty { lines += ["", "| option | takes | for |", "|---|---|---|"] }
        for option in spec.options {
            lines.append(
                "| `\(option.shownName)` | \(cell(option.traits.joined(separator: "; "))) | \(cell(option.help)) |")
        }
        if !page.rules.isEmpty { lines += ["", page.rules.map(escaped).joined(separator: " ")] }
        if !reference.returns.isEmpty { lines += ["", "| result | holds |", "|---|---|"] }
        for part in reference.returns { lines.append("| `\(part.name)` | \(cell(part.meaning)) |") }
        lines += ["", "```yaml", reference.example, "```"]
        if !page.differences.isEmpty {
            lines += ["", "Differences from Ansible:", ""] + page.differences.map { "- " + escaped($0) }
        }
        return lines
    }

    /// In a table, a bar ends the cell, also in code.
    private static func cell(_ text: String) -> String { escaped(text).replacing("|", with: "\\|") }

    /// Signs that Markdown would take for its own, outside of code.
    private static func escaped(_ text: String) -> String {
        var result = ""
        var isCode = false
        for character in text {
            if character == "`" { isCode.toggle() }
            if !isCode, "\\<*_~".contains(character) { result += "\\" }
            result.append(character)
        }
        return result
    }
}
