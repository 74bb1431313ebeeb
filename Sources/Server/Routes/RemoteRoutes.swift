import Hummingbird
import Redaction
import YAML

/// `/api/remote`: the remote installer.
struct RemoteRoutes: Sendable {
    let installs: Installs
    let catalogue: ModuleCatalogue
    let limits: ServerSettings.Limits
    let trail: APITrail

    var all: [Route] {
        [
            Route(.get, "/api/remote/modules") { _, _ in try await modules() },
            Route(.post, "/api/remote/install") { request, context in try await install(request, context) },
            Route(.get, "/api/remote/status") { request, _ in try await status(request) },
        ]
    }

    private func modules() async throws -> Response {
        let modules = try await catalogue.modules()
        return Answer.json(.object(["modules": .list(modules.map { module in
            .object(["module": trail.text(module.name), "playbook": trail.text(module.playbook), "summary": trail.text(module.summary), "variables": .json(module.variables, secrets: trail.secrets)])
        })]))
    }

    private func install(_ request: Request, _ context: APIContext) async throws -> Response {
        let wanted = try await InstallRequest(request, limits: limits)
        // Before the trail: what is no module's name may be anything.
        let modules = try await catalogue.modules(named: wanted.modules)
        if !wanted.isDryRun {
            try trail.requested("api.install", context, [("host", trail.text(wanted.host)), ("modules", .list(wanted.modules.map(trail.text)))])
        }
        let answer = try await installs.perform(wanted, of: modules)
        var members: [RedactedJSON.Member] = [.init("status", trail.text(answer.status)), .init("host", trail.text(wanted.host)), .init("plan", answer.plan)]
        let manifest = answer.manifest
        func names(_ names: [String]?) -> RedactedJSON { .list((names ?? []).map(trail.text)) }
        members += [.init("installed", names(manifest?.installed)), .init("skipped", names(manifest?.skipped)), .init("failed", names(manifest?.failed))]
        members.append(.init("reasons", .object((manifest?.reasons ?? [:]).sorted { $0.key < $1.key }.map { .init(RedactedText($0.key, secrets: trail.secrets), trail.text($0.value)) })))
        if let credentials = answer.credentials { members.append(.init("credentials", .json(credentials))) }
        members += [
            .init("run", manifest.map { trail.text($0.run) } ?? .null), .init("log_path", manifest.map { trail.text($0.logPath) } ?? .null),
            .init("status_path", trail.text(InstallManifest.path(wanted.host))),
        ]
        return Answer.json(.object(members), status: answer.status == "running" ? .accepted : .ok)
    }

    private func status(_ request: Request) async throws -> Response {
        guard let host = request.text("host") else {
            return Answer.json(.object(["hosts": .list(try await installs.all().map { $0.json(secrets: trail.secrets) })]))
        }
        guard let manifest = try await installs.settled(host) else { throw APIError(.notFound, ["nothing was installed on such a host"]) }
        return Answer.json(manifest.json(secrets: trail.secrets))
    }
}
