import Hummingbird
import Redaction
import YAML

/// `/api/schedules`: the jobs of `config/schedules.yml`, and when they fire next.
struct ScheduleRoutes: Sendable {
    let commands: Commands
    let limits: ServerSettings.Limits
    private static let file = "config/schedules.yml", times = 20

    var all: [Route] { [Route(.get, "/api/schedules") { _, _ in try await schedules() }] }

    private func schedules() async throws -> Response {
        guard FileSystem.exists(Self.file) else { return Answer.json(.object(["jobs": .list([]), "next": .list([])])) }
        async let jobs = objects(["schedule", "list"])
        async let next = objects(["schedule", "next", String(Self.times)])
        return Answer.json(.object(["jobs": .list(try await jobs), "next": .list(try await next)]))
    }

    /// What a command prints, an object a line. A file without jobs gives no line.
    private func objects(_ arguments: [String]) async throws -> [RedactedJSON] {
        try await commands.output(arguments + ["--format", "json"], mayBeEmpty: true, within: limits.look).lines.map { .json($0) }
    }
}
