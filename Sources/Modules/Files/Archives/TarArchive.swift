import Remote
import Templating

/// A tar archive. GNU tar finds out by itself how it is compressed.
struct TarArchive: Archive {
    let path: String
    let desired: DesiredExtraction
    let isGzipped: Bool

    var handler: String { isGzipped ? "TgzArchive" : "TarArchive" }
    var canTellBeforehand: Bool { false }

    private func tar(_ verb: String, _ more: [String] = []) -> ShellScript {
        let options = desired.options.isEmpty ? [] : ["--show-transformed-names"] + desired.options
        let excludes = desired.excludes.map { "--exclude=\($0)" }
        return
            "tar \([verb, "-C", desired.destination] + options + more + excludes + ["-f", path] + desired.includes) </dev/null"
    }

    func compare(on host: ManagedHost) async throws -> ArchiveComparison {
        let seen = try await host.observeLong(
            """
            export LC_ALL=C
            case $(tar --version 2>/dev/null) in *'GNU tar'*) ;; *) echo 'this host has no GNU tar, which is needed to unpack and compare' >&2; exit 1 ;; esac
            \(shell: tar("--list", ["--quoting-style=literal"])) || exit
            printf '\\000'; id -u; printf '\\000'
            \(shell: tar("--diff")) 2>&1
            :
            """)
        let records = seen.records
        // GNU tar lists nothing, without a complaint, for what is no archive but short.
        guard seen.status == 0, records.count >= 3, !records[0].isEmpty else {
            throw ModuleFailure(
                "Failed to find handler for \"\(path)\". Make sure the required command to extract the file is installed. \(cause(seen))"
            )
        }
        let names = records[0].split(separator: "\n").map { String($0.hasPrefix("/") ? $0.dropFirst() : $0) }
            .filter { name in !desired.excludes.contains { Glob($0).matches(name) } }
        let isRoot = Lines.withoutEmptyEnd(records[1]) == "0"
        let differs = records[2].split(separator: "\n").contains { isReason($0, isRoot: isRoot) }
        return ArchiveComparison(names: names, differs: differs)
    }

    /// Whether a line of `tar --diff` is a reason to unpack. Owner and mode are not where the task sets its own, or
    /// where only root could.
    /// A link that is missing or leads elsewhere is none, as in Ansible. Content that differs within the second of its
    /// time is one, though not there.
    private func isReason(_ line: Substring, isRoot: Bool) -> Bool {
        if line.hasSuffix(": : Warning: Cannot stat: No such file or directory") { return false }
        if line.hasSuffix(": Uid differs") { return isRoot && desired.attributes.owner == nil }
        if line.hasSuffix(": Gid differs") { return isRoot && desired.attributes.group == nil }
        if line.hasSuffix(": Mode differs") { return desired.attributes.mode == nil }
        return [": Mod time differs", ": Size differs", ": Contents differ"].contains(where: line.hasSuffix)
            || line.hasSuffix(": Warning: Cannot stat: No such file or directory")
            || line.contains(": Invalid owner") || line.contains(": Invalid group")
    }

    /// The first error: the last line only says that there was one. What it warns of comes before.
    func cause(_ done: CallResult) -> String {
        let remarks = [
            "Removing leading `", "Ignoring unknown extended header keyword", "time stamp ",
            "implausibly old time stamp", "Exiting with failure status",
        ]
        return Lines.split(done.errorOutput).first { line in
            !line.allSatisfy(\.isWhitespace) && !remarks.contains(where: line.contains)
        } ?? done.complaint
    }

    func extraction(_ comparison: ArchiveComparison) -> ShellScript {
        "export LC_ALL=C\n\(shell: tar("--extract", desired.keepsNewer ? ["--keep-newer-files"] : []))\n"
    }
}
