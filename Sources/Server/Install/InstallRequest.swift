import Hummingbird
import Redaction
import YAML

/// What `POST /api/remote/install` asks for.
struct InstallRequest: Sendable {
    var host = ""
    /// In any case; nil for all.
    var modules: [String]?
    var isDryRun = false
    /// Whether the answer comes when it is done, or when it has begun.
    var waits = true
    /// The vault's provider and key for the host, before those that the inventory names.
    var provider: String?
    var key: String?
    /// The last layer of credentials, as the command line's.
    var options: [String] = []
    /// Passwords, and the modules' variables.
    var input = Commands.Input()
    /// Whether it says itself which credentials of the server's are used, or where they are sent.
    var choosesCredentials = false

    init(_ request: Request, limits: ServerSettings.Limits) async throws {
        var body = try await BodyFields(
            request,
            known: ["host", "hostname", "modules", "dry_run", "wait", "extra_vars", "ssh", "secrets", "credentials"],
            limits: limits)
        host = body.text("host", "hostname", required: true, limit: 253) ?? ""
        if !host.isEmpty, !Self.isHostName(host) { body.refuse("host", "takes one host's name or IPv4 address") }
        let names = body.texts("modules", required: true, most: 32)
        // A name alone, as the original has it; in a list it is a module's.
        if names.count != 1 || names[0].lowercased() != "all" || body.isList("modules") { modules = names }
        if Set(names.map { $0.lowercased() }).count < names.count { body.refuse("modules", "names one of them twice") }
        isDryRun = body.flag("dry_run", else: false)
        waits = body.flag("wait", else: true)
        for name: RedactedText in ["secrets", "credentials"] {
            guard
                let block = body.object(
                    name, known: ["provider", "key", "entry", "id"],
                    { ($0.plainText("provider", limit: 200), $0.plainText("key", "entry", "id", limit: 253)) })
            else { continue }
            if choosesCredentials { body.refuse("credentials", "is another name for secrets; give one of them") }
            (provider, key) = block
            choosesCredentials = true
        }
        let ssh = body.object("ssh", known: SSHOverrides.names) { SSHOverrides(&$0) }
        options = ssh?.options ?? []
        input = ssh?.input ?? .init()
        input.variables = body.variables("extra_vars") ?? [:]
        choosesCredentials = choosesCredentials || ssh?.choosesCredentials == true
        try body.finish()
    }

    /// One host: no pattern, no range, nothing that a file's name could not hold.
    static func isHostName(_ text: String) -> Bool {
        guard let first = text.utf8.first, first.isHostByte, first != UInt8(ascii: "-"), first != UInt8(ascii: ".")
        else { return false }
        return text.utf8.count <= 253 && text.utf8.allSatisfy(\.isHostByte)
    }
}

/// `ssh: {…}`: how to connect, before the vault and the inventory. Which program connects (`ssh_command`, `proxy_jump`)
/// is no client's choice: it would run on this machine.
struct SSHOverrides: Sendable {
    static let names: [RedactedText] = [
        "user", "port", "identity", "passphrase", "password", "connect_timeout", "become_user", "become_password",
        "become_method", "accept_new_host_keys",
    ]
    private(set) var options: [String] = []
    private(set) var input = Commands.Input()
    /// Whether it says which of the server's credentials are used, or who gets them: by the port another server of the
    /// host, by accepting keys whoever answers for it, by an account
    /// its owner, who sees what is typed there for sudo.
    private(set) var choosesCredentials = false
    /// Whether hosts' keys are learned, which later runs trust, too.
    private(set) var learnsHostKeys = false

    init(_ body: inout BodyFields) {
        // As one word, so that a value that begins with a dash is no option.
        func add(_ option: String, _ value: String?) { if let value { options.append("\(option)=\(value)") } }
        let identity = body.plainText("identity")
        if let problem = identity.flatMap(ClientPath.identityProblem) { body.refuse("identity", problem) }
        let choices: [(option: String, value: String?)] = [
            ("--user", body.plainText("user", limit: 256)),
            ("--port", body.number("port", 1...65535).map { String($0) }),
            ("--private-key", identity), ("--become-user", body.plainText("become_user", limit: 256)),
        ]
        for choice in choices { add(choice.option, choice.value) }
        choosesCredentials = choices.contains { $0.value != nil }
        add("--timeout", body.number("connect_timeout", 1...3600).map(String.init))
        if let method = body.text("become_method") {
            if ["sudo", "su", "doas"].contains(method) {
                add("--become-method", method)
            } else {
                body.refuse("become_method", "takes sudo, su or doas")
            }
        }
        learnsHostKeys = body.flag("accept_new_host_keys", else: false)
        if learnsHostKeys {
            options.append("--accept-new-host-keys")
            choosesCredentials = true
        }
        if let password = body.text("password") {
            options.append("--ask-pass")
            input.password = Secret(password)
        }
        if let password = body.text("become_password") {
            options.append("--ask-become-pass")
            input.becomePassword = Secret(password)
        }
        if let passphrase = body.text("passphrase") {
            options.append("--ask-key-pass")
            input.passphrase = Secret(passphrase)
        }
    }
}

extension UInt8 {
    fileprivate var isHostByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
