import ArgumentParser
import Foundation
import Modules
import Playbook
import Redaction
import YAML

struct PlaybooksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "playbooks",
        abstract: "Lists the playbooks that ship: installers for GPU fleets, which run as they are.",
        discussion: """
            With a name: its variables with their defaults, and a command to copy. comfyfleet run takes the name as well as the file.

              comfyfleet playbooks
              comfyfleet playbooks ollama
              comfyfleet run ollama -i inventory.yml -l gpu -CD

            They are looked for in the folder that COMFYFLEET_PLAYBOOKS names; without it in ./playbooks, in playbooks beside the program and in \
            ../share/comfyfleet/playbooks, in this order.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Argument(help: "The playbook to show.") var name: String?
    @Option(help: "text, or json: everything that text has, of one playbook or of all.") var format = Format.text

    func run() throws {
        let catalogue = try PlaybookCatalogue.shipped()
        guard let name else {
            let entries = try catalogue.entries(catalog: BuiltinModules())
            switch format {
            case .text: Output.print(list(entries))
            case .json: Output.print(redacted(JSON.text(.list(entries.map { .dict(json($0)) }), spaced: false)))
            }
            return
        }
        let entry = try catalogue.entry(named: name, catalog: BuiltinModules())
        switch format {
        case .text: show(entry)
        case .json: Output.print(redacted(JSON.text(.dict(json(entry)), spaced: false)))
        }
    }

    private func list(_ entries: [PlaybookCatalogue.Entry]) -> RedactedText {
        var table = TextTable(["PLAYBOOK", "DOES"])
        for entry in entries { table.add([entry.name, entry.summary]) }
        return table.text(ComfyFleet.secrets)
    }

    private func show(_ entry: PlaybookCatalogue.Entry) {
        var lines = ["\(entry.name): \(entry.summary)", entry.path]
        var role = ""
        for variable in entry.variables {
            if variable.role != role {
                role = variable.role
                lines += ["", "Variables of the role \(role):"]
            }
            lines += ["", "  \(variable.name): \(JSON.text(variable.defaultValue))"]
            if let spec = variable.spec {
                lines.append(
                    "      (\(Self.kind(spec))\(variable.isForClients ? "; clients of the API may set it" : ""))")
            }
            if !variable.help.isEmpty { lines.append("      \(variable.help)") }
        }
        lines += ["", "Example:", "", "  \(example(entry))"]
        Output.print(redacted(lines.joined(separator: "\n")))
    }

    private func json(_ entry: PlaybookCatalogue.Entry) -> ValueMap {
        let variables = entry.variables.map { variable in
            let spec = variable.spec
            return Value.dict([
                "name": .string(variable.name), "role": .string(variable.role), "default": variable.defaultValue,
                "help": .string(variable.help),
                "type": (spec?.kind).map { .string($0.rawValue) } ?? .null,
                "elements": (spec?.elements).map { .string($0.rawValue) } ?? .null,
                "choices": (spec?.choices).map { .list($0) } ?? .null, "required": .bool(spec?.isRequired ?? false),
                "clients": .bool(variable.isForClients),
            ])
        }
        return [
            "name": .string(entry.name), "path": .string(entry.path), "summary": .string(entry.summary),
            "variables": .list(variables), "example": .string(example(entry)),
            "clients": .bool(entry.isForClients), "application": .bool(entry.isApplication),
        ]
    }

    /// `str, one of: present, absent`
    private static func kind(_ spec: ArgumentSpec.Option) -> String {
        spec.kind.rawValue + (spec.elements.map { " of \($0.rawValue)" } ?? "")
            + (spec.choices.map { ", one of: \($0.map(ArgumentBinder.text).joined(separator: ", "))" } ?? "")
            + (spec.isRequired ? "; required" : "")
    }

    /// With the first variable that has a text to show: of most roles the version.
    private func example(_ entry: PlaybookCatalogue.Entry) -> String {
        let shown = entry.variables.lazy.compactMap { variable -> String? in
            guard let text = variable.defaultValue.string, !text.isEmpty, !text.contains("{{"), !text.contains(" ")
            else { return nil }
            return " -e \(variable.name)=\(text)"
        }.first
        return "comfyfleet run \(entry.name) -i inventory.yml\(shown ?? "")"
    }

}

extension PlaybookCatalogue {
    /// Those of this process.
    static func shipped() throws(Diagnostics) -> PlaybookCatalogue {
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
        return try find(environment: ProcessInfo.processInfo.environment, program: program)
    }
}
