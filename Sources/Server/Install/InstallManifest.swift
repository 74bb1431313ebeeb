import Glibc
import Redaction
import Runs
import Support
import Vault
import YAML

/// What the remote installer knows of a host: `data/remote/install/<host>.json`, replaced as a whole, readable by its
/// owner only. No credential is in it.
///
/// It is written when an install begins and when it has ended. One that ended while no server was there to see it is
/// found by its run's folder.
struct InstallManifest: Sendable {
    var host: String
    /// Of the last install: `running`, `installed`, `noop`, `failed`.
    var status = "running"
    var run: String
    var modules: [(name: String, playbook: String)]
    var started: Double
    var updated: Double
    var installed: [String] = [], skipped: [String] = [], failed: [String] = []
    var reasons: [String: String] = [:]
    /// Of every module that was ever installed here: when it was last found or put in place.
    var present: ValueMap = [:]

    static let folder = "data/remote/install"
    static func path(_ host: String) -> String { "\(folder)/\(host).json" }
    var path: String { Self.path(host) }

    init(host: String, run: String, modules: [(name: String, playbook: String)], earlier: InstallManifest?) {
        self.host = host
        self.run = run
        self.modules = modules
        present = earlier?.present ?? [:]
        started = WallClock.now
        updated = started
    }

    /// nil when there is none that can be read.
    init?(reading host: String) {
        guard let bytes = try? PrivateFile.read(Self.path(host)), let map = (try? JSON.parse(bytes))?.map,
            map["host"]?.string == host, let run = map["run"]?.string
        else { return nil }
        func texts(_ name: String) -> [String] { map[name]?.list?.compactMap(\.string) ?? [] }
        func number(_ name: String) -> Double {
            map[name].flatMap { if case .double(let value, _) = $0 { value } else { $0.int.map(Double.init) } } ?? 0
        }
        self.host = host
        self.run = run
        status = map["status"]?.string ?? "running"
        modules =
            map["modules"]?.list?.compactMap { $0.map }.compactMap { module in
                module["module"]?.string.flatMap { name in module["playbook"]?.string.map { (name, $0) } }
            } ?? []
        started = number("started")
        updated = number("updated")
        installed = texts("installed")
        skipped = texts("skipped")
        failed = texts("failed")
        for (name, reason) in map["reasons"]?.map?.pairs ?? [:] {
            if let name = name.string { reasons[name] = reason.string }
        }
        present = map["present"]?.map ?? [:]
    }

    /// Every host's, in the order of their names.
    static func all() -> [InstallManifest] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var hosts: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".json"), !name.hasPrefix(".") { hosts.append(String(name.dropLast(5))) }
        }
        return hosts.sorted().compactMap(InstallManifest.init(reading:))
    }

    /// Records how the run has ended; nothing while it goes on.
    ///
    /// - Returns: whether anything has changed.
    mutating func update(from archive: RunArchive) throws -> Bool {
        guard status == "running" || status == "interrupted" else { return false }
        guard let entry = try? archive.run(run), entry.folder.id == run else {
            return end("failed", "the run's folder is gone")
        }
        let exitCode = entry.summary?["exit_code"]?.int
        switch entry.state {
        case .running:
            guard status != "running" else { return false }
            status = "running"
            return true
        case .interrupted where status == "interrupted": return false
        case .interrupted, .finished: break
        }
        let outcome = InstallOutcome(
            of: modules, host: host, events: try RunArchive.events(of: entry.folder), exitCode: exitCode)
        (installed, skipped, failed, reasons) = (outcome.installed, outcome.skipped, outcome.failed, outcome.reasons)
        // It can be resumed, and is looked at again then.
        status = entry.state == .interrupted ? "interrupted" : outcome.status.rawValue
        updated = WallClock.now
        for name in installed + skipped where reasons[name].map({ !$0.hasPrefix("not begun") }) ?? true {
            present[name] = .dict(["at": .string(WallClock.iso8601(updated)), "run": .string(run)])
        }
        return true
    }

    private mutating func end(_ status: String, _ reason: String) -> Bool {
        self.status = status
        failed = modules.map(\.name)
        for name in failed { reasons[name] = reason }
        updated = WallClock.now
        return true
    }

    func json(secrets: SecretSet) -> RedactedJSON {
        func text(_ text: String) -> RedactedJSON { .text(RedactedText(text, secrets: secrets)) }
        func texts(_ texts: [String]) -> RedactedJSON { .list(texts.map(text)) }
        return .object([
            "host": text(host), "status": text(status), "run": text(run),
            "modules": .list(modules.map { .object(["module": text($0.name), "playbook": text($0.playbook)]) }),
            "installed": texts(installed), "skipped": texts(skipped), "failed": texts(failed),
            "reasons": .object(
                reasons.sorted { $0.key < $1.key }.map { .init(RedactedText($0.key, secrets: secrets), text($0.value)) }
            ),
            "present": .object(
                present.pairs.map { name, entry in
                    .init(
                        RedactedText(name.string ?? "", secrets: secrets),
                        .object([
                            "at": text(entry.map?["at"]?.string ?? ""), "run": text(entry.map?["run"]?.string ?? ""),
                        ]))
                }),
            "log_path": text(logPath), "status_path": text(path),
            "started": .double(started), "updated": .double(updated),
        ])
    }

    var logPath: String { RunFolder(id: run, path: "\(RunFolder.defaultParent)/\(run)").hostLogPath(host) }

    func write(secrets: SecretSet) throws {
        try Self.makeFolders()
        var buffer = RedactedBuffer()
        buffer.append(json(secrets: secrets))
        buffer.append("\n")
        try PrivateFile.replace(path, buffer.withBytes(Array.init))
    }

    static func makeFolders() throws {
        var prefix = ""
        for part in folder.split(separator: "/") {
            prefix += part
            if mkdir(prefix, 0o700) != 0, errno != EEXIST {
                throw VaultError(.file, "cannot make the folder: \(String(cString: strerror(errno)))", path: prefix)
            }
            prefix += "/"
        }
    }
}
