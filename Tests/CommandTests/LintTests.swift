import Foundation
import TestSupport
import Testing
import YAML

/// `comfyfleet lint`, and what `run` says of tasks that could not run.
@Suite(.timeLimit(.minutes(5)))
struct LintTests {
    private static let site = """
        - hosts: all
          tasks:
            - {name: here, command: "true"}
            - {name: there, community.general.nmcli: {conn_name: x}, when: false}
            - {name: again, nmcli: {conn_name: x}, when: false}
            - {name: option, copy: {dest: /x, setype: x, content: y}, when: false}
            - include_tasks: more.yml
        """
    private static let role = "- {command: \"true\"}\n- {template: {src: a, dest: /b, nothing: c}}\n"

    private func write(_ place: Workplace) throws {
        try place.write("site/site.yml", Self.site)
        try place.write("site/more.yml", "- {debug: {msg: \"{{ 1 | json_query }}\"}}\n")
        try place.write("site/roles/web/tasks/main.yml", Self.role)
        try place.write("site/roles/web/tasks/other.yml", "- {own: {a: b}}\n- {service: {name: x, state: strted}}\n")
        try place.write("site/roles/web/handlers/main.yml", "- {name: h, community.general.ufw: {state: enabled}}\n")
        try place.write("site/roles/web/library/own.py", "")
        try place.write("site/group_vars/all.yml", "- not: tasks\n")
    }

