/// A name with `*` and `?`, or `!` before what must not match (ssh_config(5), PATTERNS).
struct GlobPattern: Sendable {
    let isNegated: Bool
    private let bytes: [UInt8]
    private let isLiteral: Bool

    init(_ text: String) {
        isNegated = text.hasPrefix("!")
        bytes = Array(text.utf8.dropFirst(isNegated ? 1 : 0))
        isLiteral = !bytes.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
    }

    /// The name that it is, when it is no pattern.
    var literal: String? { isLiteral && !isNegated ? String(decoding: bytes, as: UTF8.self) : nil }

    /// Goes back to the last star only, so time stays bounded by the product of the lengths.
    func matches(_ name: [UInt8]) -> Bool {
        if isLiteral { return bytes == name }
        var (p, n, starred) = (0, 0, 0)
        var afterStar: Int?
        while n < name.count {
            if p < bytes.count, bytes[p] == UInt8(ascii: "*") {
                p += 1
                afterStar = p
                starred = n
            } else if p < bytes.count, bytes[p] == UInt8(ascii: "?") || bytes[p] == name[n] {
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
        return bytes[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// Whether one of them matches, and none that is negated does.
    static func matches(_ patterns: [GlobPattern], _ name: String) -> Bool {
        let bytes = Array(name.utf8)
        var isMatched = false
        for pattern in patterns where pattern.matches(bytes) {
            if pattern.isNegated { return false }
            isMatched = true
        }
        return isMatched
    }
}
