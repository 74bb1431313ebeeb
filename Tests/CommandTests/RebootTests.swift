import Foundation
import TestSupport
import Testing

/// Hosts that reboot: asked to, by themselves in the middle of a task, and while nobody is there.
@Suite(.timeLimit(.minutes(10)), .enabled(if: Machines.unavailable == nil, "\(Machines.unavailable ?? "")"))
struct RebootTests {
    static func inventory(_ machines: Machines, _ place: Workplace) throws {
        try place.write(
            "config/known_hosts", try String(contentsOfFile: machines.knownHosts, encoding: .utf8), mode: 0o600)
        try place.write(
            "inventory.yml",
            "all: {hosts: {m1: {ansible_host: \(machines.addresses[0]), ansible_user: root, ansible_ssh_private_key_file: \(machines.identity)}}}\n"
        )
    }

    @Test func `the module waits until the host is back, and what runs in its middle is told`() async throws {
        try await Machines.with(1) { machines in
            try await Workplace.with { place in
                try Self.inventory(machines, place)
                try place.write(
                    "reboot.yml",
                    """
                    - hosts: all
                      gather_facts: no
                      tasks:
                        - command: cat /proc/sys/kernel/random/boot_id
                          register: before
                        - shell: echo before >> /root/ledger
                        - reboot: {reboot_timeout: 120}
                          register: booted
                        - command: cat /proc/sys/kernel/random/boot_id
                          register: after
                        - assert: {that: ["booted.rebooted", "booted is changed", "booted.elapsed >= 0"]}
                        - shell: echo after >> /root/ledger
                    """)
                let done = try await place.comfyfleet("run", "reboot.yml", "-i", "inventory.yml", "--link-timeout", "8")
                #expect(done.status == 0, "\(done.stdout)\(done.stderr)")
                #expect(
                    try String(contentsOfFile: machines.root(0) + "/root/ledger", encoding: .utf8) == "before\nafter\n")

                // A host that reboots by itself: what was cut off is told, and not run again.
                try place.write(
                    "own.yml",
                    """
                    - hosts: all
                      gather_facts: no
                      tasks:
                        - shell: echo begun >> /root/own; (sleep 1; systemctl reboot) & sleep 600
                    """)
                let cut = try await place.comfyfleet("run", "own.yml", "-i", "inventory.yml", "--link-timeout", "8")
                #expect(cut.status == 2, "\(cut.stdout)\(cut.stderr)")
                #expect(cut.stdout.contains("interrupted: the host has rebooted"), "\(cut.stdout)")
                #expect(try String(contentsOfFile: machines.root(0) + "/root/own", encoding: .utf8) == "begun\n")

                // What brings a host into a state is run again.
                try place.write(
                    "state.yml",
                    """
                    - hosts: all
                      gather_facts: no
                      tasks:
                        - copy: {dest: /root/validate, mode: "0755", content: "#!/bin/sh\\n[ -e /root/once ] || { touch /root/once; sync; systemctl reboot; sleep 600; }\\n"}
                        - copy: {dest: /root/state, content: "there\\n", validate: "/root/validate %s"}
                        - shell: echo on >> /root/own
                    """)
                let again = try await place.comfyfleet("run", "state.yml", "-i", "inventory.yml", "--link-timeout", "8")
                #expect(again.status == 0, "\(again.stdout)\(again.stderr)")
                #expect(again.stdout.contains("was interrupted and is run again"), "\(again.stdout)")
                #expect(try String(contentsOfFile: machines.root(0) + "/root/state", encoding: .utf8) == "there\n")
            }
        }
    }
}
