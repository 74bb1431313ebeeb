import Synchronization

/// Compiled expressions by pattern, since thousands of hosts use the same few.
enum RegexCache {
    private struct Source: Hashable {
        var pattern: String
        var options: PythonRegex.Options
    }
    private static let capacity = 1024
    private static let entries = Mutex<[Source: PythonRegex]>([:])

    static func expression(_ pattern: String, _ options: PythonRegex.Options = []) throws(TemplateError) -> PythonRegex
    {
        let source = Source(pattern: pattern, options: options)
        if let known = entries.withLock({ $0[source] }) { return known }
        let compiled = try PythonRegex(pattern, options)
        entries.withLock { entries in
            if entries.count >= capacity { entries.removeAll(keepingCapacity: true) }
            entries[source] = compiled
        }
        return compiled
    }
}
