import Foundation
import Playbook
import TestSupport
import Testing
import YAML

@testable import Modules

/// What people are told of the modules.
@Suite struct ModuleReferenceTests {
    private static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test func `docs/modules.md is what the specs say`() throws {
        #expect(try GeneratedDocument.difference("modules.md", from: ModulesDocument.markdown) == nil)
    }

    @Test func `every module and every option says what it is for, in a sentence`() {
        for page in ModulePage.all {
            #expect(page.spec.summary.hasSuffix("."), "\(page.spec.name)")
            for option in page.spec.options {
                #expect(
                    option.help.hasSuffix(".") || option.help.hasSuffix("…"),
                    "\(page.spec.name): \(option.name): \(option.help)")
            }
            for part in page.reference.returns {
                #expect(part.meaning.hasSuffix("."), "\(page.spec.name): \(part.name): \(part.meaning)")
            }
            let names = page.reference.returns.map(\.name)
            #expect(Set(names).count == names.count, "\(page.spec.name)")
        }
    }

    /// Read as the tasks of a playbook, with everything that is checked before the first connection.
    @Test(arguments: ModulePage.all.map(\.spec.name)) func `its example is a task that can be run`(
        _ name: String
    ) throws {
        let page = try #require(ModulePage.named(name))
        let folder = try temporaryFolder("examples")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let tasks = page.reference.example.split(separator: "\n", omittingEmptySubsequences: false).map {
            "    \($0)\n"
        }.joined()
        let text =
            "- hosts: all\n  tasks:\n\(tasks)  handlers:\n    - name: restart comfyui\n      service: {name: comfyui, state: restarted}\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/site.yml"))
        do {
            let playbook = try PlaybookParser(catalog: BuiltinModules()).parse(path: folder + "/site.yml")
            #expect(playbook.problems.isEmpty, "\(name): \(playbook.problems.map(\.text))")
        } catch {
            Issue.record("\(name): \(error)")
        }
        #expect(page.reference.example.contains("\(name):"))
    }

    @Test func `a module's file is in its family's folder`() throws {
        let root = Self.repository.appending(path: "Sources/Modules").path
        let folders = try FileManager.default.contentsOfDirectory(atPath: root).filter {
            !$0.hasSuffix(".swift") && $0 != "Shared" && $0 != "Reference"
        }
        #expect(Set(folders) == Set(BuiltinModules.families.map(\.name)))
        for family in BuiltinModules.families {
            let files = try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(family.name)").filter {
                $0.hasSuffix(".swift")
            }
            let texts = try files.map { try String(contentsOfFile: "\(root)/\(family.name)/\($0)", encoding: .utf8) }
            for type in family.types {
                #expect(texts.contains { $0.contains("struct \(type): Module {") }, "\(type) in \(family.name)")
            }
        }
    }

    /// docs/differences.md has them all, and no others; one row may be about several modules.
    @Test func `differences are documented`() throws {
        let text = try String(contentsOf: Self.repository.appending(path: "docs/differences.md"), encoding: .utf8)
        let section = try #require(text.split(separator: "\n## Modules\n").last?.split(separator: "\n#").first)
        var documented: Set<String> = []
        for row in section.split(separator: "\n") where row.hasPrefix("| `") {
            let cells = row.split(separator: " | ", maxSplits: 1)
            try #require(cells.count == 2 && cells[1].hasSuffix(" |"), "\(row)")
            for name in cells[0].matches(of: /`([a-z0-9_]+)`/) {
                documented.insert(
                    "\(BuiltinModules().spec(named: String(name.1))?.name ?? "?"): \(cells[1].dropLast(2))")
            }
        }
        let known = Set(
            ModulePage.all.flatMap { page in page.reference.differences.map { "\(page.spec.name): \($0)" } })
        #expect(documented == known, "\(documented.symmetricDifference(known).sorted().joined(separator: "\n"))")
    }

    @Test func `a page has what ansible-doc has`() throws {
        let page = try #require(ModulePage.named("ansible.builtin.yum"))
        #expect(
            page.spec.name == "dnf"
                && page.text.hasPrefix("dnf: Installs and removes packages by dnf or yum.\nansible.builtin.dnf, yum\n"))
        let copy = try #require(ModulePage.named("copy")).text
        #expect(
            copy.contains("\n  dest (path; required)\n      Where to; a folder when it ends with a slash or is one.\n"))
        #expect(
            copy.contains("\n  force (bool; default: true)\n")
                && copy.contains("\n  One of src, content has to be given.\n") && copy.contains("\n  checksum "))
        #expect(
            copy.contains("\nExample:\n\n  - copy:\n      src: limits.conf\n")
                && copy.contains("\nDifferences from Ansible:\n\n  - With `local_follow: false`"))
        #expect(copy.split(separator: "\n").allSatisfy { $0.count <= 140 })
        #expect(ModulePage.named("copie") == nil)
    }
}
