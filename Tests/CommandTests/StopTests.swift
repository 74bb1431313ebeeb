import Foundation
import Glibc
import TestSupport
import Testing

/// What Ctrl-C, once and twice, and SIGTERM do to what runs on hosts, and what is left for whoever comes back.
@Suite(.timeLimit(.minutes(3)))
struct StopTests {
    private static func fleet(_ body: (Workplace, LoopbackFleet) async throws -> Void) async throws {
        try await LoopbackFleet.with { fleet in
            try await Workplace.with { place in
                try place.inventory(fleet, hosts: 2, variables: ["lab": place.folder])
                try await body(place, fleet)
            }
        }
    }

    /// A task that says who it is, and takes its time.
    private static let playbook: String = story(waiting: "sleep {{ length }}")
    /// One that takes until it is told to go on, by the file `go`.
    private static let playbookThatWaits: String = story(waiting: "until [ -e {{ lab }}/go ]; do sleep 0.1; done")

    private static func story(waiting: String) -> String {
        """
        - hosts: gpu
          gather_facts: no
          tasks:
            - name: Long
              shell: echo $$ > {{ lab }}/{{ inventory_hostname }}.pid; echo begun >> {{ lab }}/{{ inventory_hostname }}.ledger; \(waiting); echo ended >> {{ lab }}/{{ inventory_hostname }}.ledger
            - name: After
              shell: echo after >> {{ lab }}/{{ inventory_hostname }}.ledger
        """
    }

    private func start(_ place: Workplace, _ arguments: String...) throws -> RunningProgram {
        try RunningProgram(Workplace.program, arguments, environment: place.environment(), in: place.folder)
    }

    private struct NotBegun: Error {}

    /// The processes of the hosts' tasks, once all are there.
    private func begun(_ place: Workplace, _ names: [String] = ["gpu-1", "gpu-2"]) async throws -> [pid_t] {
        for _ in 0..<1000 {
            let found = names.compactMap { try? place.read("\($0).pid") }.compactMap {
                pid_t($0.trimmingCharacters(in: .whitespacesAndNewlines))
            }
            if found.count == names.count { return found }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw NotBegun()
    }

    /// Whether a process is there, and no zombie.
    private func isAlive(_ process: pid_t) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let name = status.lastIndex(of: ")")
        else { return false }
        return !status[name...].hasPrefix(") Z")
    }

    private func ends(_ program: RunningProgram, within seconds: Int = 30) async throws -> Int32? {
        try await offPool { program.waitUntilEnd(atMost: seconds) }
    }

