import Playbook
import Templating
import YAML

/// Reads variables from files of the controller, for the host and the tasks that follow.
struct IncludeVars: Module {
    static let spec = ModuleSpec(
        "include_vars", summary: "Reads variables from files of the controller.",
        options: [
            .init("_raw_params", .string, help: "The file."),
            .init("file", .path, help: "The file."),
            .init("dir", .path, help: "A folder: all its files, by name."),
            .init("name", .string, help: "Variable to put them all into."),
            .init("depth", .int, default: .int(0), help: "Folders below the folder to read, 0 for all."),
            .init("files_matching", .string, help: "Only files of the folder whose names this expression finds."),
            .init("ignore_files", .list, default: .list([]), help: "Names of files to leave out."),
            .init(
                "extensions", .list, default: .list([.string("json"), .string("yaml"), .string("yml")]),
                help: "Of the folder's files."),
            .init(
                "ignore_unknown_extensions", .bool, default: .bool(false),
                help: "Pass over files with other extensions; otherwise they are an error."),
            .init(
                "hash_behaviour", .string, choices: ["merge", "replace"], default: .string("replace"),
                help: "Whether mappings of several files are merged."),
        ], freeForm: .file, requiredOneOf: [["_raw_params", "file", "dir"]],
        mutuallyExclusive: [["_raw_params", "file", "dir"]])
    static let reference = ModuleReference(
        notes:
            "Files are looked for in `vars/` of the role, beside the task's file and beside the playbook; folders in `vars/` of the role, or beside the task's file.",
        example: """
            - include_vars: "{{ ansible_distribution }}.yml"
            - include_vars:
                dir: models
                name: models
            """,
        returns: [
            .init("ansible_facts", "The variables."),
            .init("ansible_included_var_files", "The files that were read."),
        ])

    private let arguments: Arguments
    private let pattern: PythonRegex?

    init(arguments: ValueMap) throws {
        self.arguments = Arguments(arguments)
        pattern = try self.arguments.string("files_matching").map { try TextEdit.expression($0) }
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        var variables = ValueMap()
        let files = try files(context)
        for file in files {
            variables.merge(try Self.read(file, context))
        }
        var result = ModuleResult()
        if let name = arguments.string("name") {
            guard SetFact.isName(name) else { throw ModuleFailure("Invalid variable name '\(name)'.") }
            variables = [name: .dict(variables)]
        }
        if arguments.string("hash_behaviour") == "merge" {
            for (key, value) in variables.pairs {
                guard let name = key.string, case .dict(let new) = value,
                    let old = try? context.scope.variable(named: name).map({
                        try context.templar.render($0, in: context.scope)
                    })?.map
                else { continue }
                variables[name] = .dict(Self.merged(old, new))
            }
        }
        result.facts = variables
        result.values["ansible_included_var_files"] = .list(files.map { .string($0) })
        return result
    }

    private func files(_ context: ModuleContext) throws -> [String] {
        if let name = try arguments.path("file") ?? arguments.path("_raw_params") {
            guard let path = context.search.find(name, "vars") else {
                throw ControllerFile.missing(
                    name, folder: "vars", context: context, ["ansible_included_var_files": .list([])])
            }
            return [path]
        }
        let folder = context.search.variablesFolder(try arguments.requiredPath("dir"))
        guard let status = LocalFile.status(folder) else { throw ModuleFailure("\(folder) directory does not exist") }
        guard status.isFolder else { throw ModuleFailure("\(folder) is not a directory") }
        let extensions = arguments.strings("extensions") ?? []
        let ignored = arguments.strings("ignore_files") ?? []
        let depth = arguments.int("depth") ?? 0
        let tree: [LocalFile.Entry]
        do { tree = try LocalFile.tree(folder) } catch { throw error.failure }
        // The files of a folder come before those of the folders in it.
        let files = tree.enumerated().sorted { one, other in
            let (first, second) = (Self.folder(of: one.element.name), Self.folder(of: other.element.name))
            return first == second ? one.offset < other.offset : first.lexicographicallyPrecedes(second)
        }
        return try files.map(\.element).compactMap { entry in
            let last = Path.name(entry.name)
            guard entry.kind == .file, depth == 0 || entry.name.split(separator: "/").count <= depth,
                !ignored.contains(last), try pattern.map({ try $0.firstMatch(in: last) != nil }) ?? true
            else { return nil }
            let suffix = last.drop { $0 == "." }.lastIndex(of: ".").map { String(last[last.index(after: $0)...]) } ?? ""
            guard extensions.contains(suffix) else {
                if arguments.bool("ignore_unknown_extensions") { return nil }
                throw ModuleFailure(
                    "\(Path.join(folder, entry.name)) does not have a valid extension: \(extensions.joined(separator: ", "))"
                )
            }
            return Path.join(folder, entry.name)
        }
    }

    private static func folder(of name: String) -> [Substring] { Array(name.split(separator: "/").dropLast()) }

    private static func read(_ path: String, _ context: ModuleContext) throws -> ValueMap {
        // Its values are secret each by itself, where it was encrypted: as a whole it is no text that is shown.
        let (bytes, isSecret) = try ControllerFile.variables(path, context)
        let value: Value
        do { value = try YAMLParser.parse(bytes, file: path, isTrusted: true, isSecret: isSecret).root.value } catch {
            throw ModuleFailure("\(error)")
        }
        switch value {
        case .dict(let map): return map
        case .null: return [:]
        default: throw ModuleFailure("\(path) must be stored as a dictionary/hash")
        }
    }

    private static func merged(_ first: ValueMap, _ second: ValueMap) -> ValueMap {
        var merged = first
        for (key, value) in second.pairs {
            if case .dict(let old)? = merged[key], case .dict(let new) = value {
                merged[key] = .dict(Self.merged(old, new))
            } else {
                merged[key] = value
            }
        }
        return merged
    }
}
