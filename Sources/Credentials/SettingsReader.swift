import Redaction
import Templating
import YAML

/// Turns a host's fields into settings, and tells what in them cannot be used. The texts name layers, never values.
struct SettingsReader {
    private let fields: LayeredFields
    private(set) var problems: [Problem] = []

    init(_ fields: LayeredFields) { self.fields = fields }

    mutating func read(
        host: String, home: String, register: (ConnectionField, Secret<String>) -> Void
    ) -> ConnectionSettings {
        var settings = ConnectionSettings(host: host, address: text(.address) ?? host, user: text(.user) ?? "")
        if let name = text(.connection) {
            if let kind = ConnectionSettings.Kind(named: name) {
                settings.kind = kind
            } else {
                problem(.connection, "it is not a way to connect that is supported", remedy: "use ssh or local")
            }
        }
        if fields[.user] != nil, settings.user.isEmpty {
            problem(.user, "it is empty", remedy: "give a user, or remove the field")
        }
        for (field, value) in [(ConnectionField.user, settings.user), (.address, settings.address)]
        where value.hasPrefix("-") || value.contains(where: \.isWhitespace) {
            problem(field, "it is not a name: it has a space in it or begins with '-'", remedy: "correct it")
        }
        if let port = fields[.port]?.value {
            switch port.int ?? port.string.flatMap({ Int($0) }) {
            case .some(let number) where (1...65535).contains(number): settings.port = number
            default: problem(.port, "it is not a number from 1 to 65535", remedy: "correct it")
            }
        }
        if let timeout = fields[.connectTimeout]?.value {
            switch timeout {
            case .int(let seconds, _) where seconds > 0 && seconds <= 86400: settings.connectTimeout = .seconds(seconds)
            case .double(let seconds, _) where seconds > 0 && seconds <= 86400:
                settings.connectTimeout = .seconds(seconds)
            case .string(let text, _):
                if let seconds = Double(text), seconds > 0, seconds <= 86400 {
                    settings.connectTimeout = .seconds(seconds)
                } else {
                    fallthrough
                }
            default: problem(.connectTimeout, "it is not a number of seconds above 0", remedy: "correct it")
            }
        }
        if let identity = text(.identity) {
            if identity.isEmpty {
                problem(.identity, "it is empty", remedy: "give the path of a private key, or remove the field")
            }
            settings.identity =
                identity == "~" ? home : identity.hasPrefix("~/") ? home + identity.dropFirst() : identity
        }
        settings.passphrase = secret(.passphrase, register)
        settings.password = secret(.password, register)
        settings.becomePassword = secret(.becomePassword, register)
        settings.becomeUser = text(.becomeUser)
        if let method = text(.becomeMethod) { settings.becomeMethod = String(method.split(separator: ".").last ?? "") }
        settings.becomeExe = words(.becomeExe)
        // None at all is something else than what there is without a word.
        settings.becomeFlags = fields[.becomeFlags]?.value == .string("") ? [] : words(.becomeFlags)
        settings.proxyJump = text(.proxyJump).flatMap { $0.isEmpty ? nil : $0 }
        settings.sshCommand = words(.sshCommand)
        settings.scpCommand = words(.scpCommand)
        settings.environment = environment()
        return settings
    }

    /// Text, or a number that is meant as text (a user whose name is digits).
    private mutating func text(_ field: ConnectionField) -> String? {
        switch fields[field]?.value {
        case nil: return nil
        case .string(let text, _): return text
        case .int(let number, _): return String(number)
        default:
            problem(field, "it is not text", remedy: "correct it")
            return nil
        }
    }

    private mutating func secret(
        _ field: ConnectionField, _ register: (ConnectionField, Secret<String>) -> Void
    ) -> Secret<String>? {
        guard let text = text(field), !text.isEmpty else { return nil }
        let secret = Secret(text)
        register(field, secret)
        return secret
    }

    /// `ssh -F lab.conf`, or a list of words.
    private mutating func words(_ field: ConnectionField) -> [String]? {
        let words: [String]? =
            switch fields[field]?.value {
            case nil: []
            case .string(let text, _): (try? ShellWords.split(text))?.map(\.text)
            case .list(let items): items.allSatisfy { $0.string != nil } ? items.compactMap(\.string) : nil
            default: nil
            }
        guard let words else {
            problem(field, "it is not a command line", remedy: "check its quotes")
            return nil
        }
        return words.isEmpty ? nil : words
    }

    private mutating func environment() -> [String: String] {
        guard let value = fields[.env]?.value else { return [:] }
        guard let map = value.map else {
            problem(.env, "it is not an object of variables", remedy: "correct it")
            return [:]
        }
        var environment: [String: String] = [:]
        for (name, value) in map.pairs {
            guard let name = name.string, !name.isEmpty, !name.contains("="), !name.contains("\0") else {
                problem(.env, "it has a variable without a proper name", remedy: "correct it")
                continue
            }
            switch value {
            case .null: break
            case .string(let text, _): environment[name] = text
            case .int, .bigInt, .double, .bool: environment[name] = JSON.text(value)
            default: problem(.env, "it has a variable that is not text", remedy: "correct it")
            }
        }
        return environment
    }

    private mutating func problem(_ field: ConnectionField, _ what: String, remedy: String) {
        let found = Problem.error(field, what, remedy: remedy).about(field, from: fields[field]?.layer)
        if !problems.contains(found) { problems.append(found) }
    }
}
