import Foundation
import YAML

/// Roles and files of tasks by themselves, without a play.
extension PlaybookParser {
    /// As much as can be read, with all that is wrong.
    package struct SurveyedTasks: Sendable {
        package var tasks: [TaskDefinition] = []
        package var errors: [Diagnostic] = []
        package var problems: [TaskProblem] = []
        package var warnings: [Diagnostic] = []
        package var files: [SourceFile] = []
    }

    /// A role: what its entry point reads, then its other files of tasks and handlers, which plays may ask for.
    package func survey(role folder: String) -> SurveyedTasks {
        let cut = folder.lastIndex(of: "/")
        let above = cut.map { String(folder[...$0]) } ?? ""
        let role = Role(name: cut.map { String(folder[folder.index(after: $0)...]) } ?? folder, folder: folder)
        // Modules of the site's own lie beside the playbook, which stands beside `roles/`.
        let site = above.hasSuffix("roles/") ? String(above.dropLast("roles/".count)) : above
        var reader = PlaybookReader(catalog: catalog, playbook: site + "site.yml", paths: paths)
        reader.playbookFolders = [FilePath.folder(of: site + "site.yml")]
        reader.open = [above + "site.yml"]
        let mark = SourceMark(file: folder + "/tasks/main.yml", line: 1, column: 1)
        var tasks = reader.includedRole(role.name, .init(), at: mark).flatMap(\.allTasks)
        for part in ["tasks", "handlers"] {
            for path in Self.files(in: "\(folder)/\(part)") where !reader.files.contains(where: { $0.path == path }) {
                tasks += reader.surveyed(path, as: part, of: role)
            }
        }
        return SurveyedTasks(reader, tasks)
    }

    /// - Parameter includer: the include that names it, where there is one.
    package func survey(tasks path: String, includedBy includer: Includer? = nil) -> SurveyedTasks {
        var reader = PlaybookReader(catalog: catalog, playbook: includer?.playbook ?? path, paths: paths)
        reader.playbookFolders = [FilePath.folder(of: includer?.playbook ?? path)]
        reader.open = [includer?.playbook ?? path]
        reader.moduleDefaults = includer?.definition.moduleDefaults ?? [:]
        let part = path.contains("/handlers/") ? "handlers" : "tasks"
        let tasks = reader.surveyed(path, as: part, of: includer?.definition.role)
        return SurveyedTasks(reader, tasks)
    }

    private static func files(in folder: String) -> [String] {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".yml") || $0.hasSuffix(".yaml") }.sorted().map { "\(folder)/\($0)" }
    }
}

extension PlaybookParser.SurveyedTasks {
    fileprivate init(_ reader: PlaybookReader, _ tasks: [TaskDefinition]) {
        self.init(
            tasks: tasks + reader.importedHandlers, errors: reader.problems, problems: reader.found,
            warnings: reader.warnings, files: reader.files)
    }
}

extension PlaybookReader {
    /// The tasks of a file of a role, or of any file of tasks.
    fileprivate mutating func surveyed(_ path: String, as part: String, of role: Role?) -> [TaskDefinition] {
        let surrounding = currentRole
        currentRole = role
        defer { currentRole = surrounding }
        if let role { ownModules.add(role: role.folder) }
        do throws(Diagnostics) {
            guard let root = root(try PlaybookParser.bytes(of: path, mentionedAt: nil), path: path) else { return [] }
            open.append(path)
            defer { open.removeLast() }
            return part == "handlers" ? handlers(root) : steps(root, "a file of tasks").flatMap(\.allTasks)
        } catch {
            problems += error.all
            return []
        }
    }
}
