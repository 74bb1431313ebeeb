import Remote

/// What apt says of why it has failed. Its first words are often a warning of something else, and its last ones only
/// that there was an error.
struct AptComplaint: Sendable, Hashable {
    let text: String

    init(_ done: CallResult) {
        let errors = Lines.split(done.errorOutput)
        let output = Lines.split(done.output)
        // A package that apt keeps out is named on standard output: what it depends on, what is held, what would become
        // older.
        var lines = Self.blocks(in: output) { $0.hasPrefix("The following packages have unmet dependencies") }
        if errors.contains(where: { $0.contains("--allow-change-held-packages") }) {
            lines += Self.blocks(in: output) { $0.hasPrefix("The following held packages will be changed") }
        }
        if errors.contains(where: { $0.contains("--allow-downgrades") }) {
            lines += Self.blocks(in: output) { $0.hasPrefix("The following packages will be DOWNGRADED") }
        }
        if errors.contains(where: {
            $0.contains("--allow-unauthenticated") || $0.contains("could not be authenticated")
        }) {
            lines += Self.blocks(in: errors + output) {
                $0.hasPrefix("WARNING: The following packages cannot be authenticated")
            }
        }
        // dpkg's own words, with the line that says what went wrong.
        lines += Self.blocks(in: errors) { $0.hasPrefix("dpkg: error") }
        let own = errors.filter { $0.hasPrefix("E: ") }
        // That lists are missing follows from the errors that name them.
        lines += own.count > 1 ? own.filter { !$0.hasPrefix("E: Some index files failed to download") } : own
        text = lines.isEmpty ? done.complaint : lines.joined(separator: "\n")
    }

    /// Lines that a heading begins, each with the indented ones after it.
    private static func blocks(in lines: [String], _ isHeading: (String) -> Bool) -> [String] {
        var found: [String] = []
        var isWithin = false
        for line in lines {
            isWithin = isHeading(line) || isWithin && line.first == " "
            if isWithin { found.append(line) }
        }
        return found
    }

    /// Which files have the lines that contradict each other: apt names only their keys.
    static func naming(_ failure: ModuleFailure, _ done: CallResult, on host: ManagedHost) async throws -> ModuleFailure
    {
        guard let address = conflict(in: done.errorOutput) else { return failure }
        let found = try await host.observe(
            "grep -rlF -- \(address) /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null; :")
        let files = Lines.split(found.output).sorted()
        guard !files.isEmpty else { return failure }
        var failure = failure
        failure.message += "\nthe lines stand in: \(files.joined(separator: ", ")); remove one of them"
        return failure
    }

    /// `E: Conflicting values set for option Signed-By regarding source http://… bookworm: a.gpg != b.gpg`
    static func conflict(in errors: String) -> String? {
        for line in Lines.split(errors) where line.hasPrefix("E: Conflicting values set for option ") {
            guard let start = line.firstRange(of: " regarding source ")?.upperBound,
                let address = line[start...].split(separator: " ").first
            else { continue }
            return address.hasSuffix("/") ? String(address.dropLast()) : String(address)
        }
        return nil
    }
}
