import Foundation
import Templating
import TestSupport
import Testing
import YAML

@testable import Playbook

struct PlaybookParserTests {
    private func parse(_ files: [String: String], _ name: String = "site.yml") throws -> Playbook {
        let folder = try temporaryFolder("playbook")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, text) in files {
            let parent = URL(fileURLWithPath: folder + "/" + name).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
        }
        return try PlaybookParser(catalog: TestCatalog()).parse(path: folder + "/" + name)
    }

    @Test func `a play has what its text says`() throws {
        let play = try #require(
            try parse([
                "site.yml": """
                - name: Install
                  hosts: [gpu, "!broken"]
                  become: yes
                  gather_facts: no
                  serial: [1, "25%"]
                  strategy: free
                  max_fail_percentage: 30
                  vars: {driver: 550}
                  tasks:
                    - name: Copy it
                      ansible.builtin.copy: {src: a.conf, dest: /etc/a.conf, mode: "0644"}
                      when: driver > 500
                      register: copied
                      notify: restart
                    - command: make install chdir=/src
                      retries: 3
                      delay: 2
                      until: result.rc == 0
                      register: result
                    - apt: {pkg: curl}
                      loop: [a, b]
                      loop_control: {loop_var: package, label: "{{ package }}"}
                  handlers:
                    - name: restart
                      service: {name: a, state: restarted}
                """
            ]).plays.first)
        #expect(play.name == "Install")
        #expect(play.hosts.value == .list([.string("gpu"), .string("!broken")]))
        #expect(play.keywords.become?.value == .bool(true))
        #expect(play.gatherFacts?.value == .bool(false))
        #expect(play.serial.map(\.value) == [.int(1), .string("25%")])
        #expect(play.strategy?.value == .string("free"))
        #expect(play.variables["driver"] == .int(550))
        let tasks = play.allTasks
        #expect(tasks.map(\.module.name) == ["copy", "command", "apt", "service"])
        #expect(tasks[0].arguments.value["mode"] == .string("0644"))
        #expect(tasks[0].keywords.when.map(\.value) == [.string("driver > 500")])
        #expect(tasks[0].mark.line == 10)
        #expect(tasks[0].argumentMarks["dest"]?.line == 11)
        #expect(tasks[1].arguments.value["_raw_params"] == .string("make install"))
        #expect(tasks[1].arguments.value["chdir"] == .string("/src"))
        #expect(tasks[1].retries?.value == .int(3))
        #expect(tasks[2].arguments.value["name"] == .string("curl"), "an alias is replaced by the option's name")
        #expect(tasks[2].loopVariable?.value == .string("package"))
    }

    @Test func `blocks keep their sections and their keywords`() throws {
        let play = try #require(
            try parse([
                "site.yml": """
                - hosts: all
                  tasks:
                    - name: guarded
                      when: ready
                      tags: [a, b]
                      block:
                        - command: one
                      rescue:
                        - command: two
                      always:
                        - command: three
                """
            ]).plays.first)
        guard case .block(let block) = play.tasks[0] else {
            Issue.record("no block")
            return
        }
        #expect(block.tasks.count == 1 && block.rescue.count == 1 && block.always.count == 1)
        #expect(block.keywords.tags == ["a", "b"])
        #expect(block.keywords.when.count == 1)
    }

    @Test func `imports bring the tasks and plays of other files, with the import's keywords`() throws {
        let playbook = try parse([
            "site.yml":
                "- import_playbook: other.yml\n  tags: extra\n- hosts: all\n  tasks:\n    - import_tasks: tasks.yml\n      when: x\n",
            "other.yml": "- hosts: db\n  tags: own\n  tasks: [{command: a}]\n",
            "tasks.yml": "- command: b\n- command: c\n",
        ])
        #expect(playbook.plays.map(\.hosts.value) == [.string("db"), .string("all")])
        #expect(playbook.plays[0].keywords.tags == ["extra", "own"])
        guard case .block(let block) = playbook.plays[1].tasks[0] else {
            Issue.record("no block")
            return
        }
        #expect(
            block.tasks.flatMap(\.allTasks).map { $0.arguments.value["_raw_params"] } == [.string("b"), .string("c")])
        #expect(block.keywords.when.count == 1)
    }

    @Test func `a role is a block of its tasks, with its variables, handlers, defaults and dependencies`() throws {
        let play = try #require(
            try parse([
                "site.yml": """
                - hosts: all
                  roles:
                    - {role: web, web_port: 8080, when: wanted, tags: [web]}
                  tasks:
                    - command: last
                    - import_role: {name: web, tasks_from: extra}
                """,
                "roles/web/tasks/main.yml": "- command: first\n  notify: restart web\n",
                "roles/web/tasks/extra.yml": "- command: extra\n",
                "roles/web/handlers/main.yml": "- name: restart web\n  service: {name: web, state: restarted}\n",
                "roles/web/defaults/main.yml": "port: 80\nuser: www\n",
                "roles/web/vars/main.yml": "root: /srv\n",
                "roles/web/meta/main.yml": "dependencies: [base]\n",
                "roles/base/tasks/main.yml": "- command: base\n",
            ]).plays.first)
        #expect(
            play.tasks.flatMap(\.allTasks).map { $0.arguments.value["_raw_params"]?.string } == [
                "base", "first", "last", "base", "extra",
            ])
        guard case .block(let block) = play.tasks[1] else {
            Issue.record("no block")
            return
        }
        #expect(
            block.keywords.variables["web_port"] == .int(8080) && block.keywords.variables["root"] == .string("/srv"))
        #expect(block.keywords.when.count == 1 && block.keywords.tags == ["web"])
        #expect(block.tasks.flatMap(\.allTasks).first?.role?.name == "web")
        #expect(play.roleDefaults["user"] == .string("www"))
        #expect(play.handlers.first?.name == "restart web")
    }

    @Test func `an import that goes round in a circle is an error`() {
        #expect(throws: Diagnostics.self) { try parse(["site.yml": "- import_playbook: site.yml\n"]) }
    }

    @Test func `unsafe texts are not templates`() throws {
        let playbook = try parse([
            "site.yml": "- hosts: all\n  tasks:\n    - debug: {msg: !unsafe '{{ not a template }}'}\n"
        ])
        let message = playbook.plays[0].allTasks[0].arguments.value["msg"]
        #expect(message == .string("{{ not a template }}") && message?.provenance.isTrusted == false)
    }

    @Test func `the digest is the file's SHA-256`() throws {
        #expect(
            try parse(["site.yml": "- hosts: all\n"]).digest
                == "b5760e64952befe7cf7ff8966dd9ecdc5d901bab0b2a60dae17d495ef5786c63")
    }
}

