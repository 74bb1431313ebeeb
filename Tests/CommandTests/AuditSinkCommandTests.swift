import Foundation
import TestSupport
import Testing
import YAML

/// Sinks of the audit trail, and the environment's secrets, by whole commands.
@Suite(.timeLimit(.minutes(5))) struct AuditSinkCommandTests {
    @Test func `a sink that must not fail stops the run before a host is touched, and one that may is a warning`()
        async throws
    {
        try await LoopbackFleet.with { fleet in
            try await Workplace.with { place in
                try place.inventory(fleet, hosts: 1)
                try place.write(
                    "touch.yml",
                    "- hosts: gpu\n  gather_facts: no\n  tasks:\n    - command: touch \(place.folder)/touched\n")
                try place.write("config/audit.yml", "sinks: {ship: {command: [/bin/sh, -c, exit 3], required: yes}}\n")
                let stopped = try await place.comfyfleet("run", "touch.yml", "-i", "inventory.yml")
                #expect(
                    stopped.status == 1
                        && stopped.stderr.contains(
                            "audit sink 'ship': it did not accept the entry: the command ended with 3; fix it"),
                    "\(stopped.stdout)\(stopped.stderr)")
                #expect(!FileManager.default.fileExists(atPath: place.folder + "/touched"), "nothing was touched")

                try place.write(
                    "config/audit.yml",
                    "sinks:\n  ship: {command: [/bin/sh, -c, exit 3]}\n  copy: {file: copy.log, required: yes}\n")
                let done = try await place.comfyfleet("run", "touch.yml", "-i", "inventory.yml")
                #expect(done.status == 0, "\(done.stdout)\(done.stderr)")
                #expect(
                    done.stderr.split(separator: "\n").count { $0.contains("warning: audit sink 'ship'") } == 1,
                    "\(done.stderr)")
                let trail = try place.read("logs/security.log")
                #expect(trail.hasSuffix(try place.read("copy.log")) && trail.contains("run.finished"))
                try place.write("config/audit.yml", "sinks: {ship: {comand: x}}\n")
                let wrong = try await place.comfyfleet("run", "touch.yml", "-i", "inventory.yml")
                #expect(
                    wrong.status == 1 && wrong.stderr.contains("config/audit.yml:1:16: unknown key 'comand'"),
                    "\(wrong.stderr)")
            }
        }
    }

    @Test
    func
        `what stands in the vault or the environment is not shown before it is read, and not given to commands of templates`()
        async throws
    {
        try await LoopbackFleet.with { fleet in
            try await Workplace.with { place in
                try place.inventory(fleet, hosts: 1)
                #expect(try await place.comfyfleet("vault", "init").status == 0)
                #expect(
                    try await place.comfyfleet("vault", "set", "leaklate", "token", input: "Marked-Before-Read").status
                        == 0)
                try place.write(
                    "leak.yml",
                    """
                    - hosts: gpu
                      gather_facts: no
                      tasks:
                        - shell: echo Marked-Before-Read
                        - debug: {msg: "env {{ lookup('env', 'COMFYVN_SECRET_LEAKENV_TOKEN') }}"}
                        - debug: {msg: "{{ lookup('env', 'COMFYVN_SECRET_LEAKENV_TOKEN')[2:] }} {{ lookup('env', 'COMFYVN_SECRET_LEAKENV_TOKEN') | reverse }}"}
                        - debug: {msg: "pipe {{ lookup('pipe', 'env | grep -c COMFYVN_SECRET || true') }}"}
                        - debug: {msg: "{{ lookup('pipe', 'echo told why >&2; exit 7') }}"}
                          ignore_errors: yes
                    """)
                let run = try await place.comfyfleet(
                    "run", "leak.yml", "-i", "inventory.yml", "--format", "json",
                    environment: ["COMFYVN_SECRET_LEAKENV_TOKEN": "Marked-Override"])
                #expect(run.status == 0, "\(run.stdout)\(run.stderr)")
                #expect(
                    run.stdout.contains("«redacted:leaklate.token»") && run.stdout.contains("env «redacted:")
                        && run.stdout.contains("pipe 0"), "\(run.stdout)")
                #expect(!run.stdout.contains("rked-Override") && !run.stdout.contains("edirrevO"), "\(run.stdout)")
                #expect(run.stdout.contains("the command returned 7: told why"), "\(run.stdout)")
                #expect(try place.files(holding: "Marked-").filter { $0 != "leak.yml" }.isEmpty)
            }
        }
    }
}
