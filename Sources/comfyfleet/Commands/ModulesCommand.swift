import ArgumentParser
import Modules
import Playbook
import Redaction
import YAML

struct ModulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "modules", abstract: "Lists the modules that tasks may use, and shows what one takes and returns.",
        discussion: """
            With a name, short or after its collection: options with types, defaults, choices and other names, what the result holds, an example, and what is \
            different from Ansible's module. docs/modules.md has all of them.

              comfyfleet modules
              comfyfleet modules copy
              comfyfleet modules ansible.posix.mount --format json
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Argument(help: "The module to show.", completion: .list(BuiltinModules().moduleNames)) var name: String?
    @Option(help: "text, or json: everything that text has, of one module or of all.") var format = Format.text

    func run() throws {
        guard let name else {
            switch format {
            case .text: Output.print(list())
            case .json: Output.print(redacted(JSON.text(.list(ModulePage.all.map { .dict($0.json) }), spaced: false)))
            }
            return
        }
        guard let page = ModulePage.named(name) else { throw Diagnostics([Self.unknown(name)]) }
        switch format {
        case .text: Output.print(redacted(page.text))
        case .json: Output.print(redacted(JSON.text(.dict(page.json), spaced: false)))
        }
    }

    private func list() -> RedactedText {
        var table = TextTable(["MODULE", "FAMILY", "DOES"])
        for page in ModulePage.all {
            table.add([([page.spec.name] + page.spec.aliases).joined(separator: ", "), page.family, page.spec.summary])
        }
        return table.text(ComfyFleet.secrets)
    }

    /// The collection is no part of what may be misspelt: `ansible.builtin.cpoy` is near to copy.
    static func unknown(_ name: String) -> Diagnostic {
        let short = name.split(separator: ".").last.map(String.init) ?? name
        let nearest = Spelling.nearest(to: short, among: BuiltinModules().moduleNames)
        return Diagnostic(
            "there is no module '\(name)'", at: nil,
            remedy: nearest.map { "did you mean '\($0)'?" } ?? "'comfyfleet modules' lists them")
    }
}
