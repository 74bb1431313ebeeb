import Credentials
import Redaction
import Support

/// What tells two connections to one host apart: where they lead, whom they log in as, and with what.
struct ConnectionWay: Hashable, Sendable {
    private let address: String, user: String
    private let port: Int
    private let identity: String?, proxyJump: String?
    private let sshCommand: [String]?
    private let password: Secret<String>?, passphrase: Secret<String>?

    init(_ settings: ConnectionSettings) {
        address = settings.address
        user = settings.user
        port = settings.port
        identity = settings.identity
        proxyJump = settings.proxyJump
        sshCommand = settings.sshCommand
        password = settings.password
        passphrase = settings.passphrase
    }

    /// `ops@10.0.0.1:22#1a2b3c4d`, without blanks: a process that resumes the run finds the shell again by it. The
    /// digits tell apart what else differs.
    var name: String {
        let rest = [identity, proxyJump, sshCommand?.joined(separator: "\0"), password?.reveal(), passphrase?.reveal()]
        let digest = SHA2.sha256(Array(rest.map { $0 ?? "" }.joined(separator: "\u{1}").utf8))
        return "\(user)@\(address):\(port)#\(Hex.text(digest.prefix(4)))"
    }

    /// Of a shell that an earlier process left: it is reached as the host's own settings say but for this.
    static func apply(_ name: String, to settings: inout ConnectionSettings) {
        let end = name.lastIndex(of: "#") ?? name.endIndex
        guard let at = name[..<end].firstIndex(of: "@"), let colon = name[..<end].lastIndex(of: ":"), at < colon else {
            return
        }
        settings.user = String(name[..<at])
        settings.address = String(name[name.index(after: at)..<colon])
        if let port = Int(name[name.index(after: colon)..<end]) { settings.port = port }
    }
}
