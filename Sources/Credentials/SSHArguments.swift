import Templating

/// What `ansible_ssh_common_args` and its siblings say, as far as it can be followed without running ssh.
struct SSHArguments {
    private(set) var fields: [(field: ConnectionField, value: String)] = []
    /// Options that count as lines before ssh's configuration (`-o`).
    private(set) var options: [(name: String, value: String)] = []
    /// Read in the place of ssh's configuration (`-F`).
    private(set) var configurationFile: String?
    /// Options that change whether or how a host is reached, and that only ssh itself understands.
    private(set) var unsupported: [String] = []
    /// Options about host keys, which are always checked here.
    private(set) var hostKeyOptions: [String] = []
    private(set) var isMalformed = false

    /// What is done anyway, or concerns ssh's own connection sharing only.
    private static let needless: Set<String> = [
        "controlmaster", "controlpath", "controlpersist", "serveraliveinterval", "serveralivecountmax", "tcpkeepalive",
        "compression",
        "batchmode", "loglevel", "passwordauthentication", "kbdinteractiveauthentication", "preferredauthentications",
        "pubkeyauthentication",
        "identitiesonly", "connectionattempts", "requesttty", "updatehostkeys", "visualhostkey",
    ]

    /// Whoever sets one of these says what is run here, or which keys and files count: only what stands in files of the
    /// user's own may.
    private static let followed: Set<String> = [
        "proxycommand", "hostkeyalias", "userknownhostsfile", "identityagent",
    ]
    /// Whether there is anything that only a trusted text may say.
    var decidesHere: Bool { !options.isEmpty || configurationFile != nil }

    init(_ text: String) {
        guard let split = try? ShellWords.split(text) else {
            isMalformed = true
            return
        }
        var words = split.map(\.text)[...]
        while let word = words.popFirst() {
            guard word.hasPrefix("-"), let letter = word.dropFirst().first else {
                isMalformed = true
                return
            }
            switch letter {
            case "C", "q", "v", "T", "t", "n", "x", "a", "k", "4", "6":
                continue
            default:
                let attached = String(word.dropFirst(2))
                guard let value = attached.isEmpty ? words.popFirst() : attached else {
                    isMalformed = true
                    return
                }
                switch letter {
                case "o": option(value)
                case "J": fields.append((.proxyJump, value))
                case "i": fields.append((.identity, value))
                case "l": fields.append((.user, value))
                case "p": fields.append((.port, value))
                case "F": configurationFile = value
                default: unsupported.append("-\(letter)")
                }
            }
        }
    }

    /// `ProxyJump=bastion` or `ProxyJump bastion`
    private mutating func option(_ text: String) {
        let name = String(text.prefix { $0 != "=" && !$0.isWhitespace })
        let value = String(text.dropFirst(name.count).drop { $0 == "=" || $0.isWhitespace })
        switch name.lowercased() {
        case "proxyjump": if value.lowercased() != "none" { fields.append((.proxyJump, value)) }
        case "user": fields.append((.user, value))
        case "port": fields.append((.port, value))
        case "identityfile": fields.append((.identity, value))
        case "connecttimeout": fields.append((.connectTimeout, value))
        case "stricthostkeychecking", "globalknownhostsfile", "checkhostip": hostKeyOptions.append(name)
        case let known where Self.followed.contains(known): options.append((known, value))
        case let known where Self.needless.contains(known): break
        default: unsupported.append(name)
        }
    }
}
