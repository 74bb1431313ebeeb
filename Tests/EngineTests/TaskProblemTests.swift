import Modules
import Playbook
import Runs
import Testing
import YAML

@testable import Engine

/// What tasks carry that Ansible would only meet when they run: an error where the task must run, elsewhere a warning,
/// and the task's failure where it is reached. How each of these plays ends under ansible-core 2.19.14 was looked at.
@Suite(.timeLimit(.minutes(2))) struct TaskProblemTests {
    private static let missing = "- {name: late, community.general.nmcli: {conn_name: x, state: present}"

    /// The text of the refusal; nil where the run began.
    private func refusal(_ tasks: String, _ scenario: Scenario = Scenario(hosts: ["h"])) async throws -> String? {
        do {
            _ = try await scenario.run(play(tasks))
            return nil
        } catch let problems as Diagnostics {
            return problems.description
        }
    }
    private func play(_ tasks: String) -> String {
        "- hosts: all\n  gather_facts: no\n  tasks:\n"
            + tasks.split(separator: "\n").map { "    \($0)\n" }.joined()
    }

    @Test(
        arguments: [
            "\(missing)}", "\(missing), when: true}", "\(missing), when: ['true', true]}", "\(missing), loop: [1, 2]}",
            "\(missing), tags: [other]}", "\(missing), ignore_errors: yes}",
            "- block: [{debug: {msg: x}}]\n  always:\n  \(missing)}",
            "- block:\n  \(missing)}\n  rescue: [{debug: {msg: x}}]", "- {meta: flush_handlers}\n\(missing)}",
            "- {copy: {dest: /x, nothing: 1}}", "- {service: {name: x, state: strted}}", "- {copy: {content: x}}",
            "- {debug: {msg: \"{{ 1 | nothing }}\"}}",
            "- {debug: {msg: \"{{ lookup('nothing') }}\"}}", "- {debug: {msg: \"{{ 1 + }}\"}}",
            "- {debug: {msg: x}, become: perhaps}", "- {action: nothing}",
            "- {copy: free text}", "- {set_fact: {a-b: 1}}", "- block: [{debug: {msg: x}}]\n  become: perhaps",
        ]) func `what must run and can't is an error before the run`(_ tasks: String) async throws
    {
        #expect(try await refusal(tasks) != nil)
    }

    @Test(
        arguments: [
            "\(missing), when: x is defined}", "\(missing), when: false}", "\(missing), loop: \"{{ [] }}\"}",
            "\(missing), with_fileglob: [/nowhere/*]}", "\(missing), tags: [never]}",
            "- block: [{debug: {msg: x}}]\n  rescue:\n  \(missing)}", "- block:\n  \(missing)}\n  when: x is defined",
            "- {meta: end_play}\n\(missing)}", "- {meta: end_host, when: true}\n\(missing)}",
            "- {debug: {msg: \"{{ 'x' if true else (1 | nothing) }}\"}}",
            // The playbook expects what Ansible, too, would fail with.
            "- {copy: {dest: /x, nothing: 1}, ignore_errors: yes}", "- {copy: {content: x}, failed_when: false}",
            "- block: [{copy: {content: x}}]\n  rescue: [{debug: {msg: x}}]",
            // Nobody uses it.
            "- {debug: {msg: x}, vars: {y: \"{{ 1 | nothing }}\"}}", "- {debug: {msg: x}, notify: nobody}",
            "- {name: \"{{ 1 | nothing }}\", debug: {msg: x}}",
        ]) func `what may not run is none`(_ tasks: String) async throws
    {
        #expect(try await refusal(tasks) == nil)
        var strict = Scenario(hosts: ["h"])
        strict.options.refusal = .ofEverything
        if tasks.contains("tags: [never]") || tasks.contains("if true") {
            #expect(try await refusal(tasks, strict) == nil)
        } else {
            #expect(try await refusal(tasks, strict) != nil)
        }
    }

    @Test func `a play without hosts, and lists of tasks, refuse nothing`() async throws {
        let none = try await Scenario(hosts: ["h"]).run(
            "- hosts: nobody\n  gather_facts: no\n  tasks:\n  \(Self.missing)}\n")
        #expect(none.summary.exitCode == 0)
        var lists = Scenario(hosts: ["h"])
        lists.options.refusal = .ofNothing
        #expect(try await refusal("\(Self.missing)}", lists) == nil)
    }

    @Test func `a task that is reached fails with the same text, and may be rescued or ignored`() async throws {
        let outcome = try await Scenario(hosts: ["a", "b"]).run(
            play(
                """
                - block:
                    \(Self.missing), when: inventory_hostname == 'a'}
                  rescue:
                    - {name: rescued, debug: {msg: "{{ ansible_failed_result.msg }}"}}
                - {name: option, copy: {dest: /x, setype: x}, when: inventory_hostname == 'a', ignore_errors: yes}
                - {name: value, service: {name: x, state: strted}, when: inventory_hostname == 'a', ignore_errors: yes}
                - {name: keyword, debug: {msg: x}, become: perhaps, when: inventory_hostname == 'a', ignore_errors: yes}
                - {name: last, community.general.ufw: {state: enabled}, when: inventory_hostname == 'b'}
                - {name: after, debug: {msg: x}}
                """))
        #expect(
            outcome.lines.filter { $0.hasPrefix("a ") } == [
                "a rescued late", "a ok rescued", "a ignored option", "a ignored value", "a ignored keyword",
                "a skipped last", "a ok after",
            ], "\(outcome.lines)")
        #expect(outcome.lines.filter { $0.hasPrefix("b ") }.last == "b failed last", "\(outcome.lines)")
        #expect(
            outcome.message(of: "rescued", on: "a")
                == "the module 'community.general.nmcli' is not supported; `command` and `shell` run anything that the host has"
        )
        #expect(
            outcome.message(of: "option", on: "a")?.hasPrefix(
                "the option 'setype' of module 'copy' is not supported; it takes: ")
                == true)
        #expect(outcome.message(of: "value", on: "a")?.contains("did you mean 'started'?") == true)
        #expect(outcome.message(of: "keyword", on: "a") == "'become' is yes or no, and this is a text")
        #expect(
            outcome.message(of: "last", on: "b")
                == "the module 'community.general.ufw' is not supported; `command` and `shell` run anything that the host has"
        )
        #expect(outcome.summary.exitCode == 2)
    }

    @Test func `warnings name few problems, and fold many`() async throws {
        func warnings(_ tasks: String) async throws -> [String] {
            try await Scenario(hosts: ["h"]).run(play(tasks)).events.compactMap {
                if case .warning(let text) = $0.kind { text.description } else { nil }
            }
        }
        let few = try await warnings("\(Self.missing), when: false}")
        #expect(few.count == 1)
        #expect(
            few.first?.hasSuffix(
                "play.yml:4:20: the module 'community.general.nmcli' is not supported (an error where it is reached); `command` and `shell` run anything that the host has"
            ) == true, "\(few)")
        let many = try await warnings(
            String(repeating: "\(Self.missing), when: false}\n", count: 3)
                + "- {copy: {content: x, nothing: 1}, when: false}\n")
        #expect(many.count == 1)
        #expect(
            many.first?.hasPrefix(
                "4 tasks that may be skipped could not run here (module community.general.nmcli ×3, option copy.nothing, arguments copy); see: comfyfleet lint "
            ) == true, "\(many)")
    }

    @Test func `an included file with such a task is read, and its other tasks run`() async throws {
        var scenario = Scenario(hosts: ["h"])
        scenario.files = [
            "more.yml": "- {name: first, debug: {msg: x}}\n\(Self.missing), when: false}\n\(Self.missing)}\n"
        ]
        let outcome = try await scenario.run(play("- include_tasks: more.yml"))
        #expect(
            Array(outcome.lines.suffix(3)) == ["h ok first", "h skipped late", "h failed late"], "\(outcome.lines)")
    }
}
