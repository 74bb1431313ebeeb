import Foundation
import Modules
import Playbook
import TestSupport
import Testing
import YAML

/// Roles that describe their arguments, and paths as roles see them.
@Suite(.timeLimit(.minutes(2)))
struct RoleArgumentsTests {
    private static let inventory = "all: {hosts: {here: {ansible_connection: local}}}\n"

    /// The messages of the run's failed tasks, and what debug said.
    private func run(
        _ files: [String: String], playbook: String = "site.yml", _ arguments: String...
    ) async throws -> (status: Int32, text: String) {
        try await Workplace.with { place -> (status: Int32, text: String) in
            try place.write("config/inventory.yml", Self.inventory)
            for (name, text) in files { try place.write(name, text) }
            let program = Workplace.program
            let environment = place.environment()
            let folder = place.folder
            let ran = try await offPool {
                try outcome(of: program, ["run", playbook] + arguments, environment: environment, folder: folder)
            }
            return (ran.status, (ran.stdout + ran.stderr).replacingOccurrences(of: place.folder, with: "/place"))
        }
    }

    private static let specs = """
        argument_specs:
          main:
            short_description: A service
            options:
              port: {type: int, required: true}
              state: {type: str, choices: [up, down]}
          other:
            options:
              name: {type: str, required: true}

        """
    private static let role = [
        "roles/r/meta/argument_specs.yml": specs, "roles/r/tasks/main.yml": "- debug: {msg: did main}\n",
        "roles/r/tasks/other.yml": "- debug: {msg: did other}\n",
    ]

    private func play(_ rest: String) -> [String: String] {
        Self.role.merging(["site.yml": "- hosts: all\n  gather_facts: no\n" + rest]) { $1 }
    }

