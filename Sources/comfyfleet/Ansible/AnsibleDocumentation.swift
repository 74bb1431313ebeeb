import AnsibleCommands
import Modules
import Playbook
import Redaction
import Settings
import Templating
import YAML

/// `ansible-doc`: what modules, filters, tests, lookups and keywords there are, from the program's own tables.
struct AnsibleDocumentation {
    let configuration: AnsibleConfiguration

    init(_ configuration: AnsibleConfiguration) { self.configuration = configuration }

    private struct Entry {
        var name: String, summary: String, text: String
        var json: ValueMap
        var snippet: String?
    }

    func run(_ words: [String]) throws -> Int32 {
        let options = try AnsibleParsers.documentation.read(words, configuration)
        let type = options.last("type") ?? "module"
        guard let entries = entries(type) else {
            AnsibleProgram.error("comfyfleet has no plugins of the type '\(type)'", at: nil)
            return 1
        }
        if options.has("list") || options.has("list_files") {
            list(entries, filter: options.arguments, asJSON: options.has("json"))
            return 0
        }
        guard !options.arguments.isEmpty else {
            AnsibleProgram.error("Incorrect options passed", at: nil)
            return 5
        }
        var found: [Entry] = []
        for name in options.arguments {
            let short = name.split(separator: ".").last.map(String.init) ?? name
            if let entry = entries.first(where: {
                $0.name == name || $0.name.split(separator: ".").last.map(String.init) == short
            }) {
                found.append(entry)
            } else {
                AnsibleProgram.warn("\(name) was not found")
            }
        }
        if options.has("json") {
            var map = ValueMap()
            for entry in found {
                map[entry.name.split(separator: ".").last.map(String.init) ?? entry.name] = .dict(entry.json)
            }
            Output.print(redacted(JSON.pretty(.dict(map), sortedKeys: true)))
        } else {
            for entry in found {
                Output.print(redacted(options.has("snippet") ? entry.snippet ?? entry.text : entry.text))
            }
        }
        return 0
    }

    private func list(_ entries: [Entry], filter: [String], asJSON: Bool) {
        let chosen = entries.filter { entry in
            filter.isEmpty || filter.contains { entry.name == $0 || entry.name.hasPrefix($0 + ".") }
        }.sorted { $0.name < $1.name }
        if asJSON {
            var map = ValueMap()
            for entry in chosen { map[entry.name] = .string(entry.summary) }
            Output.print(redacted(JSON.pretty(.dict(map))))
            return
        }
        let width = max(39, (chosen.map(\.name.count).max() ?? 0) + 1)
        for entry in chosen {
            Output.print(redacted(entry.name + String(repeating: " ", count: width - entry.name.count) + entry.summary))
        }
    }

    private func entries(_ type: String) -> [Entry]? {
        switch type {
        case "module":
            ModulePage.all.map { page in
                Entry(
                    name: page.fullName, summary: page.spec.summary,
                    text: "> MODULE \(page.fullName)\n\n" + page.text, json: ["doc": .dict(page.json)],
                    snippet: snippet(page))
            }
        case "filter": TemplateReference.filters.map { template("FILTER", $0) }
        case "test": TemplateReference.tests.map { template("TEST", $0) }
        case "lookup": TemplateReference.lookups.map { template("LOOKUP", $0) }
        case "keyword": KeywordSpec.all.filter { $0.levels.isDisjoint(with: [.loopControl, .prompt]) }.map(keyword)
        case "strategy":
            Play.Strategy.allCases.map {
                Entry(name: "ansible.builtin.\($0.rawValue)", summary: "", text: $0.rawValue, json: [:])
            }
        default: nil
        }
    }

    private func template(_ kind: String, _ entry: TemplateReference.Entry) -> Entry {
        Entry(
            name: "ansible.builtin.\(entry.name)", summary: entry.summary,
            text: "> \(kind) ansible.builtin.\(entry.name)\n\n  \(entry.summary)\n\n  \(entry.call)\n",
            json: [
                "doc": .dict([
                    "name": .string(entry.name), "short_description": .string(entry.summary),
                    "call": .string(entry.call),
                ])
            ])
    }

    private func keyword(_ spec: KeywordSpec) -> Entry {
        let levels = spec.levels.map(\.rawValue).sorted()
        let value: ValueMap = [
            spec.name: .dict([
                "applies_to": .list(levels.map { .string($0) }), "description": .string(spec.help),
                "takes": .string(spec.type.words),
            ])
        ]
        return Entry(name: spec.name, summary: spec.help, text: InventoryText.yaml(.dict(value)), json: value)
    }

    private func snippet(_ page: ModulePage) -> String {
        var text = "- name: \(page.spec.summary)\n  \(page.spec.name):\n"
        for option in page.spec.options where option.reasonWithoutEffect == nil {
            let name = "      \(option.name):"
            text +=
                name + String(repeating: " ", count: max(1, 29 - name.count))
                + "# \(option.required ? "(required) " : "")\(option.help)\n"
        }
        return text
    }
}

/// `ansible-config`: the settings that count, and where they are from.
struct AnsibleConfigurationCommand {
    let configuration: AnsibleConfiguration

    init(_ configuration: AnsibleConfiguration) { self.configuration = configuration }

    func run(_ words: [String]) throws -> Int32 {
        let options = try AnsibleParsers.configuration.read(words, configuration)
        switch options.arguments[0] {
        case "view":
            guard let file = configuration.file else {
                AnsibleProgram.error("Invalid or no config file was supplied", at: nil)
                return 1
            }
            Output.print(redacted(String(decoding: try TextFile.bytes(of: file), as: UTF8.self)), terminator: "")
        case "dump", "list":
            Output.print(redacted("CONFIG_FILE() = \(configuration.file ?? "None")"))
            for setting in SettingTable.all.sorted(by: { $0.name < $1.name }) {
                let source = configuration.source(of: setting)
                if options.has("only-changed"), source == nil { continue }
                Output.print(
                    redacted("\(setting.name)(\(source?.inWords ?? "default")) = \(configuration.text(of: setting))"))
            }
        default:
            AnsibleProgram.error("ansible-config \(options.arguments[0]) is not supported", at: nil)
            return 2
        }
        return 0
    }
}
