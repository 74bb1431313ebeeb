/// Patterns of hosts that clients send. `@file` in one would read any file of the server's machine, and tell what stands in it as patterns that match nothing.
enum ClientLimit {
    /// Whether a client may send it: `@` only for hosts of an earlier run, as `@20261123-201455:failed`.
    static func isAllowed(_ pattern: String) -> Bool {
        let states = ["failed", "unreachable", "changed", "ok", "unfinished"]
        for part in pattern.split(separator: "@", omittingEmptySubsequences: false).dropFirst() {
            let run = part.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "._~-".contains($0)) }
            guard !run.isEmpty, part.dropFirst(run.count).first == ":" else { return false }
            let state = part.dropFirst(run.count + 1).prefix { $0.isLetter }
            guard states.contains(String(state)) else { return false }
        }
        return true
    }
}
