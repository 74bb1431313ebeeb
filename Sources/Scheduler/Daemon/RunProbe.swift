import Glibc
import Runs
import YAML

/// How a run stands, as its folder tells.
struct RunProbe {
    let archive: RunArchive

    /// What became of a fire whose process is not there any more.
    func end(of fire: Fire) -> RunEnd {
        guard let run = fire.run else { return .notBegun }
        let folder = RunFolder(id: run, path: archive.parent + "/" + run)
        guard access(folder.path, F_OK) == 0 else { return .notBegun }
        guard hasBegun(folder) else { return .stillborn }
        guard let summary = archive.entry(run).summary, let code = summary["exit_code"]?.int else { return .cutOff }
        // A retry that was not begun finds the summary of the attempt before it.
        if fire.start == .retry, let ended = summary["ended"]?.string, ended < fire.notBefore.description {
            return .notBegun
        }
        if code == 130 { return .cutOff }
        return .exited(code == 0 && DriftReport.hasDrift(folder) ? 3 : code, note: note(of: run))
    }

    /// The journal has its first line: before that nothing was done on a host.
    private func hasBegun(_ folder: RunFolder) -> Bool {
        guard let text = try? TextFile.bytes(of: folder.journalPath, limit: 1 << 31) else { return false }
        return text.contains(UInt8(ascii: "\n"))
    }

    /// For the history: what a run's summary comes to, in a few words.
    func note(of run: String) -> String? {
        guard let summary = archive.entry(run).summary, let hosts = summary["hosts"]?.map else { return nil }
        func count(_ key: String) -> Int { hosts.pairs.values.count { ($0.map?[key]?.int ?? 0) > 0 } }
        var parts = ["\(hosts.count) \(hosts.count == 1 ? "host" : "hosts")"]
        for (key, words) in [("changed", "changed"), ("failed", "failed"), ("unreachable", "unreachable")]
        where count(key) > 0 { parts.append("\(count(key)) \(words)") }
        return parts.joined(separator: ", ") + (summary["note"]?.string.map { "; \($0)" } ?? "")
    }
}
