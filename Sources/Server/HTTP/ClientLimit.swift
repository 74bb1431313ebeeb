import Runs

/// Patterns of hosts that clients send. `@file` in one would read any file of the server's machine, and tell what
/// stands in it as patterns that match nothing.
enum ClientLimit {
    /// Whether a client may send it: `@` only for hosts of an earlier run, as `@20261123-201455:failed`.
    static func isAllowed(_ pattern: String) -> Bool {
        for part in pattern.split(separator: "@", omittingEmptySubsequences: false).dropFirst() {
            let run = part.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "._~-".contains($0)) }
            guard !run.isEmpty, part.dropFirst(run.count).first == ":" else { return false }
            let rest = part.dropFirst(run.count + 1)
            let state = rest.prefix { $0.isLetter }
            guard RunArchive.Entry.HostState(rawValue: String(state)) != nil else { return false }
            // `@notes:failed-` is no run's to `--limit`: it would part at the colon, and read the file `notes`.
            if let next = rest.dropFirst(state.count).first, !",: ".contains(next) { return false }
        }
        return true
    }
}
