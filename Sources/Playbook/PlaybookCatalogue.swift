import Foundation
import YAML

/// The playbooks that ship with the program, or those of a site: every `*.yml` in one folder, with the roles beside
/// them in `roles/`.
///
/// ```swift
/// let catalogue = try PlaybookCatalogue.find(environment: ProcessInfo.processInfo.environment, program:
/// "/usr/local/bin/comfyfleet")
/// let ollama = try catalogue.entry(named: "ollama", catalog: BuiltinModules())
/// ```
package struct PlaybookCatalogue: Sendable {
    package static let variable = "COMFYFLEET_PLAYBOOKS"
    package let folder: String
    /// Names of the playbooks, in alphabetical order: their files' without `.yml`.
    package let names: [String]

    /// One playbook that ships.
    package struct Entry: Sendable {
        package let name: String
        package let path: String
        /// One line: what its first play is called.
        package let summary: String
        /// What can be passed to its roles, in the order in which the roles are read.
        package let variables: [Variable]
        /// Whether clients of the HTTP API may run it without the site's word: some role of it says in `meta/api.yml`
        /// what they may set.
        package let isForClients: Bool
        /// Whether it is one of those that the remote installer's `modules: "all"` stands for.
        package let isApplication: Bool
    }

    /// A variable of a role: an argument that its `meta/argument_specs.yml` describes, or, where it has none, one with
    /// a default in `defaults/main.yml`.
    package struct Variable: Sendable {
        package let name: String
        package let role: String
        /// As it is written: a template is not rendered. Null when there is none.
        package let defaultValue: Value
        /// In one line: the argument's description, or the comment that stands above the default; empty when there is
        /// none.
        package let help: String
        /// nil where nothing says what it must be.
        package let spec: ArgumentSpec.Option?
        /// Whether clients of the HTTP API may set it.
        package let isForClients: Bool
    }

    /// - Throws: `Diagnostics` when the folder can't be listed.
    package init(folder: String) throws(Diagnostics) {
        self.folder = folder
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
                $0.hasSuffix(".yml") && !$0.hasPrefix(".")
            }.map { String($0.dropLast(4)) }.sorted()
        } catch {
            throw Diagnostics([
                Diagnostic(
                    "cannot list the playbooks in '\(folder)'", at: nil,
                    remedy: "set COMFYFLEET_PLAYBOOKS to the folder that holds them")
            ])
        }
    }

    /// The folder that `COMFYFLEET_PLAYBOOKS` names; without it the first that there is of `playbooks` in the current
    /// folder, `playbooks` beside the
    /// program, and `share/comfyfleet/playbooks` beside the program's folder. A site that keeps a copy of its own in
    /// its working folder thus gets that one.
    ///
    /// - Parameters:
    ///   - program: path of the running program, without symbolic links.
    ///   - currentFolder: that of the process when it is not given.
    /// - Throws: `Diagnostics` when there is none of them.
    package static func find(
        environment: [String: String], program: String, currentFolder: String? = nil
    ) throws(Diagnostics) -> PlaybookCatalogue {
        if let folder = environment[variable], !folder.isEmpty { return try PlaybookCatalogue(folder: folder) }
        let bin = URL(fileURLWithPath: program).deletingLastPathComponent()
        let places = [
            currentFolder.map { $0 + "/playbooks" } ?? "playbooks", bin.appendingPathComponent("playbooks").path,
            bin.deletingLastPathComponent().appendingPathComponent("share/comfyfleet/playbooks").path,
        ]
        guard let folder = places.first(where: isFolder) else {
            throw Diagnostics([
                Diagnostic(
                    "the playbooks that ship with comfyfleet are not here", at: nil,
                    remedy: "set COMFYFLEET_PLAYBOOKS to their folder; looked for \(places.joined(separator: ", "))")
            ])
        }
        return try PlaybookCatalogue(folder: folder)
    }

    /// - Returns: the file of a playbook; nil when none has that name.
    package func path(of name: String) -> String? { names.contains(name) ? "\(folder)/\(name).yml" : nil }

    /// All playbooks. One that can't be read is an error: what ships has none.
    ///
    /// - Throws: `Diagnostics` of every playbook.
    package func entries(catalog: any ModuleCatalog) throws(Diagnostics) -> [Entry] {
        var entries: [Entry] = []
        var problems: [Diagnostic] = []
        for name in names {
            do throws(Diagnostics) { entries.append(try entry(named: name, catalog: catalog)) } catch {
                problems += error.all
            }
        }
        guard problems.isEmpty else { throw Diagnostics(problems) }
        return entries
    }

    /// - Parameter catalog: the modules, which the playbook is checked against.
    /// - Throws: `Diagnostics` when there is no such playbook, or with what is wrong with it.
    package func entry(named name: String, catalog: any ModuleCatalog) throws(Diagnostics) -> Entry {
        guard let path = path(of: name) else {
            throw Diagnostics([
                Diagnostic(
                    "there is no playbook '\(name)' in \(folder)", at: nil,
                    remedy: Spelling.nearest(to: name, among: names).map { "did you mean '\($0)'?" }
                        ?? "there are: \(names.joined(separator: ", "))")
            ])
        }
        let playbook = try PlaybookParser(catalog: catalog).parse(path: path)
        guard playbook.problems.isEmpty else { throw Diagnostics(playbook.problems.map(\.diagnostic)) }
        var roles: [RoleVariables] = []
        for file in playbook.files {
            // A role that is named several times is read several times.
            guard let folder = RoleVariables.folder(ofPart: file.path), !roles.contains(where: { $0.folder == folder })
            else { continue }
            roles.append(try RoleVariables(folder))
        }
        return Entry(
            name: name, path: path, summary: playbook.plays.lazy.compactMap(\.name).first ?? name,
            variables: roles.flatMap(\.variables), isForClients: roles.contains(where: \.areForClients),
            isApplication: roles.contains(where: \.isApplication))
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
