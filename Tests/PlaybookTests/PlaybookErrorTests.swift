import Foundation
import TestSupport
import Testing
import YAML

@testable import Playbook

/// Every file in `Fixtures/playbooks/bad` must give exactly the errors that its last lines tell, as `#! 3:5: what; what
/// to do`, and its tasks carry what the lines with `#?` tell, which Ansible would meet when they run.
struct PlaybookErrorTests {
    static let folder = Fixtures.folder + "/playbooks/bad"
    static let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter {
        $0.hasSuffix(".yml")
    }.sorted()

    @Test func `there are cases`() { #expect(Self.files.count > 20) }

    @Test(arguments: files) func `tells all that is wrong, where, and what to do`(file: String) throws {
        let path = Self.folder + "/" + file
        let expected = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix("#! ") || $0.hasPrefix("#? ") }.map { String($0) }
        try #require(!expected.isEmpty, "the case says what it expects")
        let (playbook, errors) = try PlaybookParser(catalog: TestCatalog()).survey(path: path)
        let actual =
            (errors.map { "#! \($0)" } + playbook.problems.map { "#? \($0.diagnostic)" }).map {
                $0.replacing(path + ":", with: "").replacing(Self.folder + "/", with: "")
            }
        #expect(
            actual == expected, "got:\n\(actual.joined(separator: "\n"))\nwanted:\n\(expected.joined(separator: "\n"))")
    }

    @Test func `a missing file is named`() {
        #expect(throws: Diagnostics.self) {
            try PlaybookParser(catalog: TestCatalog()).parse(path: "/nowhere/site.yml")
        }
    }
}

/// A few modules, enough to check tasks against.
struct TestCatalog: ModuleCatalog {
    static let specs = [
        ModuleSpec(
            "command", summary: "",
            options: [
                .init("_raw_params", .string, help: ""), .init("cmd", .string, help: ""),
                .init("argv", .list, help: ""), .init("chdir", .path, help: ""),
                .init("creates", .path, help: ""),
            ], freeForm: .command, requiredOneOf: [["_raw_params", "cmd", "argv"]]),
        ModuleSpec(
            "copy", summary: "",
            options: [
                .init("src", .path, help: ""), .init("content", .string, help: ""),
                .init("dest", .path, required: true, help: ""),
                .init("mode", .mode, help: ""), .init("backup", .bool, help: ""),
            ], mutuallyExclusive: [["src", "content"]]),
        ModuleSpec(
            "service", summary: "",
            options: [
                .init("name", .string, required: true, help: ""),
                .init("state", .string, choices: ["started", "stopped", "restarted", "reloaded"], help: ""),
                .init("enabled", .bool, help: ""),
            ]),
        ModuleSpec("debug", summary: "", options: [.init("msg", .raw, help: ""), .init("var", .string, help: "")]),
        ModuleSpec("set_fact", summary: "", options: [], acceptsAnyKey: true),
        ModuleSpec(
            "apt", summary: "",
            options: [.init("name", .list, aliases: ["pkg", "package"], help: ""), .init("state", .string, help: "")]),
        ModuleSpec(
            "include_tasks", summary: "",
            options: [
                .init("_raw_params", .string, help: ""), .init("file", .path, help: ""), .init("apply", .raw, help: ""),
            ], freeForm: .command,
            requiredOneOf: [["_raw_params", "file"]]),
        ModuleSpec("meta", summary: "", options: [.init("_raw_params", .string, help: "")], freeForm: .command),
    ]
    func spec(named name: String) -> ModuleSpec? {
        let short = name.hasPrefix("ansible.builtin.") ? String(name.dropFirst("ansible.builtin.".count)) : name
        return Self.specs.first { $0.name == short }
    }
    var moduleNames: [String] { Self.specs.map(\.name) }
}
