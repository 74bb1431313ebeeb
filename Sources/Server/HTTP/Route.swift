import HTTPTypes
import Hummingbird

/// A method and a path of the API, with what answers it. `openapi.json` describes the same ones; a test holds the two
/// together.
struct Route: Sendable {
    let method: HTTPRequest.Method
    /// `/api/runs/{id}`
    let path: String
    /// What its client must be allowed to do. nil: it is answered without a token (the page's files and the description
    /// of the API, which everybody may know).
    let right: AccessRight?
    let answer: @Sendable (Request, APIContext) async throws -> Response

    init(
        _ method: HTTPRequest.Method, _ path: String, needs right: AccessRight?,
        answer: @escaping @Sendable (Request, APIContext) async throws -> Response
    ) {
        self.method = method
        self.path = path
        self.right = right
        self.answer = answer
    }

    func matches(_ path: String) -> Bool {
        let pattern = self.path.split(separator: "/")
        let parts = path.split(separator: "/")
        return pattern.count == parts.count && zip(pattern, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
}

extension Request {
    /// A number of the query, within bounds; `fallback` when it is not given.
    func number(_ name: String, _ range: ClosedRange<Int>, else fallback: Int) throws(APIError) -> Int {
        guard let text = uri.queryParameters[name[...]] else { return fallback }
        guard let number = Int(text), range.contains(number) else {
            throw APIError(
                .badRequest, ["a number of the query is not one from \(range.lowerBound) to \(range.upperBound)"])
        }
        return number
    }

    /// A text of the query; nil when it is not given or empty.
    func text(_ name: String) -> String? {
        uri.queryParameters[name[...]].flatMap { $0.isEmpty ? nil : String($0) }
    }
}
