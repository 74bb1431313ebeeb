import Glibc
import HTTPTypes
import Hummingbird
import Redaction
import Runs
import YAML

/// `/api/runs`: start runs, look at them while they go on and afterwards, stop them. Runs that were started elsewhere,
/// by hand or by a schedule, are the same here.
struct RunRoutes: Sendable {
    let starter: RunStarter
    let catalogue: ModuleCatalogue
    let settings: ServerSettings
    let access: AccessLimits
    let tokens: TokenKeeper
    let trail: APITrail
    private var secrets: SecretSet { trail.secrets }

    init(
        starter: RunStarter, catalogue: ModuleCatalogue, settings: ServerSettings, access: AccessLimits,
        tokens: TokenKeeper, trail: APITrail
    ) {
        self.starter = starter
        self.catalogue = catalogue
        self.settings = settings
        self.access = access
        self.tokens = tokens
        self.trail = trail
    }

    var all: [Route] {
        [
            Route(.get, "/api/runs", needs: .read) { request, context in try await list(request, context.access) },
            Route(.post, "/api/runs", needs: .check) { request, context in try await start(request, context) },
            Route(.get, "/api/runs/{id}", needs: .read) { _, context in try await show(context) },
            Route(.get, "/api/runs/{id}/events", needs: .read) { request, context in try await events(request, context)
            },
            Route(.get, "/api/runs/{id}/hosts/{host}/log", needs: .read) { request, context in
                try await log(request, context)
            },
            Route(.post, "/api/runs/{id}/cancel", needs: .check) { request, context in
                try await cancel(request, context)
            },
        ]
    }

    // MARK: Looking

    private func list(_ request: Request, _ client: ClientAccess) async throws -> Response {
        let limit = try request.number("limit", 1...1000, else: 50)
        let entries = try await blocking { [starter] in starter.archive.runs(newest: limit) }
        let visible = try await access.mayRead(entries, client)
        let runs = try await blocking { [secrets] in
            zip(entries, visible).filter(\.1).map { RunDescription($0.0, secrets: secrets).short }
        }
        return Answer.json(.object(["runs": .list(runs)]))
    }

    private func show(_ context: APIContext) async throws -> Response {
        let run = try await find(context)
        return Answer.json(try await blocking { [secrets] in try RunDescription(run, secrets: secrets).long() })
    }

    private func events(_ request: Request, _ context: APIContext) async throws -> Response {
        let run = try await find(context)
        var after = try request.number("after", 0...Int.max, else: 0)
        if let last = request.headers[.lastEventID] {
            guard let number = Int(last), number >= 0 else {
                throw APIError(.badRequest, ["Last-Event-ID takes the id of an event"])
            }
            after = number
        }
        guard let view = ["full", "brief"].first(where: { $0 == request.text("view") ?? "full" }) else {
            throw APIError(.badRequest, ["view takes full or brief"])
        }
        return EventStream(run: run, archive: starter.archive, after: after, isBrief: view == "brief", secrets: secrets)
        { [tokens, client = context.access] in tokens.stillHolds(client) }.response()
    }

    /// A piece of a host's log, from a byte on; a client asks again from `next` on for what has come since.
    private func log(_ request: Request, _ context: APIContext) async throws -> Response {
        let run = try await find(context)
        let host = context.parameter("host")
        let from = try request.number("from", 0...Int.max, else: 0)
        let path = run.folder.hostLogPath(host)
        return try await blocking { [secrets] in
            let goesOn = run.state == .running
            guard FileSystem.exists(path) else {
                guard goesOn else { throw APIError(.notFound, ["the run has no such host"]) }
                return Answer.json(
                    .object(["from": .int(0), "next": .int(0), "text": .text(""), "complete": .bool(false)]))
            }
            let (bytes, isLast) = try FileSystem.piece(of: path, from: from, limit: 256 << 10)
            return Answer.json(
                .object([
                    "from": .int(from), "next": .int(from + bytes.count),
                    "text": .text(RedactedText(bytes, secrets: secrets)), "complete": .bool(!goesOn && isLast),
                ]))
        }
    }

