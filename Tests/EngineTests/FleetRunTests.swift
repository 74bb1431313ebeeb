import Foundation
import Redaction
import Runs
import Testing
import YAML

@testable import Engine

/// Whole plays, on shells of this machine.
@Suite(.timeLimit(.minutes(2)))
struct FleetRunTests {
    @Test func tasksRunInOrderOnEveryHostAndAreCounted() async throws {
        let outcome = try await Scenario().run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - {name: one, shell: echo hi}
                - {name: two, command: "true", changed_when: false}
                - {name: three, debug: {msg: hello}, when: inventory_hostname == 'gpu-2'}
            """)
        #expect(Set(outcome.lines.prefix(2)) == ["gpu-1 changed one", "gpu-2 changed one"])
        #expect(Set(outcome.lines.suffix(2)) == ["gpu-1 skipped three", "gpu-2 ok three"])
        #expect(outcome.count("gpu-1") == counts(ok: 2, changed: 1, skipped: 1))
        #expect(outcome.count("gpu-2") == counts(ok: 3, changed: 1))
        #expect(outcome.summary.exitCode == 0)
    }

    @Test func oneHostsFailureAndAnothersAbsenceTouchNoOneElse() async throws {
        var scenario = Scenario(hosts: ["gpu-1", "gpu-2", "away-1"])
        scenario.options.forks = 2
        let outcome = try await scenario.run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - {name: one, shell: "echo out; echo the reason >&2; test {{ inventory_hostname }} = gpu-1"}
                - {name: two, shell: echo done}
            """)
        #expect(outcome.lines.contains("gpu-2 failed one") && outcome.lines.contains("away-1 unreachable one"))
        #expect(outcome.lines.last == "gpu-1 changed two")
        #expect(outcome.count("gpu-2") == counts(failed: 1))
        #expect(outcome.count("away-1") == counts(unreachable: 1))
        #expect(outcome.summary.exitCode == 6)
        let failure = outcome.events.compactMap {
            if case .hostTaskFinished("gpu-2", _, let outcome) = $0.kind { outcome } else { nil }
        }
        #expect(failure.first?.tail == "stdout:\nout\nstderr:\nthe reason" && failure.first?.returnCode == 1)
    }

    @Test(arguments: ["until", "failed_when", "changed_when"])
    func `a condition that can't be judged leaves the failure its own words`(_ keyword: String) async throws {
        let outcome = try await Scenario(hosts: ["h"]).run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - name: t
                  slurp: {path: /no/such/file}
                  register: r
                  \(keyword): r.size > 3
                  \(keyword == "until" ? "retries: 1" : "")
                  \(keyword == "until" ? "delay: 0" : "")
            """)
        let ended = outcome.events.compactMap {
            if case .hostTaskFinished("h", _, let outcome) = $0.kind { outcome } else { nil }
        }.first
        #expect(ended?.status == .failed)
        let told = ended?.message?.description ?? ""
        #expect(
            told.contains("file not found: /no/such/file") && told.contains("Error while evaluating '\(keyword)'"),
            "\(told)")
        #expect(outcome.message(of: "t", on: "h") == "file not found: /no/such/file")
    }

    @Test func `cacheable facts are facts, too, and others are not`() async throws {
        let outcome = try await Scenario(hosts: ["h"]).run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - set_fact: {kept: 1, cacheable: true}
                - set_fact: {own: 2}
                - {name: shown, debug: {msg: "{{ kept }} {{ ansible_facts.kept | default('none') }} {{ own }} {{ ansible_facts.own | default('none') }}"}}
            """)
        #expect(outcome.message(of: "shown", on: "h") == "1 1 2 none")
    }

    @Test func resultsHaveTheShapesThatPlaybooksRead() async throws {
        let outcome = try await Scenario(hosts: ["h"]).run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - shell: "printf 'a\\nb\\n'; echo e >&2"
                  register: r
                - name: shape of a command
                  debug: {msg: "{{ r.rc }} {{ r.stdout_lines | length }} {{ r.stderr }} {{ r.changed }} {{ r.failed }} {{ r is succeeded }}"}
                - command: echo {{ item }}
                  loop: [1, 2]
                  when: item != 2
                  register: r
                  loop_control: {index_var: i, extended: yes}
                - name: shape of a loop
                  debug: {msg: "{{ r.results | map(attribute='skipped', default=false) | list }} {{ r.results[0].item }} {{ r.results[1].i }} {{ r.results[0].ansible_loop.length }} {{ r.results[0].ansible_loop_var }} {{ r.msg }} {{ r.changed }} {{ r.skipped }}"}
                - command: echo no
                  loop: []
                  register: r
                - name: shape of nothing
                  debug: {msg: "{{ r.skipped }} {{ r.skipped_reason }} {{ r.results }}"}
                - command: echo no
                  when: [false]
                  register: r
                - name: shape of a skip
                  debug: {msg: "{{ r.skipped }} {{ r.skip_reason }} {{ r.changed }} {{ r is skipped }}"}
                - shell: exit 3
                  register: r
                  ignore_errors: yes
                - name: shape of a failure
                  debug: {msg: "{{ r.failed }} {{ r.rc }} {{ r.msg }} {{ r is failed }}"}
                - shell: exit 3
                  register: r
                  failed_when: [r.rc != 3]
                  changed_when: r.rc == 3
                - name: judged
                  debug: {msg: "{{ r.failed }} {{ r.failed_when_result }} {{ r.changed }}"}
                - command: echo {{ item }}
                  with_items: [1, [2, [3]]]
                  register: r
                - name: flattened
                  debug: {msg: "{{ r.results | map(attribute='stdout') | join(' ') }}"}
            """)
        func message(_ task: String) -> String? { outcome.message(of: task, on: "h") }
        #expect(message("shape of a command") == "0 2 e True False True")
        #expect(message("shape of a loop") == "[False, True] 1 1 2 item All items completed True False")
        #expect(message("shape of nothing") == "True No items in the list []")
        #expect(message("shape of a skip") == "True Conditional result was False False True")
        #expect(message("shape of a failure") == "True 3 non-zero return code True")
        #expect(message("judged") == "False False True")
        #expect(message("flattened") == "1 2 [3]")
        #expect(outcome.count("h")?.ignored == 1)
    }

    @Test func untilTriesAgainAndSaysSo() async throws {
        let outcome = try await Scenario(hosts: ["h"]).run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - name: third time
                  shell: "echo x >> {{ folder }}/tries; test $(wc -l < {{ folder }}/tries) -ge 3"
                  register: r
                  until: r.rc == 0
                  retries: 5
                  delay: 0
                - {name: attempts, debug: {msg: "{{ r.attempts }}"}}
                - {name: never, command: "false", retries: 2, delay: 0, register: n, until: n.rc == 0}
            """)
        #expect(
            outcome.lines == [
                "h retry 1/5", "h retry 2/5", "h changed third time", "h ok attempts", "h retry 1/2", "h retry 2/2",
                "h failed never",
            ])
        #expect(
            outcome.result(of: "attempts", on: "h")?["msg"] == .int(3)
                || outcome.message(of: "attempts", on: "h") == "3")
        #expect(outcome.result(of: "never", on: "h")?["attempts"] == .int(2))
    }

    @Test func variablesOfEveryLevelWinInTheirOrder() async throws {
        var scenario = Scenario(inventory: "h inventory=i play=i file=i block=i task=i fact=i extra=i\n")
        scenario.options.extraVariables = ["extra": .string("e")]
        scenario.files = ["vars/some.yml": "file: f\nblock: f\ntask: f\nfact: f\nextra: f\n"]
        let outcome = try await scenario.run(
            """
            - hosts: h
              gather_facts: no
              vars: {play: p, file: p, block: p, task: p, fact: p, extra: p}
              vars_files: [vars/some.yml]
              tasks:
                - set_fact: {fact: s, extra: s}
                - vars: {block: b, task: b, fact: b, extra: b}
                  block:
                    - name: all of them
                      debug: {msg: "{{ inventory }} {{ play }} {{ file }} {{ block }} {{ task }} {{ fact }} {{ extra }} {{ item }}"}
                      vars: {task: t, fact: t, extra: t, item: t}
                      loop: [l]
            """)
        let results = outcome.result(of: "all of them", on: "h")?["results"]?.list
        #expect(results?.first?.map?["msg"] == .string("i p f b t s e l"))
    }

    @Test func magicVariables() async throws {
        let outcome = try await Scenario(
            inventory: "[gpu]\na.lab\nb.lab\n[all:vars]\nport={{ base | int + 1 }}\nbase=1\n"
        ).run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - set_fact: {mine: "{{ inventory_hostname_short }}"}
                - name: told
                  debug: {msg: "{{ inventory_hostname }} {{ group_names }} {{ groups.gpu | length }} {{ hostvars['b.lab'].mine }} {{ hostvars['b.lab'].port }} {{ ansible_play_hosts }} {{ ansible_check_mode }} {{ playbook_dir == folder }}"}
            """)
        #expect(outcome.message(of: "told", on: "a.lab") == "a.lab ['gpu'] 2 b 2 ['a.lab', 'b.lab'] False True")
    }

    /// Templates in a host's variables may look at other hosts, whose variables look at others again.
    @Test func hostvarsAreRenderedThroughSeveralHosts() async throws {
        let inventory = """
            a value="{{ hostvars['b'].value }}!"
            b value="{{ hostvars['c'].value }}!"
            c value="{{ word }}!"
            round1 value="{{ hostvars['round2'].value }}"
            round2 value="{{ hostvars['round1'].value }}"
            [all:vars]
            word=end
            """
        let outcome = try await Scenario(inventory: inventory).run(
            """
            - hosts: c
              gather_facts: no
              tasks:
                - name: told
                  debug: {msg: "{{ hostvars['a'].value }} {{ hostvars.b.value }} {{ hostvars['c']['value'] }}"}
            """)
        #expect(outcome.message(of: "told", on: "c") == "end!!! end!! end!")
    }

    @Test(arguments: [
        ("three", ["three", "rescued", "four", "five"]), ("in rescue", []), ("fo*", ["four", "five"]),
        ("five", ["five"]), ("always", ["always", "three", "rescued", "four", "five"]),
    ]) func aRunBeginsAtATask(name: String, runs: [String]) async throws {
        var scenario = Scenario(hosts: ["h"])
        scenario.options.startAtTask = name
        let playbook = """
            - hosts: all
              gather_facts: no
              tasks:
                - {name: one, debug: {msg: x}}
                - block: [{name: two, debug: {msg: x}}]
                  rescue: [{name: in rescue, debug: {msg: x}}]
                  always: [{name: always, debug: {msg: x}}]
                - block: [{name: three, command: "false"}]
                  rescue: [{name: rescued, debug: {msg: x}}]
            - hosts: all
              gather_facts: no
              tasks: [{name: four, debug: {msg: x}}]
              post_tasks: [{name: five, debug: {msg: x}}]
            """
        if runs.isEmpty {
            await #expect(throws: Diagnostics.self) { try await scenario.run(playbook) }
        } else {
            let outcome = try await scenario.run(playbook)
            #expect(outcome.lines.map { String($0.split(separator: " ").last ?? "") } == runs)
        }
    }

    /// A play's facts are there for its tasks whichever of them is the first.
    @Test func factsAreGatheredWhereARunBegins() async throws {
        var scenario = Scenario(hosts: ["h"])
        scenario.options.startAtTask = "told"
        let outcome = try await scenario.run(
            """
            - hosts: all
              tasks: [{name: before, command: "false"}]
            - hosts: all
              tasks: [{name: skipped, command: "false"}, {name: told, debug: {msg: "facts: {{ ansible_facts.kernel is defined }}"}}]
            """)
        #expect(outcome.lines == ["h ok Gathering Facts", "h ok told"])
        #expect(outcome.message(of: "told", on: "h") == "facts: True")
    }

    @Test func unsafeExtraVariablesAreNoTemplates() async throws {
        var scenario = Scenario(hosts: ["h"])
        scenario.options.extraVariables = try ExtraVariables.parse(["{a: !unsafe '{{ b }}'}", "b=no"])
        let outcome = try await scenario.run(
            "- hosts: all\n  gather_facts: no\n  tasks: [{name: told, debug: {msg: '{{ a }} {{ b }}'}}]\n")
        #expect(outcome.message(of: "told", on: "h") == "{{ b }} no")
    }

    @Test func handlersRunOnceOnlyWhereSomethingChanged() async throws {
        let outcome = try await Scenario().run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - {name: one, command: "true", changed_when: inventory_hostname == 'gpu-1', notify: [restart, topic]}
                - {name: two, command: "true", notify: restart, changed_when: "inventory_hostname == 'gpu-1'"}
              handlers:
                - {name: told, debug: {msg: x}, listen: topic}
                - {name: restart, command: echo restarted}
                - {name: nobody, debug: {msg: x}}
            """)
        #expect(outcome.lines.suffix(2) == ["gpu-1 ok told", "gpu-1 changed restart"])
    }

    @Test func aLoopNotifiesForEachItemThatChanged() async throws {
        let outcome = try await Scenario(hosts: ["gpu-1"]).run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - {name: one, command: "true", loop: [a, b, c], changed_when: "item != 'b'", notify: "restart {{ item }}"}
              handlers:
                - {name: restart a, command: "true"}
                - {name: restart b, command: "true"}
                - {name: restart c, command: "true"}
            """)
        #expect(
            outcome.lines.filter { $0.contains("restart") } == ["gpu-1 changed restart a", "gpu-1 changed restart c"],
            "\(outcome.lines)")
    }

    @Test func rescueKnowsWhatFailed() async throws {
        let outcome = try await Scenario(hosts: ["h"]).run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - block:
                    - {name: breaks, shell: exit 7}
                    - {name: not reached, command: "true"}
                  rescue:
                    - {name: saved, debug: {msg: "{{ ansible_failed_task.name }} {{ ansible_failed_result.rc }}"}}
                  always:
                    - {name: last, debug: {msg: x}}
            """)
        #expect(outcome.lines == ["h rescued breaks", "h ok saved", "h ok last"])
        #expect(outcome.message(of: "saved", on: "h") == "breaks 7")
        #expect(outcome.count("h") == counts(ok: 2, rescued: 1))
        #expect(outcome.summary.exitCode == 0)
    }

    @Test func runOnceTeachesEveryHost() async throws {
        let outcome = try await Scenario().run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - {name: once, command: echo only, run_once: yes, register: r}
                - {name: known, debug: {msg: "{{ r.stdout }}"}}
            """)
        #expect(outcome.lines.filter { $0.hasSuffix("once") } == ["gpu-1 changed once"])
        #expect(outcome.message(of: "known", on: "gpu-2") == "only")
    }

    @Test func batchesGoOnAfterEachOtherUntilOneFailsWhole() async throws {
        let outcome = try await Scenario(hosts: ["a", "b", "c", "d"]).run(
            """
            - hosts: all
              gather_facts: no
              serial: [1, 2]
              tasks:
                - {name: one, shell: "test {{ inventory_hostname }} = a"}
            - hosts: all
              gather_facts: no
              tasks: [{name: two, command: "true"}]
            """)
        #expect(outcome.lines.first == "a changed one")
        #expect(Set(outcome.lines.dropFirst()) == ["b failed one", "c failed one"])
        #expect(outcome.summary.exitCode == 2)
    }

    @Test func tooManyFailuresEndWithEight() async throws {
        let outcome = try await Scenario(hosts: ["a", "b", "c"]).run(
            """
            - hosts: all
              gather_facts: no
              max_fail_percentage: 30
              tasks:
                - {name: one, shell: "test {{ inventory_hostname }} != a"}
                - {name: two, command: "true"}
            """)
        #expect(outcome.summary.exitCode == 8)
        #expect(!outcome.lines.contains { $0.hasSuffix("two") })
    }

    @Test func aTaskMayBeDoneElsewhere() async throws {
        let outcome = try await Scenario(hosts: ["h", "away-1"]).run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - {name: here, shell: "echo {{ inventory_hostname }} >> {{ folder }}/who", delegate_to: h}
                - {name: shown, command: "cat {{ folder }}/who", delegate_to: h, run_once: yes}
            """)
        #expect(outcome.summary.exitCode == 0)
        let lines = outcome.result(of: "shown", on: "h")?["stdout_lines"]?.list?.compactMap(\.string)
        #expect(lines.map { Set($0) } == ["h", "away-1"])
    }

    @Test func tasksWithoutAHostNeedNoConnection() async throws {
        let outcome = try await Scenario(hosts: ["away-1"]).run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - {name: one, debug: {msg: x}}
                - {name: two, assert: {that: [1 == 1]}}
                - {name: three, set_fact: {a: 1}}
                - {name: four, command: "true", ignore_unreachable: yes}
                - {name: five, command: "true"}
            """)
        #expect(
            outcome.lines == [
                "away-1 ok one", "away-1 ok two", "away-1 ok three", "away-1 ignored four", "away-1 unreachable five",
            ])
        #expect(outcome.summary.exitCode == 4)
    }

    @Test func whatNoLogHidesStaysHiddenInLaterTasks() async throws {
        let scenario = Scenario(hosts: ["h"])
        let outcome = try await scenario.run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - {name: hidden, shell: echo very-confidential-output, no_log: yes, register: r}
                - {name: used, debug: {msg: "it was {{ r.stdout }}"}}
                - {name: printed, shell: "echo {{ r.stdout }}"}
                - {name: vault, shell: "echo {{ lookup('vault', 'huggingface', 'token') }}; exit 1"}
            """)
        #expect(outcome.result(of: "hidden", on: "h")?["censored"] != nil)
        #expect(outcome.message(of: "used", on: "h") == "it was «redacted:no_log»")
        #expect(outcome.result(of: "vault", on: "h")?["stdout"] == .string("«redacted:huggingface.token»"))
        for event in outcome.events {
            let text = event.json(secrets: SecretSet()).encoded().description
            #expect(!text.contains("vault-value-of"))
            #expect(
                !text.contains("very-confidential") || text.contains("task.started") || text.contains("\"cmd\""),
                "\(text)")
        }
    }

    @Test func aTemplatesMistakeFailsTheTaskOnItsHost() async throws {
        let outcome = try await Scenario().run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - name: which
                  debug: {msg: "{{ nowhere }}"}
                  when: inventory_hostname == 'gpu-1'
            """)
        #expect(Set(outcome.lines) == ["gpu-1 failed which", "gpu-2 skipped which"])
        #expect(outcome.message(of: "which", on: "gpu-1")?.contains("'nowhere' is undefined") == true)
    }

    @Test func aTimeoutEndsTheTask() async throws {
        let outcome = try await Scenario(hosts: ["h"]).run(
            """
            - hosts: all
              gather_facts: no
              tasks: [{name: slow, command: sleep 60, timeout: 1}]
            """)
        #expect(outcome.lines == ["h failed slow"])
        #expect(outcome.message(of: "slow", on: "h")?.contains("imed out") == true)
    }

    @Test func metaSteers() async throws {
        let outcome = try await Scenario().run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - {name: one, command: "true", notify: h}
                - meta: flush_handlers
                - meta: end_host
                  when: inventory_hostname == 'gpu-2'
                - {name: two, debug: {msg: x}}
                - meta: end_play
                - {name: three, debug: {msg: x}}
              handlers: [{name: h, debug: {msg: x}}]
            - hosts: all
              gather_facts: no
              tasks: [{name: next, debug: {msg: x}}]
            """)
        #expect(
            outcome.lines.map { String($0.split(separator: " ").last ?? "") } == [
                "one", "one", "h", "h", "two", "next", "next",
            ])
    }

    @Test func aStopEndsWhatRunsAndSaysWhatIsLeft() async throws {
        var scenario = Scenario()
        let stop = scenario.stop
        scenario.onEvent = { event in if case .hostOutput = event.kind { stop.stop(.interrupted) } }
        let outcome = try await scenario.run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - {name: long, shell: "echo begun; sleep 600"}
                - {name: never, debug: {msg: x}}
            """)
        #expect(outcome.summary.exitCode == 130)
        #expect(outcome.lines.isEmpty)
        #expect(outcome.summary.note?.description.contains("in 'long'") == true)
        #expect(outcome.summary.note?.description.contains("hosts with tasks left: 2") == true)
    }

    @Test func checkModeReachesTheModuleUnlessTheTaskSaysOtherwise() async throws {
        var scenario = Scenario(hosts: ["h"])
        scenario.options.checkMode = true
        let outcome = try await scenario.run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - {name: one, shell: "echo x > {{ folder }}/one"}
                - {name: two, shell: "echo x > {{ folder }}/two", check_mode: no}
                - {name: seen, shell: "ls {{ folder }}", check_mode: no, register: r}
                - {name: told, debug: {msg: "{{ 'one' in r.stdout_lines }} {{ 'two' in r.stdout_lines }} {{ ansible_check_mode }}"}}
            """)
        #expect(outcome.message(of: "told", on: "h") == "False True True")
    }

    private func counts(
        ok: Int = 0, changed: Int = 0, unreachable: Int = 0, failed: Int = 0, skipped: Int = 0, rescued: Int = 0,
        ignored: Int = 0
    ) -> HostCounts {
        var counts = HostCounts()
        (counts.ok, counts.changed, counts.unreachable, counts.failed) = (ok, changed, unreachable, failed)
        (counts.skipped, counts.rescued, counts.ignored) = (skipped, rescued, ignored)
        return counts
    }
}
