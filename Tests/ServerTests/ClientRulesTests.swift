import Foundation
import Playbook
import TestSupport
import Testing
import YAML

@testable import Server

/// What clients may run and set: installers with what their roles open, and what `config/api.yml` lists.
@Suite(.timeLimit(.minutes(4)))
struct ClientRulesTests {
    /// The playbooks that ship, and a host that is this machine.
    private func with(_ body: (Workplace, TestServer) async throws -> Void) async throws {
        try await Workplace.with { place in
            let shipped = String(#filePath.dropLast("Tests/ServerTests/ClientRulesTests.swift".count)) + "playbooks"
            try FileManager.default.copyItem(atPath: shipped, toPath: place.folder + "/playbooks")
            try place.write("config/inventory.yml", "all: {hosts: {here: {ansible_connection: local}}}\n")
            let server = try await TestServer.start(in: place)
            try await body(place, server)
            try await server.stop()
        }
    }

    /// Names that would choose files of the server's machine, what runs on hosts, or which program connects.
    @Test func `of the playbooks that ship clients set what the roles open, by type, and nothing else`() async throws {
        try await with { place, server in
            let outside = try temporaryFolder("outside")
            defer { try? FileManager.default.removeItem(atPath: outside) }
            let refused: [(String, ValueMap)] = [
                ("gpu-health", ["gpu_health_report": .string(outside)]),
                ("ollama", ["configuration_template": "../../../../../../etc/hostname"]),
                ("ollama", ["configuration_file": "/tmp/stolen"]),
                ("ollama", ["application_name": "../.."]), ("ollama", ["application_health": .dict([:])]),
                ("ollama", ["ollama_architecture": "x"]), ("ollama", ["ollama_mirror": "http://evil.example"]),
                ("ollama", ["ansible_connection": "local"]), ("ollama", ["ansible_python_interpreter": "x"]),
                ("gpu-node", ["gpu_node_hooks": .dict([:])]), ("gpu-node", ["gpu_node_hooks_known": .dict([:])]),
                ("gpu-node", ["gpu_node_controller": "here"]), ("lmstudio", ["role_path": "/tmp"]),
                ("nvidia-driver", ["nvidia_driver_lock": "x"]),
            ]
            for (index, (playbook, variables)) in refused.enumerated() {
                let install: ValueMap = [
                    "host": "here", "modules": [.string(playbook)], "extra_vars": .dict(variables), "dry_run": true,
                ]
                for (path, body) in [
                    ("/api/runs", ["playbook": .string(playbook), "check": true, "extra_vars": .dict(variables)]),
                    ("/api/remote/install", install),
                ].prefix(index < 3 ? 2 : 1) as ArraySlice<(String, ValueMap)> {
                    let answer = try await server.post(path, body)
                    #expect(
                        answer.status == 422
                            && answer.problems.first?.hasPrefix(
                                "extra_vars: clients may not set this variable here; they may set: ") == true,
                        "\(variables): \(answer.text)")
                }
            }
            let types = try await server.post(
                "/api/runs",
                [
                    "playbook": "ollama",
                    "extra_vars": .dict(["ollama_state": "gone", "ollama_models": .dict(["MARKED": .int(1)])]),
                ])
            #expect(
                types.problems == [
                    "extra_vars.ollama_state: takes str, one of: present, rollback, absent",
                    "extra_vars.ollama_models: takes list of str",
                ], "\(types.text)")
            #expect(
                try await server.post(
                    "/api/remote/install",
                    [
                        "host": "here", "modules": "ollama", "extra_vars": .dict(["ollama_version": "0.8.0"]),
                        "dry_run": true,
                    ]
                ).status == 200)
            for (name, value) in [("start_at_task", "Present"), ("skip_tags", "always"), ("skip_tags", "x, tagged")] {
                var body: ValueMap = ["playbook": "ollama", "extra_vars": .dict(["ollama_version": "../x"])]
                body[name] = .string(value)
                #expect(
                    try await server.post("/api/runs", body).problems == [
                        "\(name): would skip the checks of extra_vars"
                    ])
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: outside).isEmpty)
            #expect(try await server.get("/api/runs").json["runs"] == [], "nothing was begun")

            let modules = try await server.get("/api/remote/modules").json["modules"]?.list?.compactMap(\.map) ?? []
            let health =
                modules.first { $0["module"] == "gpu-health" }?["variables"]?.list?.compactMap {
                    $0.map?["name"]?.string
                } ?? []
            #expect(health.contains("gpu_health_count") && !health.contains("gpu_health_report"))
        }
    }

    @Test func `a limit that is a file is refused: it would be read and shown`() async throws {
        try await with { place, server in
            try place.write("notes", "MARKEDline\n")
            for limit in [
                "@notes", "@/etc/passwd", "here,@notes", "here:&@notes", "@", "@notes:failed-", "@notes:ok.x",
                "@notes:failed1",
            ] {
                #expect(
                    try await server.post("/api/runs", ["playbook": "gpu-health", "limit": .string(limit)]).status
                        == 422)
                let resolved = try await server.get(
                    "/api/resolve?limit=" + (limit.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""))
                #expect(
                    resolved.status == 422 && resolved.problems == ["limit: takes a pattern, and no file of them"],
                    "\(resolved.text)")
            }
            #expect(
                ClientLimit.isAllowed("@last:failed:&gpu,@20261123-201455:ok") && !ClientLimit.isAllowed("@last:notes"))
        }
    }

    @Test func `the remote installer takes what the original takes`() async throws {
        try await with { place, server in
            func modules(_ body: ValueMap) async throws -> [String] {
                var body = body
                body["dry_run"] = true
                let answer = try await server.post("/api/remote/install", body)
                #expect(answer.status == 200, "\(answer.text)")
                return answer.json["plan"]?.list?.compactMap { $0.map?["module"]?.string } ?? []
            }
            #expect(
                try await modules(["hostname": "here", "modules": "all"]) == [
                    "comfyui", "lmstudio", "ollama", "sillytavern",
                ])
            #expect(try await modules(["host": "here", "modules": "ComfyUI"]) == ["comfyui"])
            #expect(
                try await modules(["host": "here", "hostname": "here", "modules": ["OLLAMA", "LMStudio"]]) == [
                    "ollama", "lmstudio",
                ])
            for name in ["key", "entry", "id"] {
                let block: ValueMap = ["provider": "remote_installer", name: "site-a"]
                #expect(
                    try await modules(["host": "here", "modules": "ollama", "credentials": .dict(block)]) == ["ollama"])
            }
            let differ = try await server.post(
                "/api/remote/install", ["host": "here", "hostname": "there", "modules": "ollama"])
            #expect(differ.problems == ["hostname: says something else than host"])
            let both = try await server.post(
                "/api/remote/install",
                [
                    "host": "here", "modules": "ollama", "secrets": .dict(["key": "a"]),
                    "credentials": .dict(["key": "a"]),
                ])
            #expect(both.problems == ["credentials: is another name for secrets; give one of them"])
            #expect(
                try await server.post("/api/remote/install", ["host": "here", "modules": ["all"]]).status == 422,
                "in a list it is a module's name")
        }
    }

    @Test
    func `playbooks of the site run when config/api.yml lists them, with what it lists, also while the server runs`()
        async throws
    {
        try await with { place, server in
            try place.write(
                "site/deploy.yml",
                "- hosts: all\n  gather_facts: no\n  tasks:\n    - debug: {msg: '{{ release }} {{ note | default(1) }}'}\n"
            )
            func start(_ variables: ValueMap) async throws -> TestServer.Answer {
                try await server.post("/api/runs", ["playbook": "site/deploy.yml", "extra_vars": .dict(variables)])
            }
            #expect(
                try await start([:]).problems == [
                    "playbook: clients may not run this playbook; config/api.yml lists those that they may"
                ])
            try place.write(
                "config/api.yml",
                "playbooks:\n  site/deploy.yml:\n    variables:\n      release: {type: str, required: true, choices: ['1.4', '1.5']}\n      note:\n"
            )
            #expect(try await start([:]).problems == ["extra_vars.release: is missing"])
            #expect(try await start(["release": "2"]).problems == ["extra_vars.release: takes str, one of: 1.4, 1.5"])
            #expect(try await start(["release": "1.4", "other": "x"]).status == 422)
            let started = try await start(["release": "1.4", "note": "of a client"])
            let id = try #require(started.json["run"]?.string, "\(started.text)")
            _ = try await server.get("/api/runs/\(id)/events")
            #expect(try place.read("logs/runs/\(id)/hosts/here.log").contains("1.4 of a client"))
            #expect(
                try place.read("logs/runs/\(id)/run.json").contains("\"note\""),
                "names of variables are in the run's record")
            let spelled = try await server.post(
                "/api/runs", ["playbook": "./site/../site/deploy.yml", "extra_vars": .dict(["release": "1.4"])])
            let other = try #require(spelled.json["run"]?.string, "\(spelled.text)")
            #expect(
                try await server.get("/api/runs/\(other)").json["playbooks"] == ["site/deploy.yml"],
                "by the name that the site gave it")
            #expect(try !place.read("logs/security.log").contains("site/../site"))
            _ = try await server.get("/api/runs/\(other)/events")
            try place.write(
                "site/other.yml", "- hosts: all\n  gather_facts: no\n  tasks:\n    - command: '{{ note }}'\n")
            try place.write(
                "config/api.yml",
                "playbooks:\n  site/deploy.yml: {variables: [release, note]}\n  site/other.yml: {variables: [release]}\n"
            )
            let both = try await server.post(
                "/api/runs", ["playbooks": ["site/deploy.yml", "site/other.yml"], "extra_vars": .dict(["note": "id"])])
            #expect(
                both.status == 422 && both.problems.first?.hasSuffix("they may set: release") == true,
                "what one opens and another does not: \(both.text)")
            try place.write("config/api.yml", "playbooks:\n  site/deploy.yml: {variabels: []}\n")
            #expect(
                try await start(["release": "1.4"]).problems == [
                    "config/api.yml:2:21: unknown key 'variabels' in 'site/deploy.yml'; did you mean 'variables'?"
                ])
            try place.write("config/api.yml", "installers:\n  ollama: {variables: [ollama_mirror]}\n")
            #expect(try await start(["release": "1.4"]).status == 422)
            #expect(
                try await server.get("/api/remote/modules").json["modules"]?.list?.compactMap { $0.map?["module"] } == [
                    "ollama"
                ])
            #expect(
                try await server.post(
                    "/api/runs",
                    ["playbook": "ollama", "check": true, "extra_vars": .dict(["ollama_version": "0.8.0"])]
                ).status == 422)
        }
    }

    @Test func `what a role fixes in vars can't be set, whatever config/api.yml lists`() async throws {
        try await with { place, server in
            try place.write("site/fixed.yml", "- hosts: all\n  gather_facts: no\n  roles: [fixed]\n")
            try place.write("site/roles/fixed/vars/main.yml", "fixed_command: 'true'\n")
            try place.write("site/roles/fixed/tasks/main.yml", "- command: '{{ fixed_command }}'\n")
            try place.write("config/api.yml", "playbooks: {site/fixed.yml: {variables: [fixed_command]}}\n")
            let answer = try await server.post(
                "/api/runs", ["playbook": "site/fixed.yml", "extra_vars": .dict(["fixed_command": "touch x"])])
            #expect(
                answer.status == 422
                    && answer.problems == ["'fixed_command' is fixed by a role; its vars/ can't be set by clients"],
                "\(answer.text)")
        }
    }

    @Test func `rules that everybody may write to are refused`() throws {
        let folder = try temporaryFolder("rules")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = folder + "/api.yml"
        try Data("playbooks: {a.yml: }\n".utf8).write(to: URL(fileURLWithPath: file))
        chmod(file, 0o666)
        #expect { _ = try APIRules(file) } throws: {
            ($0 as? Diagnostics)?.all.map(\.description) == ["\(file): others may write to it; chmod o-w it"]
        }
    }

    @Test(arguments: [
        ("[]", ["1:1: this file is a mapping, and this is a list; it takes: playbooks, installers"]),
        ("playbook: {}", ["1:1: unknown key 'playbook' in this file; did you mean 'playbooks'?"]),
        (
            "playbooks: [a.yml]",
            [
                "1:12: 'playbooks' is a mapping of names to their variables, and this is a list; write 'NAME: {variables: […]}'"
            ]
        ),
        (
            "playbooks:\n  -a.yml:\n",
            ["2:3: '-a.yml' is not the path of a playbook below the server's folder; write it as 'site/deploy.yml'"]
        ),
        (
            "playbooks:\n  /a.yml:\n  b.txt:\n",
            [
                "2:3: '/a.yml' is not the path of a playbook below the server's folder; write it as 'site/deploy.yml'",
                "3:3: 'b.txt' is not the path of a playbook below the server's folder; write it as 'site/deploy.yml'",
            ]
        ),
        (
            "playbooks:\n  a.yml: {variables: [ansible_host, 1x]}\n",
            [
                "2:23: 'ansible_host' is no variable that clients may set; it begins with a letter, and not with 'ansible_'",
                "2:37: '1x' is no variable that clients may set; it begins with a letter, and not with 'ansible_'",
            ]
        ),
        (
            "playbooks:\n  a.yml: {variables: {x: {type: integer}}}\n",
            ["2:33: 'integer' is no type; use str, list, dict, bool, int, float, path, raw, jsonarg, json, bytes, bits"]
        ),
        (
            "installers: {ollama: {variables: 5}}",
            ["1:34: 'variables' is a list of names, or a mapping of names to what they take, and this is a number"]
        ),
        ("", []), ("playbooks:\ninstallers:\n", []),
    ])
    func `mistakes in config/api.yml are reported with their place`(text: String, problems: [String]) throws {
        let folder = try temporaryFolder("rules")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = folder + "/api.yml"
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        var told: [String] = []
        do { _ = try APIRules(file) } catch {
            told = error.all.map { $0.description.replacingOccurrences(of: file + ":", with: "") }
        }
        #expect(told == problems)
    }
}
