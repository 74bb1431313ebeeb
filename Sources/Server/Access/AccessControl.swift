import Audit
import HTTPTypes
import Hummingbird
import Redaction
import Synchronization

/// Lets in who gives a token; without any token on loopback, who is at least no foreign web page. What a client may do
/// then is for the routes to look at.
struct AccessControl: RouterMiddleware {
    typealias Context = APIContext
    let tokens: TokenKeeper
    let trail: APITrail
    private let failed = FailedTokensBox()
    private let clock = ContinuousClock()

    init(tokens: TokenKeeper, trail: APITrail) {
        self.tokens = tokens
        self.trail = trail
    }

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let isGuarded = tokens.isGuarded
        try refuseForeignPages(request, isGuarded: isGuarded)
        var context = context
        if isGuarded { context.access = try await client(request, context) }
        return try await next(request, context)
    }

    private func client(_ request: Request, _ context: APIContext) async throws -> ClientAccess {
        // Nothing was guessed: a page that has no token yet, a probe.
        guard request.headers[.authorization] != nil else { throw Self.unauthorized("this needs a token") }
        let digest = BearerToken.digest(givenBy: request.headers[.authorization])
        switch try await blocking({ [tokens] in try digest.map { try tokens.find($0) } ?? .wrong }) {
        case .client(let client): return client
        case .expired: throw Self.unauthorized("the token has expired")
        case .wrong: break
        }
        let (answer, isNoted) = failed.fail(context.client, at: clock.now)
        // Also when the trail can't be written: its place is for others then.
        defer { if case .after = answer { failed.waited(context.client) } }
        if isNoted { try await trail.refused(context) }
        switch answer {
        case .now: break
        case .after(let delay): try await Task.sleep(for: delay)
        case .refused:
            throw APIError(
                .tooManyRequests, ["too many wrong tokens"],
                headers: [.retryAfter: String(FailedTokens.longest.components.seconds), .connection: "close"])
        }
        throw Self.unauthorized("the token is not the right one")
    }

    private static func unauthorized(_ problem: RedactedText) -> APIError {
        APIError(.unauthorized, [problem], headers: [.wwwAuthenticate: "Bearer realm=\"comfyfleet\""])
    }

    /// A page of another site can make its visitor's browser send requests here, and by changing what its own name
    /// leads to (DNS rebinding) even read the answers.
    /// Both say in their headers whose page it was. With a token they could do nothing anyway; without one, this is
    /// what keeps them out.
    private func refuseForeignPages(_ request: Request, isGuarded: Bool) throws {
        let host = request.head.authority ?? ""
        if let origin = request.headers[.origin] {
            guard let separator = origin.range(of: "://"), origin[separator.upperBound...] == host else {
                throw APIError(.forbidden, ["requests from pages of other sites are refused"])
            }
        }
        if !isGuarded {
            let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
            let isLoopback =
                name == "localhost" || name == "[::1]"
                || name.hasPrefix("127.") && name.allSatisfy { $0.isNumber || $0 == "." }
            guard isLoopback else {
                throw APIError(.forbidden, ["without a token the server answers to loopback names only"])
            }
        }
    }
}

/// `FailedTokens` for all connections.
final class FailedTokensBox: Sendable {
    private let failed = Mutex(FailedTokens())
    func fail(_ client: String, at now: ContinuousClock.Instant) -> (answer: FailedTokens.Answer, isNoted: Bool) {
        failed.withLock { $0.fail(client, at: now) }
    }
    func waited(_ client: String) { failed.withLock { $0.waited(client) } }
}
