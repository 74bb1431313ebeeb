import Glibc
import Support

/// What OpenSSH's configuration says for one host, each with the line that says it.
package struct SSHHostSettings: Sendable {
    package struct Setting<Value: Sendable>: Sendable {
        package let value: Value
        package let place: SSHConfigurationPlace
    }

    /// What was asked for.
    package let name: String
    private let home: String
    private let loginName: String
    var userAskedFor: String?
    var portAskedFor: Int?
    private var values: [String: SSHConfigurationFile.Directive] = [:]
    private var identities: [SSHConfigurationFile.Directive] = []
    /// What changes how a host is reached and is not followed here, by its name in the configuration.
    package private(set) var passedOver: [(name: String, place: SSHConfigurationPlace)] = []

    init(name: String, home: String, loginName: String) {
        (self.name, self.home, self.loginName) = (name, home, loginName)
    }

    /// Followed here. Of `identityfile` each counts, of the others the first.
    private static let known: Set<String> = [
        "connecttimeout", "globalknownhostsfile", "hostkeyalias", "hostname", "identitiesonly", "identityagent",
        "identityfile", "port", "proxycommand", "proxyjump", "stricthostkeychecking", "user", "userknownhostsfile",
    ]

    /// What is done anyway, concerns a person at a terminal, or ssh's sharing and forwarding of connections.
    private static let needless: Set<String> = [
        "addkeystoagent", "addressfamily", "batchmode", "canonicaldomains", "canonicalizefallbacklocal",
        "canonicalizemaxdots", "challengeresponseauthentication", "checkhostip", "clearallforwardings", "compression",
        "compressionlevel", "connectionattempts", "controlmaster", "controlpath", "controlpersist", "dynamicforward",
        "enableescapecommandline", "escapechar", "exitonforwardfailure", "fingerprinthash", "forkafterauthentication",
        "forwardagent", "forwardx11", "forwardx11timeout", "forwardx11trusted", "gatewayports",
        "gssapiauthentication", "gssapidelegatecredentials", "gssapikeyexchange", "gssapirenewalforcesrekey",
        "gssapitrustdns", "hashknownhosts", "ignoreunknown", "ipqos", "kbdinteractiveauthentication",
        "localcommand", "localforward", "loglevel", "logverbose", "nohostauthenticationforlocalhost",
        "numberofpasswordprompts", "passwordauthentication", "permitlocalcommand", "permitremoteopen",
        "preferredauthentications", "proxyusefdpass", "pubkeyauthentication", "rekeylimit", "remotecommand",
        "remoteforward", "requesttty", "sendenv", "serveralivecountmax", "serveraliveinterval", "sessiontype",
        "setenv", "stdinnull", "streamlocalbindmask", "streamlocalbindunlink", "syslogfacility", "tag",
        "tcpkeepalive", "tunnel", "tunneldevice", "updatehostkeys", "usekeychain", "useprivilegedport",
        "visualhostkey", "xauthlocation",
    ]

    mutating func apply(_ directive: SSHConfigurationFile.Directive) {
        switch directive.name {
        case "identityfile": identities.append(directive)
        // Whichever of the two comes first keeps the other out; no jump host at all still lets a command in.
        case "proxyjump":
            if values["proxyjump"] == nil, values["proxycommand"] == nil { values["proxyjump"] = directive }
        case "proxycommand":
            let hasJump = values["proxyjump"].map { $0.arguments.first?.lowercased() != "none" } ?? false
            if !hasJump, values["proxycommand"] == nil { values["proxycommand"] = directive }
        case let name where Self.known.contains(name): if values[name] == nil { values[name] = directive }
        case let name where Self.needless.contains(name): break
        default: passOver(directive.spelling, directive.place)
        }
    }

    mutating func passOver(_ name: String, _ place: SSHConfigurationPlace) {
        guard !passedOver.contains(where: { $0.name == name && $0.place == place }) else { return }
        passedOver.append((name, place))
    }

    // MARK: What counts

    /// What is connected to; nil where it is the name that was asked for.
    package var hostName: Setting<String>? {
        first("hostname").map { Setting(value: expanded($0.value, [("h", name)]), place: $0.place) }
    }
    var hostNameOrName: String { hostName?.value ?? name }

    package var user: Setting<String>? { first("user") }
    var effectiveUser: String { userAskedFor ?? user?.value ?? loginName }

    /// As it is written: whether it is a number is for whoever reads all layers.
    package var port: Setting<String>? { first("port") }
    private var effectivePort: String { portAskedFor.map(String.init) ?? port?.value ?? "22" }

    /// Seconds, or a time as ssh writes it (`1m30s`); nil also for `none`.
    package var connectTimeout: Setting<Int>? {
        guard let setting = first("connecttimeout"), let seconds = Self.seconds(setting.value) else { return nil }
        return Setting(value: seconds, place: setting.place)
    }

    /// Paths of private keys, in the order in which they are tried; empty where the standard ones are.
    package var identityFiles: [Setting<String>] {
        identities.filter { $0.arguments.first?.lowercased() != "none" }.map {
            Setting(value: expandedPath($0.arguments.first ?? ""), place: $0.place)
        }
    }
    /// Only the keys of `identityFiles` are offered, whatever else the agent holds.
    package var identitiesOnly: Bool { Self.isYes(first("identitiesonly")?.value) }

    /// The agent's socket; an empty value is none at all. Nil is that of the environment.
    package var identityAgent: Setting<String>? {
        guard let setting = first("identityagent") else { return nil }
        switch setting.value {
        case "SSH_AUTH_SOCK": return nil
        case let value where value.lowercased() == "none": return Setting(value: "", place: setting.place)
        case let value where value.hasPrefix("$") && !value.hasPrefix("${"):
            return Setting(
                value: getenv(String(value.dropFirst())).map { String(cString: $0) } ?? "", place: setting.place)
        default: return Setting(value: expandedPath(setting.value), place: setting.place)
        }
    }

    /// `[user@]host[:port],…`; each is looked up in the configuration, too.
    package var proxyJump: Setting<String>? {
        guard let setting = first("proxyjump"), setting.value.lowercased() != "none" else { return nil }
        let port = effectivePort
        return Setting(
            value: expanded(setting.value, [("h", hostNameOrName), ("n", name), ("p", port), ("r", effectiveUser)]),
            place: setting.place)
    }

    /// The command whose input and output is the connection, with ssh's tokens replaced; the error for a host or user
    /// whose name a shell would take for more than a name.
    package var proxyCommand: Result<Setting<String>, SSHConfigurationError>? {
        guard let directive = values["proxycommand"] else { return nil }
        guard let text = directive.arguments.first, text.lowercased() != "none" else { return nil }
        let names = [hostNameOrName, name, effectiveUser]
        guard names.allSatisfy({ $0.utf8.allSatisfy(Self.isHarmless) && !$0.hasPrefix("-") }) else {
            return .failure(
                SSHConfigurationError(
                    place: "\(directive.place)",
                    problem: "ProxyCommand is not run with a host or user whose name has other signs than a name has",
                    remedy: "correct the name, or use ProxyJump"))
        }
        return .success(
            Setting(
                value: expanded(
                    text,
                    [
                        ("h", hostNameOrName), ("n", name), ("p", effectivePort), ("r", effectiveUser),
                        ("k", hostKeyAlias ?? name),
                    ]),
                place: directive.place))
    }

    /// The name under which the host's key is known.
    package var hostKeyAlias: String? { first("hostkeyalias")?.value }

    package var userKnownHostsFiles: Setting<[String]>? {
        guard let directive = values["userknownhostsfile"] else { return nil }
        return Setting(
            value: directive.arguments.filter { $0.lowercased() != "none" }.map(expandedPath), place: directive.place)
    }

    /// `yes`, `no`, `accept-new`, `ask`, `off`
    package var strictHostKeyChecking: Setting<String>? { first("stricthostkeychecking") }

    // MARK: Values

    private func first(_ name: String) -> Setting<String>? {
        guard let directive = values[name], let value = directive.arguments.first else { return nil }
        return Setting(value: value, place: directive.place)
    }

    private static func isYes(_ value: String?) -> Bool { ["yes", "true"].contains(value?.lowercased()) }

    private func expandedPath(_ path: String) -> String {
        expandingTilde(
            expanded(
                path,
                [
                    ("d", home), ("h", hostNameOrName), ("n", name), ("p", effectivePort), ("r", effectiveUser),
                    ("u", loginName), ("i", String(getuid())), ("l", Self.localName), ("L", Self.shortLocalName),
                ]),
            home: home)
    }

    /// `%h` and its like, and `${NAME}` of the environment. What it does not know stays.
    private func expanded(_ text: String, _ tokens: [(letter: Character, value: String)]) -> String {
        var result = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            if character == "%", let letter = rest.first {
                rest.removeFirst()
                if letter == "%" {
                    result.append("%")
                } else if let token = tokens.first(where: { $0.letter == letter }) {
                    result += token.value
                } else {
                    result += "%\(letter)"
                }
            } else if character == "$", rest.first == "{", let end = rest.firstIndex(of: "}") {
                let variable = String(rest[rest.index(after: rest.startIndex)..<end])
                result += getenv(variable).map { String(cString: $0) } ?? ""
                rest = rest[rest.index(after: end)...]
            } else {
                result.append(character)
            }
        }
        return result
    }

    private static func isHarmless(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: "._-:@%+".utf8.contains(byte) || byte >= 0x80
        }
    }

    /// `90`, `1m30s`, `2h` (sshd_config(5), TIME FORMATS); nil for anything else.
    static func seconds(_ text: String) -> Int? {
        var total = 0
        var digits = ""
        for character in text.lowercased() {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604_800]
            guard let unit = units[character], let number = Int(digits), number < 1 << 20 else { return nil }
            total += number * unit
            digits = ""
        }
        if !digits.isEmpty {
            guard let number = Int(digits), number < 1 << 31 else { return nil }
            total += number
        }
        return total > 0 ? total : nil
    }

    private static let localName: String = {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()
    private static let shortLocalName = String(localName.prefix { $0 != "." })
}
