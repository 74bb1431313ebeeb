import Audit
import Console
import Engine
import Foundation
import Glibc
import Inventory
import Redaction
import Runs
import YAML

/// What `run` and `exec` have around their work: the run's folder, its audit entries, the display, Ctrl-C.
struct RunSession {
    let access: FleetAccess
    let audit: AuditLog
    let inventory: Inventory
    let hosts: [String]

    /// Everything that can fail without a host has failed before `body` is called: the folder, the journal, the audit entry.
    ///
    /// - Parameter title: of the run's folder.
    /// - Returns: the exit code.
    func perform(
        _ title: String, record: RunRecord, display options: ConsoleOptions,
        _ body: (RunHeader, HostConnections, RunEvents, StopRequest) async -> RunSummary
    ) async throws -> Int32 {
        raiseDescriptorLimit()
        let folder: RunFolder, recorder: RunRecorder
        do throws(RunFolderError) {
            folder = try RunFolder.create(for: title)
            recorder = try RunRecorder(folder, secrets: ComfyFleet.secrets)
            try recorder.write(record)
        } catch {
            throw Diagnostics([Diagnostic("\(error.path): \(error.problem)", at: nil, remedy: error.remedy)])
        }
        let stop = StopRequest()
        let events = RunEvents(recorder: recorder, stop: stop)
        let trail = RunAudit(audit, run: folder.id, secrets: ComfyFleet.secrets)
        try trail.started(record, hosts: hosts)
        let connections = try access.connections(to: hosts, of: inventory, events: events)
        let interrupts = Interrupts(stop: stop)
        defer { interrupts.end() }

        let header = RunHeader(id: folder.id, playbook: title, folder: folder.path, hosts: hosts, tasks: 0, checkMode: record.checkMode)
        let reader = events.reader()
        let summary = await withTaskGroup(of: Void.self) { group in
            group.addTask { await RunDisplay.show(reader, options) }
            let summary = await body(header, connections, events, stop)
            events.finish()
            await group.waitForAll()
            return summary
        }
        do { try trail.finished(summary) } catch {
            Output.print("error: the run's end is not in the audit trail: \(redacted("\(error)"))", to: .stderr)
            return summary.exitCode == 0 ? 1 : summary.exitCode
        }
        return summary.exitCode
    }

    /// Who runs what from where; the callers add what is theirs.
    static func record(_ inventory: Inventory) -> RunRecord {
        var record = RunRecord()
        record.inventory = inventory.sources
        record.user = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? String(geteuid())
        record.controller = ProcessInfo.processInfo.hostName
        record.process = Int(getpid())
        record.folder = FileManager.default.currentDirectoryPath
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
