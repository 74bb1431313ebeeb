import AnsibleCommands
import Console
import Engine
import Settings

/// How a run is shown and ends that was asked for as `ansible-playbook` or `ansible`.
struct AnsibleShow {
    private let configuration: AnsibleConfiguration
    private let callback: String

    /// - Parameter callback: goes before the settings'.
    init(_ configuration: AnsibleConfiguration, _ callback: String?) {
        self.configuration = configuration
        let name = callback ?? configuration.callback
        self.callback = name.split(separator: ".").last.map(String.init) ?? "default"
    }

    func install(in console: inout ConsoleOptions, _ run: RunOptions) {
        var options = CallbackOptions(configuration, verbosity: run.verbosity, secrets: ComfyFleet.secrets)
        options.checkMode = run.checkMode
        switch callback {
        case "json": console.format = .json
        case "minimal", "oneline":
            let isOneLine = callback == "oneline"
            console.reader = { [options] write in MinimalCallback(options, isOneLine: isOneLine, write: write) }
        default:
            let names = Set(configuration.callbacks.map { $0.split(separator: ".").last.map(String.init) ?? $0 })
            console.reader = { [options] write in
                var extras: [any CallbackExtra] = []
                if names.contains("profile_tasks") { extras.append(ProfileTasksExtra()) }
                if names.contains("timer") { extras.append(TimerExtra()) }
                if names.contains("junit") { extras.append(JUnitExtra(options)) }
                return DefaultCallback(options, extras: extras, write: write)
            }
        }
    }

    /// Ansible's: 4 where a host could not be reached, 2 where a task failed, whatever ended the run for it.
    static func exitCode(_ code: Int32) -> Int32 {
        switch code {
        case 0, 3: 0
        case 1: 1
        case 4, 6: 4
        case 130: 99
        default: 2
        }
    }
}
