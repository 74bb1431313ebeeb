import YAML

extension InventoryGraph {
    /// Reads sources in order: files, folders of files, lists of hosts.
    ///
    /// - Throws: everything that is wrong in all of them.
    package init(reading sources: [String], isSecret: (String) -> Bool = { _ in false }) throws(Diagnostics) {
        self.init()
        var errors: [Diagnostic] = []
        for source in sources {
            do throws(Diagnostics) { try read(source, isSecret) } catch { errors += error.all }
        }
        guard errors.isEmpty else { throw Diagnostics(errors) }
        try complete()
    }

    private mutating func read(_ source: String, _ isSecret: (String) -> Bool) throws(Diagnostics) {
        let isProject = source == Inventory.defaultSource
        switch FileKind(of: source) {
        case .folder:
            folders.append(source)
            if isProject { projectFolder = source }
            guard try readFolder(source, isProject ? .project : .found(in: source), inside: [], isSecret) > 0 else {
                throw Diagnostics([
                    Diagnostic(
                        "\(source): the folder holds no inventory", at: nil,
                        remedy: "name an inventory file, or put one in the folder")
                ])
            }
        case .file:
            folders.append(folder(of: source))
            if isProject { projectFolder = folder(of: source) }
            try readFile(source, isProject ? .project : .named, isSecret)
        case .missing:
            guard source.contains(",") else {
                throw Diagnostics([
                    Diagnostic(
                        "\(source): no such inventory file or folder", at: nil,
                        remedy: "a list of hosts needs a comma, as in '\(source),'")
                ])
            }
            try readHostList(source)
        }
    }

    /// - Returns: how many files were read.
    private mutating func readFolder(
        _ path: String, _ origin: FileOrigin, inside: Set<FolderIdentity>, _ isSecret: (String) -> Bool
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
        for name in names where !Self.isIgnoredInFolders(name) {
            let entry = path + "/" + name
            do throws(Diagnostics) {
                if FileKind(of: entry) == .folder {
                    count += try readFolder(entry, origin, inside: inside.union([identity]), isSecret)
                } else {
                    try readFile(entry, origin, isSecret)
                    count += 1
                }
            } catch {
                errors += error.all
            }
        }
        guard errors.isEmpty else { throw Diagnostics(errors) }
        return count
    }

    private static func isIgnoredInFolders(_ name: String) -> Bool {
        if name.hasPrefix(".") || name.hasSuffix("~") || ["group_vars", "host_vars", "vars_plugins"].contains(name) {
            return true
        }
        return [".pyc", ".pyo", ".swp", ".bak", ".rpm", ".md", ".txt", ".rst", ".orig", ".cfg", ".retry"].contains(
            fileExtension(of: name))
    }

    /// YAML where the name allows it, else, or when that fails, INI; a text that is neither gives the errors of the
    /// kind that it looks like.
    private mutating func readFile(
        _ path: String, _ origin: FileOrigin, _ isSecret: (String) -> Bool
    ) throws(Diagnostics) {
        if isSecret(path) {
            throw Diagnostics([
                Diagnostic(
                    "\(path): this is a key or the vault, and no inventory", at: nil,
                    remedy: "name an inventory file; a folder of inventories must hold no keys")
            ])
        }
        let text: [UInt8]
        do throws(Diagnostic) { text = try origin.read(path) } catch { throw Diagnostics([error]) }
        sources.append(path)
        let start = SourceMark(file: path, line: 1, column: 1)
        if text.starts(with: "#!".utf8) {
            throw Diagnostics([
                Diagnostic(
                    "inventory scripts are not supported", at: start,
                    remedy: "run it, and keep what it prints as a YAML inventory")
            ])
        }
        // Of a key no line may come back in an error.
        if text.starts(with: "-----BEGIN ".utf8) {
            throw Diagnostics([Diagnostic("the file is a key or a certificate, and no inventory", at: start)])
        }
        if text.starts(with: "$ANSIBLE_VAULT;".utf8) {
            throw Diagnostics([
                Diagnostic(
                    "the file is encrypted by ansible-vault, which is not supported", at: start,
                    remedy: "keep its secrets in the vault (comfyfleet vault set)")
            ])
        }
        if text.contains(0) { throw Diagnostics([Diagnostic("a NUL byte: this is no text file", at: start)]) }
        let suffix = fileExtension(of: path)
        if suffix == ".toml" {
            throw Diagnostics([Diagnostic("TOML inventories are not supported", at: start, remedy: "write it as YAML")])
        }

        guard ["", ".yml", ".yaml", ".json"].contains(suffix) else {
            self = try readINI(text, file: path)
            return
        }
        let yamlErrors: Diagnostics
        do throws(Diagnostics) {
            self = try readYAML(text, file: path)
            return
        } catch { yamlErrors = error }
        do throws(Diagnostics) {
            self = try readINI(text, file: path)
        } catch {
            let looksLikeINI = suffix.isEmpty && INIInventory.looksLikeINI(text)
            throw looksLikeINI ? error : yamlErrors
        }
    }

    private func readYAML(_ text: [UInt8], file: String) throws(Diagnostics) -> InventoryGraph {
        let document = try YAMLParser.parse(text, file: file, isTrusted: true)
        var reader = YAMLInventory(self, file: file)
        reader.read(document.root)
        guard reader.errors.isEmpty else { throw Diagnostics(reader.errors) }
        reader.graph.warnings += document.warnings
        return reader.graph
    }

    private func readINI(_ text: [UInt8], file: String) throws(Diagnostics) -> InventoryGraph {
        var reader = INIInventory(self, file: file)
        reader.read(text)
        guard reader.errors.isEmpty else { throw Diagnostics(reader.errors) }
        return reader.graph
    }

    /// `a,b:2222,` from the command line.
    private mutating func readHostList(_ list: String) throws(Diagnostics) {
        for item in list.split(separator: ",") {
            let text = item.trimmingWhitespace()
            guard !text.isEmpty else { continue }
            let address = HostAddress(text).flatMap { $0.name.contains("[") ? nil : $0 }
            do throws(Refusal) {
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