    @Test func `everything in a folder is read, and counted`() async throws {
        try await Workplace.with { place in
            try write(place)
            let ended = try await place.comfyfleet("lint", "site", "--format", "json")
            #expect(ended.status == 0, "\(ended.stderr)")
            let report = try #require(try JSON.parse(Array(ended.stdout.utf8)).map)
            let items = (report["items"]?.list ?? []).compactMap(\.map).map {
                "\($0["kind"]?.string ?? "") \($0["path"]?.string ?? "") \($0["problems"]?.int ?? 0)"
            }
            #expect(items == ["playbook site/site.yml 4", "role site/roles/web 4"], "\(items)")
            let tasks = try #require(report["tasks"]?.map)
            #expect(
                tasks == ["all": .int(11), "native": .int(3), "missing_module": .int(4), "faulty": .int(4)], "\(tasks)")
            let causes = (report["causes"]?.list ?? []).compactMap(\.map).map {
                "\($0["rule"]?.string ?? "") \($0["subject"]?.string ?? "") \($0["count"]?.int ?? 0)"
            }
            #expect(
                causes == [
                    "module community.general.nmcli 2", "option copy.setype 1", "filter json_query 1",
                    "option template.nothing 1", "module community.general.ufw 1", "module own 1",
                    "value service.state 1",
                ], "\(causes)")
            let strict = try await place.comfyfleet("lint", "site", "--strict", "--format", "json")
            #expect(strict.status == 1)
            #expect(try JSON.parse(Array(strict.stdout.utf8)).map?["errors"] == .int(8))
        }
    }

    @Test func `the text is by cause, with places and the share of tasks that run`() async throws {
        try await Workplace.with { place in
            try place.write("site.yml", Self.site)
            try place.write("more.yml", "- {debug: {msg: x}}\n")
            let ended = try await place.comfyfleet("lint", "site.yml")
            #expect(ended.status == 0)
            #expect(
                ended.stdout.hasPrefix(
                    """
                    warning: the module 'community.general.nmcli', which ComfyFleet does not have: 2 places
                        `command` and `shell` run anything that the host has
                        site.yml:4:21: the module 'community.general.nmcli' is not supported
                        site.yml:5:21: the module 'nmcli' is not supported
                    warning: site.yml:6:39: the option 'setype' of module 'copy' is not supported; it takes: 
                    """), "\(ended.stdout)")
            #expect(
                ended.stdout.hasSuffix(
                    "1 playbook, 0 roles, 6 tasks in 2 files: 3 (50 %) run natively, 2 (33 %) need a module that ComfyFleet does not have, 1 (16 %) have other problems; 0 errors, 3 warnings\n"
                ), "\(ended.stdout)")
        }
    }

    @Test func `exit codes: 0 without errors, 1 with them, 2 for bad usage`() async throws {
        try await Workplace.with { place in
            try place.write("good.yml", "- hosts: all\n  tasks: [{debug: {msg: x}}]\n")
            try place.write("bad.yml", "- hosts: all\n  tasks: [{nginxx: {msg: x}}, {debug: {msg: x}, whn: x}]\n")
            let bad = try await place.comfyfleet("lint", "good.yml", "bad.yml")
            #expect(bad.status == 1)
            #expect(bad.stdout.contains("error: bad.yml:2:12: unknown module 'nginxx'"), "\(bad.stdout)")
            #expect(bad.stdout.contains("unknown key 'whn'"), "\(bad.stdout)")
            #expect(try await place.comfyfleet("lint", "good.yml").status == 0)
            for arguments in [["lint", "nowhere.yml"], ["lint", "--format", "xml"], ["lint", "--nothing"]] {
                let environment = place.environment()
                let folder = place.folder
                let ended = try await offPool {
                    try outcome(of: Workplace.program, arguments, environment: environment, folder: folder)
                }
                #expect(ended.status == 2 && ended.stdout.isEmpty && !ended.stderr.isEmpty, "\(arguments)")
            }
        }
    }

    @Test func `SARIF names rules, messages and places`() async throws {
        try await Workplace.with { place in
            try place.write("a b/site.yml", "- hosts: all\n  tasks: [{nmcli: {conn_name: x}}, {nginxx: }]\n")
            let ended = try await place.comfyfleet("lint", "a b", "--format", "sarif")
            #expect(ended.status == 1)
            let log = try #require(try JSON.parse(Array(ended.stdout.utf8)).map)
            #expect(log["version"] == .string("2.1.0"))
            let run = try #require(log["runs"]?.list?.first?.map)
            let rules = run["tool"]?.map?["driver"]?.map?["rules"]?.list?.compactMap { $0.map?["id"]?.string } ?? []
            let results = run["results"]?.list?.compactMap(\.map) ?? []
            #expect(results.map { $0["level"]?.string } == ["error", "warning"])
            for result in results {
                let index = try #require(result["ruleIndex"]?.int)
                #expect(rules[index] == result["ruleId"]?.string)
                let location = result["locations"]?.list?.first?.map?["physicalLocation"]?.map
                #expect(location?["artifactLocation"]?.map?["uri"] == .string("a%20b/site.yml"))
                #expect(location?["region"]?.map?["startLine"] == .int(2))
            }
        }
    }

    @Test func `run warns of what may be skipped, refuses it with --strict, and lists it as it is`() async throws {
        try await Workplace.with { place in
            try place.write("site.yml", Self.site.replacing("    - include_tasks: more.yml\n", with: ""))
            try place.write("more.yml", "- {debug: {msg: x}}\n")
            let arguments = ["run", "site.yml", "-i", "localhost,", "-c", "local"]
            func run(_ more: String...) async throws -> ProcessOutcome {
                let environment = place.environment()
                let folder = place.folder
                return try await offPool {
                    try outcome(of: Workplace.program, arguments + more, environment: environment, folder: folder)
                }
            }
            let listed = try await run("--list-tasks")
            #expect(listed.status == 0 && listed.stdout.contains("there"), "\(listed.stderr)")
            let checked = try await run("--syntax-check")
            #expect(
                checked.status == 0
                    && checked.stderr.contains("warning: site.yml:4:21: the module 'community.general.nmcli'"),
                "\(checked.stderr)")
            let strict = try await run("--strict")
            #expect(
                strict.status == 1
                    && strict.stderr.contains(
                        "error: site.yml:4:21: the module 'community.general.nmcli' is not supported"),
                "\(strict.stderr)")
            try place.write("must.yml", "- hosts: all\n  tasks: [{nmcli: {conn_name: x}}]\n")
            let must = try await place.comfyfleet("run", "must.yml", "-i", "localhost,", "-c", "local")
            #expect(
                must.status == 1 && must.stderr.contains("error: must.yml:2:12: the module 'nmcli'"), "\(must.stderr)")
        }
    }
}
