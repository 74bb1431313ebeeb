import CLibSSH2
import Redaction

extension SSHConnection {
    /// Tries the methods in order until the server is content. A method that the server does not offer is passed over.
    func authenticate(_ target: SSHTarget) async throws {
        let deadline = Deadline(.authenticating, limits.authenticationTimeout)
        var record = AuthenticationRecord()
        for method in target.authentication {
            // What is offered changes when a server that wants several methods got one of them. Asking counts as an
            // attempt there
            // (MaxAuthTries), so it is done only where the answer decides something; the first method is tried without.
            if !record.offers(method.protocolNames) {
                try await askWhatIsOffered(target.user, deadline, &record)
                if !record.offers(method.protocolNames) { continue }
            }
            if try await attempt(method, target.user, deadline, &record) { return }
            if record.offered == nil { try await askWhatIsOffered(target.user, deadline, &record) }
            if session?.isAuthenticated == true { return }
        }
        if target.authentication.isEmpty {
            try await askWhatIsOffered(target.user, deadline, &record)
            if session?.isAuthenticated == true { return }
        }
        throw record.error()
    }

    private func askWhatIsOffered(
        _ user: String, _ deadline: Deadline, _ record: inout AuthenticationRecord
    ) async throws {
        var offered: String?
        let code = try await drive(deadline) { session in
            let (code, methods) = session.authenticationMethods(user)
            offered = methods
            return code
        }
        if let offered {
            record.offered = offered.split(separator: ",").map(String.init)
        } else if code != 0 {
            throw failure(code, .authenticating)
        }
    }

    /// True when it was enough. False when the server wants something else, too, or refused.
    private func attempt(
        _ method: AuthenticationMethod, _ user: String, _ deadline: Deadline, _ record: inout AuthenticationRecord
    ) async throws -> Bool {
        switch method {
        case .key(let key):
            record.tried.append("key (\(key.type))")
            return try await acceptedInAnyForm(of: key.publicBlob) { blob in
                try await signIn(user, deadline, blob: blob) { data in
                    guard let algorithm = Self.algorithm(in: data), let signature = key.sign(data, algorithm: algorithm)
                    else { return .refused }
                    return .signature(signature)
                }
            }
        case .agent(let socket, let only):
            return try await attemptAgent(socket, only, user, deadline, &record)
        case .password(let password):
            if record.offers(["password"]) {
                record.tried.append("password")
                if try await accepted({
                    try await drive(deadline) { $0.authenticate(user, password: password.reveal()) }
                }) {
                    return true
                }
                if record.offered == nil { try await askWhatIsOffered(user, deadline, &record) }
            }
            // Many servers ask for the password by prompts instead.
            guard record.offered?.contains("keyboard-interactive") == true,
                record.offered?.contains("password") == false
            else { return false }
            record.tried.append("keyboard-interactive")
            return try await accepted { try await answer(user, deadline, Prompts(password: password)) }
        case .keyboardInteractive(let answers):
            record.tried.append("keyboard-interactive")
            return try await accepted { try await answer(user, deadline, Prompts(answers: answers)) }
        }
    }

    /// Tries the forms in which a key may be offered until the server takes one.
    func acceptedInAnyForm(of blob: [UInt8], _ attempt: ([UInt8]) async throws -> Int32) async throws -> Bool {
        for form in RSASignatures.forms(of: blob, serverBanner: session?.serverBanner ?? "") {
            if try await accepted({ try await attempt(form) }) { return true }
        }
        return false
    }

    /// Turns the library's codes for a refusal into false; anything else that is not success is an error.
    func accepted(_ attempt: () async throws -> Int32) async throws -> Bool {
        let code = try await attempt()
        switch code {
        case 0: return true
        case LIBSSH2_ERROR_AUTHENTICATION_FAILED, LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED,
            LIBSSH2_ERROR_METHOD_NOT_SUPPORTED:
            guard link?.hasEnded == false else { throw failure(code, .authenticating) }
            return false
        default: throw failure(code, .authenticating)
        }
    }

    func signIn(
        _ user: String, _ deadline: Deadline, blob: [UInt8],
        sign: (UnsafeBufferPointer<UInt8>) -> LibSSH2Session.SignResult
    ) async throws -> Int32 {
        try await withoutActuallyEscaping(sign) { sign in
            try await drive(deadline) { $0.authenticate(user, publicKey: blob, sign: sign) }
        }
    }

    /// Prompts come one after the other, in as many rounds as the server likes.
    private final class Prompts {
        private var answers: [Secret<String>]
        private let password: Secret<String>?
        private var isFirst = true
        init(answers: [Secret<String>] = [], password: Secret<String>? = nil) {
            (self.answers, self.password) = (answers, password)
        }

        func answer(_ prompt: String) -> String {
            defer { isFirst = false }
            if let password { return isFirst || prompt.lowercased().contains("passw") ? password.reveal() : "" }
            return answers.isEmpty ? "" : answers.removeFirst().reveal()
        }
    }

    private func answer(_ user: String, _ deadline: Deadline, _ prompts: Prompts) async throws -> Int32 {
        try await drive(deadline) { $0.authenticate(user) { texts in texts.map(prompts.answer) } }
    }

    /// The name of the signature algorithm in what the library wants signed (RFC 4252, section 7).
    static func algorithm(in data: UnsafeBufferPointer<UInt8>) -> String? {
        var reader = WireReader(Array(data))
        do {
            _ = try reader.string()  // session identifier
            _ = try reader.byte()
            for _ in 0..<3 { _ = try reader.string() }  // user, service, method
            _ = try reader.byte()
            return try reader.text()
        } catch { return nil }
    }
}

extension AuthenticationMethod {
    fileprivate var protocolNames: [String] {
        switch self {
        case .key, .agent: ["publickey"]
        case .password: ["password", "keyboard-interactive"]
        case .keyboardInteractive: ["keyboard-interactive"]
        }
    }
}

/// What was tried and what the server would take, for the error's text.
struct AuthenticationRecord {
    var tried: [String] = []
    /// Nil until the server was asked.
    var offered: [String]?
    /// What kept the agent's keys from being used.
    var agentProblem: String?

    func offers(_ names: [String]) -> Bool {
        offered.map { offered in names.contains(where: offered.contains) } ?? true
    }

    func error() -> SSHError {
        var message =
            tried.isEmpty
            ? "there is nothing to authenticate with" : "the server refused \(tried.joined(separator: ", "))"
        if let offered { message += "; it would take \(offered.joined(separator: ", ").printable)" }
        if let agentProblem { message += "; \(agentProblem)" }
        return SSHError(.authenticationFailed, message, remedy: remedy)
    }

    private var remedy: String {
        let words = ["password", "keyboard-interactive"]
        if tried.isEmpty { return "give the host an identity or a password in the vault" }
        if tried.allSatisfy(words.contains) { return "check the user and the password" }
        return tried.contains(where: words.contains)
            ? "check the user, the password, and the user's authorized_keys on the host"
            : "check the user and its authorized_keys on the host"
    }
}
