import Foundation
import TestSupport
import Testing

/// What `schedule install` writes, under a real systemd: the daemon as a service, with all of its limits, and a job's
/// timer.
@Suite(.timeLimit(.minutes(10)), .enabled(if: Machines.unavailable == nil, "\(Machines.unavailable ?? "")"))
struct MachineScheduleTests {
    private func shell(_ machines: Machines, _ script: String) async throws -> ProcessOutcome {
        let arguments = [
            "-i", machines.identity, "-o", "UserKnownHostsFile=\(machines.knownHosts)", "-F", "none",
            "root@\(machines.addresses[0])", script,
        ]
        return try await offPool { try outcome(of: "/usr/bin/ssh", arguments) }
    }

    /// The program as it is built here, and the libraries that it was linked with, at the same paths in the machine.
    private func installProgram(into root: String) throws {
        let libraries = try run("/usr/bin/ldd", Workplace.program).stdout.split(separator: "\n").compactMap {
            line -> String? in
            line.split(separator: " ").map(String.init).first { $0.hasPrefix("/") }
        }
        try FileManager.default.createDirectory(atPath: root + "/usr/local/bin", withIntermediateDirectories: true)
        try run("/bin/cp", "-L", Workplace.program, root + "/usr/local/bin/comfyfleet")
        for path in libraries {
            let target = root + path
            guard !FileManager.default.fileExists(atPath: target) else { continue }
            try FileManager.default.createDirectory(
                atPath: URL(fileURLWithPath: target).deletingLastPathComponent().path, withIntermediateDirectories: true
            )
            try run("/bin/cp", "-L", path, target)
        }
    }

    @Test
    func `the daemon runs as a service, is started again when it dies, and stops in order; timers run jobs without it`()
        async throws
    {
        try await Machines.with(1) { machines in
            let root = machines.root(0)
            try await offPool { try installProgram(into: root) }
            let prepared = try await shell(
                machines,
                """
                set -e
                useradd -m deploy
                mkdir -p /srv/fleet/config
                cd /srv/fleet
                echo 'all: {hosts: {here: {ansible_connection: local}}}' > config/inventory.yml
                printf -- '- hosts: all\\n  gather_facts: no\\n  tasks:\\n    - shell: echo "{{ comfyfleet_job }} {{ comfyfleet_due }}" >> /srv/fleet/ledger\\n' > job.yml
                printf 'jobs:\\n  often: {every: 2s, playbook: job.yml}\\n' > config/schedules.yml
                chown -R deploy: /srv/fleet
                comfyfleet schedule install --as deploy
                systemd-analyze verify --man=no /etc/systemd/system/comfyfleet-schedule.service
                systemctl daemon-reload
                systemctl enable --now comfyfleet-schedule
                """)
            #expect(prepared.status == 0, "\(prepared.stdout)\(prepared.stderr)")
            // Started means ready: Type=notify.
            let started = try await shell(
                machines,
                "systemctl is-active comfyfleet-schedule && systemctl show -p User -p MainPID comfyfleet-schedule; journalctl -u comfyfleet-schedule --no-pager | tail -20"
            )
            #expect(started.stdout.hasPrefix("active\n") && started.stdout.contains("User=deploy"), "\(started.stdout)")

            let ran = try await shell(
                machines,
                "for i in $(seq 150); do [ -s /srv/fleet/ledger ] && break; sleep 0.2; done; cat /srv/fleet/ledger; stat -c %U /srv/fleet/ledger; journalctl -u comfyfleet-schedule --no-pager | tail -20"
            )
            #expect(ran.stdout.hasPrefix("often 20") && ran.stdout.contains("\ndeploy\n"), "\(ran.stdout)\(ran.stderr)")
            let exposure = try await shell(
                machines, "systemd-analyze security --no-pager comfyfleet-schedule | tail -1")
            #expect(exposure.stdout.contains("OK"), "\(exposure.stdout)")

            let killed = try await shell(
                machines,
                """
                before=$(systemctl show --value -p MainPID comfyfleet-schedule); kill -9 $before
                for i in $(seq 150); do now=$(systemctl show --value -p MainPID comfyfleet-schedule); [ "$now" != 0 ] && [ "$now" != $before ] && break; sleep 0.2; done
                for i in $(seq 150); do [ "$(systemctl is-active comfyfleet-schedule)" = active ] && break; sleep 0.2; done
                lines=$(wc -l < /srv/fleet/ledger)
                for i in $(seq 150); do [ $(wc -l < /srv/fleet/ledger) -gt $lines ] && echo goes on && break; sleep 0.2; done
                sort /srv/fleet/ledger | uniq -d
                systemctl reload comfyfleet-schedule && systemctl stop comfyfleet-schedule
                systemctl show -p Result -p ExecMainStatus comfyfleet-schedule
                """)
            #expect(killed.stdout == "goes on\nResult=success\nExecMainStatus=0\n", "\(killed.stdout)\(killed.stderr)")

            let timers = try await shell(
                machines,
                """
                set -e
                cd /srv/fleet
                systemctl disable -q comfyfleet-schedule
                rm -f ledger
                comfyfleet schedule install --timers --as deploy
                systemd-analyze verify --man=no /etc/systemd/system/comfyfleet-schedule-often.timer
                systemctl daemon-reload
                systemctl enable --now comfyfleet-schedule-often.timer 2>/dev/null
                for i in $(seq 200); do [ $(cat ledger 2>/dev/null | wc -l) -ge 2 ] && break; sleep 0.2; done
                systemctl stop comfyfleet-schedule-often.timer
                cat ledger
                """)
            #expect(
                timers.status == 0 && timers.stdout.components(separatedBy: "\noften ").count >= 2,
                "\(timers.stdout)\(timers.stderr)")
        }
    }
}
