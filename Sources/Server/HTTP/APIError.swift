import Audit
import HTTPTypes
import Hummingbird
import Redaction
import Runs
import Support
import Vault
import YAML

/// Why a request is refused. No part of what a client sent is in it: that may be a secret in the wrong place.
struct APIError: Error {
    var status: HTTPResponse.Status
    var problems: [RedactedText]
    var headers: HTTPFields = [:]

    init(_ status: HTTPResponse.Status, _ problems: [RedactedText], headers: HTTPFields = [:]) {
        self.status = status
        self.problems = problems
        self.headers = headers
    }

    /// `{"problems": ["…", …]}`
    var response: Response {
        Answer.json(.object(["problems": .list(problems.map { .text($0) })]), status: status, headers: headers)
    }

    /// Errors of other targets, whose texts hold no value by their own rules, and are redacted all the same.
    init(_ error: any Error, secrets: SecretSet) {
        func text(_ plain: String) -> RedactedText { RedactedText(plain, secrets: secrets) }
        if let error = error as? any ExplainedError, let status = Self.status(of: error) {
            self.init(status, [text(error.description)])
            return
        }
        switch error {
        case let error as APIError: self = error
        case let error as Diagnostics: self.init(.unprocessableContent, error.all.map { text($0.description) })
        case let error as any HTTPResponseError: self.init(error.status, [Self.reason(error.status)])
        case is CancellationError: self.init(.serviceUnavailable, ["the server is stopping"])
        default: self.init(.internalServerError, ["internal error"])
        }
    }

    /// Of those that are passed to the client; nil for the others, which may repeat what it sent.
    private static func status(of error: any ExplainedError) -> HTTPResponse.Status? {
        switch error {
        case let error as VaultError: error.isOfTheRequest ? .unprocessableContent : .serviceUnavailable
        case is AuditFailure: .serviceUnavailable
        case is RunFolderError, is FileProblem: .internalServerError
        default: nil
        }
    }

    private static func reason(_ status: HTTPResponse.Status) -> RedactedText {
        switch status {
        case .notFound: "there is no such resource"
        case .contentTooLarge: "the body is too large"
        case .badRequest: "the request is malformed"
        default: "the request is refused (\(status.code))"
        }
    }
}

extension VaultError {
    /// Whether what was asked for is at fault, and not the vault.
    fileprivate var isOfTheRequest: Bool { [.badRequest, .noSuchProvider, .noSuchField].contains(code) }
}

extension RedactedText {
    /// How many of what a client sent a problem is about: `this host`, `2 of these 3 hosts`. Which ones is not
    /// repeated.
    static func part(_ count: Int, of all: Int, _ what: RedactedText) -> RedactedText {
        all == 1 ? "this \(what)" : "\(count) of these \(all) \(what)s"
    }
}
