import Hummingbird
import Redaction
import YAML

/// `/api/resolve`: the dry run of every connection.
struct ResolveRoutes: Sendable {
    let commands: Commands
    let settings: ServerSettings
    let access: AccessLimits

    var all: [Route] {
        [Route(.get, "/api/resolve", needs: .read) { request, context in try await resolve(request, context.access) }]
    }

    private func resolve(_ request: Request, _ client: ClientAccess) async throws -> Response {
        let limit = request.text("limit")
        if let limit, !ClientLimit.isAllowed(limit) {
            throw APIError(.unprocessableContent, ["limit: takes a pattern, and no file of them"])
        }
        if client.hosts != nil {
            // Which hosts there are is shown only for those that the token is for.
            let asked = try await access.hosts(limitedTo: limit ?? "all")
            try await access.requireHosts(asked, client)
        } else {
            // It says nothing of playbooks, and would show a client that is for some of them every host.
            try client.requireNoLimits()
        }
        var arguments = ["resolve"] + settings.inventory.flatMap { ["-i", $0] }
        if let limit { arguments.append("--limit=\(limit)") }
        return Answer.json(
            printed: try await commands.output(
                arguments + ["--format", "json"], statuses: [0, 1], within: settings.limits.look))
    }
}
