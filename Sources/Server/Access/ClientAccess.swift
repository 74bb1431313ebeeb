import Redaction

/// Who a request is from, and what that one may do.
struct ClientAccess: Sendable {
    /// In the audit trail: a token's name, `vault` for the vault's, `none` where no token is needed.
    let name: String
    let rights: Set<AccessRight>
    /// Names of installers and paths of playbooks; nil for all.
    var playbooks: [String]?
    /// Patterns; nil for all hosts.
    var hosts: [String]?
    /// Of a token that can be revoked.
    var digest: [UInt8]?

    static let vault = ClientAccess(name: "vault", rights: Set(AccessRight.allCases))
    static let none = ClientAccess(name: "none", rights: Set(AccessRight.allCases))

    func may(_ right: AccessRight) -> Bool { rights.contains(right) || right == .check && rights.contains(.run) }

    /// - Throws: `APIError` 403 that says what is missing.
    func require(_ right: AccessRight) throws(APIError) {
        if !may(right) { throw Self.denied(right.denial) }
    }

    /// What is about all playbooks and all hosts.
    func requireNoLimits() throws(APIError) {
        if hosts != nil { throw Self.denied("the token is for some hosts only, and this is about all of them") }
        if playbooks != nil { throw Self.denied("the token is for some playbooks only, and this is about all of them") }
    }

    static func denied(_ problem: RedactedText) -> APIError { APIError(.forbidden, [problem]) }
}

extension ClientAccess {
    init(_ token: APIToken) {
        self.init(
            name: token.name, rights: token.rights, playbooks: token.playbooks, hosts: token.hosts, digest: token.digest
        )
    }
}
