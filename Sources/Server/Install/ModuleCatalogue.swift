import Redaction
import YAML

/// The remote installer's modules: the playbooks that ship, as `comfyfleet playbooks` lists them.
struct ModuleCatalogue: Sendable {
    let commands: Commands
    let limits: ServerSettings.Limits

    struct Module: Sendable {
        let name: String
        let playbook: String
        let summary: String
        /// What can be told to it, each with `name`, `role`, `default` and `help`.
        let variables: Value
    }

    /// - Throws: `APIError` when there are none, or one of them cannot be read.
    func modules() async throws -> [Module] {
        let text = try await commands.output(["playbooks", "--format", "json"], within: limits.look)
        let list = try JSON.parse(Array(text.description.utf8)).list ?? []
        return list.compactMap(\.map).compactMap { entry in
            guard let name = entry["name"]?.string, let path = entry["path"]?.string else { return nil }
            return Module(name: name, playbook: path, summary: entry["summary"]?.string ?? name, variables: entry["variables"] ?? .list([]))
        }
    }

    /// The modules of these names, in this order.
    ///
    /// - Parameter field: of the request, that has them.
    /// - Throws: `APIError` when some are unknown; it names those that there are.
    func modules(named names: [String], field: RedactedText = "modules") async throws -> [Module] {
        let all = try await modules(), chosen = names.compactMap { name in all.first { $0.name == name } }
        guard chosen.count == names.count else {
            throw APIError(.unprocessableContent, ["\(field): \(names.count - chosen.count) of \(names.count) are not known; known are: \(RedactedText(all.map(\.name).joined(separator: ", "), secrets: commands.secrets))"])
        }
        return chosen
    }
}
