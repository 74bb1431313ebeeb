import YAML

/// What the command line says about a run.
package struct RunOptions: Sendable {
    package var limit: String?
    package var extraVariables = ValueMap()
    package var tags = TagSelection()
    /// Name of the task to begin with, what stands before it being left out; may have wildcards.
    package var startAtTask: String?
    package var checkMode = false
    package var diffMode = false
    /// A check whose result is what differs: exit code 3 when something does.
    package var looksForDrift = false
    package var verbosity = 0
    /// Become another user wherever no task, play or host says otherwise; whom is the credentials' business.
    package var become = false
    /// How many hosts are at work at once. A waiting host costs some tens of kilobytes here, so the limit is there for
    /// what a process may have
    /// open (a socket per host, 1,024 descriptors by default, the openssh transport takes three) and for what hosts
    /// share, such as a package mirror.
    package var forks = 256
    /// Which of the problems that tasks carry keep the run from beginning.
    package var refusal = Refusal.ofWhatMustRun
    package enum Refusal: Sendable {
        /// For what only lists tasks and hosts.
        case ofNothing
        case ofWhatMustRun
        /// `--strict`
        case ofEverything
    }
    package init() {}
}

/// `comfyfleet --version`, `ansible_version` and the run's record.
package enum ComfyFleetVersion {
    package static let text = "0.1.0"
    /// The playbook language is that of this Ansible; playbooks ask for it.
    static let language: ValueMap = [
        "full": .string("2.19.0"), "major": .int(2), "minor": .int(19), "revision": .int(0),
        "string": .string("2.19.0"),
    ]
}