    /// By its whole id, or `last`; one that the client may see.
    private func find(_ context: APIContext) async throws -> RunArchive.Entry {
        let id = context.parameter("id")
        let run = try await blocking { [starter] in
            guard let run = try? starter.archive.run(id), run.folder.id == id || id == "last" else {
                throw APIError(.notFound, ["there is no such run"])
            }
            return run
        }
        try await access.requireReading(run, context.access)
        return run
    }

    // MARK: Doing

    private func start(_ request: Request, _ context: APIContext) async throws -> Response {
        let wanted = try await RunRequest(request, settings: settings)
        if wanted.hasEffect { try context.access.require(.run) }
        if wanted.choosesCredentials { try context.access.require(.secrets) }
        if wanted.choosesInventory, context.access.hosts != nil {
            throw ClientAccess.denied(
                "the token is for some hosts of the server's inventory, and not for another inventory")
        }
        if wanted.choosesInventory { try await requireInventories(wanted.inventories) }
        // Before the trail: what is no playbook's name may be anything.
        let playbooks = try await catalogue.runnables(wanted.playbooks, isName: RunRequest.isName)
        let problems = ClientVariable.problems(
            wanted.input.variables, among: ModuleCatalogue.open(for: playbooks), secrets: secrets)
        guard problems.isEmpty else { throw APIError(.unprocessableContent, problems) }
        try await access.requirePlaybooks(playbooks.map(\.path), context.access)
        let arguments = playbooks.map(\.path) + wanted.options
        if context.access.hosts != nil {
            try await access.requireHosts(try await hosts(of: arguments, wanted.input), context.access)
        }
        try await trail.requested(
            "api.run", context,
            [("playbooks", .list(playbooks.map { trail.text($0.path) })), ("check", .bool(wanted.isCheck))])
        let started = try await starter.start(arguments, wanted.input)
        let path = "/api/runs/\(started.id)"
        return Answer.json(
            .object([
                "run": trail.text(started.id), "state": .text("running"), "url": trail.text(path),
                "events": trail.text(path + "/events"),
            ]), status: .accepted, headers: [.location: path])
    }

    /// Any text file below the server's folder can be named as an inventory, and what is wrong in one is reported with
    /// its text: that is not repeated to the client.
    private func requireInventories(_ paths: [String]) async throws {
        do {
            _ = try await starter.commands.output(
                ["inventory", "list", "--format", "json"] + paths.flatMap { ["-i", $0] }, within: settings.limits.look)
        } catch let error as APIError where error.status == .unprocessableContent {
            throw APIError(
                .unprocessableContent,
                ["inventory: is none, or has errors; comfyfleet inventory list shows them on the server's machine"])
        }
    }

    /// The hosts that a run would be on.
    private func hosts(of arguments: [String], _ input: Commands.Input) async throws -> Set<String> {
        let text = try await starter.commands.output(
            ["run"] + arguments + ["--list-hosts", "--format", "json"], input: input, within: settings.limits.look)
        return text.lines.reduce(into: []) { hosts, line in
            hosts.formUnion(
                (try? JSON.parse(Array(line.description.utf8)))?.map?["hosts"]?.list?.compactMap(\.string) ?? [])
        }
    }

    private func cancel(_ request: Request, _ context: APIContext) async throws -> Response {
        let run = try await find(context)
        var leave = false
        if request.headers[.contentType] != nil {
            var body = try await BodyFields(request, known: ["leave"], limits: settings.limits)
            leave = body.flag("leave", else: false)
            try body.finish()
        }
        if run.record?["check"]?.bool != true { try context.access.require(.run) }
        try await trail.requested("api.cancel", context, [("run", trail.text(run.folder.id)), ("leave", .bool(leave))])
        let leaves = leave
        switch try await blocking({ [starter] in try starter.stop(run, leave: leaves) }) {
        case .stopping, .isStoppingAlready:
            return Answer.json(
                .object(["run": trail.text(run.folder.id), "state": .text("stopping")]), status: .accepted)
        case .isNotRunning: throw APIError(.conflict, ["the run is not in progress"])
        }
    }
}

extension APIContext {
    /// A part of the path. The router has decoded it.
    func parameter(_ name: String) -> String { parameters.get(name)?.removingPercentEncoding ?? "" }
}
