/// What `urlize` makes of a text: addresses of pages and of mail become links, the rest is escaped.
struct LinkedText {
    /// So much of an address is shown; nil: all of it.
    let limit: Int?
    /// Of links to pages, with a space before each.
    let attributes: String
    private let space, page, mail: PythonRegex

    init(limit: Int?, attributes: String) throws(TemplateError) {
        self.limit = limit
        self.attributes = attributes
        space = try RegexCache.expression("(\\s+)")
        page = try RegexCache.expression(LinkedText.pagePattern, .ignoreCase)
        mail = try RegexCache.expression("\\S+@\\w[\\w.-]*\\.\\w+\\Z")
    }

    /// A name below some top-level domain after a scheme or `www.`, a name below a well-known one, or an address.
    private static let pagePattern =
        "(?:(?:https?://|www\\.)(?:(?:[\\w%-]+\\.)+)?(?:[a-z]{2,63}|xn--[\\w%]{2,59})|(?:[\\w%-]{2,63}\\.)+(?:com|net|int|edu|gov|org|info|mil)"
        + "|https?://(?:\\d{1,3}(?:\\.\\d{1,3}){3}|\\[(?:[\\da-f]{0,4}:){2}(?:[\\da-f]{0,4}:?){1,6}\\]))(?::\\d{1,5})?(?:[/?#]\\S*)?\\Z"

    func text(_ text: String) throws(TemplateError) -> String {
        var result = BoundedText()
        for part in try space.split(Markup.escape(text)) { try result.append(word(part)) }
        return result.text
    }

    private static let brackets = [("(", ")"), ("<", ">"), ("&lt;", "&gt;")]

    private func word(_ word: String) throws(TemplateError) -> String {
        var head = ""
        var middle = word
        var tail = ""
        while let opening = ["(", "<", "&lt;"].first(where: { middle.hasPrefix($0) }) {
            head += opening
            middle.removeFirst(opening.count)
        }
        while let closing = [")", ">", ".", ",", "&gt;"].first(where: { middle.hasSuffix($0) }) {
            tail = closing + tail
            middle.removeLast(closing.count)
        }
        // A bracket that is opened within the address is closed in it.
        for (opening, closing) in Self.brackets {
            let opened = count(opening, in: middle)
            guard opened > count(closing, in: middle) else { continue }
            for _ in 0..<min(opened, count(closing, in: tail)) {
                guard let end = tail.firstRange(of: closing)?.upperBound else { break }
                middle += tail[..<end]
                tail.removeSubrange(..<end)
            }
        }
        return head + (try linked(middle)) + tail
    }

    private func linked(_ address: String) throws(TemplateError) -> String {
        let isWeb = address.hasPrefix("https://") || address.hasPrefix("http://")
        if try page.firstMatch(in: address, anchored: true) != nil {
            return "<a href=\"\(isWeb ? "" : "https://")\(address)\"\(attributes)>\(shown(address))</a>"
        }
        if address.hasPrefix("mailto:"), try mail.firstMatch(in: String(address.dropFirst(7)), anchored: true) != nil {
            return "<a href=\"\(address)\">\(address.dropFirst(7))</a>"
        }
        if address.contains("@"), !address.hasPrefix("www."), !address.contains(":"),
            try mail.firstMatch(in: address, anchored: true) != nil
        {
            return "<a href=\"mailto:\(address)\">\(address)</a>"
        }
        return address
    }

    private func shown(_ address: String) -> String {
        guard let limit, PythonText.count(address) > limit else { return address }
        return PythonText.slice(address, 0, limit) + "..."
    }

    private func count(_ part: String, in text: String) -> Int { text.ranges(of: part).count }
}
