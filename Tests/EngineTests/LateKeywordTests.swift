import Foundation
import Testing
import YAML

@testable import Engine

/// Keywords that are templates: those of plays are rendered when the play is planned, those of tasks for each host.
@Suite(.timeLimit(.minutes(2)))
struct LateKeywordTests {
    @Test func `keywords of a play see extra variables and the play's own`() async throws {
        var scenario = Scenario(hosts: ["h-1", "h-2", "h-3", "h-4"])
        scenario.options.extraVariables["arrangement"] = .string("reverse_sorted")
        let outcome = try await scenario.run(
            """
            - name: "{{ title }}"
              hosts: all
              vars: {title: All of it, facts: no, way: ansible.builtin.linear, sizes: [1, "100%"], share: "60%", end: yes}
              gather_facts: "{{ facts }}"
              strategy: "{{ way }}"
              order: "{{ arrangement }}"
              serial: "{{ sizes }}"
              max_fail_percentage: "{{ share }}"
              any_errors_fatal: "{{ not end }}"
              tasks:
                - {name: one, command: "true"}
            """)
        #expect(outcome.lines.first == "h-4 changed one")
        #expect(Set(outcome.lines) == ["h-1 changed one", "h-2 changed one", "h-3 changed one", "h-4 changed one"])
    }

    @Test func `what is omitted is as if it were not said`() async throws {
        var scenario = Scenario(hosts: ["h"])
        scenario.options.checkMode = true
        let outcome = try await scenario.run(
            """
            - hosts: all
              gather_facts: no
              strategy: "{{ omit }}"
              order: "{{ omit }}"
              serial: "{{ omit }}"
              max_fail_percentage: "{{ omit }}"
              tasks:
                - {name: make, command: "touch {{ folder }}/made", check_mode: "{{ omit }}", timeout: "{{ omit }}", throttle: "{{ omit }}"}
            """)
        #expect(!outcome.files.contains("made") && outcome.summary.exitCode == 0)
    }

