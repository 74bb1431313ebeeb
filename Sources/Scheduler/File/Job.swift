import YAML

/// One job of `config/schedules.yml`, checked.
package struct Job: Sendable, Hashable {
    /// What happens to times that came while nothing was there to see them: the daemon was down, or the machine asleep.
    package enum CatchUp: String, Sendable, Hashable, CaseIterable { case once, all, none }
    /// What happens when a job is due and still runs.
    package enum Overlap: String, Sendable, Hashable, CaseIterable { case skip, queue, replace }
    /// What happens to a time outside of the maintenance windows.
    package enum Outside: String, Sendable, Hashable, CaseIterable { case skip, wait }
    package enum Kind: String, Sendable, Hashable {
        case run
        /// Changes nothing; says what would be changed.
        case check
        /// A check whose result is a report of what differs from the playbook.
        case drift
    }
    package struct Retries: Sendable, Hashable {
        package var count = 0
        /// Seconds before the first; twice as long before each further one, up to an hour.
        package var delay = 60
        package init() {}

        func delay(before attempt: Int) -> Int { min(max(delay, 3600), delay << min(max(0, attempt - 1), 16)) }
    }

    package var name: String
    package var description: String?
    package var mark: SourceMark
    package var trigger: Trigger
    /// Of the trigger and for people.
    package var zone: Zone
    package var isEnabled = true
    package var kind = Kind.run

    package var playbooks: [String]
    package var inventory: [String] = []
    package var limit: String?
    package var extraVariables = ValueMap()
    package var tags: [String] = [], skippedTags: [String] = []
    package var becomes = false
    package var forks: Int?

    /// Seconds; a job begins by up to so much later than it is due. How much follows from the job's name and the time.
    package var jitter = 0
    /// Seconds in which a host that another run holds is waited for; 0 for not at all.
    package var lockWait = 3600
    /// Seconds after which a run is stopped in order.
    package var timeout: Int?
    package var catchUp = CatchUp.once
    package var overlap = Overlap.skip
    package var maintenance = MaintenanceRule()
    package var outside = Outside.skip
    /// After so many failures in a row the job rests until it is changed, or run by hand and well.
    package var failureLimit: Int?
    package var retries = Retries()
    /// Webhooks of `config/hooks.yml` that are notified, by name; nil for all.
    package var notify: [String]?

    init(name: String, mark: SourceMark, trigger: Trigger, zone: Zone, playbooks: [String]) {
        (self.name, self.mark, self.trigger, self.zone, self.playbooks) = (name, mark, trigger, zone, playbooks)
    }

    /// How much later than due it begins: the same in every process.
    package func delay(at due: Moment) -> Int {
        guard jitter > 0 else { return 0 }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in "\(name) \(due.seconds)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash ^= hash >> 33
        hash = hash &* 0xff51_afd7_ed55_8ccd
        hash ^= hash >> 33
        return Int(hash % UInt64(jitter + 1))
    }

    /// Tells when a job was changed: what it does, not when.
    var definition: String { arguments(run: "", due: Moment(0)).joined(separator: " ") }

    /// The command line of its run, without the program's name. What an option could be taken for is kept apart from
    /// it. The playbook can tell by two variables what it
    /// runs for: `comfyfleet_job` and `comfyfleet_due`.
    package func arguments(run id: String, due: Moment) -> [String] {
        var arguments = ["run", "--run-id=\(id)", "--job=\(name)", "--format=lines"]
        arguments += inventory.map { "--inventory=\($0)" }
        if let limit { arguments.append("--limit=\(limit)") }
        var variables: ValueMap = ["comfyfleet_job": .string(name), "comfyfleet_due": .string("\(due)")]
        variables.merge(extraVariables)
        arguments.append("--extra-vars=" + JSON.text(.dict(variables), spaced: false))
        if !tags.isEmpty { arguments.append("--tags=" + tags.joined(separator: ",")) }
        if !skippedTags.isEmpty { arguments.append("--skip-tags=" + skippedTags.joined(separator: ",")) }
        if becomes { arguments.append("--become") }
        if let forks { arguments.append("--forks=\(forks)") }
        arguments.append("--wait-lock=\(lockWait)")
        switch kind {
        case .run: break
        case .check: arguments += ["--check", "--diff"]
        case .drift: arguments.append("--drift")
        }
        if let notify { arguments.append("--notify=" + notify.joined(separator: ",")) }
        return arguments + ["--"] + playbooks
    }
}

/// `config/schedules.yml`, checked.
package struct Schedule: Sendable {
    package static let defaultPath = "config/schedules.yml"
    package var path: String
    /// In the order of the file.
    package var jobs: [Job]

    package subscript(name: String) -> Job? { jobs.first { $0.name == name } }

    /// The next times of all jobs that are enabled, in order; jobs of one time in the order of the file.
    package func next(_ count: Int, after moment: Moment) -> [(job: Job, due: Moment)] {
        var next = jobs.filter(\.isEnabled).map { ($0, $0.trigger.next(after: moment)) }
        var found: [(Job, Moment)] = []
        while found.count < count {
            var first: (index: Int, due: Moment)?
            for (index, entry) in next.enumerated() {
                if let due = entry.1, due < first?.due ?? Moment(.max) { first = (index, due) }
            }
            guard let first else { break }
            found.append((next[first.index].0, first.due))
            next[first.index].1 = next[first.index].0.trigger.next(after: first.due)
        }
        return found
    }
}
