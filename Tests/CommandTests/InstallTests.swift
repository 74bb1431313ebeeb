import Foundation
import TestSupport
import Testing
import YAML

/// The main job, end to end: the program, real sshds, real files.
@Suite(.timeLimit(.minutes(5)))
struct InstallTests {
    static let playbook = """
        - hosts: gpu
          gather_facts: no
          vars:
            root: "{{ lab }}/{{ inventory_hostname }}"
          tasks:
            - name: Folder
              file: {path: "{{ root }}/etc", state: directory, mode: "0750"}
            - name: Configuration
              copy: {dest: "{{ root }}/etc/app.conf", content: "workers={{ workers }}\\n", mode: "0640"}
              notify: restart
            - name: Which host
              command: cat {{ root }}/etc/app.conf
              register: shown
              changed_when: false
            - name: It says so
              assert: {that: "'workers=4' in shown.stdout"}
          handlers:
            - name: restart
              shell: echo restarted >> {{ root }}/restarts
        """

    @Test func `installs on every host, and changes nothing the second time`() async throws {
        try await LoopbackFleet.with { fleet in
            try await Workplace.with { place in
                try place.inventory(fleet, hosts: 20, variables: ["lab": place.folder + "/lab", "workers": "4"])
                try place.write("install.yml", Self.playbook)

                let first = try await place.comfyfleet("run", "install.yml", "-i", "inventory.yml")
                #expect(first.status == 0, "\(first.stdout)\(first.stderr)")
                for host in 1...20 {
                    #expect(try place.read("lab/gpu-\(host)/etc/app.conf") == "workers=4\n")
                    #expect(try place.read("lab/gpu-\(host)/restarts") == "restarted\n")
                }
                let before = Set(try FileManager.default.contentsOfDirectory(atPath: place.folder + "/logs/runs"))
                let second = try await place.comfyfleet("run", "install.yml", "-i", "inventory.yml", "--format", "json")
                #expect(second.status == 0)
                #expect(try place.read("lab/gpu-7/restarts") == "restarted\n", "no change, so no handler")
                let runs = try FileManager.default.contentsOfDirectory(atPath: place.folder + "/logs/runs").filter {
                    !before.contains($0)
                }
                #expect(runs.count == 1)
                let summary = try JSON.parse(Array(try place.read("logs/runs/\(runs[0])/summary.json").utf8))
                let host = try #require(summary.map?["hosts"]?.map?["gpu-1"]?.map)
                #expect(host["changed"] == .int(0) && host["ok"] == .int(4))

                let verified = try await place.comfyfleet("audit", "verify")
                #expect(verified.status == 0, "\(verified.stdout)\(verified.stderr)")
            }
        }
    }

    @Test func `check mode with diff shows what would change, and changes nothing`() async throws {
        try await LoopbackFleet.with { fleet in
            try await Workplace.with { place in
                try place.inventory(fleet, hosts: 2, variables: ["lab": place.folder + "/lab", "workers": "4"])
                try place.write(
                    "install.yml",
                    """
                    - hosts: gpu
                      gather_facts: no
                      tasks:
                        - copy: {dest: "{{ lab }}-{{ inventory_hostname }}.conf", content: "workers={{ workers }}\\n"}
                    """)
                let outcome = try await place.comfyfleet(
                    "run", "install.yml", "-i", "inventory.yml", "--check", "--diff")
                #expect(outcome.status == 0, "\(outcome.stdout)\(outcome.stderr)")
                #expect(outcome.stdout.contains("+workers=4"))
                #expect(!FileManager.default.fileExists(atPath: place.folder + "/lab-gpu-1.conf"))
            }
        }
    }

    @Test func `one host that fails and one that is away do not touch the others`() async throws {
        try await LoopbackFleet.with { fleet in
            try await Workplace.with { place in
                try place.inventory(fleet, hosts: 5)
                let away = try freePort()
                try place.write(
                    "inventory.yml",
                    try place.read("inventory.yml").replacing(
                        "gpu-2: {ansible_host: 127.0.1.2}",
                        with: "gpu-2: {ansible_host: 127.0.1.2, ansible_port: \(away)}"))
                try place.write(
                    "install.yml",
                    """
                    - hosts: gpu
                      gather_facts: no
                      tasks:
                        - name: Fails on one
                          shell: echo to stdout; echo the reason >&2; test {{ inventory_hostname }} != gpu-3
                        - name: Goes on
                          shell: echo {{ inventory_hostname }} >> \(place.folder)/done
                    """)
                let outcome = try await place.comfyfleet("run", "install.yml", "-i", "inventory.yml")
                #expect(outcome.status == 6, "a failed and an unreachable host: \(outcome.stdout)\(outcome.stderr)")
                #expect(outcome.stdout.contains("the reason"), "the last lines of stderr are shown")
                #expect(outcome.stdout.contains("install.yml:4:"), "the failed task's place is shown")
                #expect(try place.read("done").split(separator: "\n").sorted() == ["gpu-1", "gpu-4", "gpu-5"])
            }
        }
    }

    @Test func `a mistake in the playbook stops the run before the first connection`() async throws {
        try await Workplace.with { place in
            try place.write("inventory.yml", "all: {hosts: {nowhere.invalid: {}}}\n")
            try place.write(
                "install.yml",
                "- hosts: all\n  tasks:\n    - name: Install driver\n      apt: {name: nvidia-driver}\n      whn: x\n")
            let outcome = try await place.comfyfleet("run", "install.yml", "-i", "inventory.yml")
            #expect(outcome.status == 1)
            #expect(
                outcome.stderr.contains(
                    "install.yml:5:7: unknown key 'whn' in task 'Install driver'; did you mean 'when'?"),
                "\(outcome.stderr)")
            #expect(!FileManager.default.fileExists(atPath: place.folder + "/logs/runs"), "nothing was begun")
        }
    }

    @Test func `exec runs a command everywhere and tells hosts apart`() async throws {
        try await LoopbackFleet.with { fleet in
            try await Workplace.with { place in
                try place.inventory(fleet, hosts: 3)
                let fine = try await place.comfyfleet("exec", "echo on $((40 + 2))", "-i", "inventory.yml")
                #expect(fine.status == 0, "\(fine.stderr)")
                #expect(fine.stdout.components(separatedBy: "on 42").count == 4, "\(fine.stdout)")
                let bad = try await place.comfyfleet("exec", "exit 3", "-i", "inventory.yml", "-l", "gpu-2")
                #expect(bad.status == 2)
            }
        }
    }
}
