import AnsibleVault
import Foundation
import Support
import Templating
import YAML

/// Reads a playbook into typed plays and tasks, and checks all that can be checked before the first connection: keys,
/// modules,
/// arguments, the syntax of templates and conditions, names of handlers.
///
/// ```swift
/// let playbook = try PlaybookParser(catalog: BuiltinModules()).parse(path: "playbooks/gpu.yml")
/// ```
package struct PlaybookParser: Sendable {
    package let catalog: any ModuleCatalog
    /// What names of imported files and roles may be templates of.
    package struct NameSource: Sendable {
        package var extraVariables: ValueMap
        /// Of a play around what is read, the highest first.
        package var variables: [ValueMap]
        package var templar: Templar
        package init(
            extraVariables: ValueMap = [:], variables: [ValueMap] = [], templar: Templar = Templar()
        ) {
            self.extraVariables = extraVariables
            self.variables = variables
            self.templar = templar
        }
    }
    package let names: NameSource
    /// Where roles and collections are looked for that do not lie beside the playbook.
    package let paths: ContentPaths
    package init(
        catalog: any ModuleCatalog, names: NameSource = NameSource(), paths: ContentPaths = ContentPaths()
    ) {
        self.catalog = catalog
        self.names = names
        self.paths = paths
    }

    /// - Throws: `Diagnostics` with everything that Ansible, too, would refuse, in the order of the text.
    package func parse(path: String) throws(Diagnostics) -> Playbook {
        let (playbook, errors) = try survey(path: path)
        guard errors.isEmpty else { throw Diagnostics(errors) }
        return playbook
    }

    /// As much of a playbook as can be read.
    /// - Returns: with it, what `parse` throws.
    /// - Throws: `Diagnostics` when the file can't be read at all.
    package func survey(path: String) throws(Diagnostics) -> (playbook: Playbook, errors: [Diagnostic]) {
        var reader = PlaybookReader(catalog: catalog, playbook: path, names: names, paths: paths)
        let bytes = try Self.bytes(of: path, mentionedAt: nil)
        var playbook = Playbook(path: path, digest: Self.sha256(bytes), plays: reader.playbook(bytes, path: path))
        playbook.files = reader.files
        playbook.warnings = reader.warnings
        playbook.problems = reader.found
        playbook.contentPaths = paths
        return (playbook, reader.problems)
    }

    static func bytes(of path: String, mentionedAt mark: SourceMark?) throws(Diagnostics) -> [UInt8] {
        do throws(Diagnostic) {
            return try TextFile.trusted(path)
        } catch {
            let exists = FileManager.default.fileExists(atPath: path)
            throw Diagnostics([
                Diagnostic(
                    exists ? "cannot read \(error.problem)" : "there is no file '\(path)'", at: mark,
                    remedy: error.remedy
                        ?? (exists ? "check that it is a file and that you may read it" : "check the path"))
            ])
        }
    }

    static func sha256(_ bytes: [UInt8]) -> String { Hex.text(SHA2.sha256(bytes)) }
}

/// One reading of a playbook and the files that it imports; collects every problem instead of stopping at the first.
struct PlaybookReader {
    let catalog: any ModuleCatalog
    let paths: ContentPaths
    /// What Ansible, too, refuses when it loads the playbook.
    var problems: [Diagnostic] = []
    /// What the tasks carry that are being read; nil outside of them. All of it is in `found`.
    var carried: [TaskProblem]?
    var found: [TaskProblem] = []
    var warnings: [Diagnostic] = []
    var files: [SourceFile] = []
    /// Files and roles being read, the playbook first, for imports that go round in a circle.
    var open: [String] = []
    var currentRole: Role?
    /// Folders of the playbooks being read, that of the play first.
    var playbookFolders: [String] = []
    /// What has brought the tasks being read.
    var trail = IncludeTrail()
    /// `collections` of the surroundings.
    var collections: [String] = []
    /// `module_defaults` of the surrounding play, blocks and task.
    var moduleDefaults: [String: ValueMap] = [:]
    /// Tasks that only the run will read may bring handlers.
    var hasIncludes = false
    /// What else than ComfyFleet's is a module.
    var ownModules: OwnModules
    /// What roles that are imported among a play's tasks bring to the play.
    var importedHandlers: [TaskDefinition] = [], importedDefaults: ValueMap = [:], importedVariables: ValueMap = [:]

    let source: PlaybookParser.NameSource
    var surroundings = Surroundings()

