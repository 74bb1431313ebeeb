import Hummingbird
import Redaction
import YAML

/// `/api/remote`: the remote installer.
struct RemoteRoutes: Sendable {
    let installs: Installs
    let catalogue: ModuleCatalogue
    let limits: ServerSettings.Limits
    let access: AccessLimits
    let trail: APITrail

    var all: [Route] {
        [
            Route(.get, "/api/remote/modules", needs: .read) { _, context in try await modules(context.access) },
            Route(.post, "/api/remote/install", needs: .check) { request, context in try await install(request, context)
            },
            Route(.get, "/api/remote/status", needs: .read) { request, context in
                try await status(request, context.access)
            },
        ]
    }

    private func modules(_ client: ClientAccess) async throws -> Response {
        let modules = try await access.usable(try await catalogue.modules(), client)
        return Answer.json(
            .object([
                "modules": .list(
                    modules.map { module in
                        .object([
                            "module": trail.text(module.name), "playbook": trail.text(module.playbook),
                            "summary": trail.text(module.summary),
                            "variables": .json(module.openVariables, secrets: trail.secrets),
                        ])
                    })
            ]))
    }

    private func install(_ request: Request, _ context: APIContext) async throws -> Response {
        let wanted = try await InstallRequest(request, limits: limits)
        if !wanted.isDryRun { try context.access.require(.run) }
        if wanted.choosesCredentials { try context.access.require(.secrets) }
        // Before the trail: what is no module's name may be anything.
        let modules =
            if let names = wanted.modules { try await catalogue.modules(named: names) } else {
                try await catalogue.applications()
            }
        let problems = ClientVariable.problems(
            wanted.input.variables, among: ModuleCatalogue.open(for: modules.map(\.runnable)), secrets: trail.secrets)
        guard problems.isEmpty else { throw APIError(.unprocessableContent, problems) }
        try await access.requirePlaybooks(modules.map(\.playbook), context.access)
        try await access.requireHosts([wanted.host], context.access)
        try await access.requireKnown(wanted.host, context.access)
        if !wanted.isDryRun {
            try await trail.requested(
                "api.install", context,
                [("host", trail.text(wanted.host)), ("modules", .list(modules.map { trail.text($0.name) }))])
        }
        let answer = try await installs.perform(wanted, of: modules)
        var members: [RedactedJSON.Member] = [
            .init("status", trail.text(answer.status)), .init("host", trail.text(wanted.host)),
            .init("plan", answer.plan),
        ]
        let manifest = answer.manifest
        func names(_ names: [String]?) -> RedactedJSON { .list((names ?? []).map(trail.text)) }
        members += [
            .init("installed", names(manifest?.installed)), .init("skipped", names(manifest?.skipped)),
            .init("failed", names(manifest?.failed)),
        ]
        members.append(
            .init(
                "reasons",
                .object(
                    (manifest?.reasons ?? [:]).sorted { $0.key < $1.key }.map {
                        .init(RedactedText($0.key, secrets: trail.secrets), trail.text($0.value))
                    })))
        if let credentials = answer.credentials { members.append(.init("credentials", .json(credentials))) }
        members += [
            .init("run", manifest.map { trail.text($0.run) } ?? .null),
            .init("log_path", manifest.map { trail.text($0.logPath) } ?? .null),
            .init("status_path", trail.text(InstallManifest.path(wanted.host))),
        ]
        return Answer.json(.object(members), status: answer.status == "running" ? .accepted : .ok)
    }

    private func status(_ request: Request, _ client: ClientAccess) async throws -> Response {
        // An install may have been of a host that is in no inventory; who is for some hosts only is not for those.
        let hosts = try await access.readableHosts(client)
        guard let host = request.text("host") else {
            let manifests = try await access.readable(
                try await installs.all().filter { hosts?.contains($0.host) ?? true }, client)
            return Answer.json(.object(["hosts": .list(manifests.map { $0.json(secrets: trail.secrets) })]))
        }
        if let hosts, !hosts.contains(host) { throw ClientAccess.denied("the token is not for this host") }
        guard let manifest = try await installs.current(host) else {
            throw APIError(.notFound, ["nothing was installed on such a host"])
        }
        guard let shown = try await access.readable([manifest], client).first else {
            throw ClientAccess.denied("the token is not for all playbooks of this install")
        }
        return Answer.json(shown.json(secrets: trail.secrets))
    }
}
