import Glibc
import YAML

/// Runs of the past, from their folders. A journal whose last line is torn is read up to there.
package struct RunArchive: Sendable {
    package struct Entry: Sendable {
        package var folder: RunFolder
        /// `run.json` and `summary.json`; nil where there is none that can be read.
        package var record: ValueMap?
        package var summary: ValueMap?
    }
    package let parent: String
    package init(parent: String = RunFolder.defaultParent) { self.parent = parent }

    /// Newest first.
    ///
    /// - Parameter limit: reads no more than so many of the newest.
    package func runs(newest limit: Int = .max) -> [Entry] { ids().prefix(limit).map(entry) }

    private func ids() -> [String] {
        guard let stream = opendir(parent) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix("."), access("\(parent)/\(name)/events.jsonl", F_OK) == 0 { names.append(name) }
        }
        return names.sorted(by: >)
    }

    /// The run with this id, or the only one whose id begins so; `last` (and `@last`, as in `--limit @last:failed`) is
    /// the newest.
    package func run(_ id: String) throws(RunFolderError) -> Entry {
        let all = ids()
        if id == "last" || id == "@last", let newest = all.first { return entry(newest) }
        let matching = all.contains(id) ? [id] : all.filter { $0.hasPrefix(id) }
        guard let run = matching.first else {
            throw RunFolderError(parent, "there is no run '\(id)'", remedy: "see comfyfleet runs list")
        }
        guard matching.count == 1 else {
            throw RunFolderError(parent, "several runs begin with '\(id)'", remedy: "give more of the id")
        }
        return entry(run)
    }

    /// What there is of the run with exactly this id; of one that is not there, nothing.
    package func entry(_ name: String) -> Entry {
        let folder = RunFolder(id: name, path: parent + "/" + name)
        return Entry(folder: folder, record: Self.map(folder.recordPath), summary: Self.map(folder.summaryPath))
    }

    private static func map(_ path: String) -> ValueMap? {
        guard let bytes = try? bytes(of: path), let value = try? JSON.parse(bytes) else { return nil }
        return value.map
    }

    /// The events of a journal, in order.
    package static func events(of folder: RunFolder) throws(RunFolderError) -> [ValueMap] {
        try bytes(of: folder.eventsPath).split(separator: UInt8(ascii: "\n")).compactMap { line in
            (try? JSON.parse(Array(line)))?.map
        }
    }

    /// The number of a journal's last event; 0 when it has none.
    package static func lastSequence(of folder: RunFolder) throws(RunFolderError) -> Int {
        let lines = try bytes(of: folder.eventsPath).split(separator: UInt8(ascii: "\n"))
        return lines.reversed().lazy.compactMap { line in (try? JSON.parse(Array(line)))?.map?["seq"]?.int }.first ?? 0
    }

    static func bytes(of path: String) throws(RunFolderError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw RunFolderError(path, cannot: "read the file", errno: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw RunFolderError(path, cannot: "read the file", errno: errno)
            }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }
}
