import Audit
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import Redaction
import Runs
import ServiceLifecycle
import Vault

/// The HTTP API and the page of `comfyfleet serve`.
///
/// It holds no state of its own: runs are processes and folders, installs are manifests, secrets are in the vault. So a
/// server can be killed and started again at any
/// time, and what it had begun goes on.
package struct FleetServer: Sendable {
    private let settings: ServerSettings
    let routes: [Route]
    private let trail: APITrail
    private let tokens: TokenKeeper

    /// - Parameters:
    ///   - program: the `comfyfleet` that runs are started with; this one, when it is nil.
    /// - Throws: `Diagnostics` when the settings would let strangers in.
    package init(
        _ settings: ServerSettings, store: SecretStore, audit: AuditLog, secrets: SecretSet, program: String? = nil
    ) throws {
        try settings.check()
        self.settings = settings
        trail = APITrail(audit: audit, secrets: secrets)
        // The file may go while the server listens beyond loopback.
        tokens = TokenKeeper(
            settings.tokens, vault: settings.token.map(BearerToken.init), isRequired: !settings.isLoopback)
        if let token = settings.token { secrets.insert(token, label: "server.token") }
        var commands = Commands(secrets: secrets)
        if let program { commands.program = program }
        let starter = RunStarter(commands: commands, archive: RunArchive())
        let catalogue = ModuleCatalogue(commands: commands, limits: settings.limits)
        let access = AccessLimits(commands: commands, catalogue: catalogue, settings: settings)
        let installs = Installs(starter: starter, settings: settings, secrets: secrets)
        routes =
            PageRoutes().all
            + RemoteRoutes(
                installs: installs, catalogue: catalogue, limits: settings.limits, access: access, trail: trail
            ).all
            + SecurityRoutes(store: store, limits: settings.limits, trail: trail).all
            + RunRoutes(
                starter: starter, catalogue: catalogue, settings: settings, access: access, tokens: tokens, trail: trail
            ).all
            + ResolveRoutes(commands: commands, settings: settings, access: access).all
            + ScheduleRoutes(commands: commands, limits: settings.limits).all
    }

    /// Serves until SIGINT or SIGTERM, or until the task is cancelled: what is being answered is answered, runs go on.
    ///
    /// - Parameter onListening: called once with the address that it listens on.
    /// - Throws: `CannotListen` when it cannot listen there.
    package func run(onListening: @escaping @Sendable (_ url: String) -> Void) async throws {
        let logger = Logger(label: "comfyfleet.server") { [secrets = trail.secrets] _ in ServerLog(secrets: secrets) }
        let scheme = settings.certificate == nil ? "http" : "https"
        let name = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
        var application = Application(
            router: router(), server: try server(),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port),
                availableConnectionsDelegate: MaximumAvailableConnections(settings.limits.connections, logger: logger)),
            onServerRunning: { channel in onListening("\(scheme)://\(name):\(channel.localAddress?.port ?? 0)/") },
            logger: logger)
        application.logger.logLevel = .info
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: application)], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        let repeats = Task { [trail] in
            while (try? await Task.sleep(for: Self.pause)) != nil { await Self.writeRepeats(trail, logger) }
        }
        let ended: Result<Void, any Error>
        do { ended = .success(try await group.run()) } catch {
            ended = .failure((CannotListen(error, host: settings.host, port: settings.port) as (any Error)?) ?? error)
        }
        repeats.cancel()
        await repeats.value
        await Self.writeRepeats(trail, logger, isLast: true)
        try ended.get()
    }

    private static let pause = Duration.seconds(15)

    private static func writeRepeats(_ trail: APITrail, _ logger: Logger, isLast: Bool = false) async {
        do { try await trail.writeRepeats(isLast: isLast) } catch {
            logger.error("the number of refused requests is not in the audit trail: \(error)")
        }
    }

    private func server() throws -> HTTPServerBuilder {
        let limits = settings.limits
        let http = HTTP1Channel.Configuration(
            idleTimeout: .seconds(limits.idle.components.seconds),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.headers, maxHeaderListSize: limits.headers, maxHeaderFieldCount: 100))
        guard let tls = try settings.tls() else { return .http1(configuration: http) }
        return try .tls(.http1(configuration: http), tlsConfiguration: tls)
    }

    private func router() -> Router<APIContext> {
        let router = Router(context: APIContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: AnswerGuard(secrets: trail.secrets, routes: routes, isTLS: settings.certificate != nil))
        for route in routes where route.right == nil { add(route, to: router) }
        let guarded = router.group().add(middleware: AccessControl(tokens: tokens, trail: trail))
        for route in routes where route.right != nil { add(route, to: guarded) }
        return router
    }

    private func add(_ route: Route, to router: some RouterMethods<APIContext>) {
        router.on(RouterPath(stringLiteral: route.path), method: route.method) { [trail] request, context in
            do {
                if let right = route.right { try context.access.require(right) }
                return try await route.answer(request, context)
            } catch let error as APIError where error.status == .forbidden {
                try await trail.denied(context, request.method.rawValue, route, error.problems)
                throw error
            }
        }
    }
}
