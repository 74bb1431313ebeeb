/// One line of apt's `sources.list`: `deb [arch=amd64 signed-by=/etc/apt/keyrings/x.gpg] https://x.org/apt stable main
/// # a note`.
struct AptSourceLine: Sendable, Hashable {
    /// The line with single blanks, without its comment: what makes two of them the same source.
    let source: String
    let address: String
    /// A line that is a comment itself, and would be a source without its `#`.
    let isEnabled: Bool
    let comment: String?

    /// nil when the line is no source, enabled or not.
    init?(_ line: some StringProtocol) {
        var text = line.trimmingBlanks[...]
        isEnabled = text.first != "#"
        text = text.drop { $0 == "#" || $0.isWhitespace }
        if let hash = text.firstIndex(of: "#") {
            comment = text[text.index(after: hash)...].trimmingBlanks
            text = text[..<hash]
        } else {
            comment = nil
        }
        var words = text.split(whereSeparator: \.isWhitespace)[...]
        guard let kind = words.popFirst(), kind == "deb" || kind == "deb-src" else { return nil }
        var parts = [String(kind)]
        if words.first?.first == "[" {
            guard let end = words.firstIndex(where: { $0.last == "]" }) else { return nil }
            let options = words[...end].joined(separator: " ").dropFirst().dropLast().trimmingBlanks
            parts.append("[\(options)]")
            words = words[(end + 1)...]
        }
        // An address and a suite; a suite that is a folder needs no components.
        guard words.count >= 2, let address = words.first, address.contains(":") else { return nil }
        self.address = String(address)
        source = (parts + words.map(String.init)).joined(separator: " ")
    }

    /// The line, enabled.
    var text: String { source + (comment.map { " # \($0)" } ?? "") }

    /// The name that a file of this source alone gets: its address in words.
    var fileName: String {
        var address = address[...]
        if let scheme = address.firstRange(of: "://") { address = address[scheme.upperBound...] }
        if let at = address.firstIndex(of: "@"), !address[..<at].contains("/") {
            address = address[address.index(after: at)...]
        }
        return address.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.joined(separator: "_")
    }
}
