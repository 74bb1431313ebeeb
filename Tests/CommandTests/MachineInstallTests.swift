import Foundation
import TestSupport
import Testing

/// The whole program on a booted Debian machine: keyboard-interactive log-in, sudo with a password, a real apt and a
/// real systemd.
@Suite(.timeLimit(.minutes(10)), .enabled(if: Machines.unavailable == nil, "\(Machines.unavailable ?? "")"))
struct MachineInstallTests {
    static let playbook = """
        - hosts: all
          become: yes
          tasks:
            - assert: {that: "ansible_distribution == 'Debian' and ansible_service_mgr == 'systemd' and ansible_pkg_mgr == 'apt'"}
            - apt: {name: hello, state: present, update_cache: yes, cache_valid_time: 3600}
            - copy:
                dest: /etc/systemd/system/model.service
                content: "[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n"
              notify: restart model
            - systemd: {name: model, state: started, enabled: yes, daemon_reload: yes}
          handlers:
            - name: restart model
              service: {name: model, state: restarted}
        """

    @Test func `installs a package and a service with credentials from the vault alone`() async throws {
        try await Machines.with(1) { machines in
            try await Workplace.with { place in
                let root = machines.root(0)
                // Only keyboard-interactive is left.
                try await offPool {
                    try Data(
                        "PasswordAuthentication no\nPubkeyAuthentication yes\nKbdInteractiveAuthentication yes\n".utf8
                    )
                    .write(to: URL(fileURLWithPath: root + "/etc/ssh/sshd_config.d/a.conf"))
                    try run("/bin/sed", "-i", "/^KbdInteractive/d", root + "/etc/ssh/sshd_config")
                    try run(
                        "/usr/bin/ssh", "-i", machines.identity, "-o", "UserKnownHostsFile=\(machines.knownHosts)",
                        "-F", "none",
                        "root@\(machines.addresses[0])", "systemctl reload ssh")
                }
                try place.write(
                    "config/known_hosts", try String(contentsOfFile: machines.knownHosts, encoding: .utf8), mode: 0o600)
                try place.write(
                    "inventory.yml", "all: {hosts: {m1: {ansible_host: \(machines.addresses[0]), ansible_user: ops}}}\n"
                )
                try place.write("install.yml", Self.playbook)
                #expect(try await place.comfyfleet("vault", "init").status == 0)
                for field in ["password", "become_password"] {
                    #expect(
                        try await place.comfyfleet(
                            "vault", "set", "remote_installer", "hosts.m1.\(field)", input: machines.opsPassword
                        ).status == 0)
                }
                let probe = try await place.comfyfleet("resolve", "-i", "inventory.yml", "--probe")
                #expect(probe.status == 0, "\(probe.stdout)\(probe.stderr)")

                let first = try await place.comfyfleet("run", "install.yml", "-i", "inventory.yml")
                #expect(first.status == 0, "\(first.stdout)\(first.stderr)")
                #expect(FileManager.default.fileExists(atPath: root + "/usr/bin/hello"))
                let again = try await place.comfyfleet("run", "install.yml", "-i", "inventory.yml")
                #expect(again.status == 0 && again.stdout.contains("none changed"), "\(again.stdout)\(again.stderr)")
                #expect(try place.files(holding: machines.opsPassword).isEmpty)
            }
        }
    }
}
