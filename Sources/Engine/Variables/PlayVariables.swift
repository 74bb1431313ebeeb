import Credentials
import Playbook
import Synchronization
import YAML

/// Variables that hold for the hosts of one batch of a play.
final class PlayVariables: Sendable {
    let name: String
    /// Play `vars:`.
    let variables: ValueMap
    let roleDefaults: ValueMap
    let roleVariables: ValueMap
    /// `vars_files:` of which the names need no host, the last file first.
    let files: [ValueMap]
    /// Files with names that are templates over a host's facts.
    let filesByHost: [Located<Value>]
    let folder: String
    /// `playbook_dir`
    let directory: String
    /// Whether there are connection variables among all of these.
    let saysConnection: Bool
    /// All hosts of the play, and those of this batch.
    let allHosts: [String]
    let batch: [String]
    private let includes: IncludedFiles
    private let gone: Mutex<Gone>

    private struct Gone: Sendable {
        var hosts: Set<String>
        /// The lists as values; built again after a host has gone.
        var lists: (play: Value, batch: Value)?
    }

    /// - Parameter gone: hosts of the play that earlier batches or plays have lost.
    init(
        _ play: Play, files: [ValueMap], filesByHost: [Located<Value>], folder: String, allHosts: [String],
        batch: [String], gone: Set<String>, includes: IncludedFiles
    ) {
        self.includes = includes
        name = play.name ?? ""
        variables = play.variables
        roleDefaults = play.roleDefaults
        roleVariables = play.roleVariables
        self.files = files
        self.filesByHost = filesByHost
        self.folder = folder
        directory = AbsolutePath.of(folder)
        self.allHosts = allHosts
        self.batch = batch
        saysConnection = ([play.variables, play.roleDefaults, play.roleVariables] + files).contains(
            where: ConnectionVariables.occur)
        self.gone = Mutex(Gone(hosts: gone))
    }

    /// What roles that were included up to now set for all hosts.
    var exposed: IncludedFiles.Exposed { includes.exposed }

    /// The host has failed or is unreachable: `ansible_play_hosts` no longer holds it.
    func remove(_ host: String) {
        gone.withLock { gone in
            if gone.hosts.insert(host).inserted { gone.lists = nil }
        }
    }

    /// The hosts that have failed are no longer gone (`meta: clear_host_errors`).
    func clear() {
        gone.withLock { gone in
            gone.hosts.subtract(allHosts)
            gone.lists = nil
        }
    }

    /// `ansible_play_hosts` and `ansible_play_batch`.
    var active: (play: Value, batch: Value) {
        gone.withLock { gone in
            if let lists = gone.lists { return lists }
            let lost = gone.hosts
            let list = { (names: [String]) in Value.list(names.filter { !lost.contains($0) }.map { .string($0) }) }
            let lists = (play: list(allHosts), batch: list(batch))
            gone.lists = lists
            return lists
        }
    }
}
