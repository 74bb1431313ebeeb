import Inventory
import Templating
import Testing
import YAML

@testable import Engine

/// Hosts and groups that come while a run goes on. The expected values are Ansible 2.19.14's.
@Suite(.timeLimit(.minutes(2))) struct AddedHostTests {
    @Test func `add_host is run by the first host, whose result it is`() async throws {
        let scenario = Scenario(hosts: ["h1", "h2", "h3"])
        let outcome = try await scenario.run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - {name: add, add_host: {name: "new_{{ inventory_hostname }}", groups: [a, b], foo: "x"}, register: r}
                - {name: kept, debug: {msg: "{{ r is defined }}"}}
                - {name: skipped, add_host: {name: n2, groups: a}, when: inventory_hostname == 'h2'}
                - {name: again, add_host: {name: new_h1, groups: "a, b", foo: x}}
                - {name: other, add_host: {hostname: "h9:2222", groupname: z}, register: r}
                - {name: result, debug: {msg: "{{ r.add_host }}"}, run_once: yes}
                - {name: groups, debug: {msg: "{{ groups }}"}, run_once: yes}
                - {name: vars, debug: {msg: "{{ hostvars.new_h1.foo }} {{ hostvars.new_h1.group_names }}"}, run_once: yes}
                - {name: there, command: hostname, delegate_to: new_h1, run_once: yes}
                - {name: nameless, add_host: {foo: 1}, ignore_errors: true, register: n}
            - hosts: a
              gather_facts: no
              tasks: [{name: later, debug: {msg: "{{ foo }} {{ ansible_play_hosts }}"}}]
            """)
        #expect(outcome.summary.exitCode == 0, "\(outcome.lines)")
        #expect(outcome.lines.filter { $0.hasSuffix(" add") } == ["h1 changed add"])
        #expect(
            ["h1", "h2", "h3"].map { outcome.result(of: "kept", on: $0)?["msg"] } == [
                .bool(true), .bool(false), .bool(false),
            ])
        #expect(outcome.lines.filter { $0.hasSuffix(" skipped") } == ["h1 skipped skipped"])
        #expect(outcome.lines.filter { $0.hasSuffix(" again") } == ["h1 ok again"])
        #expect(
            outcome.result(of: "result", on: "h1")?["msg"]
                == .dict([
                    "host_name": .string("h9"), "groups": .list([.string("z")]),
                    "host_vars": .dict(["ansible_ssh_port": .int(2222)]),
                ]))
        let groups = outcome.result(of: "groups", on: "h1")?["msg"]?.map
        #expect(groups?["all"] == .list(["new_h1", "h9", "h1", "h2", "h3"].map { .string($0) }), "\(groups ?? [:])")
        #expect(groups?["a"] == .list([.string("new_h1")]) && groups?["z"] == .list([.string("h9")]))
        #expect(outcome.message(of: "vars", on: "h1") == "x ['a', 'b']")
        #expect(outcome.lines.contains("h1 changed there"))
        #expect(scenario.connections.requests.map(\.host) == ["new_h1"])
        #expect(outcome.message(of: "nameless", on: "h1") == "name, host or hostname needs to be provided")
        #expect(outcome.message(of: "later", on: "new_h1") == "x ['new_h1']")
        #expect(outcome.count("new_h1")?.ok == 1)
    }

    @Test func `a host without groups is in ungrouped, until it joins one`() async throws {
        let outcome = try await Scenario(hosts: ["h1"]).run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - add_host: {name: q1}
                - {name: alone, debug: {msg: "{{ hostvars.q1.group_names }}"}}
                - add_host: {name: q1, groups: newg}
                - {name: joined, debug: {msg: "{{ hostvars.q1.group_names }} {{ groups.ungrouped }}"}}
            """)
        #expect(outcome.result(of: "alone", on: "h1")?["msg"] == .list([.string("ungrouped")]))
        #expect(outcome.message(of: "joined", on: "h1") == "['newg'] ['h1']")
    }

    @Test func `groups that come have their files of variables`() async throws {
        var scenario = Scenario(hosts: ["h1"])
        scenario.files = ["group_vars/made.yml": "from: made\n", "group_vars/above.yml": "high: above\n"]
        let outcome = try await scenario.run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - add_host: {name: q1, groups: made}
                - {name: added, debug: {msg: "{{ hostvars.q1.from }}"}}
                - {name: by, group_by: {key: made, parents: [above, "p 2"]}, register: r}
                - {name: joined, debug: {msg: "{{ from }} {{ high }} {{ hostvars.q1.high }} {{ group_names }} {{ r.parent_groups }}"}}
            - hosts: p-2
              gather_facts: no
              tasks: [{name: below, debug: {msg: x}}]
            """)
        #expect(outcome.message(of: "added", on: "h1") == "made", "\(outcome.lines)")
        #expect(
            outcome.message(of: "joined", on: "h1") == "made above above ['above', 'made', 'p-2'] ['above', 'p-2']")
        #expect(outcome.lines.filter { $0.hasSuffix("below") }.sorted() == ["h1 ok below", "q1 ok below"])
    }

    @Test func `facts of a delegated task are the other host's where it says so`() async throws {
        var scenario = Scenario(hosts: ["h1", "h2", "h3"])
        scenario.files["iv.yml"] = "iv: 1\n"
        let outcome = try await scenario.run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - {set_fact: {x: 1}, delegate_to: "{{ item }}", delegate_facts: true, loop: [h1, h2, unlisted], run_once: true}
                - {name: x, debug: {msg: "{{ x | default('-') }}"}}
                - {include_vars: {file: iv.yml}, delegate_to: h3, delegate_facts: true, run_once: true}
                - {name: iv, debug: {msg: "{{ iv | default('no') }}"}}
                - {set_fact: {y: 1}, delegate_to: h2, when: inventory_hostname == 'h1'}
                - {name: y, debug: {msg: "{{ y | default('-') }}"}}
            """)
        #expect(
            ["h1", "h2", "h3"].map { outcome.result(of: "x", on: $0)?["msg"] } == [.int(1), .int(1), .string("-")])
        #expect(
            ["h1", "h2", "h3"].map { outcome.result(of: "iv", on: $0)?["msg"] } == [
                .string("no"), .string("no"), .int(1),
            ])
        #expect(
            ["h1", "h2", "h3"].map { outcome.result(of: "y", on: $0)?["msg"] } == [.int(1), .string("-"), .string("-")])
    }

    @Test func `clear_host_errors lets hosts that have failed take part in later plays`() async throws {
        let outcome = try await Scenario(hosts: ["h1", "h2", "h3"]).run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - {name: fails, fail: {msg: x}, when: inventory_hostname == 'h2'}
                - meta: clear_host_errors
                - {name: two, debug: {msg: two}}
            - hosts: all
              gather_facts: no
              tasks: [{name: three, debug: {msg: "{{ ansible_play_hosts | join }}"}}]
            """)
        #expect(outcome.lines.filter { $0.hasSuffix("two") }.sorted() == ["h1 ok two", "h3 ok two"])
        #expect(outcome.lines.filter { $0.hasSuffix("three") }.count == 3)
        #expect(outcome.message(of: "three", on: "h2") == "h1h2h3")
        #expect(outcome.summary.exitCode == 0 && outcome.count("h2")?.failed == 1)
    }

    @Test func `refresh_inventory reads the sources again, and keeps what was added`() async throws {
        let outcome = try await Scenario(hosts: ["h1", "h2"]).run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - add_host: {name: q1, groups: made}
                - {shell: "echo 'h3 foo=1' >> {{ folder }}/inventory.ini", run_once: true}
                - meta: refresh_inventory
                - {name: seen, debug: {msg: "{{ groups.all | sort | join(' ') }} {{ hostvars.h3.foo }} {{ groups.made | join }}"}}
            - hosts: h3
              gather_facts: no
              tasks: [{name: on h3, debug: {msg: "{{ foo }}"}}]
            """)
        #expect(outcome.message(of: "seen", on: "h2") == "h1 h2 h3 q1 1 q1", "\(outcome.lines)")
        #expect(outcome.lines.contains("h3 ok on h3"))
    }

    @Test func `add_host is refused where hosts do not wait for each other`() async throws {
        await #expect(throws: Diagnostics.self) {
            try await Scenario(hosts: ["h1"]).run(
                """
                - hosts: all
                  strategy: free
                  tasks: [{add_host: {name: a}}]
                """)
        }
    }

    @Test func `what comes during a run is in the journal, and comes again from it`() throws {
        let updates: [VariableUpdate] = [
            .inventory(.init("q1", variables: ["foo": .int(1)], groups: ["a"], parents: ["p"])),
            .of(host: "q1", .facts(["x": .int(2)])), .of(host: "q1", .nothingAnyMore),
            .of(host: "q1", .variables(["y": .int(3)])),
        ]
        let learned = try #require(TaskMemory.value(updates, hidden: []))
        let fleet = FleetVariables(
            try Inventory.load(["h,"]), extra: [:], constants: [:], templar: Templar(environment: .init()))
        for update in TaskMemory.updates(learned, of: "h") { fleet.apply(update, on: fleet.host("h")) }
        let host = fleet.host("q1")
        #expect(host.groupNames == ["a", "p"] && host.inventory["foo"] == .int(1))
        #expect(host.snapshot.facts.isEmpty && host.snapshot.registered["y"] == .int(3))
        // What was written of group_by before hosts could be added.
        let before = Value.dict(["learned": .list([.dict(["groups": .list([.string("g")])])])])
        for update in TaskMemory.updates(before, of: "h") { fleet.apply(update, on: fleet.host("h")) }
        #expect(fleet.host("h").groupNames == ["g"])
    }
}
