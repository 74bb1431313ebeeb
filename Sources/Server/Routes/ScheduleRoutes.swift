import Hummingbird
import Redaction
import YAML

/// `/api/schedules`: the jobs of `config/schedules.yml`, when they fire next, and whether a daemon is there to fire
/// them.
struct ScheduleRoutes: Sendable {
    let commands: Commands
    let limits: ServerSettings.Limits
    private static let file = "config/schedules.yml", times = 20

    var all: [Route] {
        [
            Route(.get, "/api/schedules", needs: .read) { _, context in
                try context.access.requireNoLimits()
                return try await schedules()
            }
        ]
    }

    private func schedules() async throws -> Response {
        guard FileSystem.exists(Self.file) else {
            return Answer.json(.object(["jobs": .list([]), "next": .list([]), "daemon": .null]))
        }
        async let jobs = objects(["schedule", "list"])
        async let next = objects(["schedule", "next", String(Self.times)])
        async let daemon = runner()
        return Answer.json(
            .object(["jobs": .list(try await jobs), "next": .list(try await next), "daemon": try await daemon]))
    }

    /// In words; null when none runs.
    private func runner() async throws -> RedactedJSON {
        let text = try await commands.output(["schedule", "status", "--format", "json"], within: limits.look)
        guard let daemon = try JSON.parse(Array(text.description.utf8)).map?["daemon"] else { return .null }
        return .json(daemon, secrets: commands.secrets)
    }

    /// What a command prints, an object a line. A file without jobs gives no line.
    private func objects(_ arguments: [String]) async throws -> [RedactedJSON] {
        try await commands.output(arguments + ["--format", "json"], mayBeEmpty: true, within: limits.look).lines.map {
            .json($0)
        }
    }
}
