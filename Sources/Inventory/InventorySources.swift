import YAML

extension InventoryGraph {
    /// Reads sources in order: files, folders of files, lists of hosts.
    ///
    /// - Throws: everything that is wrong in all of them.
    package init(
        reading sources: [String], _ settings: InventorySettings = InventorySettings()
    ) throws(Diagnostics) {
        self.init()
        var errors: [Diagnostic] = []
        for source in sources {
            do throws(Diagnostics) { try read(source, settings) } catch { errors += error.all }
        }
        guard errors.isEmpty else { throw Diagnostics(errors) }
        try complete()
    }

    private mutating func read(_ source: String, _ settings: InventorySettings) throws(Diagnostics) {
        let isProject = source == Inventory.defaultSource
        switch FileKind(of: source) {
        case .folder:
            folders.append(source)
            if isProject { projectFolder = source }
            guard try readFolder(source, isProject ? .project : .found(in: source), inside: [], settings) > 0 else {
                throw Diagnostics([
                    Diagnostic(
                        "\(source): the folder holds no inventory", at: nil,
                        remedy: "name an inventory file, or put one in the folder")
                ])
            }
        case .file:
            folders.append(folder(of: source))
            if isProject { projectFolder = folder(of: source) }
            try readFile(source, isProject ? .project : .named, settings)
        case .missing where SlurmInventory.isNamed(by: source):
            do throws(Diagnostic) { try SlurmInventory(source).read(into: &self) } catch { throw Diagnostics([error]) }
        case .missing:
            guard source.contains(",") else {
                throw Diagnostics([
                    Diagnostic(
                        "\(source): no such inventory file or folder", at: nil,
                        remedy: "a list of hosts needs a comma, as in '\(source),'")
                ])
            }
            try readHostList(source, settings)
        }
    }

    /// - Returns: how many files were read.
    private mutating func readFolder(
        _ path: String, _ origin: FileOrigin, inside: Set<FolderIdentity>, _ settings: InventorySettings
    ) throws(Diagnostics) -> Int {
        guard let identity = FolderIdentity(of: path), let names = FolderListing.names(in: path) else {
            throw Diagnostics([Diagnostic("\(path): the folder cannot be read", at: nil)])
        }
        guard !inside.contains(identity) else {
            throw Diagnostics([
                Diagnostic(
                    "\(path): a folder inside of itself", at: nil, remedy: "remove the link that closes the loop")
            ])
        }
        var count = 0
        var errors: [Diagnostic] = []
        for name in names where !Self.isIgnoredInFolders(name, settings) {
            let entry = path + "/" + name
            do throws(Diagnostics) {
                if FileKind(of: entry) == .folder {
                    count += try readFolder(entry, origin, inside: inside.union([identity]), settings)
                } else {
                    try readFile(entry, origin, settings)
                    count += 1
                }
            } catch {
                errors += error.all
            }
        }
        guard errors.isEmpty else { throw Diagnostics(errors) }
        return count
    }

    private static func isIgnoredInFolders(_ name: String, _ settings: InventorySettings) -> Bool {
        if name.hasPrefix(".") || ["group_vars", "host_vars", "vars_plugins"].contains(name) { return true }
        return settings.ignoredEndings.contains(where: name.hasSuffix)
            || settings.ignoredNames.contains { (try? $0.firstMatch(in: name)) != nil }
    }

