/// The hosts field of a `known_hosts` line: a hashed name, or names with `*`, `?` and `!`.
package enum HostPatterns: Sendable {
    case hashed(HashedName)
    /// Names without wildcards or negation.
    case names([String])
    case patterns([(pattern: [UInt8], negated: Bool)])

    /// Nil for a damaged hash.
    package init?(_ field: Substring) {
        if field.hasPrefix("|") {
            let parts = field.split(separator: "|", omittingEmptySubsequences: false)
            guard parts.count == 4, parts[1] == "1", let salt = Crypto.decodeBase64(parts[2]),
                let hash = Crypto.decodeBase64(parts[3]), hash.count == 20
            else { return nil }
            self = .hashed(HashedName(salt: salt, hash: hash))
            return
        }
        let names = field.lowercased().split(separator: ",")
        if names.contains(where: { $0.contains("*") || $0.contains("?") || $0.hasPrefix("!") }) {
            self = .patterns(
                names.map { $0.hasPrefix("!") ? (Array($0.dropFirst().utf8), true) : (Array($0.utf8), false) })
        } else {
            self = .names(names.map(String.init))
        }
    }

    /// A name as `ssh-keygen -H` writes it, with a salt of its own.
    package static func hashedField(for name: String) -> String {
        let salt = (0..<20).map { _ in UInt8.random(in: .min ... .max) }
        return "|1|\(Crypto.base64(salt))|\(Crypto.base64(HMACSHA1(key: salt).code(name)))"
    }

    /// - Parameter name: in lower case; `[host]:port` where the port is not 22.
    package func match(_ name: String) -> Bool {
        switch self {
        case .hashed(let hashed): return hashed.matches(name)
        case .names(let names): return names.contains(name)
        case .patterns(let patterns):
            let bytes = Array(name.utf8)
            let matching = patterns.filter { Self.matches($0.pattern, bytes) }
            return !matching.isEmpty && !matching.contains(where: \.negated)
        }
    }

    /// `*` is any number of bytes, `?` is one. Goes back to the last star only, so time stays bounded by the product of
    /// the lengths.
    static func matches(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
        let star = UInt8(ascii: "*")
        let any = UInt8(ascii: "?")
        var p = 0
        var n = 0
        var afterStar: Int?
        var starred = 0
        while n < name.count {
            if p < pattern.count, pattern[p] == star {
                p += 1
                afterStar = p
                starred = n
            } else if p < pattern.count, pattern[p] == any || pattern[p] == name[n] {
                p += 1
                n += 1
            } else if let back = afterStar {
                starred += 1
                p = back
                n = starred
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == star }
    }
}

/// A name of which only its HMAC-SHA1 with a salt is known. Debian's ssh writes all names so, and each has to be tried
/// with every line.
package struct HashedName: Sendable {
    private let code: HMACSHA1
    private let hash: [UInt8]
    init(salt: [UInt8], hash: [UInt8]) { (code, self.hash) = (HMACSHA1(key: salt), hash) }

    func matches(_ name: String) -> Bool { code.code(name) == hash }
}
