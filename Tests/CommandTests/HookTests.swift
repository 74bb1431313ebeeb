import Foundation
import Glibc
import TestSupport
import Testing
import YAML

/// Hooks and webhooks of real runs on real hosts.
@Suite(.timeLimit(.minutes(5))) struct HookTests {
    /// Each hook appends what it is told, and its environment, to a file of its name.
    private func installHooks(_ place: Workplace, _ events: [String]) throws {
        for event in events {
            try place.write(
                "config/hooks/\(event)",
                "#!/bin/sh\ncat >> \(place.folder)/told-\(event)\nenv >> \(place.folder)/told-environment\n",
                mode: 0o755)
        }
    }

    private func told(_ place: Workplace, _ event: String) -> [ValueMap] {
        ((try? place.read("told-\(event)")) ?? "").split(separator: "\n").compactMap {
            (try? JSON.parse(Array($0.utf8)))?.map
        }
    }

    @Test(.enabled(if: geteuid() == 0))
    func `a hook of another user, or in a folder that others may write to, is not run`() async throws {
        try await Workplace.with { place in
            #expect(try await place.comfyfleet("vault", "init").status == 0)
            #expect(try await place.comfyfleet("vault", "set", "demo", "token", input: "a-long-value").status == 0)
            let hook = "\(place.folder)/config/hooks/on_security_secret_read"
            try place.write(
                "config/hooks/on_security_secret_read", "#!/bin/sh\ncat >/dev/null; id -u >> \(place.folder)/ran\n",
                mode: 0o755)
            let steps: [(change: () -> Void, said: String)] = [
                ({ chown(hook, 65534, 65534) }, "belongs to another user (uid 65534)"),
                (
                    {
                        chown(hook, 0, 0)
                        chmod("\(place.folder)/config/hooks", 0o777)
                    }, "others may write to the folder"
                ),
                (
                    {
                        chmod("\(place.folder)/config/hooks", 0o755)
                        chown("\(place.folder)/config", 65534, 65534)
                    }, "config: belongs to another user"
                ),
            ]
            for (change, said) in steps {
                change()
                let read = try await place.comfyfleet("vault", "get", "demo", "token")
                let doctor = try await place.comfyfleet("doctor")
                #expect(
                    read.stderr.contains("warning: hook on_security_secret_read: it was not run: ")
                        && read.stderr.contains(said) || read.status == 1 && read.stderr.contains(said),
                    "\(read.stderr)")
                #expect(doctor.status == 1 && doctor.stdout.contains(said), "\(doctor.stdout)")
            }
            #expect(!FileManager.default.fileExists(atPath: "\(place.folder)/ran"))
            chown("\(place.folder)/config", 0, 0)
            #expect(try await place.comfyfleet("vault", "get", "demo", "token").stderr.isEmpty)
            #expect(try place.read("ran") == "0\n")
        }
    }

    @Test func `a run tells hooks and webhooks what happens, and no secret`() async throws {
        try await LoopbackFleet.with { fleet in
            try await Workplace.with { place in
                let receiver = try WebhookReceiver()
                defer { receiver.stop() }
                try place.inventory(fleet, hosts: 3)
                try place.write(
                    "fails.yml",
                    """
                    - hosts: all
                      gather_facts: no
                      tasks:
                        - name: works
                          command: "true"
                        - name: fails on one
                          shell: echo "marker-of-the-token is wrong" >&2; exit 3
                          when: inventory_hostname == 'gpu-2'
                          environment: {TOKEN: "{{ lookup('vault', 'demo', 'token') }}"}
                    """)
                #expect(try await place.comfyfleet("vault", "init").status == 0)
                #expect(
                    try await place.comfyfleet("vault", "set", "demo", "token", input: "marker-of-the-token").status
                        == 0)
                #expect(
                    try await place.comfyfleet("vault", "set", "webhooks", "key", input: "marker-of-the-key").status
                        == 0)
                #expect(
                    try await place.comfyfleet(
                        "vault", "set", "webhooks", "address", input: receiver.url + "/marker-of-the-address"
                    ).status == 0)
                try place.write(
                    "config/hooks.yml",
                    """
                    webhooks:
                      ops: {url_from: webhooks.address, key: webhooks.key}
                      quiet: {url: "http://127.0.0.1:9/", events: on_drift}
                    """)
                try installHooks(place, ["on_run_started", "on_run_finished", "on_host_failed", "on_drift"])
                let outcome = try await place.comfyfleet(
                    "run", "fails.yml", "-i", "inventory.yml",
                    environment: ["COMFYVN_SECRET_OTHER_FIELD": "marker-of-an-override"])
                #expect(outcome.status == 2)
                #expect(!outcome.stderr.contains("warning"), "\(outcome.stderr)")

                #expect(told(place, "on_run_started").map { $0["host_count"] } == [.int(3)])
                #expect(told(place, "on_host_failed").map { $0["host"] } == [.string("gpu-2")])
                let finished = try #require(told(place, "on_run_finished").first)
                #expect(finished["exit_code"] == .int(2) && finished["failed"] == .list([.string("gpu-2")]))
                #expect(told(place, "on_drift").isEmpty)
                #expect(
                    receiver.messages.map { $0.headers["x-comfyfleet-event"] } == [
                        "on_run_started", "on_host_failed", "on_run_finished",
                    ])
                for message in receiver.messages {
                    #expect(message.path == "/marker-of-the-address")
                    let signed = "\(message.headers["x-comfyfleet-timestamp"] ?? "").\(message.body)"
                    let expected = try run(
                        "/usr/bin/openssl", "dgst", "-sha256", "-hmac", "marker-of-the-key", "-r", input: signed
                    ).stdout.split(separator: " ").first
                    #expect(message.headers["x-comfyfleet-signature"] == expected.map { "sha256=\($0)" })
                    #expect(!message.body.contains("marker"))
                }
                #expect(
                    receiver.messages[1].body.contains("«redacted:demo.token» is wrong")
                        || receiver.messages[1].body.contains("non-zero return code"))
                // The vault is encrypted, and nothing else holds one.
                for marker in [
                    "marker-of-the-token", "marker-of-the-key", "marker-of-the-address", "marker-of-an-override",
                ] {
                    #expect(try place.files(holding: marker, except: ["fails.yml"]) == [])
                    #expect(!outcome.stdout.contains(marker) && !outcome.stderr.contains(marker))
                }
            }
        }
    }

    @Test func `hosts that have drifted are reported, told and the exit status`() async throws {
        try await LoopbackFleet.with { fleet in
            try await Workplace.with { place in
                try place.inventory(fleet, hosts: 3, variables: ["lab": place.folder])
                try place.write(
                    "state.yml",
                    """
                    - hosts: all
                      gather_facts: no
                      tasks:
                        - name: settings
                          copy: {dest: "{{ lab }}/{{ inventory_hostname }}.conf", content: "wanted\\n"}
                    """)
                try installHooks(place, ["on_drift", "on_run_finished"])
                #expect(try await place.comfyfleet("run", "state.yml", "-i", "inventory.yml").status == 0)
                let same = try await place.comfyfleet("run", "--drift", "state.yml", "-i", "inventory.yml")
                #expect(same.status == 0 && same.stderr.contains("no host differs"))
                #expect(told(place, "on_drift").isEmpty)
                try place.write("gpu-2.conf", "somebody's\n")
                let differs = try await place.comfyfleet("run", "--drift", "state.yml", "-i", "inventory.yml")
                #expect(differs.status == 3)
                #expect(told(place, "on_run_finished").compactMap { $0["exit_code"]?.int }.sorted() == [0, 0, 3])
                #expect(try await place.comfyfleet("runs", "list").stdout.contains("3 hosts  hosts have drifted"))
                #expect(differs.stderr.contains("1 of 3 hosts differ:\n  gpu-2: settings (state.yml:4:7)"))
                #expect(try place.read("gpu-2.conf") == "somebody's\n")
                let notice = try #require(told(place, "on_drift").first)
                #expect(notice["host_count"] == .int(1) && notice["hosts"]?.map?.names == ["gpu-2"])
                let report = try JSON.parse(Array(place.read(notice["report"]?.string ?? "").utf8))
                #expect(
                    report.map?["hosts"]?.map?["gpu-2"]?.list?.first?.map?["diff"]?.string?.contains("+wanted") == true)
            }
        }
    }

    @Test func `what is wrong with webhooks is told before a host is touched`() async throws {
        try await Workplace.with { place in
            try place.write("inventory.yml", "all: {hosts: {here: {ansible_connection: local}}}")
            try place.write(
                "touch.yml",
                "- hosts: all\n  gather_facts: no\n  tasks:\n    - command: touch \(place.folder)/touched\n")
            try place.write("config/hooks.yml", "webhooks:\n  ops: {url: https://example.com/, key: webhooks.key}\n")
            #expect(try await place.comfyfleet("vault", "init").status == 0)
            let keyless = try await place.comfyfleet("run", "touch.yml", "-i", "inventory.yml")
            #expect(
                keyless.status == 1
                    && keyless.stderr.contains(
                        "error: config/hooks.yml:2:3: webhook 'ops': the vault has no provider 'webhooks'"),
                "\(keyless.stderr)")
            let unknown = try await place.comfyfleet("run", "touch.yml", "-i", "inventory.yml", "--notify", "pager")
            #expect(
                unknown.status == 1
                    && unknown.stderr.contains("config/hooks.yml has no webhook 'pager'; there are: ops"))
            try place.write("config/hooks.yml", "webhooks:\n  ops: {ulr: https://example.com/}\n")
            let misspelt = try await place.comfyfleet("run", "touch.yml", "-i", "inventory.yml")
            #expect(
                misspelt.status == 1
                    && misspelt.stderr.contains(
                        "config/hooks.yml:2:9: unknown key 'ulr' in webhook 'ops'; did you mean 'url'?")
            )
            #expect(!FileManager.default.fileExists(atPath: place.folder + "/touched"))
        }
    }

    @Test func `hooks that fail, hang or are missing cost nothing but a warning`() async throws {
        try await Workplace.with { place in
            try place.write("inventory.yml", "all: {hosts: {here: {ansible_connection: local}}}")
            try place.write("ok.yml", "- hosts: all\n  gather_facts: no\n  tasks:\n    - command: \"true\"\n")
            try place.write("config/hooks/on_run_started", "#!/bin/sh\nexit 7\n", mode: 0o755)
            try place.write("config/hooks/on_run_finished", "#!/bin/sh\n", mode: 0o777)
            let outcome = try await place.comfyfleet("run", "ok.yml", "-i", "inventory.yml")
            #expect(outcome.status == 0)
            #expect(
                outcome.stderr.contains("warning: hook on_run_started: it failed")
                    && outcome.stderr.contains("warning: hook on_run_finished: it was not run: ")
                    && outcome.stderr.contains("others may write to it"))
        }
    }
}