    /// YAML where the name allows it, else, or when that fails, INI; a text that is neither gives the errors of the
    /// kind that it looks like.
    private mutating func readFile(
        _ path: String, _ origin: FileOrigin, _ settings: InventorySettings
    ) throws(Diagnostics) {
        if settings.isSecret(path) {
            throw Diagnostics([
                Diagnostic(
                    "\(path): this is a key or the vault, and no inventory", at: nil,
                    remedy: "name an inventory file; a folder of inventories must hold no keys")
            ])
        }
        let text: [UInt8]
        let isSecret: Bool
        do throws(Diagnostic) {
            let written = try origin.read(path)
            sources.append(path)
            (text, isSecret) = try settings.vault.reading(written, of: path)
        } catch { throw Diagnostics([error]) }
        let start = SourceMark(file: path, line: 1, column: 1)
        if settings.enabled("script"), let script = InventoryScript(path, text: text) {
            do throws(Diagnostic) {
                var graph = self
                try script.read(into: &graph)
                self = graph
                return
            } catch { throw Diagnostics([error]) }
        }
        // Of a key no line may come back in an error.
        if text.starts(with: "-----BEGIN ".utf8) {
            throw Diagnostics([Diagnostic("the file is a key or a certificate, and no inventory", at: start)])
        }
        if text.contains(0) { throw Diagnostics([Diagnostic("a NUL byte: this is no text file", at: start)]) }
        let suffix = fileExtension(of: path)
        if suffix == ".toml", settings.enabled("toml") {
            self = try readTOML(text, file: path, isSecret)
            return
        }

        guard ["", ".yml", ".yaml", ".json"].contains(suffix) else {
            self = try readINI(text, file: path, isSecret)
            return
        }
        let yamlErrors: Diagnostics
        do throws(Diagnostics) {
            self = try readYAML(text, file: path, isSecret, settings)
            return
        } catch { yamlErrors = error }
        do throws(Diagnostics) {
            self = try readINI(text, file: path, isSecret)
        } catch {
            let looksLikeINI = suffix.isEmpty && INIInventory.looksLikeINI(text)
            throw looksLikeINI ? error : yamlErrors
        }
    }

    private func readYAML(
        _ text: [UInt8], file: String, _ isSecret: Bool, _ settings: InventorySettings
    ) throws(Diagnostics) -> InventoryGraph {
        let document = try YAMLParser.parse(text, file: file, isTrusted: true, isSecret: isSecret)
        if let plugin = InventoryPlugin(document.root) {
            var graph = self
            try plugin.read(into: &graph, settings)
            return graph
        }
        var reader = YAMLInventory(self, file: file)
        reader.read(document.root)
        guard reader.errors.isEmpty else { throw Diagnostics(reader.errors) }
        reader.graph.warnings += document.warnings
        return reader.graph
    }

    private func readINI(_ text: [UInt8], file: String, _ isSecret: Bool) throws(Diagnostics) -> InventoryGraph {
        var reader = INIInventory(self, file: file, isSecret: isSecret)
        reader.read(text)
        guard reader.errors.isEmpty else { throw Diagnostics(reader.errors) }
        return reader.graph
    }

    private func readTOML(_ text: [UInt8], file: String, _ isSecret: Bool) throws(Diagnostics) -> InventoryGraph {
        var reader = YAMLInventory(self, file: file)
        reader.readTOML(try TOMLReader.document(text, file: file, isSecret: isSecret))
        guard reader.errors.isEmpty else { throw Diagnostics(reader.errors) }
        return reader.graph
    }

    /// `a,b:2222,` from the command line; with ranges where `advanced_host_list` is asked before `host_list`.
    private mutating func readHostList(_ list: String, _ settings: InventorySettings) throws(Diagnostics) {
        let hasRanges = settings.enabled("advanced_host_list", before: "host_list")
        for item in list.split(separator: ",") {
            let text = item.trimmingWhitespace()
            guard !text.isEmpty else { continue }
            let address = HostAddress(text).flatMap { $0.name.contains("[") ? nil : $0 }
            do throws(Refusal) {
                if hasRanges, text.contains("[") {
                    let (names, port) = try HostRange.expand(text)
                    for name in names where host(named: name) == nil {
                        _ = try addHost(name, port: port, to: Self.ungrouped, at: nil)
                    }
                    continue
                }
                if host(named: address?.name ?? text) == nil {
                    _ = try addHost(address?.name ?? text, port: address?.port, to: Self.ungrouped, at: nil)
                }
            } catch {
                throw Diagnostics([Diagnostic("\(list): \(error.problem)", at: nil)])
            }
        }
    }
}

extension StringProtocol {
    func trimmingWhitespace() -> String {
        var scalars = Substring(self).unicodeScalars
        while let first = scalars.first, first.isPythonSpace { scalars.removeFirst() }
        while let last = scalars.last, last.isPythonSpace { scalars.removeLast() }
        return String(scalars)
    }
}

extension Unicode.Scalar {
    /// What Python's `str.strip` takes away.
    var isPythonSpace: Bool { properties.isWhitespace || (0x1C...0x1F).contains(value) }
}
