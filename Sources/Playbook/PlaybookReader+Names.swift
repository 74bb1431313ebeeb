import Templating
import YAML

/// Names of files and roles that are brought in while a playbook is read. They may be templates over what is known then:
/// extra variables, and the variables of the surrounding blocks, roles and play; no host's.
extension PlaybookReader {
    /// Variables that stand around what is being read.
    struct Surroundings {
        /// Of the play's `vars`, and of blocks, imports and roles in it, the innermost last.
        var layers: [ValueMap] = []
        /// `vars_files` of the play, as they stand there.
        var files: Node?
        /// `defaults/` of the roles that have been read.
        var defaults = ValueMap()
        /// Whether a name has been a template.
        var areUsed = false
    }

    /// A name that is brought in: as it stands there, or what its template gives.
    /// - Returns: nil where it is no name, or can't be known yet, which is reported.
    mutating func plainName(_ node: Node, _ what: String) -> String? {
        guard let text = node.value.string, !text.trimmingBlanks.isEmpty else {
            report(
                "\(what) is a text, and this is \(node.value == .string("") ? "empty" : node.value.kindInWords)",
                at: node.mark)
            return nil
        }
        guard text.holdsTemplate else { return text }
        surroundings.areUsed = true
        let scope = NameScope(self, files: variablesOfFiles())
        do throws(TemplateError) {
            let name = try source.templar.spelled(source.templar.render(node.value, in: scope))
            if let name = name.string, !name.trimmingBlanks.isEmpty { return name }
            report("\(what) is a text, and its template gives \(name.kindInWords)", at: node.mark)
        } catch {
            report(
                "\(what) cannot be rendered: \(error.message)", at: node.mark,
                "it may use extra variables and those of the play, not a host's")
        }
        return nil
    }

    /// What an import is given as one line (`name=x tasks_from=y`), as if it stood there key by key.
    mutating func spelledOut(_ node: Node, _ statement: String) -> Node {
        guard let text = node.value.string, text.contains("=") || text.hasPrefix("'") || text.hasPrefix("\"") else {
            return node
        }
        let line = ModuleSpec(statement, summary: "", options: [], freeForm: .file)
        do {
            let parsed = try FreeForm.parse(text, node.value.provenance, spec: line)
            let entries = parsed.pairs.map { key, value in
                Node.Entry(
                    key: Node(
                        mark: node.mark, content: .scalar, value: key == .string("_raw_params") ? .string("file") : key),
                    value: Node(mark: node.mark, content: .scalar, value: value))
            }
            return Node(mark: node.mark, content: .mapping(entries), value: .dict(parsed))
        } catch {
            report("\(error.problem) (\(statement))", at: node.mark, error.remedy)
            return node
        }
    }

    /// Reads with variables around it.
    mutating func within<Result>(_ variables: ValueMap?, _ read: (inout Self) -> Result) -> Result {
        guard let variables, !variables.isEmpty else { return read(&self) }
        surroundings.layers.append(variables)
        defer { surroundings.layers.removeLast() }
        return read(&self)
    }

    /// The play's `vars_files` as far as their names are known; what is wrong with them is said where they are read for
    /// the run.
    private func variablesOfFiles() -> [ValueMap] {
        guard let node = surroundings.files else { return [] }
        var maps: [ValueMap] = []
        for entry in node.items ?? [node] {
            let scope = NameScope(self, files: maps)
            guard let value = try? source.templar.render(entry.value, in: scope) else { continue }
            for name in (value.list ?? [value]).compactMap(\.string) {
                let path = FilePath.join(FilePath.folder(of: node.mark.file), name)
                guard let bytes = try? TextFile.trusted(path), let text = try? vault.reading(bytes, of: path) else {
                    continue
                }
                if let map = try? YAMLParser.parse(
                    text.bytes, file: path, isTrusted: true, isSecret: text.isSecret
                ).root.value.map {
                    maps.insert(map, at: 0)
                }
                break
            }
        }
        return maps
    }
}

/// What is known of variables while a playbook is read.
private struct NameScope: VariableScope {
    private let layers: [ValueMap]
    private let constants: ValueMap

    init(_ reader: PlaybookReader, files: [ValueMap]) {
        let own = reader.surroundings.layers
        // `vars_files` go before the play's own.
        layers =
            [reader.source.extraVariables] + own.dropFirst().reversed() + files + own.prefix(1)
            + reader.source.variables
            + [reader.surroundings.defaults]
        var constants: ValueMap = ["omit": .omit]
        if let path = reader.open.first {
            constants["playbook_dir"] = .string(AbsolutePath.of(FilePath.folder(of: path)))
        }
        if let role = reader.currentRole {
            constants["role_path"] = .string(role.path)
            constants["role_name"] = .string(role.shortName)
        }
        self.constants = constants
    }

    func variable(named name: String) -> Value? {
        if let value = constants[name] { return value }
        for layer in layers { if let value = layer[name] { return value } }
        return nil
    }
    var variableNames: [String] { layers.flatMap(\.names) + constants.names }
}
