import Playbook
import Runs
import Testing
import YAML

@testable import Engine

/// What hosts take in while a play goes on.
@Suite(.timeLimit(.minutes(2))) struct IncludeTests {
    private func messages(_ outcome: Scenario.Outcome, of host: String) -> [String] {
        outcome.events.compactMap { event in
            guard case .hostTaskFinished(host, _, let result) = event.kind else { return nil }
            return try? JSON.parse(Array(result.result.description.utf8)).map?["msg"]?.string
        }
    }

    @Test func `a host includes the file that its variables name, and goes on behind the include`() async throws {
        var scenario = Scenario()
        scenario.files = [
            "gpu-1.yml":
                "- {name: first, debug: {msg: \"one {{ extra }} {{ outer }}\"}}\n- {name: second, debug: {msg: two}}\n",
            "gpu-2.yml": "- {name: other, debug: {msg: \"other {{ extra }}\"}, when: false}\n",
        ]
        let outcome = try await scenario.run(
            """
            - hosts: all
              gather_facts: no
              vars: {outer: seen}
              tasks:
                - block:
                    - name: by name
                      include_tasks: "{{ inventory_hostname }}.yml"
                      vars: {extra: given}
                      register: r
                - {name: after, debug: {msg: "{{ r.include | basename }}"}}
            """)
        #expect(Set(outcome.lines.prefix(2)) == ["gpu-1 ok by name", "gpu-2 ok by name"], "\(outcome.lines)")
        #expect(
            outcome.lines[2..<5].filter { $0 != "gpu-2 skipped other" } == ["gpu-1 ok first", "gpu-1 ok second"],
            "\(outcome.lines)")
        #expect(messages(outcome, of: "gpu-1") == ["one given seen", "two", "gpu-1.yml"])
        #expect(outcome.summary.exitCode == 0)
    }

    @Test func `each item of a loop is a passage of its own, with its variables`() async throws {
        var scenario = Scenario(hosts: ["h"])
        scenario.files = [
            "tasks/model.yml":
                "- debug: {msg: \"{{ model.name }} {{ i }} {{ item }}\"}\n  loop: [x, y]\n  register: r\n- debug: {msg: \"{{ r.results | map(attribute='msg') | join(',') }}\"}\n"
        ]
        let outcome = try await scenario.run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - include_tasks: {file: tasks/model.yml}
                  loop: [{name: sdxl}, {name: flux}, {name: none}]
                  loop_control: {loop_var: model, index_var: i}
                  when: model.name != 'none'
            """)
        #expect(messages(outcome, of: "h").filter { $0.contains(",") } == ["sdxl 0 x,sdxl 0 y", "flux 1 x,flux 1 y"])
    }

    @Test func `conditions, tags and apply reach as far as the language says`() async throws {
        var scenario = Scenario(hosts: ["h"])
        scenario.options.tags = TagSelection(only: ["wanted"])
        scenario.files = [
            "a.yml": "- {name: plain, debug: {msg: plain}}\n- {name: tagged, debug: {msg: tagged}, tags: wanted}\n",
            "b.yml": "- {name: applied, debug: {msg: \"{{ lookup('env', 'X') }}{{ how }}\"}}\n",
        ]
        let outcome = try await scenario.run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - {name: not chosen, include_tasks: a.yml}
                - {name: a, include_tasks: a.yml, tags: wanted}
                - name: b
                  include_tasks: {file: b.yml, apply: {tags: [wanted], vars: {how: applied}, when: "how == 'applied'"}}
                  tags: wanted
                - {name: skipped, include_tasks: no-such-file.yml, when: false, tags: wanted}
            """)
        #expect(outcome.lines == ["h ok a", "h ok tagged", "h ok b", "h ok applied", "h skipped skipped"])
    }

    @Test func `a failure inside an include is rescued outside of it, and what is wrong with a file is told`()
        async throws
    {
        var scenario = Scenario(hosts: ["h"])
        scenario.files = [
            "fails.yml": "- include_tasks: deeper.yml\n",
            "deeper.yml": "- {name: breaks, command: \"false\"}\n- {name: never, debug: {msg: never}}\n",
            "bad.yml": "- {name: x, comand: \"true\"}\n", "self.yml": "- include_tasks: self.yml\n",
        ]
        let outcome = try await scenario.run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - block:
                    - {name: outside, include_tasks: fails.yml}
                  rescue:
                    - {name: rescued, debug: {msg: "{{ ansible_failed_task.name }}"}}
                  always:
                    - {name: always, debug: {msg: always}}
                - {name: bad, include_tasks: bad.yml, ignore_errors: yes}
                - {name: missing, include_tasks: nowhere.yml, ignore_errors: yes}
                - {name: endless, include_tasks: self.yml}
            """)
        #expect(messages(outcome, of: "h").prefix(3) == ["non-zero return code", "breaks", "always"])
        #expect(outcome.message(of: "bad", on: "h")?.contains("bad.yml:1:13: unknown module 'comand'") == true)
        #expect(outcome.message(of: "missing", on: "h")?.contains("there is no file 'nowhere.yml' to include") == true)
        #expect(outcome.lines.last?.hasPrefix("h failed") == true && outcome.summary.exitCode == 2)
    }

    @Test func `a role that is included sees its own defaults and variables, and brings its handlers`() async throws {
        var scenario = Scenario(hosts: ["h"])
        scenario.files = [
            "roles/a/tasks/main.yml":
                "- {name: a, command: \"true\", notify: restart}\n- debug: {msg: \"{{ who }} {{ fixed }} {{ role_name }}\"}\n",
            "roles/a/tasks/extra.yml": "- debug: {msg: extra}\n- include_tasks: more.yml\n",
            "roles/a/tasks/more.yml": "- debug: {msg: \"{{ lookup('file', 'f') }}\"}\n",
            "roles/a/files/f": "file of a\n", "roles/a/defaults/main.yml": "who: default\n",
            "roles/a/vars/main.yml": "fixed: var\n",
            "roles/a/handlers/main.yml": "- {name: restart, debug: {msg: \"restarted {{ who }}\"}}\n",
            "roles/b/tasks/main.yml": "- debug: {msg: \"{{ who }}\"}\n", "roles/b/defaults/main.yml": "who: b\n",
        ]
        let outcome = try await scenario.run(
            """
            - hosts: all
              gather_facts: no
              roles: [b]
              tasks:
                - include_role: {name: "{{ 'a' }}"}
                  vars: {unused: 1}
                - {name: from, include_role: {name: a, tasks_from: extra}}
                - debug: {msg: "{{ fixed | default('unseen') }} {{ who }}"}
            """)
        #expect(
            messages(outcome, of: "h") == [
                "b", "", "default var a", "extra", "file of a", "unseen b", "restarted default",
            ])
    }

    @Test func `handlers may include, and come in blocks and files`() async throws {
        var scenario = Scenario(hosts: ["h"])
        scenario.files = [
            "handlers.yml": "- {name: imported, debug: {msg: imported}}\n", "more.yml": "- debug: {msg: included}\n",
        ]
        let outcome = try await scenario.run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - {command: "true", notify: [imported, in a block, including]}
              handlers:
                - import_tasks: handlers.yml
                - {name: including, include_tasks: more.yml}
                - block:
                    - {name: in a block, debug: {msg: "in a block {{ x }}"}}
                  vars: {x: 1}
            """)
        #expect(messages(outcome, of: "h").dropFirst() == ["imported", "included", "in a block 1"])
    }

    @Test func `variables come from files when a host asks for them`() async throws {
        var scenario = Scenario(hosts: ["h"])
        scenario.files = [
            "vars/debian.yml": "driver: \"{{ series }}-server\"\nseries: 550\n", "d/1.yml": "a: {x: 1}\n",
            "d/2.yaml": "a: {y: 2}\n",
        ]
        let outcome = try await scenario.run(
            """
            - hosts: all
              gather_facts: no
              vars: {series: 1}
              tasks:
                - include_vars: "{{ 'debian' }}.yml"
                - debug: {msg: "{{ driver }} {{ hostvars['h'].driver }}"}
                - include_vars: {dir: d, name: all, hash_behaviour: merge}
                - debug: {msg: "{{ all.a | length }} {{ all.a.y }}"}
                - set_fact: {series: 570}
                - debug: {msg: "{{ driver }}"}
            """)
        #expect(messages(outcome, of: "h") == ["550-server 550-server", "1 2", "570-server"])
    }

    // MARK: The machine

    private static func task(_ name: String, line: Int = 1, module: String = "debug") -> TaskDefinition {
        let mark = SourceMark(file: "story.yml", line: line, column: 1)
        var task = TaskDefinition(
            mark: mark, module: ModuleSpec(module, summary: "", options: []), arguments: Located(ValueMap(), at: mark))
        task.name = name
        return task
    }
    private static func included(_ names: [String], _ file: String = "f", handlers: [String] = []) -> Included {
        Included(
            Inclusion(.file(file)), steps: names.map { .task(task($0)) },
            handlers: handlers.enumerated().map { task($1, line: 100 + $0) })
    }
    private static func play(_ tasks: [TaskDefinition]) -> PlayProgram {
        var play = Play(
            mark: SourceMark(file: "story.yml", line: 1, column: 1),
            hosts: Located(.string("all"), at: SourceMark(file: "story.yml", line: 1, column: 1)))
        play.tasks = tasks.map { .task($0) }
        return PlayProgram(play)
    }
    private static func texts(_ actions: [PlayMachine.Action], _ machine: PlayMachine) -> [String] {
        actions.compactMap { action in
            switch action {
            case .announce: nil
            case .run(let host, let task, _): "\(host) \(machine.program[task].title)"
            case .share(let from, let others): "share \(from) \(others)"
            case .conclude: "conclude"
            }
        }
    }

    @Test func `hosts that include the same go through it together, the others wait`() {
        var machine = PlayMachine(
            Self.play([Self.task("include", module: "include_tasks"), Self.task("after")]), hosts: 3,
            policy: .init(forks: 10))
        #expect(Self.texts(machine.start(), machine) == ["0 include", "1 include", "2 include"])
        _ = machine.ended(0, .done, included: [Self.included(["x1", "x2"])])
        _ = machine.ended(1, .done)
        var actions = machine.ended(2, .done, included: [Self.included(["x1", "x2"])])
        #expect(Self.texts(actions, machine) == ["0 x1", "2 x1"])
        _ = machine.ended(0, .done)
        actions = machine.ended(2, .done)
        #expect(Self.texts(actions, machine) == ["0 x2", "2 x2"])
        _ = machine.ended(2, .done)
        actions = machine.ended(0, .done)
        #expect(Self.texts(actions, machine) == ["0 after", "1 after", "2 after"])
        #expect(machine.program.inclusions.count == 1)
    }

    @Test func `what a run_once include brings in is the first host's`() {
        var policy = PlayMachine.Policy(forks: 10)
        let program = Self.play([Self.task("include", module: "include_tasks"), Self.task("after")])
        policy.runOnce = [.task(0)]
        var machine = PlayMachine(program, hosts: 2, policy: policy)
        #expect(Self.texts(machine.start(), machine) == ["0 include"])
        let actions = machine.ended(0, .done, included: [Self.included(["x"])])
        #expect(Self.texts(actions, machine) == ["share 0 [1]", "0 x"])
        #expect(Self.texts(machine.ended(0, .done), machine) == ["0 after", "1 after"])
    }

    /// A controller that dies inside an include, and one that goes on from the journal, come to the same.
    @Test(arguments: Play.Strategy.allStories) func `the journal leads back into an include`(
        _ strategy: Play.Strategy
    ) throws {
        let program = Self.play([Self.task("include", module: "include_tasks"), Self.task("after")])
        let included = Self.included(["x1", "x2"], handlers: ["h"])
        func fresh() -> BatchState {
            BatchState(PlayMachine(program, hosts: 2, policy: .init(strategy: strategy, forks: 10)))
        }
        func entry(
            _ assignment: BatchState.Assignment, _ state: BatchState, notified: [Int] = []
        ) -> JournalEntry.Ending {
            .init(
                place: TaskID(batch: 1, host: assignment.host, task: assignment.number), ending: "done", status: "ok",
                changed: false, notified: notified,
                mark: TaskMemory.mark(of: state.machine.program[assignment.task]), learned: nil)
        }
        var state = fresh()
        var journal: [JournalEntry.Ending] = []
        var due = state.dequeueDue()
        while let assignment = due.first {
            due.removeFirst()
            let isInclude = state.machine.program[assignment.task].definition.isInclude
            journal.append(
                entry(assignment, state, notified: state.machine.program[assignment.task].title == "x2" ? [0] : []))
            _ = state.ended(
                assignment.host,
                .init(.done, notified: journal[journal.count - 1].notified, included: isInclude ? [included] : []))
            due += state.dequeueDue()
            // Whoever takes in the journal up to here has the same before it.
            var other = fresh()
            for entry in journal { _ = try other.recall(entry) { $0.definition.isInclude ? [included] : [] } }
            #expect(other.machine.hosts.map(\.next) == state.machine.hosts.map(\.next) && other.isOver == state.isOver)
            let open = other.dequeueDue()
            #expect(Set(open.map { "\($0)" }) == Set(due.map { "\($0)" }))
        }
        #expect(state.isOver && journal.count == 10, "\(journal.count)")
        // An included file that can't be read any more is a journal of something else.
        var other = fresh()
        #expect(throws: BatchState.Mismatch.self) { _ = try other.recall(journal[0]) { _ in nil } }
        #expect(
            Inclusion(
                Inclusion(.role(name: "a", from: ["tasks": "x"], validates: false), item: 2, locals: ["item": .int(3)])
                    .value)
                == Inclusion(
                    .role(name: "a", from: ["tasks": "x"], validates: false), item: 2, locals: ["item": .int(3)]))
    }
}

@Suite(.timeLimit(.minutes(2))) struct GroupByTests {
    @Test func `plays that follow may name the groups that hosts have joined`() async throws {
        let outcome = try await Scenario(hosts: ["a-1", "a-2", "b-1"]).run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - {name: join, group_by: {key: "kind {{ inventory_hostname[0] }}"}}
                - {name: again, group_by: {key: "kind {{ inventory_hostname[0] }}"}}
                - {name: seen, debug: {msg: "{{ 'kind-a' in group_names }} {{ groups['kind-a'] | sort | join(',') }} {{ lookup('inventory_hostnames', 'all:!kind-a') }}"}}
            - hosts: kind-b
              gather_facts: no
              tasks: [{name: of b, debug: {msg: b}}]
            """)
        #expect(
            outcome.lines.filter { $0.hasSuffix("join") }.allSatisfy { $0.contains("changed") }
                && outcome.lines.filter { $0.hasSuffix("again") }.allSatisfy { $0.contains(" ok ") })
        #expect(outcome.message(of: "seen", on: "a-2") == "True a-1,a-2 b-1")
        #expect(outcome.lines.filter { $0.hasSuffix("of b") } == ["b-1 ok of b"])
    }
}