    init(
        catalog: any ModuleCatalog, playbook: String, names: PlaybookParser.NameSource = .init(),
        paths: ContentPaths = ContentPaths()
    ) {
        self.catalog = catalog
        self.paths = paths
        source = names
        ownModules = OwnModules(besides: playbook.lastIndex(of: "/").map { String(playbook[..<$0]) } ?? ".")
    }

    /// Opens what ansible-vault has encrypted.
    var vault: VaultKeyring { source.templar.environment.ansibleVault }

    /// The folder of the play's playbook.
    var playbookFolder: String { playbookFolders.first ?? "." }

    func roleSearch(dependingOn role: Role? = nil) -> RoleSearch {
        RoleSearch(paths: paths, playbooks: playbookFolders, collections: collections, dependent: role)
    }

    mutating func report(_ problem: String, at mark: SourceMark, _ remedy: String? = nil) {
        problems.append(Diagnostic(problem, at: mark, remedy: remedy))
    }

    /// The root of a YAML file; nil (and a problem) when it cannot be read.
    mutating func root(_ bytes: [UInt8], path: String) -> Node? {
        files.append(SourceFile(path: path, digest: PlaybookParser.sha256(bytes)))
        do throws(Diagnostics) {
            let (plain, isSecret) = try decrypted(bytes, path)
            let document = try YAMLParser.parse(plain, file: path, isTrusted: true)
            warnings += document.warnings
            return isSecret ? EncryptedSteps.concealed(document.root) : document.root
        } catch {
            problems += error.all
            return nil
        }
    }

    private func decrypted(_ bytes: [UInt8], _ path: String) throws(Diagnostics) -> (bytes: [UInt8], isSecret: Bool) {
        do throws(Diagnostic) { return try vault.reading(bytes, of: path) } catch { throw Diagnostics([error]) }
    }

    mutating func playbook(_ bytes: [UInt8], path: String) -> [Play] {
        guard let root = root(bytes, path: path) else { return [] }
        guard let items = root.items, !items.isEmpty else {
            report(
                "a playbook is a list of plays, and this is \(root.value.kindInWords)", at: root.mark,
                "begin with '- hosts: all'")
            return []
        }
        open.append(path)
        playbookFolders.insert(FilePath.folder(of: path), at: 0)
        defer {
            open.removeLast()
            playbookFolders.removeFirst()
        }
        return items.flatMap { play($0) }
    }

    /// The plays of a playbook named by an import: a file relative to the one that names it, or a collection's playbook.
    mutating func importedPlays(_ node: Node) -> [Play] {
        imported(
            node,
            looking: { reader, name in
                reader.roleSearch().playbookFiles(name) + [FilePath.join(FilePath.folder(of: node.mark.file), name)]
            }
        ) { reader, bytes, path, _ in reader.playbook(bytes, path: path) }
    }

    /// The tasks of a file named by an import.
    mutating func importedTasks<Result>(
        _ node: Node, _ read: (inout Self, [UInt8], String) -> [Result]
    ) -> [Result] {
        imported(
            node,
            looking: { reader, name in
                reader.trail.candidates(
                    of: name, role: reader.currentRole, playbook: reader.playbookFolder, isImport: true)
            }
        ) { reader, bytes, path, name in
            let outer = reader.trail
            reader.trail = outer.entering(file: name)
            reader.open.append(path)
            defer {
                reader.trail = outer
                reader.open.removeLast()
            }
            return read(&reader, bytes, path)
        }
    }

    /// - Parameter read: is given the file's path, and its name as the import's template gives it.
    private mutating func imported<Result>(
        _ node: Node, looking places: (Self, String) -> [String],
        _ read: (inout Self, [UInt8], String, String) -> [Result]
    ) -> [Result] {
        guard let name = plainName(node, "the name of an imported file") else { return [] }
        let looked = places(self, name)
        guard let path = looked.first(where: FileStatus.exists) else {
            report("there is no file '\(name)' to import", at: node.mark, "looked for \(looked.inWords)")
            return []
        }
        guard !open.contains(path) else {
            report(
                "'\(name)' imports itself", at: node.mark,
                "take the import out of one of: \((open + [path]).joined(separator: " → "))")
            return []
        }
        do throws(Diagnostics) {
            return read(&self, try PlaybookParser.bytes(of: path, mentionedAt: node.mark), path, name)
        } catch {
            problems += error.all
            return []
        }
    }
}

extension [String] {
    /// `a`, `a and b`, `a, b and c`
    var inWords: String {
        guard let last, count > 1 else { return first ?? "" }
        return dropLast().joined(separator: ", ") + " and " + last
    }
}

extension String {
    var holdsTemplate: Bool { contains("{{") || contains("{%") || contains("{#") }
}
