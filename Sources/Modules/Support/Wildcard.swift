/// Shell patterns on text, as Python's `fnmatch`: `*`, `?`, `[abc]`, `[!abc]`, with no character special to `*`.
enum Wildcard {
    static func matches(_ text: String, _ pattern: String) -> Bool {
        let text = Array(text), pattern = Array(pattern)
        var t = 0, p = 0
        /// Where to go on when a `*` has to take one character more.
        var retry: (t: Int, p: Int)?
        while t < text.count {
            if p < pattern.count, pattern[p] == "*" {
                p += 1
                retry = (t, p)
            } else if p < pattern.count, let next = step(pattern, p, text[t]) {
                t += 1
                p = next
            } else if let (from, after) = retry {
                retry = (from + 1, after)
                (t, p) = (from + 1, after)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == "*" }
    }

    /// The place in the pattern after the piece at `p`, when that piece takes the character.
    private static func step(_ pattern: [Character], _ p: Int, _ character: Character) -> Int? {
        switch pattern[p] {
        case "?": return p + 1
        case "[":
            var end = p + 1
            if end < pattern.count, pattern[end] == "!" { end += 1 }
            if end < pattern.count, pattern[end] == "]" { end += 1 }
            while end < pattern.count, pattern[end] != "]" { end += 1 }
            guard end < pattern.count else { return character == "[" ? p + 1 : nil }
            var members = pattern[(p + 1)..<end]
            let isNegated = members.first == "!"
            if isNegated { members.removeFirst() }
            var found = false
            var i = members.startIndex
            while i < members.endIndex {
                if i + 2 < members.endIndex, members[i + 1] == "-" {
                    if members[i] <= character, character <= members[i + 2] { found = true }
                    i += 3
                } else {
                    if members[i] == character { found = true }
                    i += 1
                }
            }
            return found != isNegated ? end + 1 : nil
        case let literal: return literal == character ? p + 1 : nil
        }
    }
}
