import Audit
import Console
import Engine
import Foundation
import Glibc
import Inventory
import Notify
import Redaction
import Remote
import Runs
import Vault
import YAML

/// What `run` and `exec` have around their work: the run's folder and journal, its audit entries, the display, Ctrl-C.
struct RunSession {
    let access: FleetAccess
    let audit: AuditLog
    let inventory: Inventory
    let hosts: [String]
    /// The run of an earlier process that is resumed.
    var resumption: Resumption?
    /// Its result is what differs on the hosts.
    var looksForDrift = false
    /// Webhooks that are notified of it; nil for all.
    var notify: Set<String>?
    var policy = LinkPolicy()

    /// What a run's work is done with.
    struct Tools {
        var header: RunHeader
        var connections: HostConnections
        var events: RunEvents
        var stop: StopRequest
        var checkpoint: RunCheckpoint?
    }

    /// Everything that can fail without a host has failed before `body` is called: the folder, the journal, the audit
    /// entry.
    ///
    /// - Parameters:
    ///   - title: of the run's folder.
    ///   - id: of the run, where it was given out before.
    ///   - order: what the run can be resumed with; nil when it can't be.
    /// - Returns: the exit code.
    func perform(
        _ title: String, id: String? = nil, record: RunRecord, order: RunOrder?, display options: ConsoleOptions,
        _ body: (Tools) async -> RunSummary
    ) async throws -> Int32 {
        try access.vault.requireOpen()
        raiseDescriptorLimit()
        // Before anything is written: what the command line says may hold what is secret in them.
        let resolved = try access.resolve(hosts, of: inventory)
        // And hosts may print it, whether the run ever reads it or not.
        try access.vault.concealAll(connections: Set(resolved.map(\.provider)))
        let notifier = try Notifications.notifier(access.vault, only: notify)
        let stop = StopRequest()
        if resumption?.ends == true { stop.stop(.givenUp) }
        let folder: RunFolder
        let recorder: RunRecorder
        let lock: RunLock
        let checkpoint: RunCheckpoint?
        var lastEvent = 0
        folder =
            try resumption?.folder ?? id.map { id throws(RunFolderError) in try RunFolder.create(id: id) }
            ?? RunFolder.create(for: title)
        lock = try resumption?.lock ?? RunLock(folder)
        if resumption != nil { lastEvent = try RunArchive.lastSequence(of: folder) }
        // Journal and record are first: a run is found by its events, and whoever finds one that was killed at once can
        // resume it.
        checkpoint = if let order { try await self.checkpoint(of: folder, order, stop) } else { nil }
        if resumption == nil {
            try folder.write(record, secrets: ComfyFleet.secrets)
        } else {
            try folder.removeSummary()
        }
        recorder = try RunRecorder(folder, secrets: ComfyFleet.secrets, continuing: resumption != nil)
        defer { withExtendedLifetime(lock) {} }
        let events = RunEvents(recorder: recorder, stop: stop, after: lastEvent)
        let trail = RunAudit(audit, run: folder.id, secrets: ComfyFleet.secrets)
        try await trail.started(record, hosts: hosts, resumed: resumption != nil)
        if let checkpoint { try access.remember(in: checkpoint) }
        var policy = policy
        if checkpoint != nil, !record.checkMode {
            policy.lock = HostLock(
                run: folder.id,
                holder:
                    "run \(folder.id) of \(record.user)@\(record.controller), process \(record.process), since \(WallClock.iso8601(WallClock.now))"
            )
        }
        let connections = access.connections(
            to: resolved, of: inventory, events: events, checkpoint: checkpoint, policy: policy)
        let interrupts = Interrupts(stop: stop)
        defer { interrupts.end() }

        let header = RunHeader(
            id: folder.id, playbook: title, folder: folder.path, hosts: hosts, tasks: 0, checkMode: record.checkMode)
        return try await notifier.serve { tell in
            let summary = await perform(header, job: record.job, events, display: options, tell) {
                await body(
                    Tools(header: header, connections: connections, events: events, stop: stop, checkpoint: checkpoint))
            }
            do {
                try await checkpoint?.close(exitCode: summary.exitCode)
                try await trail.finished(summary)
            } catch {
                Output.print("error: the run's end is not in the audit trail: \(redacted("\(error)"))", to: .stderr)
                return summary.exitCode == 0 ? 1 : summary.exitCode
            }
            // A disk that is full when the last events are written.
            if case .journal(let problem) = stop.reason, summary.exitCode != 130 {
                Output.print(
                    "error: what is in \(redacted(folder.path)) is not all of the run: \(redacted(problem))",
                    to: .stderr)
                return summary.exitCode == 0 ? 1 : summary.exitCode
            }
            return looksForDrift
                ? try reportDrift(of: folder, job: record.job, title, summary.exitCode, tell) : summary.exitCode
        }
    }

