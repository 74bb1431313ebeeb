import Hummingbird
import Redaction
import YAML

/// `/api/resolve`: the dry run of every connection.
struct ResolveRoutes: Sendable {
    let commands: Commands
    let settings: ServerSettings

    var all: [Route] { [Route(.get, "/api/resolve") { request, _ in try await resolve(request) }] }

    private func resolve(_ request: Request) async throws -> Response {
        var arguments = ["resolve"] + settings.inventory.flatMap { ["-i", $0] }
        if let limit = request.text("limit") { arguments.append("--limit=\(limit)") }
        return Answer.json(printed: try await commands.output(arguments + ["--format", "json"], statuses: [0, 1], within: settings.limits.look))
    }
}
