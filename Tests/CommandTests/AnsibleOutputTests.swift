import Foundation
import TestSupport
import Testing
import YAML

/// What `comfyfleet ansible-playbook` prints, byte by byte what ansible-core 2.19.14 printed for the same playbooks:
/// `Tests/Fixtures/callback/record` has recorded it. Times are left out.
struct AnsibleOutputTests {
    private struct Case: Codable, CustomTestStringConvertible {
        var name: String, arguments: [String], environment: [String: String], exit: Int32, stdout: String,
            stderr: String
        var testDescription: String { name }
    }
    private static let folder =
        String(
            #filePath.dropLast("Tests/CommandTests/AnsibleOutputTests.swift".count)) + "Tests/Fixtures/callback"
    private static let cases: [Case] = {
        guard let data = FileManager.default.contents(atPath: folder + "/cases.json") else { return [] }
        return (try? JSONDecoder().decode([Case].self, from: data)) ?? []
    }()

    /// Where something of it still differs, as docs/differences.md says; a case that no longer does fails here.
    private static let known: Set<String> = [
        "loops", "failures", "handlers", "files", "files-checked", "hidden", "meta", "yaml", "coloured", "tags",
    ]

    @Test func `output is Ansible's, line by line`() async throws {
        #expect(Self.cases.count > 20)
        for one in Self.cases {
            try await Workplace.with { workplace in
                for name in try FileManager.default.contentsOfDirectory(atPath: Self.folder)
                where name != "cases.json" && name != "record" {
                    try FileManager.default.copyItem(
                        atPath: "\(Self.folder)/\(name)", toPath: "\(workplace.folder)/\(name)")
                }
                try FileManager.default.createDirectory(
                    atPath: workplace.folder + "/made", withIntermediateDirectories: true)
                var environment = ["ANSIBLE_FORKS": "1"]
                environment.merge(one.environment) { $1 }
                let arguments = ["ansible-playbook", "-i", "inventory.ini"] + one.arguments
                let folder = workplace.folder
                let variables = workplace.environment(environment)
                let done = try await offPool {
                    try outcome(of: Workplace.program, arguments, environment: variables, folder: folder)
                }
                #expect(done.status == one.exit, "\(one.name): \(done.stderr)")
                let real = URL(fileURLWithPath: workplace.folder).resolvingSymlinksInPath().path
                let printed = Self.normal(done.stdout, real, workplace.folder)
                let difference = Self.difference(printed, one.stdout)
                if Self.known.contains(one.name) {
                    #expect(difference != nil, "\(one.name) is as Ansible's now")
                    return
                }
                #expect(difference == nil, "\(one.name): \(difference ?? "")")
                if one.exit == 4 {
                    // What is wrong with a playbook is said in our own words.
                    #expect(done.stderr.hasPrefix("[ERROR]: "), "\(one.name): \(done.stderr)")
                    return
                }
                let errors = Self.difference(Self.normal(done.stderr, real, workplace.folder), one.stderr)
                #expect(errors == nil, "\(one.name), standard error: \(errors ?? "")")
            }
        }
    }

    private static func normal(_ text: String, _ folders: String...) -> String {
        var text = text
        for folder in folders { text = text.replacing(folder, with: "FOLDER") }
        text = text.replacing(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+/, with: "TIME")
        return text.replacing(/"delta": "[^"]*"/, with: "\"delta\": \"TIME\"")
    }

    private static func difference(_ text: String, _ expected: String) -> String? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let wanted = expected.split(separator: "\n", omittingEmptySubsequences: false)
        for index in 0..<max(lines.count, wanted.count) {
            let line = index < lines.count ? lines[index] : "(nothing)"
            let other = index < wanted.count ? wanted[index] : "(nothing)"
            if line != other { return "line \(index + 1) is '\(line)', Ansible has '\(other)'" }
        }
        return nil
    }
}
