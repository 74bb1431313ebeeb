import Glibc
import Playbook
import YAML

/// `config/api.yml`: what clients may run besides the installers that are open to them, and with which variables. It is
/// read for each request.
///
/// ```yaml
/// playbooks:                        # of the site: these, and no others
///   site/deploy.yml:
///     variables:                    # typed as in a role's meta/argument_specs.yml, or a list of names
///       release: {type: str, required: true}
/// installers:                       # where it is given: these, and no others
///   ollama:                         # with the variables that its roles open
///   comfyui: {variables: [comfyui_version, comfyui_port]}
/// ```
struct APIRules: Sendable {
    struct Rule: Sendable {
        /// A playbook's path, or an installer's name.
        let name: String
        let mark: SourceMark
        /// nil where the entry does not say.
        let variables: [ClientVariable]?
        var marks: [String: SourceMark] = [:]
    }
    private(set) var playbooks: [Rule] = []
    private(set) var installers: [Rule]?

    static let file = "config/api.yml"

    /// - Throws: `Diagnostics` with all that is wrong with the file. There may be none.
    init(_ file: String = file) throws(Diagnostics) {
        guard FileSystem.exists(file) else { return }
        let bytes: [UInt8]
        do throws(Diagnostic) { bytes = try TextFile.settings(file) } catch { throw Diagnostics([error]) }
        let document = try YAMLParser.parse(bytes, file: file)
        guard !document.root.value.isNull else { return }
        var reader = Reader()
        let sections = reader.entries(document.root, "this file", among: ["playbooks", "installers"])
        for (name, node) in sections {
            let rules = reader.rules(node, name)
            if name == "playbooks" { playbooks = rules } else { installers = rules }
        }
        for rule in playbooks
        where rule.name.hasPrefix("/") || rule.name.hasPrefix("-")
            || !(rule.name.hasSuffix(".yml") || rule.name.hasSuffix(".yaml"))
        {
            reader.report(
                "'\(rule.name)' is not the path of a playbook below the server's folder", rule.mark,
                "write it as 'site/deploy.yml'")
        }
        guard reader.problems.isEmpty else { throw Diagnostics(reader.problems) }
    }

    /// The rule for a playbook of the site.
    func playbook(at path: String) -> Rule? {
        guard let real = FileSystem.real(path) else { return nil }
        return playbooks.first { FileSystem.real($0.name) == real }
    }

    private struct Reader {
        var problems: [Diagnostic] = []

        mutating func report(_ problem: String, _ mark: SourceMark, _ remedy: String? = nil) {
            problems.append(Diagnostic(problem, at: mark, remedy: remedy))
        }

        /// The entries of a mapping whose keys are known.
        mutating func entries(_ node: Node, _ what: String, among known: [String]) -> [(String, Node)] {
            guard let entries = node.entries else {
                report(
                    "\(what) is a mapping, and this is \(node.value.kindInWords)", node.mark,
                    "it takes: \(known.joined(separator: ", "))")
                return []
            }
            return entries.compactMap { entry in
                let key = ArgumentBinder.text(entry.key.value)
                if known.contains(key) { return (key, entry.value) }
                report(
                    "unknown key '\(key)' in \(what)", entry.key.mark,
                    Spelling.nearest(to: key, among: known).map { "did you mean '\($0)'?" }
                        ?? "it takes: \(known.joined(separator: ", "))")
                return nil
            }
        }

        mutating func rules(_ node: Node, _ section: String) -> [Rule] {
            if node.value.isNull { return [] }
            guard let entries = node.entries else {
                report(
                    "'\(section)' is a mapping of names to their variables, and this is \(node.value.kindInWords)",
                    node.mark, "write 'NAME: {variables: […]}'")
                return []
            }
            var rules: [Rule] = []
            for entry in entries {
                let name = ArgumentBinder.text(entry.key.value)
                var variables: [ClientVariable]?
                var marks: [String: SourceMark] = [:]
                if !entry.value.value.isNull {
                    for (_, node) in self.entries(entry.value, "'\(name)'", among: ["variables"]) {
                        variables = self.variables(node, &marks)
                    }
                }
                rules.append(Rule(name: name, mark: entry.key.mark, variables: variables, marks: marks))
            }
            return rules
        }

        private mutating func variables(_ node: Node, _ marks: inout [String: SourceMark]) -> [ClientVariable] {
            if node.value.isNull { return [] }
            var named: [(Node, Node?)] = (node.items ?? []).map { ($0, nil) }
            if let entries = node.entries {
                named = entries.map { ($0.key, $0.value) }
            } else if node.items == nil {
                report(
                    "'variables' is a list of names, or a mapping of names to what they take, and this is \(node.value.kindInWords)",
                    node.mark)
            }
            var variables: [ClientVariable] = []
            for (key, value) in named {
                let name = ArgumentBinder.text(key.value)
                guard Self.isOpenable(name) else {
                    report(
                        "'\(name)' is no variable that clients may set", key.mark,
                        "it begins with a letter, and not with 'ansible_'")
                    continue
                }
                marks[name] = key.mark
                guard let value, !value.value.isNull else {
                    variables.append(ClientVariable(name: name, spec: nil))
                    continue
                }
                do throws(ArgumentSpec.Malformed) {
                    variables.append(ClientVariable(name: name, spec: try ArgumentSpec([name: value.value])))
                } catch {
                    let place = error.path.dropFirst().reduce(value) { node, key in node[key] ?? node }
                    report(error.problem, place.mark, error.remedy)
                }
            }
            return variables
        }

        /// Connection variables (`ansible_*`) would say which program of the server's machine connects.
        private static func isOpenable(_ name: String) -> Bool {
            guard let first = name.unicodeScalars.first, first.isASCII, first.properties.isAlphabetic else {
                return false
            }
            return !name.hasPrefix("ansible_")
                && name.unicodeScalars.allSatisfy {
                    $0 == "_" || $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0))
                }
        }
    }
}