extension PlaybookParserTests {
    @Test func `a play says what it asks for, in which order and with which defaults`() throws {
        let play = try #require(
            try parse([
                "site.yml": """
                - hosts: all
                  order: reverse_sorted
                  gather_subset: [min, network]
                  vars_prompt:
                    - {name: release, prompt: Which release, default: 1.4, private: no}
                    - {name: token, confirm: yes}
                  module_defaults:
                    - copy: {mode: "0600"}
                      ansible.builtin.service: {enabled: yes}
                  tasks:
                    - copy: {content: a, dest: /a}
                    - copy: {content: a, dest: /b, mode: "0644"}
                    - block:
                        - {service: {name: x}, module_defaults: {service: {state: started}}}
                      module_defaults: {service: {enabled: no}}
                    - {command: sleep 1, async: 60, poll: 5}
                    - {command: sleep 1, with_sequence: count=3, loop_control: {break_when: ansible_loop.last, extended_allitems: no}}
                """
            ]).plays.first)
        #expect(
            play.order?.value == .string("reverse_sorted")
                && play.gathering["gather_subset"] == .list([.string("min"), .string("network")]))
        #expect(
            play.prompts.map(\.name) == ["release", "token"] && play.prompts.map(\.isPrivate) == [false, true]
                && play.prompts[0].fallback == .double(1.4) && play.prompts[1].isConfirmed)
        let tasks = play.allTasks
        #expect(
            tasks[0].arguments.value["mode"] == .string("0600") && tasks[1].arguments.value["mode"] == .string("0644"))
        #expect(
            tasks[2].arguments.value["enabled"] == .bool(false)
                && tasks[2].arguments.value["state"] == .string("started"))
        #expect(tasks[3].keywords.timeout?.value == .int(60))
        #expect(
            tasks[4].loopLookup == "sequence" && tasks[4].loopBreakWhen.count == 1
                && tasks[4].loopShowsAllItems?.value == .bool(false))
    }
}
