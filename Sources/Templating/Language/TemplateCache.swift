import Synchronization

/// Parsed templates and conditions by their text: each text is parsed once, whatever the number of hosts.
final class TemplateCache: Sendable {
    static let shared = TemplateCache()

    private struct Source: Hashable {
        var text: String
        var delimiters: Delimiters?
    }
    private enum Parsed {
        case template(ParsedTemplate)
        case condition(Expression)
    }
    /// When full it starts afresh: a playbook has far fewer texts, and texts made by templates must not fill the
    /// memory.
    private static let capacity = 8192
    private let entries = Mutex<[Source: Parsed]>([:])

    func template(_ text: String, _ delimiters: Delimiters) throws(TemplateError) -> ParsedTemplate {
        let source = Source(text: text, delimiters: delimiters)
        if case .template(let known) = entries.withLock({ $0[source] }) { return known }
        let parsed = try Parser.template(text, delimiters)
        store(.template(parsed), for: source)
        return parsed
    }

    func condition(_ text: String) throws(TemplateError) -> Expression {
        let source = Source(text: text, delimiters: nil)
        if case .condition(let known) = entries.withLock({ $0[source] }) { return known }
        let parsed = try Parser.condition(text)
        store(.condition(parsed), for: source)
        return parsed
    }

    private func store(_ parsed: Parsed, for source: Source) {
        entries.withLock { entries in
            if entries.count >= TemplateCache.capacity { entries.removeAll(keepingCapacity: true) }
            entries[source] = parsed
        }
    }
}