    /// The work, between those who see and those who are notified of what happens.
    private func perform(
        _ header: RunHeader, job: String?, _ events: RunEvents, display options: ConsoleOptions,
        _ tell: @escaping @Sendable (Notice) -> Void, _ body: () async -> RunSummary
    ) async -> RunSummary {
        // Where output is what was asked for, hosts wait for whoever reads it, as they do for ssh.
        let display = events.reader(every: .milliseconds(100), paces: options.showsOutput)
        let told = events.reader(every: .milliseconds(200))
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await RunDisplay.show(display, options) }
            group.addTask {
                var notices = RunNotices(
                    run: header.id, playbook: header.playbook, job: job, secrets: ComfyFleet.secrets)
                for await event in told {
                    if let notice = notices.receive(event) { tell(notice) }
                }
            }
            let summary = await body()
            events.finish()
            await group.waitForAll()
            return summary
        }
    }

    /// A report beside the summary, and its beginning on standard error. The run's exit code is 3 already where hosts
    /// are well and differ.
    private func reportDrift(
        of folder: RunFolder, job: String?, _ title: String, _ code: Int32, _ tell: (Notice) -> Void
    ) throws -> Int32 {
        let report = try DriftReport(folder)
        try report.write(to: folder, secrets: ComfyFleet.secrets)
        if report.isEmpty {
            if code == 0 { Output.print("no host differs", to: .stderr) }
            return code
        }
        if let notice = RunNotices(run: folder.id, playbook: title, job: job, secrets: ComfyFleet.secrets).drift(
            report, report: folder.driftPath, at: WallClock.now)
        {
            tell(notice)
        }
        Output.print("\(report.hosts.count) of \(hosts.count) hosts differ:", to: .stderr)
        for (host, changes) in report.hosts.prefix(20) {
            for change in changes {
                Output.print("  \(redacted(host)): \(redacted(change.task)) (\(redacted(change.place)))", to: .stderr)
            }
        }
        if report.hosts.count > 20 { Output.print("  and \(report.hosts.count - 20) more hosts", to: .stderr) }
        Output.print("the differences are in \(redacted(folder.driftPath))", to: .stderr)
        return code
    }

    private func checkpoint(of folder: RunFolder, _ order: RunOrder, _ stop: StopRequest) async throws -> RunCheckpoint
    {
        let seal = if let resumption { resumption.earlier.seal } else { try await Resumption.journalKeys().current }
        return try RunCheckpoint(
            RunJournal(folder, seal: seal), earlier: resumption?.earlier ?? JournalReplay(seal: seal),
            arguments: order.arguments, variables: order.variables, process: Int(getpid()),
            revived: resumption?.revived ?? [], rerunsInterrupted: resumption?.rerunsInterrupted ?? false, stop: stop)
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
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max
        else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

extension RunDependencies {
    init(_ tools: RunSession.Tools) {
        self.init(
            connections: tools.connections, events: tools.events, secrets: ComfyFleet.secrets, stop: tools.stop,
            checkpoint: tools.checkpoint)
    }
}
