public import YAML

/// What the command line says about a run.
public struct RunOptions: Sendable {
    public var limit: String?
    public var extraVariables = ValueMap()
    public var tags = TagSelection()
    /// Name of the task to begin with, what stands before it being left out; may have wildcards.
    public var startAtTask: String?
    public var checkMode = false
    public var diffMode = false
    /// A check whose result is what differs: exit code 3 when something does.
    public var looksForDrift = false
    public var verbosity = 0
    /// Become another user wherever no task, play or host says otherwise; whom is the credentials' business.
    public var become = false
    /// How many hosts are at work at once. A waiting host costs some tens of kilobytes here, so the limit is there for
    /// what a process may have
    /// open (a socket per host, 1,024 descriptors by default, the openssh transport takes three) and for what hosts
    /// share, such as a package mirror.
    public var forks = 256
    public init() {}
}

/// `comfyfleet --version`, `ansible_version` and the run's record.
public enum ComfyFleetVersion {
    public static let text = "0.1.0"
    /// The playbook language is that of this Ansible; playbooks ask for it.
    static let language: ValueMap = [
        "full": .string("2.19.0"), "major": .int(2), "minor": .int(19), "revision": .int(0),
        "string": .string("2.19.0"),
    ]
}
