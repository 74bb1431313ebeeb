import Glibc
import Logging
import Redaction
import Runs
import Synchronization
import YAML

/// Starts runs, and stops them.
final class RunStarter: Sendable {
    let commands: Commands
    let archive: RunArchive
    /// Runs, with their processes, that were asked to stop.
    private let asked = Mutex<Set<String>>([])

    init(commands: Commands, archive: RunArchive) {
        self.commands = commands
        self.archive = archive
    }

    /// A run that has begun: everything that can be wrong without a host has been found right.
    struct Started: Sendable {
        let id: String
        let folder: RunFolder
        let process: ChildProcess
    }

    /// Returns when the run's folder, its journal and its audit entry are there.
    ///
    /// - Parameter arguments: of `comfyfleet run`, without the display's.
    /// - Throws: `APIError` with the command's own words when it refuses.
    func start(_ arguments: [String], _ input: Commands.Input) async throws -> Started {
        // Of what it prints only the first event is wanted; all of it is in the run's folder.
        let child = try commands.start(["run"] + arguments + ["--format", "json"], input, outputLimit: 16 << 20)
        guard let line = await child.firstLine(), let event = (try? JSON.parse(line))?.map,
            event["event"]?.string == "run.started", let id = event["run"]?.string,
            let path = event["folder"]?.string
        else {
            guard let ending = await child.end() else { throw CancellationError() }
            // A run that ended without an event has had nothing to do.
            if ending.status == 0 { throw APIError(.unprocessableContent, ["there was nothing to do"]) }
            throw commands.refusal(ending, of: arguments, input)
        }
        child.closeOutput()
        return Started(id: id, folder: RunFolder(id: id, path: path), process: child)
    }

    enum Stopping { case stopping, isStoppingAlready, isNotRunning }

    /// Ctrl-C's way: nothing new is begun, what runs on hosts is ended, package managers are waited for. Asking twice
    /// is no second Ctrl-C.
    ///
    /// - Parameter leave: as a second Ctrl-C: what runs on hosts is left running, to be found again by `comfyfleet
    ///   resume`.
    func stop(_ run: RunArchive.Entry, leave: Bool) throws -> Stopping {
        let isStopping = try isStopping(run)
        guard let process = RunLock.holder(run.folder), RunLock.isHeld(run.folder) else { return .isNotRunning }
        // The event that says so is written a moment later.
        let wasAsked = !asked.withLock { $0.insert("\(run.folder.id) \(process)").inserted }
        if isStopping || wasAsked {
            guard leave else { return .isStoppingAlready }
        }
        // A signal of its own: two requests that come at once would count as one.
        kill(pid_t(process), leave ? SIGUSR1 : SIGINT)
        return .stopping
    }

    /// Whether the process that works on it now has been asked to stop.
    private func isStopping(_ run: RunArchive.Entry) throws -> Bool {
        var follower = try RunFollower(run.folder)
        var isStopping = false
        while let lines = try follower.nextLines() {
            for line in lines {
                // Most lines are neither, which is seen without reading them.
                let start = line.prefix(96)
                if start.contains(subsequence: "\"event\":\"run.stopping\"") { isStopping = true }
                if start.contains(subsequence: "\"event\":\"run.started\"") { isStopping = false }
            }
        }
        return isStopping
    }
}

extension Collection<UInt8> {
    fileprivate func contains(subsequence text: StaticString) -> Bool {
        text.withUTF8Buffer { wanted in
            var rest = self[...]
            while rest.count >= wanted.count {
                if rest.starts(with: wanted) { return true }
                rest = rest.dropFirst()
            }
            return false
        }
    }
}
