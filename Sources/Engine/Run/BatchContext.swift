import AnsibleVault
import Modules
import Playbook
import Redaction
import Runs
import Synchronization
import Templating
import YAML

/// What every task of a batch works with.
struct BatchContext: Sendable {
    /// In the run, from 1.
    let number: Int
    let fleet: FleetVariables
    let play: PlayVariables
    let options: RunOptions
    let library: any ModuleLibrary
    let connections: any FleetConnections
    let events: RunEvents
    let secrets: SecretSet
    let stop: StopRequest
    /// nil where nothing is written down.
    let checkpoint: RunCheckpoint?
    let templar: Templar
    let includes: IncludedFiles
    let filesByHost = HostVariableFiles()
    let searchPaths = SearchPaths()

    func text(_ text: String) -> RedactedText { RedactedText(text, secrets: secrets) }
}

/// `vars_files` whose names are templates over a host's own variables, such as `vars/{{ ansible_distribution }}.yml`.
final class HostVariableFiles: Sendable {
    private struct State {
        /// By host, then by place in the play's list.
        var paths: [String: [Int: String]] = [:]
        var contents: [String: ValueMap] = [:]
    }
    private let state = Mutex(State())

    /// The files' variables, the last file first. A file whose name can't be known yet (before facts were gathered) is
    /// left out.
    func variables(
        of host: HostMemory, _ files: [Located<Value>], folder: String, vault: VaultKeyring,
        render: (Value) throws -> Value
    ) throws -> [ValueMap] {
        guard !files.isEmpty else { return [] }
        return try state.withLock { state in
            var maps: [ValueMap] = []
            for (index, file) in files.enumerated() {
                if state.paths[host.name]?[index] == nil {
                    guard let rendered = try? render(file.value) else { continue }
                    let path = try VariableFile.find(rendered, in: folder, mark: file.mark)
                    state.paths[host.name, default: [:]][index] = path
                }
                guard let path = state.paths[host.name]?[index] else { continue }
                if state.contents[path] == nil {
                    state.contents[path] = try VariableFile.load(path, mark: file.mark, vault: vault)
                }
                maps.insert(state.contents[path] ?? [:], at: 0)
            }
            return maps
        }
    }
}
