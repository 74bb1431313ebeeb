import Remote

/// What is below a folder on a host.
enum FileTree {
    /// Everything below `root`, without it, in `find`'s order.
    static func observe(_ root: String, on host: ManagedHost) async throws -> [(path: String, status: FileStatus)] {
        let found = try await host.observe("find \(root) -exec stat -c '%f %u %g %s %h %i %d %X %Y %Z|%U|%G|%n' {} +")
        guard found.status == 0 else { throw ModuleFailure("cannot list \(root): \(found.complaint)") }
        return parse(found.output, below: root)
    }

    /// Lines of `stat`, the name last. A name with a line end in it goes on in the next line, and a name that is made
    /// to
    /// look like a line of its own cannot lead out of `root`.
    static func parse(_ output: String, below root: String) -> [(path: String, status: FileStatus)] {
        let prefix = root.hasSuffix("/") ? root : root + "/"
        var entries: [(path: String, status: FileStatus)] = []
        for line in output.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            let parts = line.split(separator: "|", maxSplits: 3, omittingEmptySubsequences: false)
            if parts.count == 4, parts[3] == root || parts[3].hasPrefix(prefix),
                let status = FileStatus(line: parts[..<3].joined(separator: "|") + "|")
            {
                entries.append((String(parts[3]), status))
            } else if !entries.isEmpty {
                entries[entries.count - 1].path += "\n" + line
            }
        }
        entries.removeAll { $0.path == root }
        return entries
    }

    /// What a link leads to; nil when it leads nowhere.
    static func follow(_ link: String, on host: ManagedHost) async throws -> (path: String, status: FileStatus)? {
        guard let status = try await host.observe("cf_stat \(link)").records.first.flatMap({ PathStatus(record: $0) }),
            let path = status.realPath, let followed = status.followed
        else { return nil }
        return (path, followed)
    }
}
