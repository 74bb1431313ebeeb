import Runs
import YAML

/// What a run of modules' playbooks on one host has come to, module by module, from its events.
struct InstallOutcome: Sendable {
    /// Modules that changed the host, that found nothing to change (or were not begun), and that failed; in the order
    /// in which they were asked for.
    private(set) var installed: [String] = [], skipped: [String] = [], failed: [String] = []
    /// Why, by module.
    private(set) var reasons: [String: String] = [:]

    enum Status: String { case installed, noop, failed }
    var status: Status { !failed.isEmpty ? .failed : installed.isEmpty ? .noop : .installed }

    /// - Parameters:
    ///   - modules: with their playbooks.
    ///   - exitCode: of the run; nil when it was interrupted.
    init(of modules: [(name: String, playbook: String)], host: String, events: [ValueMap], exitCode: Int?) {
        var playbook: String?
        var begun: Set<String> = []
        var changed: Set<String> = []
        var broken: [String: String] = [:]
        var ended: String?
        for event in events {
            switch event["event"]?.string {
            case "play.started":
                playbook = event["playbook"]?.string
                if let playbook { begun.insert(playbook) }
            case "host.task.finished" where event["host"]?.string == host:
                guard let playbook else { break }
                switch event["status"]?.string {
                case "changed": changed.insert(playbook)
                case "failed": broken[playbook] = event["message"]?.string ?? "a task failed"
                default: break
                }
            case "host.unreachable" where event["host"]?.string == host:
                if let playbook { broken[playbook] = "unreachable: " + (event["message"]?.string ?? "") }
            case "run.finished":
                ended = event["note"]?.string
            default: break
            }
        }
        var goesOn = true
        for (name, playbook) in modules {
            if let reason = broken[playbook] {
                failed.append(name)
                reasons[name] = reason
                goesOn = false
            } else if !begun.contains(playbook) {
                skipped.append(name)
                reasons[name] = goesOn ? ended ?? "not begun" : "not begun: a module before it failed"
                if goesOn, exitCode != 0 {
                    skipped.removeLast()
                    failed.append(name)
                    goesOn = false
                }
            } else if exitCode != 0, goesOn, modules.last(where: { begun.contains($0.playbook) })?.name == name {
                // The run ended within it, by a cancel, a kill or a failure limit.
                failed.append(name)
                reasons[name] = ended ?? "the run was interrupted"
                goesOn = false
            } else if changed.contains(playbook) {
                installed.append(name)
            } else {
                skipped.append(name)
                reasons[name] = "installed already: nothing to change"
            }
        }
    }
}
