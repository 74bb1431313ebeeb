import Credentials
import Foundation
import Inventory
import Modules
import Playbook
import Templating
import Testing
import YAML

@testable import Engine

/// What tasks ask of their connections. The expected values are what Ansible 2.19.14 gives to its ssh, with a program in
/// ssh's place that writes down its arguments.
@Suite(.timeLimit(.minutes(2))) struct ConnectionVariableTests {
    /// `user` of each request that a run made, or `-`.
    private func asked(
        _ playbook: String, of name: String = "ansible_user", _ change: (inout Scenario) -> Void = { _ in }
    ) async throws -> [String] {
        var scenario = Scenario(hosts: ["gpu-1"])
        scenario.inventory = "gpu-1 ansible_user=inventory\ngpu-2\n"
        change(&scenario)
        let outcome = try await scenario.run(playbook)
        #expect(outcome.summary.exitCode == 0, "\(outcome.lines) \(outcome.events)")
        return scenario.connections.requests.map { $0.overrides?[name]?.value.string ?? "-" }
    }

    @Test func `variables count wherever they may stand, in the language's order of precedence`() async throws {
        let users = try await asked(
            """
            - hosts: gpu-1
              gather_facts: no
              vars: {ansible_user: play}
              tasks:
                - {name: 1, command: 'true'}
                - {name: 2, command: 'true', vars: {ansible_user: task}}
                - name: 3
                  block: [{command: 'true'}]
                  vars: {ansible_user: block}
                - {name: 4, command: 'true', loop: [a, b], vars: {ansible_user: "u{{ item }}"}}
                - include_vars: {file: more.yml}
                - {name: 5, command: 'true', vars: {ansible_user: task}}
                - set_fact: {ansible_user: fact}
                - {name: 6, command: 'true', vars: {ansible_user: task}}
            - hosts: gpu-1
              gather_facts: no
              tasks: [{name: 7, command: 'true'}]
            """
        ) { $0.files["more.yml"] = "ansible_user: file\n" }
        #expect(users == ["play", "task", "block", "ua", "ub", "file", "fact", "fact"])
    }

    @Test func `a run without such variables asks for nothing but its hosts`() async throws {
        var scenario = Scenario(hosts: ["gpu-1"])
        scenario.inventory = "gpu-1 ansible_user=inventory ansible_host=10.0.0.1\n"
        _ = try await scenario.run(
            """
            - hosts: all
              gather_facts: no
              vars: {other: 1}
              tasks: [{command: 'true', register: r}, {command: 'true'}]
            """)
        #expect(scenario.connections.requests == [ShellRequest(host: "gpu-1"), ShellRequest(host: "gpu-1")])
    }

    @Test func `what vars_files and defaults and variables of roles say counts, defaults below the inventory`()
        async throws
    {
        let users = try await asked(
            """
            - hosts: gpu-1
              gather_facts: no
              vars_files: [files.yml]
              tasks: [{command: 'true'}]
            - hosts: gpu-1
              gather_facts: no
              roles: [fixed]
            - hosts: gpu-1:gpu-2
              gather_facts: no
              roles: [low]
            """
        ) {
            $0.files["files.yml"] = "ansible_user: file\n"
            $0.files["roles/fixed/vars/main.yml"] = "ansible_user: role\n"
            $0.files["roles/fixed/tasks/main.yml"] = "[{command: 'true'}]\n"
            $0.files["roles/low/defaults/main.yml"] = "ansible_user: default\n"
            $0.files["roles/low/tasks/main.yml"] =
                "[{command: 'true', run_once: true}, {command: 'true', when: inventory_hostname == 'gpu-2'}]\n"
        }
        #expect(users == ["file", "role", "-", "default"])
    }

    @Test func `a template of the inventory is what the task makes of it`() async throws {
        let addresses = try await asked(
            """
            - hosts: gpu-1
              gather_facts: no
              tasks: [{command: 'true'}, {command: 'true', vars: {domain: lab}}]
            """, of: "ansible_host"
        ) {
            $0.inventory =
                "gpu-1 ansible_host='{{ inventory_hostname }}.{{ domain }}' domain=site\ngpu-2 ansible_host=10.0.0.2\n"
        }
        #expect(addresses == ["-", "gpu-1.lab"])
    }

    @Test func `keywords are asked for beside variables`() async throws {
        let scenario = Scenario(hosts: ["gpu-1"])
        let outcome = try await scenario.run(
            """
            - hosts: all
              gather_facts: no
              remote_user: play
              port: 2022
              tasks:
                - {name: 1, command: 'true'}
                - {name: 2, command: 'true', remote_user: "{{ 't' + 'ask' }}", port: "{{ 99 }}"}
                - {name: 3, command: 'true', become: yes, become_user: u, become_exe: /opt/sudo, become_flags: "-E -H"}
                - {name: 4, command: 'true', become: yes, vars: {ansible_become: false}}
                - {name: 5, command: 'true', remote_user: "{{ omit }}", connection: local}
                - {name: 6, command: 'true', port: 0, ignore_errors: true}
            """)
        let requests = scenario.connections.requests
        #expect(requests.map { $0.keywords?.user } == ["play", "task", "play", "play", nil])
        #expect(requests.map { $0.keywords?.port } == [2022, 99, 2022, 2022, 2022])
        #expect(requests.map { $0.become?.exe } == [nil, nil, "/opt/sudo", nil, nil])
        #expect(requests[2].become?.flags == "-E -H" && requests[2].become?.user == "u")
        #expect(requests.map(\.isLocal) == [false, false, false, false, true])
        #expect(outcome.message(of: "6", on: "gpu-1") == "'port' is not a number from 1 to 65535")
    }

    @Test func `a delegated task is connected as the other host's variables and its own say`() async throws {
        var scenario = Scenario(hosts: [])
        scenario.inventory = """
            h1 ansible_user=one own=o1
            h2 ansible_host='{{ inventory_hostname }}.{{ own }}' own=o2
            """
        let outcome = try await scenario.run(
            """
            - hosts: h1
              gather_facts: no
              tasks:
                - set_fact: {ansible_user: fact}
                - {name: 1, command: 'true', delegate_to: h2}
                - {name: 2, command: 'true', delegate_to: h2, loop: [a], vars: {ansible_user: "u{{ item }}"}}
                - {name: 3, command: 'true', delegate_to: 10.1.2.3}
                - {name: 4, command: 'true', delegate_to: "{{ omit }}"}
                - {name: 5, command: 'true', delegate_to: ""}
                - {name: 6, command: 'true', delegate_to: localhost}
            """)
        #expect(outcome.summary.exitCode == 0, "\(outcome.lines)")
        let requests = scenario.connections.requests
        #expect(requests.map(\.host) == ["h2", "h2", "10.1.2.3", "h1", "h1", "localhost"])
        // The name stays that of the task's host, as in Ansible.
        #expect(requests.map { $0.overrides?["ansible_host"]?.value.string } == ["h1.o2", "h1.o2", nil, nil, nil, nil])
        #expect(
            requests.map { $0.overrides?["ansible_user"]?.value.string } == [nil, "ua", nil, "fact", "fact", nil])
        #expect(requests.map(\.isLocal) == [false, false, false, false, false, true])
    }

    @Test func `facts say nothing of a connection, and are no variables where they would`() throws {
        let fleet = FleetVariables(
            try Inventory.load(["h,"]), extra: [:], constants: [:], templar: Templar(environment: .init()))
        let host = fleet.host("h")
        fleet.apply(.facts(["ansible_host": .string("evil"), "ansible_foo": .string("ok")]), on: host)
        #expect(host.snapshot.injected.names == ["ansible_foo"])
        #expect(host.snapshot.facts["host"] == .string("evil"))
        #expect(!host.snapshot.saysConnection)
        fleet.apply(.variables(["ansible_host": .string("author")]), on: host)
        #expect(host.snapshot.saysConnection)
    }

    @Test func `what plays say of their hosts is known before they run, as far as it needs no task`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/connections-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(
            """
            - {hosts: all, name: plain, tasks: []}
            - {hosts: h1, name: says, remote_user: keyword, vars: {ansible_host: "{{ inventory_hostname }}.lab"}, tasks: []}
            - {hosts: h2, name: late, vars: {ansible_user: "{{ nothing }}"}, tasks: []}
            """.utf8
        ).write(to: URL(filePath: folder + "/play.yml"))
        let run = try FleetRun(
            [PlaybookParser(catalog: BuiltinModules()).parse(path: folder + "/play.yml")],
            inventory: try Inventory.load(["h1,h2"]), options: RunOptions(), library: BuiltinModules(),
            templar: Templar(environment: .init()))
        let found = run.connections()
        #expect(found.map(\.play) == ["says", "late"] && found.map(\.host) == ["h1", "h2"])
        #expect(found[0].overrides?["ansible_host"]?.value == .string("h1.lab"))
        #expect(found[0].keywords?.user == "keyword" && found[0].unknown == nil)
        #expect(found[1].overrides == nil && found[1].unknown?.contains("ansible_user: ") == true)
    }

    @Test func `a password that variables give is secret`() async throws {
        let scenario = Scenario(hosts: ["gpu-1"])
        let outcome = try await scenario.run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - {name: echoed, command: "echo Corr3ct-horse", vars: {ansible_password: Corr3ct-horse}}
                - set_fact: {ansible_su_pass: "B4ttery-{{ 'staple' }}"}
                - {name: told, command: "echo B4ttery-staple"}
            """)
        for event in outcome.events {
            #expect(!"\(event)".contains("Corr3ct") && !"\(event)".contains("B4ttery"), "\(event)")
        }
        #expect(
            scenario.connections.requests.first?.overrides?["ansible_password"]?.value == .string("Corr3ct-horse"))
    }
}