    @Test func `once: what runs is ended, nothing more is begun, and no lock stays`() async throws {
        try await sideBySide([SIGINT, SIGTERM], atOnce: 2) { signal in
            try await Self.fleet { place, _ in
                try place.write("long.yml", Self.playbook)
                let run = try start(place, "run", "long.yml", "-i", "inventory.yml", "-e", "length=60")
                let processes = try await begun(place)
                run.signal(signal)
                #expect(try await ends(run) == 130, "signal \(signal)")
                #expect(
                    run.output.contains(
                        "ended in the middle: gpu-1 in 'Long', gpu-2 in 'Long'; hosts with tasks left: 2; resume with: comfyfleet resume "
                    ), "signal \(signal): \(run.output)")
                #expect(!processes.contains(where: isAlive), "signal \(signal)")
                let again = try await place.comfyfleet("run", "long.yml", "-i", "inventory.yml", "-e", "length=0")
                #expect(again.status == 0, "signal \(signal): the hosts are free: \(again.stdout)\(again.stderr)")
                #expect(try place.read("gpu-1.ledger") == "begun\nbegun\nended\nafter\n", "signal \(signal)")
            }
        }
    }

    @Test func `twice: what runs goes on, and is taken in by resume`() async throws {
        try await Self.fleet { place, _ in
            try place.write("long.yml", Self.playbookThatWaits)
            let run = try start(place, "run", "long.yml", "-i", "inventory.yml")
            let processes = try await begun(place)
            run.signal(SIGINT)
            // Once the first one has been taken in, and not within a second of it: that would count as one request.
            for _ in 0..<1000 where !run.output.contains("Ctrl-C again leaves it running") {
                try await Task.sleep(for: .milliseconds(20))
            }
            try await Task.sleep(for: .milliseconds(1100))
            run.signal(SIGINT)
            #expect(try await ends(run, within: 10) == 130)
            #expect(run.output.contains("continues on the hosts: gpu-1 in 'Long', gpu-2 in 'Long'"), "\(run.output)")
            #expect(processes.allSatisfy(isAlive))
            try place.write("go", "")
            let resumed = try await place.comfyfleet("resume")
            #expect(resumed.status == 0, "\(resumed.stdout)\(resumed.stderr)")
            #expect(try place.read("gpu-2.ledger") == "begun\nended\nafter\n")
        }
    }

    @Test func `two signals at once are one, and what it ended is run again when that is asked for`() async throws {
        try await Self.fleet { place, _ in
            try place.write(
                "long.yml",
                """
                - hosts: gpu
                  gather_facts: no
                  tasks:
                    - shell: echo begun >> {{ lab }}/{{ inventory_hostname }}.ledger; echo $$ > {{ lab }}/{{ inventory_hostname }}.pid; [ -e {{ lab }}/go ] || sleep 60; echo ended >> {{ lab }}/{{ inventory_hostname }}.ledger
                """)
            func interrupted() async throws {
                let run = try start(place, "run", "long.yml", "-i", "inventory.yml")
                let processes = try await begun(place)
                run.signal(SIGINT)
                run.signal(SIGTERM)
                #expect(try await ends(run) == 130)
                #expect(
                    run.output.contains("is run again by resume --rerun-interrupted")
                        && run.output.contains("ended in the middle: gpu-1"), "\(run.output)")
                #expect(!processes.contains(where: isAlive))
                for name in ["gpu-1", "gpu-2"] {
                    try FileManager.default.removeItem(atPath: "\(place.folder)/\(name).pid")
                }
            }
            try await interrupted()
            let failed = try await place.comfyfleet("resume")
            #expect(failed.status == 2 && failed.stdout.contains("interrupted: "), "\(failed.stdout)\(failed.stderr)")
            #expect(try place.read("gpu-1.ledger") == "begun\n")
            try await interrupted()
            try place.write("go", "")
            let again = try await place.comfyfleet("resume", "--rerun-interrupted")
            #expect(again.status == 0, "\(again.stdout)\(again.stderr)")
            #expect(try place.read("gpu-1.ledger") == "begun\nbegun\nbegun\nended\n")
        }
    }

    @Test func `a lock is seen, and broken by its owner`() async throws {
        try await Self.fleet { place, _ in
            try place.write("long.yml", Self.playbook)
            let run = try start(place, "run", "long.yml", "-i", "inventory.yml", "-l", "gpu-1", "-e", "length=60")
            let processes = try await begun(place, ["gpu-1"])
            let id = try FileManager.default.contentsOfDirectory(atPath: place.folder + "/logs/runs").sorted()[0]
            var listed = try await place.comfyfleet(
                "locks", "list", "-i", "inventory.yml", "-l", "gpu-1", "--format", "json")
            #expect(
                listed.status == 0 && listed.stdout.contains("\"run\":\"\(id)\"")
                    && listed.stdout.contains("\"here\":\"running\"") && listed.stdout.contains("\"sleep\""),
                "\(listed.stdout)\(listed.stderr)")
            var broken = try await place.comfyfleet("locks", "break", "gpu-1", "-i", "inventory.yml", "--yes")
            #expect(broken.status == 1 && broken.stderr.contains("is still running here"), "\(broken.stderr)")
            run.kill()
            // Never without saying so.
            broken = try await place.comfyfleet("locks", "break", "gpu-1", "-i", "inventory.yml")
            #expect(
                broken.status == 1 && broken.stderr.contains("runs sleep")
                    && broken.stderr.contains("was interrupted here"), "\(broken.stderr)")
            #expect(processes.allSatisfy(isAlive))
            broken = try await place.comfyfleet("locks", "break", "gpu-1", "-i", "inventory.yml", "--yes")
            #expect(broken.status == 0 && broken.stdout == "gpu-1: free\n", "\(broken.stdout)\(broken.stderr)")
            #expect(!processes.contains(where: isAlive))
            #expect(try place.read("logs/security.log").contains("lock.broken"))
            listed = try await place.comfyfleet(
                "locks", "list", "-i", "inventory.yml", "-l", "gpu-1", "--format", "json")
            #expect(listed.status == 0 && !listed.stdout.contains(id), "\(listed.stdout)")
        }
    }

    @Test func `a package manager is waited for`() async throws {
        try await Self.fleet { place, _ in
            try place.write(
                "pip",
                "#!/bin/sh\ncase $* in *install*) echo $$ > \(place.folder)/gpu-1.pid; sleep 3; echo installed >> \(place.folder)/done ;; esac\n",
                mode: 0o755)
            try place.write(
                "install.yml",
                "- hosts: gpu-1\n  gather_facts: no\n  tasks:\n    - pip: {name: torch, executable: \(place.folder)/pip}\n    - shell: echo after >> {{ lab }}/done\n"
            )
            let run = try start(place, "run", "install.yml", "-i", "inventory.yml")
            _ = try await begun(place, ["gpu-1"])
            run.signal(SIGINT)
            #expect(try await ends(run) == 130)
            #expect(run.output.contains("which must not be interrupted"), "\(run.output)")
            #expect(try place.read("done") == "installed\n")
            let resumed = try await place.comfyfleet("resume")
            #expect(resumed.status == 0, "\(resumed.stdout)\(resumed.stderr)")
            #expect(try place.read("done") == "installed\nafter\n")
        }
    }

    @Test func `a killed run is let go of with resume --end`() async throws {
        try await Self.fleet { place, _ in
            try place.write("long.yml", Self.playbook)
            let run = try start(place, "run", "long.yml", "-i", "inventory.yml", "-e", "length=60")
            let processes = try await begun(place)
            run.kill()
            #expect(processes.allSatisfy(isAlive))
            let refused = try await place.comfyfleet("run", "long.yml", "-i", "inventory.yml", "-e", "length=0")
            #expect(refused.status == 4 && refused.stdout.contains("the host is locked by run"), "\(refused.stdout)")
            let ended = try await place.comfyfleet(
                "resume", "--end", "--force",
                String(try FileManager.default.contentsOfDirectory(atPath: place.folder + "/logs/runs").sorted()[0]))
            #expect(
                ended.status == 130 && ended.stdout.contains("ended before it was through")
                    && !ended.stdout.contains("resume with"), "\(ended.stdout)\(ended.stderr)")
            #expect(!processes.contains(where: isAlive))
            let again = try await place.comfyfleet("run", "long.yml", "-i", "inventory.yml", "-e", "length=0")
            #expect(again.status == 0, "\(again.stdout)\(again.stderr)")
            #expect(try place.read("gpu-1.ledger") == "begun\nbegun\nended\nafter\n")
        }
    }

    /// A run that was killed, and what happens then.
    private struct Death: Sendable, CustomStringConvertible {
        /// What happens to the vault's key.
        enum KeyChange: CaseIterable { case rotation, twoRotations, firstVault }
        let change: KeyChange
        /// The run is ended, not resumed.
        let ends: Bool
        static let all = KeyChange.allCases.flatMap { change in [false, true].map { Death(change: change, ends: $0) } }
        var description: String { "\(change), then \(ends ? "ended" : "resumed")" }
    }

    @Test func `a killed run is resumed or ended, whatever happened to the vault's key`() async throws {
        try await sideBySide(Death.all, atOnce: 3) { death in
            try await Self.fleet { place, _ in
                if death.change != .firstVault {
                    #expect(try await place.comfyfleet("vault", "init").status == 0, "\(death)")
                }
                try place.write("long.yml", Self.playbookThatWaits)
                let run = try start(place, "run", "long.yml", "-i", "inventory.yml")
                let processes = try await begun(place)
                run.kill()
                switch death.change {
                case .rotation: #expect(try await place.comfyfleet("vault", "rotate").status == 0, "\(death)")
                case .twoRotations:
                    for _ in 0..<2 { #expect(try await place.comfyfleet("vault", "rotate").status == 0, "\(death)") }
                case .firstVault: #expect(try await place.comfyfleet("vault", "init").status == 0, "\(death)")
                }
                #expect(processes.allSatisfy(isAlive), "\(death)")
                if death.ends {
                    let ended = try await place.comfyfleet("resume", "--end", "last")
                    #expect(ended.status == 130, "\(death): \(ended.stdout)\(ended.stderr)")
                    #expect(!processes.contains(where: isAlive), "\(death)")
                    try place.write("go", "")
                } else {
                    try place.write("go", "")
                    let resumed = try await place.comfyfleet("resume")
                    #expect(resumed.status == 0, "\(death): \(resumed.stdout)\(resumed.stderr)")
                    #expect(try place.read("gpu-1.ledger") == "begun\nended\nafter\n", "\(death)")
                }
                let again = try await place.comfyfleet("run", "long.yml", "-i", "inventory.yml")
                #expect(again.status == 0, "\(death): the hosts are free: \(again.stdout)\(again.stderr)")
            }
        }
    }

    @Test func `what a killed run had made of a secret is hidden when it is resumed`() async throws {
        try await Self.fleet { place, _ in
            #expect(try await place.comfyfleet("vault", "init").status == 0)
            #expect(
                try await place.comfyfleet("vault", "set", "leak", "password", input: "Marked-Resume-Secret-0123")
                    .status == 0)
            try place.write(
                "made.yml",
                """
                - hosts: gpu-1
                  gather_facts: no
                  tasks:
                    - set_fact: {made: "pre {{ secrets.leak.password | reverse }} post"}
                    - command: {argv: [echo, "{{ secrets.leak.password | upper | reverse }}"]}
                      register: said
                    - shell: |
                        echo {{ secrets.leak.password | hash(item) }}
                        if [ {{ item }} = sha256 ]; then echo $$ > {{ lab }}/gpu-1.pid; until [ -e {{ lab }}/go ]; do sleep 0.1; done; fi
                      loop: [sha1, sha256]
                      register: looped
                    - debug: {msg: "{{ made }} {{ said.stdout }} {{ looped.results[0].stdout }}"}
                """)
            let run = try start(place, "run", "made.yml", "-i", "inventory.yml")
            _ = try await begun(place, ["gpu-1"])
            run.kill()
            try place.write("go", "")
            let resumed = try await place.comfyfleet("resume")
            #expect(
                resumed.status == 0 && resumed.stdout.contains("pre «redacted:leak.password» post"),
                "\(resumed.stdout)\(resumed.stderr)")
            for form in ["3210-terceS", "3210-TERCES", "e5a0742385badba4501d35ba8e5a758833eb226a"] {
                #expect(!(run.output + resumed.stdout + resumed.stderr).contains(form), "\(form): \(resumed.stdout)")
                #expect(try place.files(holding: form).isEmpty, "a file holds \(form)")
            }
        }
    }

    @Test func `exec: what runs on the hosts is ended, also what does not listen to TERM`() async throws {
        try await Self.fleet { place, _ in
            let command =
                #"trap "" TERM; echo $$ > \#(place.folder)/$(echo $SSH_CONNECTION | cut -d" " -f3).pid; sleep 60; sleep 61"#
            let run = try start(place, "exec", command, "-i", "inventory.yml")
            let processes = try await begun(place, LoopbackFleet.addresses(2))
            run.signal(SIGINT)
            #expect(try await ends(run) == 130)
            #expect(run.output.contains("the command was ended on 2"), "\(run.output)")
            #expect(!processes.contains(where: isAlive))
        }
    }
}
