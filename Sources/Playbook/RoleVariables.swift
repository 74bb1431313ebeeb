import Foundation
import YAML

/// What can be passed to a role, and what of it clients of the HTTP API may say.
///
/// - `meta/argument_specs.yml` describes the arguments of its entry point `main`.
/// - `defaults/main.yml` has their defaults.
/// - `meta/api.yml` lists those that clients may set: `variables: [name, …]`, and says with `application: true` that
///   the remote installer's `modules: "all"` has it. Ansible
///   does not read it. No other variable is open to clients.
struct RoleVariables: Sendable {
    let folder: String
    private(set) var variables: [PlaybookCatalogue.Variable] = []
    private(set) var areForClients = false
    private(set) var isApplication = false

    /// The role's folder, for the path of one of the files that are read here.
    static func folder(ofPart path: String) -> String? {
        ["/defaults/main.yml", "/meta/argument_specs.yml"].lazy.filter(path.hasSuffix).map {
            String(path.dropLast($0.count))
        }.first
    }

    /// - Throws: `Diagnostics` when a file of it can't be read, or opens a variable that it does not describe.
    init(_ folder: String) throws(Diagnostics) {
        self.folder = folder
        let role = URL(fileURLWithPath: folder).lastPathComponent
        let defaults = try Self.defaults(folder + "/defaults/main.yml")
        let described = try Self.arguments(folder + "/meta/argument_specs.yml")
        let names = described?.map(\.name) ?? defaults.map(\.name)
        let open = try Self.open(folder + "/meta/api.yml", among: names, of: role)
        areForClients = open != nil
        isApplication = open?.isApplication ?? false
        for name in names {
            let fallback = defaults.first { $0.name == name }
            let option = described?.first { $0.name == name }
            variables.append(
                .init(
                    name: name, role: role, defaultValue: fallback?.value ?? option?.defaultValue ?? .null,
                    help: option?.description ?? fallback?.help ?? "", spec: option,
                    isForClients: open?.names.contains(name) ?? false))
        }
    }

    private static func root(_ file: String) throws(Diagnostics) -> (root: Node, lines: [String])? {
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        let text = try PlaybookParser.bytes(of: file, mentionedAt: nil)
        return (
            try YAMLParser.parse(text, file: file).root,
            text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
                String(decoding: $0, as: UTF8.self)
            }
        )
    }

    private static func defaults(_ file: String) throws(Diagnostics) -> [(name: String, value: Value, help: String)] {
        guard let (root, lines) = try root(file) else { return [] }
        return (root.entries ?? []).compactMap { entry in
            guard let name = entry.key.value.string else { return nil }
            let comment = lines[..<(entry.key.mark.line - 1)].reversed().prefix { $0.hasPrefix("#") }.reversed()
            return (name, entry.value.value, comment.map { $0.drop { $0 == "#" || $0 == " " } }.joined(separator: " "))
        }
    }

    /// nil without a description. The playbook has been read, so what is there is well-formed.
    private static func arguments(_ file: String) throws(Diagnostics) -> [ArgumentSpec.Option]? {
        guard let root = try root(file)?.root, let map = root["argument_specs"]?["main"]?["options"]?.value.map else {
            return nil
        }
        return try? ArgumentSpec(map).options
    }

    private static func open(
        _ file: String, among names: [String], of role: String
    ) throws(Diagnostics) -> (names: Set<String>, isApplication: Bool)? {
        guard let root = try root(file)?.root else { return nil }
        guard let entries = root.entries, let list = root["variables"]?.items else {
            throw Diagnostics([
                Diagnostic(
                    "this file lists the variables that clients may set", at: root.mark,
                    remedy: "write: variables: [name, …]")
            ])
        }
        var open: Set<String> = []
        var problems = entries.filter { !["variables", "application"].contains($0.key.value.string ?? "") }.map {
            Diagnostic(
                "unknown key '\(ArgumentBinder.text($0.key.value))'", at: $0.key.mark,
                remedy: "it takes: variables, application")
        }
        if let flag = root["application"], flag.value.bool == nil {
            problems.append(Diagnostic("'application' is true or false", at: flag.mark))
        }
        for item in list {
            let name = ArgumentBinder.text(item.value)
            if names.contains(name) {
                open.insert(name)
            } else {
                problems.append(
                    Diagnostic(
                        "the role \(role) takes no '\(name)'", at: item.mark,
                        remedy: Spelling.nearest(to: name, among: names).map { "did you mean '\($0)'?" }
                            ?? "describe it in meta/argument_specs.yml"))
            }
        }
        guard problems.isEmpty else { throw Diagnostics(problems) }
        return (open, root["application"]?.value.bool ?? false)
    }
}
