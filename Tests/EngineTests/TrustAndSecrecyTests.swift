import Foundation
import Redaction
import Runs
import Testing
import YAML

@testable import Engine

/// What hosts say is never run, and what is secret is never shown, through whole plays.
@Suite(.timeLimit(.minutes(2))) struct TrustAndSecrecyTests {
    @Test(arguments: [
        "assert: {that: '{{ said.stdout }}'}", "assert: {that: ['{{ said.stdout }}']}",
        "assert: {that: '{{ said.stdout_lines }}'}", "debug: {var: '{{ said.stdout }}'}",
        "debug: {msg: x}\n      when: '{{ said.stdout }}'", "debug: {msg: x}\n      when: '{{ fact }}'",
        "debug: {msg: x}\n      when: '{{ item }}'\n      loop: '{{ said.stdout_lines }}'",
        "command: 'true'\n      changed_when: '{{ said.stdout }}'",
        "command: 'true'\n      failed_when: '{{ said.stdout }}'",
        "command: 'true'\n      until: '{{ said.stdout }}'\n      retries: 1\n      delay: 0",
        "include_tasks: inner.yml\n      vars: {given: '{{ said.stdout }}'}",
        "debug: {msg: x}\n      when: \"{{ hostvars['gpu-1'].said.stdout }}\"",
        "debug: {msg: x}\n      when: \"{{ lookup('file', folder + '/said') }}\"",
    ])
    func `what a host or a file said is no condition, wherever it comes by`(task: String) async throws {
        var scenario = Scenario()
        scenario.hosts = ["gpu-1"]
        scenario.files = [
            "inner.yml": "- {name: inside, debug: {msg: x}, when: '{{ given }}'}\n",
            "said": "lookup('pipe', 'touch pwned') == ''",
        ]
        let outcome = try await scenario.run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - {name: says, shell: "cat '{{ folder }}/said' | sed \\"s#pwned#{{ folder }}/pwned#\\"", register: said}
                - set_fact: {fact: "{{ said.stdout }}"}
                - name: judged
                  \(task)
                  ignore_errors: true
            """)
        #expect(outcome.files.contains("said") && !outcome.files.contains("pwned"), "\(outcome.files)")
        #expect(outcome.lines.contains { $0.contains("ignored") || $0.contains("failed inside") }, "\(outcome.lines)")
        #expect(
            !outcome.lines.contains {
                $0.hasSuffix("ok judged") && !task.contains("include") || $0.hasSuffix("ok inside")
            }, "\(outcome.lines)")
    }

    @Test func `what an API client or a prompt gave is a value, not a condition or a template`() async throws {
        var scenario = Scenario()
        scenario.hosts = ["gpu-1"]
        scenario.options.extraVariables = [
            "wanted": .string("lookup('pipe', 'touch pwned') == ''"),
            "shown": .string("{{ lookup('pipe', 'touch pwned') }}"),
        ]
        let outcome = try await scenario.run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - {name: condition, debug: {msg: x}, when: "{{ wanted }}", ignore_errors: true}
                - {name: asserted, assert: {that: "{{ wanted }}"}, ignore_errors: true}
                - {name: text, debug: {msg: "{{ shown }}"}}
            """)
        #expect(outcome.lines == ["gpu-1 ignored condition", "gpu-1 ignored asserted", "gpu-1 ok text"])
        #expect(outcome.message(of: "text", on: "gpu-1") == "{{ lookup('pipe', 'touch pwned') }}")
        #expect(!FileManager.default.fileExists(atPath: "pwned"))
    }

    @Test func `numbers, booleans and short texts of the vault are hidden in every result`() async throws {
        var scenario = Scenario()
        scenario.hosts = ["gpu-1"]
        scenario.vault = [
            "pin": .int(83729), "flag": .bool(true), "short": .string("q7z"), "ratio": .double(2.71828),
            "quoted": .string("Pa$$w\"0rd-Marked\\y"),
            "tree": .dict(["user": .dict(["password": .string("Marked-Below-User")])]),
        ]
        scenario.files = [
            "templates/flags.j2": "enabled: {{ secrets.p.flag }}\nMarked-Beside\n",
            "templates/flag.j2": "{{ secrets.p.flag }}",
            "templates/short.j2": "{% filter upper %}{{ secrets.p.short }}{% endfilter %}\nMarked-Beside\n",
        ]
        let outcome = try await scenario.run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - {name: each, debug: {msg: "{{ lookup('vault', 'p', item) }}"}, loop: [pin, flag, short, ratio, quoted, tree]}
                - {name: all, debug: {msg: {pin: "{{ secrets.p.pin }}", list: ["{{ secrets.p.flag }}", "{{ secrets.p.tree }}"]}}}
                - {name: fact, set_fact: {kept: {pin: "{{ secrets.p.pin }}", quoted: "{{ secrets.p.quoted }}", short: "{{ secrets.p.short }}"}}}
                - {name: var, debug: {var: kept}}
                - {name: items, debug: {msg: x}, loop: ["{{ secrets.p.pin }}", {a: "{{ secrets.p.quoted }}"}]}
                - {name: json, debug: {msg: "{{ kept | to_json }}"}}
                - {name: yaml, debug: {msg: "{{ kept | to_nice_yaml }}"}}
                - {name: text, debug: {msg: "flag {{ secrets.p.flag }} short {{ secrets.p.short }}"}}
                - {name: failure, fail: {msg: "{{ secrets.p.quoted }} {{ kept }}"}, ignore_errors: true}
                - {name: content, copy: {content: "{{ kept }}", dest: "{{ folder }}/kept"}, diff: true}
                - {name: flagged, copy: {content: "enabled: {{ secrets.p.flag }} Marked-Beside", dest: "{{ folder }}/flag"}, diff: true}
                - {name: mapped, copy: {content: {enabled: "{{ secrets.p.flag }}", by: Marked-Beside}, dest: "{{ folder }}/map"}, diff: true}
                - {name: templated, template: {src: "{{ item }}.j2", dest: "{{ folder }}/templated-{{ item }}"}, loop: [flags, flag, short], diff: true}
                - {name: asserted, assert: {that: secrets.p.flag, success_msg: "{{ secrets.p.pin }}"}}
            """)
        #expect(outcome.summary.exitCode == 0, "\(outcome.lines)")
        for event in outcome.events {
            let text = "\(event)"
            for secret in ["83729", "q7z", "2.71828", "0rd-Marked", "Marked-Below", "Marked-Beside", "Q7Z"] {
                #expect(!text.contains(secret), "\(secret) is in \(text)")
            }
        }
        for (task, label) in [("each", "p.flag"), ("var", "p.short"), ("text", "p.flag")] {
            let shown = outcome.text(of: task)
            #expect(shown.contains("«redacted:\(label)»"), "\(task): \(shown)")
        }
        #expect(outcome.message(of: "text", on: "gpu-1") == "«redacted:p.flag»")
        #expect(Set(outcome.files).isSuperset(of: ["templated-flags", "templated-flag", "templated-short"]))
    }

    @Test func `secrets in a list or a mapping that a text is wanted for are hidden`() async throws {
        var scenario = Scenario()
        scenario.hosts = ["gpu-1"]
        scenario.vault = ["flag": .bool(true), "short": .string("q7z"), "inner": .string("Marked-Inner")]
        scenario.files = ["here": "old\n"]
        let outcome = try await scenario.run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - {name: line, lineinfile: {path: "{{ folder }}/here", line: {token: "{{ secrets.p.inner }}"}}, diff: true}
                - {name: block, blockinfile: {path: "{{ folder }}/here", block: {enabled: "{{ secrets.p.flag }}", by: Marked-Beside}}, diff: true}
                - {name: choice, file: {path: "{{ folder }}/here", state: ["{{ secrets.p.short }}"]}, ignore_errors: true}
            """)
        #expect(outcome.lines == ["gpu-1 changed line", "gpu-1 changed block", "gpu-1 ignored choice"])
        for event in outcome.events {
            let text = "\(event)"
            for secret in ["Marked-Inner", "Marked-Beside", "q7z"] {
                #expect(!text.contains(secret), "\(secret) is in \(text)")
            }
        }
    }

    @Test func `what a no_log task gave stays hidden, as values and by its longer words`() async throws {
        let outcome = try await Scenario(hosts: ["gpu-1"]).run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - {name: login, command: "echo --password Marked-{{ 'Word' }}-18", no_log: true, register: login}
                - {name: words, debug: {msg: "{{ login.cmd }}"}}
                - {name: part, debug: {msg: "{{ login.stdout | split(' ') | last }}"}}
                - {name: again, command: "echo Marked-Word-18 --password"}
                - {name: rc, debug: {msg: "{{ login.rc }}"}}
                - {name: used, debug: {msg: used}, when: "'Marked' in login.stdout"}
                - {name: unknown, debug: {msg: Marked-Unknown}, no_log: "{{ nothing }}", ignore_errors: true}
            """)
        #expect(
            !outcome.events.contains {
                "\($0)".contains("Marked-") && !"\($0)".contains("playStarted") && !"\($0)".contains("taskStarted")
            }, "\(outcome.events)")
        #expect(outcome.message(of: "part", on: "gpu-1") == "«redacted:no_log»")
        #expect(outcome.lines.contains("gpu-1 ok used"))
        #expect(outcome.result(of: "again", on: "gpu-1")?["stdout"] == .string("«redacted:no_log» --password"))
        #expect(outcome.result(of: "rc", on: "gpu-1")?["msg"] == .int(0))
    }

    @Test func `what is made of a secret is hidden where a keyword makes a text of it`() async throws {
        var scenario = Scenario(hosts: ["gpu-1"])
        for field in ["environment", "delegate", "handler", "file", "role", "title", "play"] {
            scenario.vault[field] = .string("Marked-\(field)")
        }
        let outcome = try await scenario.run(
            """
            - hosts: all
              name: "{{ secrets.p.play | reverse }}"
              gather_facts: no
              ignore_errors: true
              tasks:
                - {name: environment, shell: echo $TOKEN, environment: {TOKEN: "{{ secrets.p.environment | reverse }}"}}
                - {name: delegate, command: 'true', delegate_to: "{{ secrets.p.delegate | reverse }}"}
                - {name: handler, command: 'true', notify: "{{ secrets.p.handler | reverse }}"}
                - {name: file, include_tasks: "{{ secrets.p.file | reverse }}"}
                - {name: role, include_role: {name: "{{ secrets.p.role | reverse }}"}}
                - {name: "{{ secrets.p.title | reverse }}", command: 'true'}
            """)
        for event in outcome.events { #expect(!"\(event)".contains("dekraM"), "\(event)") }
        #expect(outcome.result(of: "environment", on: "gpu-1")?["stdout"] == .string("«redacted:p.environment»"))
        #expect(
            outcome.message(of: "delegate", on: "gpu-1")
                == "'delegate_to' gives a secret value: hosts are named in the output")
        #expect(outcome.text(of: "handler").contains("'«redacted:p.handler»'"))
        #expect(outcome.text(of: "file").contains("«redacted:p.file»"))
        #expect(outcome.text(of: "role").contains("«redacted:p.role»"))
        #expect(outcome.lines.contains("gpu-1 changed «redacted:p.title»"), "\(outcome.lines)")
    }

    @Test func `what is made of a no_log task's result is hidden where it is an argument`() async throws {
        let outcome = try await Scenario(hosts: ["gpu-1"]).run(
            """
            - hosts: all
              gather_facts: no
              tasks:
                - {name: login, command: "echo Marked-{{ 'Secret' }}-42", no_log: true, register: login}
                - {name: argument, command: {argv: [echo, "{{ login.stdout[2:] }}"]}}
                - {name: environment, shell: echo $PART, environment: {PART: "{{ login.stdout | lower | reverse }}"}}
                - {name: fact, set_fact: {part: "{{ login.stdout[1:] }}"}}
                - {name: content, copy: {content: "{{ part }}", dest: "{{ folder }}/part"}, diff: true}
            """)
        #expect(outcome.summary.exitCode == 0, "\(outcome.lines)")
        for event in outcome.events {
            for text in ["rked-Secret", "terces-dekram"] { #expect(!"\(event)".contains(text), "\(event)") }
        }
        #expect(outcome.result(of: "argument", on: "gpu-1")?["stdout"] == .string("«redacted:no_log»"))
        #expect(outcome.result(of: "environment", on: "gpu-1")?["stdout"] == .string("«redacted:no_log»"))
        #expect(outcome.text(of: "content").contains("«redacted:no_log»"))
    }

    @Test func `what is registered of a no_log task is secret, also where its module never ran`() async throws {
        var scenario = Scenario(hosts: ["gpu-1"])
        scenario.files = ["empty.yml": "- meta: noop\n"]
        let outcome = try await scenario.run(
            """
            - hosts: all
              gather_facts: no
              ignore_errors: true
              tasks:
                - {name: includes, include_tasks: empty.yml, no_log: true, loop: "{{ ['Marked-Item' | reverse] }}", register: one}
                - {name: included, debug: {var: one}}
                - {name: asks, command: 'true', no_log: true, loop: "{{ ['Marked-When' | reverse] }}", when: "lookup('file', item) == 'x'", register: two}
                - {name: asked, debug: {var: two}}
                - {name: loops, command: 'true', no_log: true, loop: "{{ lookup('file', 'Marked-Loop' | reverse) }}", register: three}
                - {name: looped, debug: {var: three}}
                - {name: sets, set_fact: {mapping: "{{ {'Marked-Key' | reverse: 1} }}"}, no_log: true, register: four}
                - {name: set, debug: {var: four}}
                - {name: mapping, debug: {var: mapping}}
                - block:
                    - {name: fails, command: 'true', ignore_errors: false, no_log: true, loop: "{{ lookup('file', 'Marked-Failed' | reverse) }}"}
                  rescue:
                    - {name: rescued, debug: {var: ansible_failed_result}}
            """)
        for event in outcome.events { #expect(!"\(event)".contains("dekraM"), "\(event)") }
        let item = outcome.result(of: "included", on: "gpu-1")?["one"]?.map?["results"]?.list?.first?.map
        #expect(
            item?["item"] == .string("«redacted:no_log»") && item?["changed"] == .bool(false),
            "\(outcome.text(of: "included"))")
        #expect(
            outcome.result(of: "asked", on: "gpu-1")?["two"]?.map?["results"]?.list?.first?.map?["msg"]
                == .string("«redacted:no_log»"), "\(outcome.text(of: "asked"))")
        #expect(
            outcome.result(of: "looped", on: "gpu-1")?["three"]?.map?["msg"] == .string("«redacted:no_log»"),
            "\(outcome.text(of: "looped"))")
        #expect(
            outcome.result(of: "set", on: "gpu-1")?["four"]?.map?["ansible_facts"] == .string("«redacted:no_log»"),
            "\(outcome.text(of: "set"))")
        #expect(outcome.result(of: "mapping", on: "gpu-1")?["mapping"] == .string("«redacted:no_log»"))
        #expect(
            outcome.result(of: "rescued", on: "gpu-1")?["ansible_failed_result"]?.map?["msg"]
                == .string("«redacted:no_log»"), "\(outcome.text(of: "rescued"))")
    }

    @Test func `credentials in variables are secret values, of every host and wherever they are given`() async throws {
        var scenario = Scenario()
        scenario.inventory =
            "gpu-1 ansible_become_password=Marked-Own-Become\n[others]\nother ansible_password=Marked-Other-Pass\n"
        scenario.files = [
            "group_vars/others.yml":
                "ansible_become_password: \"{{ 'Marked-Other' ~ '-Become' }}\"\nlogins: [{ansible_ssh_pass: Marked-Other-Nested}]\n",
            "more.yml": "ansible_sudo_pass: Marked-File\n",
        ]
        scenario.options.extraVariables = ["ansible_become_pass": .string("Marked-Extra", .trusted)]
        let outcome = try await scenario.run(
            """
            - hosts: gpu-1
              gather_facts: no
              vars: {ansible_ssh_pass: Marked-Play, login: {ansible_password: Marked-Below}}
              tasks:
                - {name: others, debug: {msg: "{{ hostvars['other'] }}"}}
                - {name: own, debug: {msg: "{{ ansible_become_password }} {{ ansible_become_password | reverse }} {{ ansible_become_password[7:] }}"}}
                - {name: given, debug: {msg: "{{ ansible_become_pass | reverse }} {{ ansible_ssh_pass | reverse }} {{ login }}"}}
                - {name: sets, set_fact: {ansible_ssh_password: "Marked-{{ 'Set' }}", cacheable: true}}
                - {name: reads, include_vars: more.yml}
                - {name: facts, debug: {msg: "{{ hostvars['gpu-1'].ansible_ssh_password | reverse }} {{ ansible_sudo_pass | reverse }} {{ ansible_facts }}"}}
                - {name: uses, shell: "test {{ ansible_become_password | quote }} = Marked-Own-Become"}
            """)
        #expect(
            outcome.lines == [
                "gpu-1 ok others", "gpu-1 ok own", "gpu-1 ok given", "gpu-1 ok sets", "gpu-1 ok reads",
                "gpu-1 ok facts", "gpu-1 changed uses",
            ], "\(outcome.lines)")
        for event in outcome.events {
            let text = "\(event)"
            for secret in ["Marked-", "-dekraM", "Own-Become"] {
                #expect(!text.contains(secret), "\(secret) is in \(text)")
            }
        }
        #expect(outcome.text(of: "others").contains("«redacted:inventory.ansible_password»"))
    }

    @Test func `an error says where the template stands`() async throws {
        let outcome = try await Scenario(hosts: ["gpu-1"]).run(
            """
            - hosts: all
              gather_facts: no
              vars:
                outer: "{{ inner }}"
                inner: "{{ missing.part }}"
              tasks:
                - {name: deep, debug: {msg: "{{ outer }}"}, ignore_errors: true}
                - name: kind
                  file: {path: /tmp, state: "{{ 'nonsense' }}"}
            """)
        func message(_ task: String) -> String {
            outcome.events.compactMap {
                if case .hostTaskFinished(_, _, let result) = $0.kind { result.message?.description } else { nil }
            }.first { $0.contains(task) } ?? ""
        }
        #expect(
            message("missing").contains("'missing' is undefined: ")
                && message("missing").hasSuffix("play.yml:5:12: {{ missing.part }}"), "\(message("missing"))")
        #expect(message("nonsense").hasSuffix("play.yml:9:33: {{ 'nonsense' }}"), "\(message("nonsense"))")
    }
}
