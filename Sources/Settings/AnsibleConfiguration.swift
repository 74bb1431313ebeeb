import Support
import YAML

/// Ansible's settings as a configuration file and the environment give them. Each is read by its name in the table:
/// `configuration.rolesPath`.
@dynamicMemberLookup
package struct AnsibleConfiguration: Sendable {
    /// The configuration file that was read; nil when there is none.
    package private(set) var file: String?
    /// What is to be said once: a file that does not count, settings that have no effect.
    package private(set) var warnings: [String] = []
    private var values: [String: any Sendable] = [:]
    private var sources: [String: SettingSource] = [:]

    /// Nothing is set.
    package init() {}

    /// - Throws: `ConfigurationFault` in Ansible's words, or `Diagnostics` for a file that can't be read.
    package init(environment: [String: String]) throws {
        let found = ConfigurationSearch.find(environment)
        warnings = found.warnings
        file = found.path
        var written: [SettingKey: (text: String, line: Int)] = [:]
        if let path = found.path {
            guard [".cfg", ".ini"].contains(where: path.hasSuffix) else {
                let suffix = path.lastIndex(of: ".").map { path[$0...].contains("/") ? "" : String(path[$0...]) } ?? ""
                throw ConfigurationFault("Unsupported configuration file extension for \(path): \(suffix)")
            }
            let text: String
            do { text = try String(decoding: TextFile.bytes(of: path, limit: 1 << 20), as: UTF8.self) } catch {
                throw Diagnostics([error])
            }
            written = try ConfigurationFile(path: path, text: text).values
        }
        for setting in SettingTable.all {
            var given: (text: String, source: SettingSource)?
            for key in setting.keys { if let value = written[key], let file { given = (value.text, .file(file)) } }
            for variable in setting.variables {
                if let text = environment[variable], !text.isEmpty || setting.takesNothing {
                    given = (text, .environment(variable: variable))
                }
            }
            guard let given else { continue }
            do throws(SettingFault) { values[setting.name] = try setting.parse(given.text, from: given.source) } catch {
                throw ConfigurationFault(error, of: setting, from: given.source)
            }
            sources[setting.name] = given.source
        }
        noteUnsupported(written, environment)
    }

    /// What is set, or what holds when nothing sets it.
    package subscript<Content>(dynamicMember path: KeyPath<SettingTable, Setting<Content>>) -> Content {
        let setting = SettingTable.standard[keyPath: path]
        return values[setting.name] as? Content ?? setting.fallback
    }

    /// What is set; nil when nothing sets it, for what has a default of its own here.
    package func given<Content>(_ path: KeyPath<SettingTable, Setting<Content>>) -> Content? {
        values[SettingTable.standard[keyPath: path].name] as? Content
    }

    /// The same with one setting as a command line option has it.
    package mutating func set<Content>(_ path: KeyPath<SettingTable, Setting<Content>>, _ content: Content) {
        values[SettingTable.standard[keyPath: path].name] = content
    }

    /// The same for a setting by Ansible's name of it, with a text as the environment would have it.
    package mutating func set(named name: String, _ text: String) throws {
        guard let setting = SettingTable.all.first(where: { $0.name == name }) else {
            throw ConfigurationFault("there is no setting '\(name)'")
        }
        let source = SettingSource.environment(variable: setting.variables.first ?? name)
        do throws(SettingFault) { values[name] = try setting.parse(text, from: source) } catch {
            throw ConfigurationFault(error, of: setting, from: source)
        }
        sources[name] = source
    }

    /// The environment with what the file says, under the variables that would say it, where these are not set: for
    /// what reads settings by their variables.
    package func completing(_ environment: [String: String]) -> [String: String] {
        var completed = environment
        for setting in SettingTable.all {
            guard case .file? = sources[setting.name], let name = setting.variables.first, completed[name] == nil else {
                continue
            }
            completed[name] = text(of: setting)
        }
        return completed
    }

    /// Where a setting was set.
    package func source(of setting: any AnySetting) -> SettingSource? { sources[setting.name] }
    /// What holds, in a word.
    package func text(of setting: any AnySetting) -> String {
        (values[setting.name] as? any SettingContent)?.inWords ?? setting.fallbackInWords
    }

    private mutating func noteUnsupported(
        _ written: [SettingKey: (text: String, line: Int)], _ environment: [String: String]
    ) {
        var names: [String] = []
        for setting in SettingTable.all where SettingTable.inert.subtracting(SettingTable.quiet).contains(setting.name)
        {
            guard let source = sources[setting.name], text(of: setting) != setting.fallbackInWords else { continue }
            switch source {
            case .environment(let variable): names.append(variable)
            case .file: names.append(setting.keys.last { written[$0] != nil }.map { "\($0)" } ?? setting.name)
            }
        }
        for setting in UnsupportedSetting.all {
            let key = setting.keys.first { written[$0] != nil }
            let variable = setting.variables.first { environment[$0] != nil }
            guard let text = variable.flatMap({ environment[$0] }) ?? key.flatMap({ written[$0]?.text }),
                !setting.harmless.contains(text.lowercased())
            else { continue }
            names.append(variable ?? key.map { "\($0)" } ?? setting.name)
        }
        guard !names.isEmpty else { return }
        warnings.append(
            "settings that have no effect in comfyfleet: \(names.joined(separator: ", ")) (see docs/settings.md)")
    }
}

/// A setting whose text it does not take. It ends a command with Ansible's code 5.
package struct ConfigurationFault: ExplainedError {
    package let problem: String
    package var remedy: String? { nil }

    init(_ problem: String) { self.problem = problem }

    init(_ fault: SettingFault, of setting: any AnySetting, from source: SettingSource) {
        problem =
            fault.choices.isEmpty
            ? "Config '\(setting.name)' from '\(source.inWords)' has an invalid value: \(fault.problem)"
            : "Invalid value \(fault.problem) for config '\(setting.name)'. Valid values are: \(fault.choices.joined(separator: ", "))"
    }
}
