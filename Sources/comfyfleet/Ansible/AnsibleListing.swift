import Engine
import Playbook
import Redaction

/// `--list-hosts`, `--list-tasks` and `--list-tags` as ansible-playbook prints them.
struct AnsibleListing {
    let hosts: Bool, tasks: Bool, tags: Bool

    func show(_ plays: [FleetRun.Listing], of playbooks: [Playbook]) {
        for playbook in playbooks {
            Output.print("\nplaybook: \(redacted(playbook.path))")
            for (index, play) in plays.filter({ $0.playbook == playbook.path }).enumerated() { show(play, index + 1) }
        }
    }

    private func show(_ play: FleetRun.Listing, _ number: Int) {
        let pattern = redacted(play.patterns.joined(separator: ","))
        let tags = redacted(Set(play.tags).sorted().joined(separator: ","))
        Output.print("\n  play #\(number) (\(pattern)): \(redacted(play.play))\tTAGS: [\(tags)]")
        if hosts {
            Output.print("    pattern: [\(redacted(play.patterns.map { "'\($0)'" }.joined(separator: ", ")))]")
            Output.print("    hosts (\(play.hosts.count)):")
            for host in play.hosts { Output.print("      \(redacted(host))") }
        }
        let shown = play.tasks.filter {
            $0.name != "Gathering Facts" && $0.module != "meta" || $0.name != $0.module && $0.module == "meta"
        }
        if tasks {
            Output.print("    tasks:")
            for task in shown {
                let name = redacted(task.role.map { "\($0) : \(task.name)" } ?? task.name)
                let tags = redacted(Set(task.tags).sorted().joined(separator: ", "))
                Output.print("      \(name)\tTAGS: [\(tags)]")
            }
        }
        if self.tags {
            let all = Set(shown.flatMap(\.tags)).sorted().joined(separator: ", ")
            Output.print("      TASK TAGS: [\(redacted(all))]")
        }
    }
}