    @Test(arguments: [
        ("gather_facts: \"{{ [1] }}\"", "3:17: 'gather_facts' is yes or no, and its template gives a list"),
        ("strategy: \"{{ word }}\"", "3:13: 'strategy' is one of linear, free, host_pinned"),
        ("order: \"{{ word }}\"", "3:10: 'order' is one of inventory, sorted"),
        (
            "max_fail_percentage: \"{{ word }}\"",
            "3:24: 'max_fail_percentage' is a percentage, and its template gives 'perhaps'"
        ),
        ("order: \"{{ inventory_hostname }}\"", "3:10: 'order' cannot be rendered"),
        ("tags: \"{{ inventory_hostname }}\"", "1:3: the tag '{{ inventory_hostname }}' cannot be rendered"),
    ])
    func `a keyword that is wrong is an error before the run`(_ line: String, _ problem: String) async {
        let error = await #expect(throws: Diagnostics.self) {
            try await Scenario().run(
                """
                - hosts: all
                  vars: {word: perhaps}
                  \(line)
                  tasks:
                  - {name: one, command: "true"}
                """)
        }
        #expect(error?.description.contains("play.yml:\(problem)") == true, "\(String(describing: error))")
    }

    @Test func `run_once, throttle and any_errors_fatal ask the host that comes to the task`() async throws {
        var scenario = Scenario(hosts: ["a", "b"])
        scenario.inventory = "[all:vars]\nonce=true\nword=perhaps\n[all]\na\nb\n"
        let outcome = try await scenario.run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - {name: once, command: "true", run_once: "{{ once }}"}
                - {name: each, command: "true", run_once: "{{ inventory_hostname == 'b' }}", throttle: "{{ 1 }}"}
                - {name: wrong, command: "true", run_once: "{{ word }}", ignore_errors: yes}
                - {name: fails, command: "false", when: inventory_hostname == 'b', any_errors_fatal: "{{ inventory_hostname == 'b' }}"}
                - {name: never, command: "true"}
            """)
        #expect(outcome.lines.filter { $0.hasSuffix("once") } == ["a changed once"])
        #expect(outcome.lines.filter { $0.hasSuffix("each") } == ["a changed each", "b changed each"])
        #expect(outcome.lines.filter { $0.hasSuffix("wrong") }.sorted() == ["a ignored wrong", "b ignored wrong"])
        #expect(
            outcome.message(of: "wrong", on: "a")
                == "Error processing keyword 'run_once': 'run_once' is yes or no, and its template gives 'perhaps'")
        #expect(!outcome.lines.contains { $0.hasSuffix("never") })
    }

    @Test func `loop_control may be templates`() async throws {
        let outcome = try await Scenario(hosts: ["h"]).run(
            """
            - hosts: all
              gather_facts: no
              vars: {item_name: thing, number_name: number, more: yes, all: no, none_at_all: 0}
              tasks:
                - name: loop
                  assert: {that: ["thing == 'a'", number == 0, ansible_loop.index == 1, ansible_loop.allitems is not defined]}
                  loop: [a]
                  loop_control: {loop_var: "{{ item_name }}", index_var: "{{ number_name }}", extended: "{{ more }}", extended_allitems: "{{ all }}", pause: "{{ none_at_all }}"}
                - {name: bad, debug: {msg: a}, loop: [a], loop_control: {loop_var: "{{ 'a b' }}"}, ignore_errors: yes}
                - {name: unused, debug: {msg: a}, loop: [], loop_control: {loop_var: "{{ 'a b' }}"}}
            """)
        #expect(
            outcome.lines.contains("h ok loop") && outcome.lines.contains("h ignored bad")
                && outcome.lines.last == "h skipped unused")
        #expect(
            outcome.message(of: "bad", on: "h")
                == "Error processing keyword 'loop_var': 'loop_var' is the name of a variable, and its template gives 'a b'"
        )
    }

    @Test(arguments: ["timeout", "diff", "check_mode", "become", "ignore_unreachable", "retries", "connection"])
    func `a task fails by a keyword that is wrong on its host`(_ keyword: String) async throws {
        let outcome = try await Scenario(hosts: ["h"]).run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - set_fact: {word: perhaps}
                - {name: skipped, debug: {msg: a}, when: false, \(keyword): "{{ word }}"}
                - {name: wrong, debug: {msg: a}, \(keyword): "{{ word }}", ignore_errors: yes}
            """)
        #expect(outcome.lines.suffix(2) == ["h skipped skipped", "h ignored wrong"])
        #expect(
            outcome.message(of: "wrong", on: "h")?.hasPrefix("Error processing keyword '\(keyword)': '\(keyword)' is ")
                == true)
        #expect(outcome.text(of: "wrong").contains("play.yml:6:"), "\(outcome.text(of: "wrong"))")
    }

    @Test func `tags may be templates over the play's variables`() async throws {
        var scenario = Scenario(hosts: ["h"])
        scenario.options.tags = TagSelection(only: ["late"])
        let outcome = try await scenario.run(
            """
            - hosts: all
              gather_facts: no
              vars: {when_it_runs: late, several: [x, late]}
              tasks:
                - {name: one, debug: {msg: a}, tags: "{{ when_it_runs }}"}
                - {name: two, debug: {msg: a}, tags: ["{{ several }}"]}
                - {name: three, debug: {msg: a}, tags: "not-{{ when_it_runs }}"}
            """)
        #expect(outcome.lines == ["h ok one", "h ok two"])
    }

    @Test func `a task may say that its errors are not fatal in a play where they are`() async throws {
        let outcome = try await Scenario().run(
            """
            - hosts: all
              gather_facts: no
              any_errors_fatal: yes
              tasks:
                - {name: one, command: "false", when: inventory_hostname == 'gpu-1', any_errors_fatal: no}
                - {name: two, command: "false", when: inventory_hostname == 'gpu-3'}
                - {name: three, debug: {msg: a}}
            """)
        #expect(outcome.lines.contains("gpu-1 failed one") && outcome.lines.last == "gpu-2 ok three")
    }
}
