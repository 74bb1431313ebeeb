import Support
import Vault
import YAML

/// A token of `comfyfleet token create`, but for itself: what is kept is the SHA-256 of its 256 random bits.
package struct APIToken: Sendable {
    package let name: String
    let digest: [UInt8]
    /// Seconds since 1970.
    package let created: Double
    package let expires: Double?
    package let rights: Set<AccessRight>
    /// Names of installers and paths of playbooks; nil for all.
    package let playbooks: [String]?
    /// Patterns; nil for all hosts.
    package let hosts: [String]?

    package func isExpired(at time: Double) -> Bool { expires.map { $0 <= time } ?? false }

    /// A name that can stand in a line of the audit trail: letters, digits, `.`, `_` and `-`. The vault's token is
    /// called `vault`, and `none` is who needs no token.
    package static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-".utf8.contains(byte)
            } && ![ClientAccess.vault.name, ClientAccess.none.name].contains(text)
    }
}

extension APIToken {
    var json: Value {
        func texts(_ texts: [String]?) -> Value { texts.map { texts in .list(texts.map { .string($0) }) } ?? .null }
        return .dict([
            "name": .string(name), "sha256": .string(Hex.text(digest)), "created": .double(created),
            "expires": expires.map { .double($0) } ?? .null,
            "may": texts(AccessRight.allCases.filter(rights.contains).map(\.rawValue)), "playbooks": texts(playbooks),
            "hosts": texts(hosts),
        ])
    }

    /// nil for what this version has not written.
    init?(_ value: Value) {
        // No token was made, or expires, at a time that is none; one that expires at NaN never would.
        func number(_ value: Value?) -> Double? {
            let seconds: Double? =
                switch value {
                case .int(let number, _)?: Double(number)
                case .double(let number, _)?: number
                default: nil
                }
            return seconds.flatMap { abs($0) < 1e15 ? $0 : nil }
        }
        func texts(_ value: Value?) -> [String]?? {
            guard let value, !value.isNull else { return .some(nil) }
            let texts = value.list?.compactMap(\.string)
            return texts?.count == value.list?.count ? texts : nil
        }
        guard let map = value.map, let name = map["name"]?.string,
            let hex = map["sha256"]?.string.map({ Array($0.utf8) }), hex.count == 64,
            let created = number(map["created"]),
            let words = map["may"]?.list, let playbooks = texts(map["playbooks"]), let hosts = texts(map["hosts"])
        else { return nil }
        let expires = number(map["expires"])
        let rights = words.compactMap(\.string).compactMap(AccessRight.init)
        guard rights.count == words.count, expires != nil || map["expires"]?.isNull ?? true else { return nil }
        var digest: [UInt8] = []
        for index in stride(from: 0, to: hex.count, by: 2) {
            guard let byte = UInt8(String(decoding: hex[index..<index + 2], as: UTF8.self), radix: 16) else {
                return nil
            }
            digest.append(byte)
        }
        self.init(
            name: name, digest: digest, created: created, expires: expires, rights: Set(rights), playbooks: playbooks,
            hosts: hosts)
    }
}
