import Glibc
import Redaction
import Support

/// A run's folder could not be made, read or written.
package struct RunFolderError: ExplainedError, Sendable {
    package let path: String
    package let problem: String
    package let remedy: String?
    package var place: String? { path }
    init(_ path: String, _ problem: String, remedy: String) {
        self.path = path
        self.problem = problem
        self.remedy = remedy
    }
    init(_ path: String, cannot action: String, errno code: Int32) {
        self.init(
            path, "cannot \(action): \(String(cString: strerror(code)))",
            remedy: "check that the folder exists, has room, and that you may write in it")
    }
    init(_ problem: FileProblem) {
        self.init(
            problem.path, problem.problem,
            remedy: problem.remedy ?? "check that the folder exists, has room, and that you may write in it")
    }
}

/// Where a run keeps what it leaves behind: `logs/runs/<id>/`, readable by its owner only.
///
/// - `run.json`: what was run, how, and by which version
/// - `events.jsonl`: everything that happened; `RunEvent.json` gives its format
/// - `hosts/<name>.log`: what happened on each host, to read
/// - `journal.jsonl`: what `comfyfleet resume` goes on from; names and values in it are sealed (`RunJournal`)
/// - `summary.json`: how it ended; absent while the run goes on, and after a crash
/// - `drift.json`: what a drift run found (`DriftReport`)
/// - `lock`: held by the process that works on the run
///
/// docs/run-folder.md describes each of them.
package struct RunFolder: Sendable {
    package let id: String
    package let path: String

    package static let defaultParent = "logs/runs"

    package var eventsPath: String { path + "/events.jsonl" }
    package var summaryPath: String { path + "/summary.json" }
    package var recordPath: String { path + "/run.json" }
    package var hostsPath: String { path + "/hosts" }

    package init(id: String, path: String) {
        self.id = id
        self.path = path
    }

    /// Makes the folder of a new run: `20261123-201455.034187-install-3f2a`. Ids sort by the time at which runs began.
    ///
    /// - Parameter title: what the run is about, such as the playbook's file name; what does not suit a file's name is
    ///   left out.
    /// - Throws: `RunFolderError`, with nothing left behind that matters.
    package static func create(for title: String, in parent: String = defaultParent) throws(RunFolderError) -> RunFolder
    {
        let now = WallClock.now
        for _ in 0..<16 {
            if let folder = try makeUnlessThere(
                id(for: title, at: now, mark: String(UInt64.random(in: 0 ... .max))), in: parent)
            {
                return folder
            }
        }
        throw RunFolderError(parent, "cannot find a free name for the run's folder", remedy: "try again")
    }

    /// Makes the folder of a new run whose id was given out before (`id(for:at:mark:)`). Of several processes that try,
    /// one succeeds.
    ///
    /// - Throws: `RunFolderError`, also when there is such a run.
    package static func create(id: String, in parent: String = defaultParent) throws(RunFolderError) -> RunFolder {
        guard id == FileName.safe(id, limit: 200), !id.hasPrefix(".") else {
            throw RunFolderError(
                "\(parent)/\(id)", "this can't be a run's id", remedy: "use letters, digits, '-', '_' and '.'")
        }
        if let folder = try makeUnlessThere(id, in: parent) { return folder }
        throw RunFolderError(
            "\(parent)/\(id)", "there is such a run already", remedy: "resume it: comfyfleet resume \(id)")
    }

    /// An id as `create(for:)` gives it.
    ///
    /// - Parameters:
    ///   - time: seconds since 1970, UTC.
    ///   - mark: tells runs of one title and moment apart; four digits of the id follow from it.
    package static func id(for title: String, at time: Double, mark: String) -> String {
        WallClock.compact(time) + "-" + FileName.safe(title, limit: 40) + "-"
            + FileName.hex(FileName.hash(mark) >> 24 & 0xffff, digits: 4)
    }

    private static func makeUnlessThere(_ id: String, in parent: String) throws(RunFolderError) -> RunFolder? {
        try makeFolders(parent)
        let folder = RunFolder(id: id, path: parent + "/" + id)
        if mkdir(folder.path, 0o700) == 0 {
            guard mkdir(folder.hostsPath, 0o700) == 0 else {
                throw RunFolderError(folder.hostsPath, cannot: "make the folder", errno: errno)
            }
            return folder
        }
        guard errno == EEXIST else { throw RunFolderError(folder.path, cannot: "make the run's folder", errno: errno) }
        return nil
    }

    private static func makeFolders(_ path: String) throws(RunFolderError) {
        var prefix = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            prefix += part
            if mkdir(prefix, 0o700) != 0, errno != EEXIST {
                throw RunFolderError(prefix, cannot: "make the folder", errno: errno)
            }
            prefix += "/"
        }
        guard access(path, W_OK | X_OK) == 0 else {
            throw RunFolderError(path, cannot: "write in the folder of runs", errno: errno)
        }
    }

    /// The log of a host; characters that don't suit a file's name are replaced, and a name that needed it gets a mark
    /// that keeps it apart from others.
    package func hostLogPath(_ host: String) -> String { hostsPath + "/" + Self.hostLogName(host) }

    static func hostLogName(_ host: String) -> String {
        let safe = FileName.safe(host, limit: 100)
        return (safe == host ? safe : safe + "~" + FileName.hex(FileName.hash(host), digits: 8)) + ".log"
    }

    /// The run is resumed: it has not ended.
    package func removeSummary() throws(RunFolderError) {
        if unlink(summaryPath) != 0, errno != ENOENT {
            throw RunFolderError(summaryPath, cannot: "remove the file", errno: errno)
        }
    }

    /// `run.json`: what the run is. It is written before the first event, so that a run that is found says what it is.
    package func write(_ record: RunRecord, secrets: SecretSet) throws(RunFolderError) {
        try write(record.json(id: id, secrets: secrets), to: recordPath)
    }

    /// Replaces a file as a whole, by one line: readers see the old or the new one.
    func write(_ json: RedactedJSON, to path: String) throws(RunFolderError) {
        var buffer = RedactedBuffer()
        buffer.append(json)
        buffer.append("\n")
        let bytes = buffer.withBytes { Array($0) }
        do throws(FileProblem) { try PrivateFile.replace(path, bytes, followsLast: false) } catch {
            throw RunFolderError(error)
        }
    }
}

/// Names of files made from names of other things.
enum FileName {
    /// Letters, digits, `.`, `_` and `-` stay; it never begins with a dot.
    static func safe(_ text: String, limit: Int) -> String {
        var name: [UInt8] = []
        for byte in text.utf8.prefix(limit) {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                name.append(byte)
            case UInt8(ascii: ".") where !name.isEmpty: name.append(byte)
            default: name.append(UInt8(ascii: "_"))
            }
        }
        return name.isEmpty ? "_" : String(decoding: name, as: UTF8.self)
    }

    /// FNV-1a: the same in every process, which Swift's hashes are not.
    static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    static func hex(_ number: UInt64, digits: Int) -> String {
        let text = String(number, radix: 16)
        return String((String(repeating: "0", count: digits) + text).suffix(digits))
    }
}
