import Audit
import HTTPTypes
import Hummingbird
import Redaction
import Synchronization

/// Lets in who gives the token; without a token on loopback, who is at least no foreign web page.
struct AccessControl: RouterMiddleware {
    typealias Context = APIContext
    let token: BearerToken?
    let trail: APITrail
    let failed = FailedTokensBox()
    let clock = ContinuousClock()

    func handle(_ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response) async throws -> Response {
        try refuseForeignPages(request)
        if let token { try check(token, request, context) }
        return try await next(request, context)
    }

    private func check(_ token: BearerToken, _ request: Request, _ context: APIContext) throws {
        if let wait = failed.wait(of: context.client, at: clock.now) { throw tooManyFailures(wait) }
        if token.isGiven(by: request.headers[.authorization]) { return failed.succeed(context.client) }
        // Nothing was guessed: a page that has no token yet, a probe.
        guard request.headers[.authorization] != nil else { throw Self.unauthorized("this needs a token") }
        if failed.fail(context.client, at: clock.now) {
            try trail.refused(context)
            if let wait = failed.wait(of: context.client, at: clock.now) { throw tooManyFailures(wait) }
        }
        throw Self.unauthorized("the token is not the right one")
    }

    private static func unauthorized(_ problem: RedactedText) -> APIError {
        APIError(.unauthorized, [problem], headers: [.wwwAuthenticate: "Bearer realm=\"comfyfleet\""])
    }

    private func tooManyFailures(_ wait: Duration) -> APIError {
        let seconds = max(1, Int(wait.components.seconds) + 1)
        return APIError(.tooManyRequests, ["too many wrong tokens; wait \(seconds) s"], headers: [.retryAfter: String(seconds)])
    }

    /// A page of another site can make its visitor's browser send requests here, and by changing what its own name leads to (DNS rebinding) even read the answers.
    /// Both say in their headers whose page it was. With a token they could do nothing anyway; without one, this is what keeps them out.
    private func refuseForeignPages(_ request: Request) throws {
        let host = request.head.authority ?? ""
        if let origin = request.headers[.origin] {
            guard let separator = origin.range(of: "://"), origin[separator.upperBound...] == host else { throw APIError(.forbidden, ["requests from pages of other sites are refused"]) }
        }
        if token == nil {
            let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
            let isLoopback = name == "localhost" || name == "[::1]" || name.hasPrefix("127.") && name.allSatisfy { $0.isNumber || $0 == "." }
            guard isLoopback else { throw APIError(.forbidden, ["without a token the server answers to loopback names only"]) }
        }
    }
}

/// `FailedTokens` for all connections.
final class FailedTokensBox: Sendable {
    private let failed = Mutex(FailedTokens())
    func wait(of client: String, at now: ContinuousClock.Instant) -> Duration? { failed.withLock { $0.wait(of: client, at: now) } }
    func fail(_ client: String, at now: ContinuousClock.Instant) -> Bool { failed.withLock { $0.fail(client, at: now) } }
    func succeed(_ client: String) { failed.withLock { $0.succeed(client) } }
}
