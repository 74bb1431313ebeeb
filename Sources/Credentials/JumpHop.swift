/// One hop of `proxy_jump`: `[user@]host[:port]`, an IPv6 address in brackets.
package struct JumpHop: Sendable, Equatable {
    package var user: String?
    package var host: String
    package var port: Int?

    /// Nil for what is no hop.
    package init?(_ text: some StringProtocol) {
        var rest = Substring(text)
        if let at = rest.lastIndex(of: "@") {
            user = String(rest[..<at])
            rest = rest[rest.index(after: at)...]
        }
        if rest.hasPrefix("[") {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
        } else {
            let end = rest.lastIndex(of: ":") ?? rest.endIndex
            host = String(rest[..<end])
            rest = rest[end...]
        }
        if rest.hasPrefix(":") {
            guard let number = Int(rest.dropFirst()), (1...65535).contains(number) else { return nil }
            port = number
            rest = ""
        }
        guard rest.isEmpty, !host.isEmpty, user?.isEmpty != true,
            !host.contains(where: { $0 == ":" || $0.isWhitespace }) || text.contains("[")
        else { return nil }
    }
}
