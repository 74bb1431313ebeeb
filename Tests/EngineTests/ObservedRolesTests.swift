import Foundation
import Playbook
import Runs
import Testing
import YAML

@testable import Engine

/// Trees of roles, collections and files, with what ansible-core does with them: see Tests/Fixtures/roles.
@Suite(.timeLimit(.minutes(5))) struct ObservedRolesTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let id: String
        let files: [String: String], environment: [String: String]
        let options: [String]
        let messages: [String]
        let succeeds: Bool
        var testDescription: String { id }
    }

    static let cases: [Case] = {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/roles/cases.json")
        guard let data = try? Data(contentsOf: path), let list = try? JSON.parse(Array(data)).list else { return [] }
        func texts(_ value: Value?) -> [String: String] {
            var texts: [String: String] = [:]
            for (key, value) in value?.map?.pairs ?? [:] { texts[key.string ?? ""] = value.string }
            return texts
        }
        return list.compactMap(\.map).map { entry in
            Case(
                id: entry["id"]?.string ?? "", files: texts(entry["files"]), environment: texts(entry["environment"]),
                options: entry["options"]?.list?.compactMap(\.string) ?? [],
                messages: entry["messages"]?.list?.compactMap(\.string) ?? [], succeeds: entry["code"]?.int == 0)
        }
    }()

    /// Where it still differs, as docs/differences.md says; a case that no longer does fails here.
    private static let known: Set<String> = [
        "roles-duplicates-of-includes", "public-nested", "collection-roles",
    ]

    /// What Ansible prints from another current folder than the tree's, where the tests are: `tasks/NAME` is looked for
    /// in the current folder, too, and the recorded message is that file's.
    private static let elsewhere = ["import-nearest-first": ["a/tasks/q"], "include-role-folder": ["a"]]

    @Test func `there are cases`() { #expect(Self.cases.count > 50) }

    @Test(arguments: cases) func `roles and files are found, and run, as in Ansible`(_ observed: Case) async throws {
        var scenario = Scenario(hosts: ["localhost"])
        scenario.files = observed.files
        // Relative entries of paths are relative to the current folder, which a test does not change.
        scenario.environment = observed.environment.mapValues {
            $0.split(separator: ":").map { $0.hasPrefix("$DIR") ? String($0) : "$DIR/\($0)" }.joined(separator: ":")
        }
        scenario.environment["ANSIBLE_COLLECTIONS_SCAN_SYS_PATH"] = "no"
        if observed.options.first == "--tags" {
            scenario.options.tags = TagSelection(only: Set(observed.options.dropFirst()))
        }
        let outcome: Scenario.Outcome
        do { outcome = try await scenario.run(observed.files["play.yml"] ?? "") } catch let error as Diagnostics {
            #expect(observed.succeeds == Self.known.contains(observed.id), "\(error)")
            return
        }
        if Self.known.contains(observed.id) {
            #expect(outcome.messages != observed.messages, "\(observed.id) is as Ansible's now")
            return
        }
        #expect(outcome.messages == Self.elsewhere[observed.id] ?? observed.messages, "\(outcome.lines)")
        #expect((outcome.summary.exitCode == 0) == observed.succeeds)
    }
}

extension Scenario.Outcome {
    /// Those of tasks that were well, in their order; `$DIR` is the scenario's folder.
    fileprivate var messages: [String] {
        let real = (try? URL(filePath: folder).resourceValues(forKeys: [.canonicalPathKey]).canonicalPath) ?? folder
        return events.flatMap { event -> [String] in
            let outcome: RunEvent.Outcome
            switch event.kind {
            case .hostTaskFinished(_, _, let result): outcome = result
            case .itemFinished(_, _, _, let result): outcome = result
            default: return []
            }
            guard outcome.status == .ok || outcome.status == .changed,
                let values = try? JSON.parse(Array(outcome.result.description.utf8)).map, values["results"] == nil,
                let message = values["msg"]?.string
            else { return [] }
            return [message.replacing(real, with: "$DIR").replacing(folder, with: "$DIR")]
        }
    }
}
