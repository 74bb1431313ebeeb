import Audit
import Console
import Engine
import Foundation
import Glibc
import Inventory
import Redaction
import Runs
import Vault
import YAML

/// What `run` and `exec` have around their work: the run's folder and journal, its audit entries, the display, Ctrl-C.
struct RunSession {
    let access: FleetAccess
    let audit: AuditLog
    let inventory: Inventory
    let hosts: [String]
    /// The run of an earlier process that is gone on with.
    var resumption: Resumption?

    /// What a run's work is done with.
    struct Tools {
        var header: RunHeader
        var connections: HostConnections
        var events: RunEvents
        var stop: StopRequest
        var memory: RunMemory?
    }

    /// Everything that can fail without a host has failed before `body` is called: the folder, the journal, the audit entry.
    ///
    /// - Parameters:
    ///   - title: of the run's folder.
    ///   - arguments: of the command line by which the run can be gone on with; nil when it can't.
    /// - Returns: the exit code.
    func perform(_ title: String, record: RunRecord, arguments: [String]?, display options: ConsoleOptions, _ body: (Tools) async -> RunSummary) async throws -> Int32 {
        raiseDescriptorLimit()
        let stop = StopRequest()
        let folder: RunFolder, recorder: RunRecorder, lock: RunLock, memory: RunMemory?
        var lastEvent = 0
        do {
            folder = try resumption?.folder ?? RunFolder.create(for: title)
            lock = try resumption?.lock ?? RunLock(folder)
            if resumption != nil { lastEvent = try RunArchive.lastSequence(of: folder) }
            recorder = try RunRecorder(folder, secrets: ComfyFleet.secrets, continuing: resumption != nil)
            if resumption == nil { try recorder.write(record) } else { try folder.removeSummary() }
            memory = try arguments.map { try self.memory(of: folder, $0, stop) }
        } catch let error as RunFolderError {
            throw Diagnostics([Diagnostic("\(error.path): \(error.problem)", at: nil, remedy: error.remedy)])
        }
        defer { withExtendedLifetime(lock) {} }
        let events = RunEvents(recorder: recorder, stop: stop, after: lastEvent)
        let trail = RunAudit(audit, run: folder.id, secrets: ComfyFleet.secrets)
        try trail.started(record, hosts: hosts, resumed: resumption != nil)
        if let memory { try access.remember(in: memory) }
        let connections = try access.connections(to: hosts, of: inventory, events: events, memory: memory)
        let interrupts = Interrupts(stop: stop)
        defer { interrupts.end() }

        let header = RunHeader(id: folder.id, playbook: title, folder: folder.path, hosts: hosts, tasks: 0, checkMode: record.checkMode)
        let reader = events.reader(every: .milliseconds(50))
        let summary = await withTaskGroup(of: Void.self) { group in
            group.addTask { await RunDisplay.show(reader, options) }
            let summary = await body(Tools(header: header, connections: connections, events: events, stop: stop, memory: memory))
            events.finish()
            await group.waitForAll()
            return summary
        }
        do {
            try await memory?.close(exitCode: summary.exitCode)
            try trail.finished(summary)
        } catch {
            Output.print("error: the run's end is not in the audit trail: \(redacted("\(error)"))", to: .stderr)
            return summary.exitCode == 0 ? 1 : summary.exitCode
        }
        return summary.exitCode
    }

    private func memory(of folder: RunFolder, _ arguments: [String], _ stop: StopRequest) throws -> RunMemory {
        let seal = try resumption?.seal ?? Resumption.seal()
        return try RunMemory(
            RunJournal(folder, seal: seal), earlier: resumption?.earlier ?? EarlierRun(seal: seal), arguments: arguments, process: Int(getpid()), revived: resumption?.revived ?? [], stop: stop)
    }

    static var currentFolder: String { FileManager.default.currentDirectoryPath }

    /// Who runs what from where; the callers add what is theirs.
    static func record(_ inventory: Inventory) -> RunRecord {
        var record = RunRecord()
        record.inventory = inventory.sources
        record.user = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? String(geteuid())
        record.controller = ProcessInfo.processInfo.hostName
        record.process = Int(getpid())
        record.folder = currentFolder
        record.started = WallClock.now
        record.version = ComfyFleetVersion.text
        return record
    }

    /// A socket for each host: as many as the system lets this process have.
    private func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

extension FleetRun.Surroundings {
    init(_ tools: RunSession.Tools) {
        self.init(connections: tools.connections, events: tools.events, secrets: ComfyFleet.secrets, stop: tools.stop, memory: tools.memory)
    }
}
