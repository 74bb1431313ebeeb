import Glibc
import YAML

extension RunArchive.Entry {
    package enum State: Sendable, Hashable {
        /// A process works on it.
        case running
        /// Interrupted, also by its user: it can be resumed, if it has a journal.
        case interrupted
        case finished
    }

    package var state: State {
        if RunLock.isHeld(folder) { return .running }
        guard let code = summary?["exit_code"]?.int else { return .interrupted }
        return code == 130 ? .interrupted : .finished
    }

    /// Whether it has what `comfyfleet resume` goes on from.
    package var hasJournal: Bool { access(folder.journalPath, R_OK) == 0 }

    /// How a host has come out of a run.
    package enum HostState: String, Sendable, CaseIterable {
        case ok, changed, failed, unreachable
        /// Neither: the run was interrupted before the host was done.
        case unfinished
    }

    /// Hosts in the run's order, each with its state. Where there is no summary, as far as the events tell.
    ///
    /// `changed` hosts are well, too; a host that failed counts as failed whatever it changed before.
    package func hosts() throws(RunFolderError) -> [(name: String, state: HostState)] {
        if let hosts = summary?["hosts"]?.map {
            let code = summary?["exit_code"]?.int
            return hosts.pairs.compactMap { name, counts in
                guard let name = name.string, let counts = counts.map else { return nil }
                func count(_ key: String) -> Int { counts[key]?.int ?? 0 }
                let state: HostState =
                    count("unreachable") > 0
                    ? .unreachable
                    : count("failed") > 0 ? .failed : code == 130 ? .unfinished : count("changed") > 0 ? .changed : .ok
                return (name, state)
            }
        }
        var states: [String: HostState] = [:]
        var order: [String] = []
        for event in try RunArchive.events(of: folder) {
            for name in event["hosts"]?.list?.compactMap(\.string) ?? [] where states[name] == nil {
                states[name] = .unfinished
                order.append(name)
            }
            guard let host = event["host"]?.string else { continue }
            switch event["event"]?.string {
            case "host.unreachable": states[host] = .unreachable
            case "host.task.finished": states[host] = event["status"]?.string == "failed" ? .failed : .unfinished
            default: break
            }
        }
        return order.map { ($0, states[$0] ?? .unfinished) }
    }
}
