import Glibc
import HTTPTypes
import Hummingbird
import Logging
import Redaction

/// The outermost layer: errors become answers, every answer gets the headers that browsers need to be strict, every
/// request a line in the log.
///
/// Of a request the log has its method, the route's pattern, the status and the time: paths, queries, headers and
/// bodies may hold anything.
struct AnswerGuard: RouterMiddleware {
    typealias Context = APIContext
    let secrets: SecretSet
    let routes: [Route]
    let isTLS: Bool

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let clock = ContinuousClock()
        let started = clock.now
        var response: Response
        do { response = try await next(request, context) } catch { response = answer(to: error, request) }
        for (name, value) in Self.headers { response.headers[name] = value }
        if isTLS { response.headers[.strictTransportSecurity] = "max-age=31536000" }
        let route = context.endpointPath ?? "none"
        let elapsed = (clock.now - started).components
        let milliseconds = elapsed.seconds * 1000 + elapsed.attoseconds / 1_000_000_000_000_000
        context.logger.info(
            "\(request.method.rawValue.prefix(8)) \(route) \(response.status.code) \(milliseconds) ms \(context.client)"
        )
        return response
    }

    private func answer(to error: any Error, _ request: Request) -> Response {
        if (error as? HTTPError)?.status == .notFound {
            // The router knows methods of a path as one thing with the path.
            let allowed = routes.filter { $0.matches(request.uri.path) }.map(\.method.rawValue)
            if !allowed.isEmpty, !allowed.contains(request.method.rawValue) {
                let methods = allowed.joined(separator: ", ")
                return APIError(
                    .methodNotAllowed, ["this takes \(RedactedText(methods, secrets: secrets))"],
                    headers: [.allow: methods]
                ).response
            }
        }
        return APIError(error, secrets: secrets).response
    }

    /// The page's scripts and styles are files of the server's own, and it talks to nobody else.
    private static let headers: [(HTTPField.Name, String)] = [
        (
            .contentSecurityPolicy,
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        (.xContentTypeOptions, "nosniff"),
        (.referrerPolicy, "no-referrer"),
        (.crossOriginOpenerPolicy, "same-origin"),
        (.crossOriginResourcePolicy, "same-origin"),
    ]
}

extension HTTPField.Name {
    private static func named(_ text: String) -> HTTPField.Name { HTTPField.Name(text) ?? .server }
    static let referrerPolicy = named("Referrer-Policy")
    static let crossOriginOpenerPolicy = named("Cross-Origin-Opener-Policy")
    static let lastEventID = named("Last-Event-ID")
}