    @Test func `an entry point begins with checking its arguments, whatever tags are chosen`() async throws {
        let files = play("  roles: [r]\n")
        let bad = try await run(files, "-e", "{\"port\": \"http\", \"state\": \"on\"}", "-t", "nothing")
        #expect(
            bad.status == 2 && bad.text.contains("Validating arguments against arg spec 'main' - A service"),
            "\(bad.text)")
        #expect(
            bad.text.contains("Validation of arguments failed:") && bad.text.contains("unable to convert to int")
                && bad.text.contains("value of state must be one of: up, down, got: on"), "\(bad.text)")
        #expect(bad.text.contains("roles/r/meta/argument_specs.yml:3:5"), "and where it says so")
        let good = try await run(files, "-e", "port=80")
        #expect(good.status == 0 && good.text.contains("did main"), "\(good.text)")
        let missing = try await run(files)
        #expect(
            missing.status == 2 && missing.text.contains("missing required arguments: port")
                && !missing.text.contains("did main"), "\(missing.text)")
    }

    @Test func `a parameter beside the role's name must be one of its arguments`() async throws {
        let stranger = try await run(play("  roles: [{role: r, port: 80, prot: 81}]\n"))
        #expect(
            stranger.status == 2 && stranger.text.contains("prot. Supported parameters include: port, state."),
            "\(stranger.text)")
        // `port` itself is a keyword there, as in Ansible.
        #expect(try await run(play("  roles: [{role: r, vars: {more: 1}}]\n"), "-e", "port=80").status == 0)
    }

    @Test func `other entry points have descriptions of their own, also when they are included`() async throws {
        for call in ["import_role", "include_role"] {
            let other = try await run(play("  tasks:\n    - \(call): {name: r, tasks_from: other}\n"))
            #expect(
                other.status == 2 && other.text.contains("missing required arguments: name")
                    && !other.text.contains("did other"), "\(call): \(other.text)")
            let unchecked = try await run(
                play("  tasks:\n    - \(call): {name: r, tasks_from: other, rolespec_validate: false}\n"))
            #expect(unchecked.status == 0 && unchecked.text.contains("did other"), "\(call): \(unchecked.text)")
        }
    }

    @Test func `an invalid description is reported before anything is done`() async throws {
        var files = play("  roles: [r]\n")
        files["roles/r/meta/argument_specs.yml"] =
            "argument_specs:\n  main:\n    options:\n      port: {type: integer}\n      state: {type: str, required: true, default: up}\n      list: up\n"
        let refused = try await run(files)
        #expect(
            refused.status == 1 && refused.text.contains("roles/r/meta/argument_specs.yml:4:20: 'integer' is no type"),
            "\(refused.text)")
        // Ansible passes over it, as in {description: a comma, where none should be}.
        files["roles/r/meta/argument_specs.yml"] =
            "argument_specs:\n  main:\n    options:\n      port: {type: dict, options: {a: {requierd: true}}}\n"
        let odd = try await run(files)
        #expect(
            odd.status == 0
                && odd.text.contains(
                    "roles/r/meta/argument_specs.yml:4:40: unknown key 'requierd' in the description of 'a'"),
            "\(odd.text)")
    }

    @Test func `the module is there for playbooks, too`() async throws {
        let task =
            "  tasks:\n    - validate_argument_spec: {argument_spec: {x: {type: int}}, provided_arguments: {x: foo}}\n      register: it\n      ignore_errors: true\n    - debug: {msg: '{{ it.argument_errors | length }} of {{ it.argument_spec_data }}'}\n"
        let run = try await run(["site.yml": "- hosts: all\n  gather_facts: no\n" + task])
        #expect(
            run.status == 0 && run.text.contains("1 of {'x': {'type': 'int'}}") || run.text.contains("1 of {\"x\""),
            "\(run.text)")
    }

    /// A template that is named through `role_path` was looked for below the role when the playbook lay in the current
    /// folder.
    @Test
    func `role_path, playbook_dir and inventory_dir lead from the root, and messages keep the path that was given`()
        async throws
    {
        let files = [
            "plays/one.yml":
                "- hosts: all\n  gather_facts: no\n  roles: [a]\n  tasks:\n    - debug: {msg: '{{ playbook_dir }} {{ inventory_dir }} {{ inventory_file }}'}\n    - command: 'false'\n",
            "plays/roles/a/tasks/main.yml":
                "- import_role: {name: b, tasks_from: inner}\n- debug: {msg: '{{ role_path }}'}\n",
            "plays/roles/b/tasks/inner.yml":
                "- debug: {msg: \"{{ lookup('file', role_path ~ '/../a/files/note') }} {{ role_path }}\"}\n- copy: {src: \"{{ role_path }}/../a/files/note\", dest: \"{{ playbook_dir }}/copied\"}\n",
            "plays/roles/a/files/note": "found it",
        ]
        let run = try await run(files, playbook: "plays/one.yml")
        #expect(run.text.contains("found it /place/plays/roles/b"), "\(run.text)")
        #expect(
            run.text.contains("ok: debug (0.0 s): /place/plays/roles/a") || run.text.contains("/place/plays/roles/a\n"),
            "\(run.text)")
        #expect(run.text.contains("/place/config /place/config/inventory.yml"), "\(run.text)")
        #expect(
            !run.text.contains("Could not find or access") && run.text.contains(" plays/one.yml:6:7"), "\(run.text)")
    }

    @Test func `every role that ships describes its arguments, with the defaults that it has`() throws {
        let folder = CatalogueTests.shipped + "/roles"
        func value(_ path: String) throws -> Value? {
            guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
            return try YAMLParser.parse(Array(bytes), file: path).root.value
        }
        for role in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let specs = try #require(
                try value("\(folder)/\(role)/meta/argument_specs.yml")?.map?["argument_specs"]?.map, "\(role)")
            let defaults = try value("\(folder)/\(role)/defaults/main.yml")?.map ?? [:]
            for (_, entry) in specs.pairs {
                for option in try ArgumentSpec(try #require(entry.map?["options"]?.map)).options {
                    #expect(option.description.hasSuffix("."), "\(role): \(option.name)")
                }
            }
            guard let options = specs["main"]?.map?["options"]?.map else { continue }
            #expect(Set(options.names) == Set(defaults.names), "\(role)")
            for (name, option) in options.pairs {
                guard let stated = option.map?["default"] else { continue }
                #expect(stated == defaults[name], "\(role): \(name)")
            }
            #expect(
                try ArgumentSpec(options).errors(
                    in: ValueMap(
                        defaults.pairs.filter { !JSON.text($0.value).contains("{{") }.reduce(into: [:]) {
                            $0[$1.key] = $1.value
                        })) == [], "\(role)")
        }
    }

    @Test func `meta/api.yml opens only what the role describes`() throws {
        let folder = try temporaryFolder("catalogue")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func write(_ name: String, _ text: String) throws {
            let file = URL(fileURLWithPath: folder + "/" + name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        try write("one.yml", "- hosts: all\n  roles: [r]\n")
        try write("roles/r/defaults/main.yml", "port: 80\nmirror: x\n")
        try write(
            "roles/r/meta/argument_specs.yml",
            "argument_specs:\n  main:\n    options:\n      port: {type: int, description: Where it listens.}\n      mirror: {type: str}\n"
        )
        try write("roles/r/meta/api.yml", "variables: [port]\n")
        let entry = try PlaybookCatalogue(folder: folder).entry(named: "one", catalog: BuiltinModules())
        #expect(
            entry.isForClients && !entry.isApplication && entry.variables.map(\.isForClients) == [true, false]
                && entry.variables.first?.help == "Where it listens.")
        try write("roles/r/meta/api.yml", "variables: [prot]\napplications: true\n")
        do {
            _ = try PlaybookCatalogue(folder: folder).entry(named: "one", catalog: BuiltinModules())
            Issue.record("it was read")
        } catch {
            #expect(
                error.all.map { $0.description.replacingOccurrences(of: folder, with: "") } == [
                    "/roles/r/meta/api.yml:2:1: unknown key 'applications'; it takes: variables, application",
                    "/roles/r/meta/api.yml:1:13: the role r takes no 'prot'; did you mean 'port'?",
                ])
        }
    }
}
