import Inventory
import Redaction
import Templating
import Testing
import YAML

@testable import Engine

/// What a run has to write down of its secrets, so that a process that resumes it hides the same.
struct ResumeSecrecyTests {
    private func made(_ text: String, _ label: String) -> JoinedSecret {
        JoinedSecret(text: Secret(text), label: label)
    }

    @Test func `the journal keeps what joined the search, with its label`() throws {
        let joined = [made("0123-dekraM", "p.token"), made("of-a-task", "no_log")]
        let learned = try #require(TaskMemory.value([], hidden: joined))
        #expect(TaskMemory.hidden(learned) == joined)
        #expect(TaskMemory.hidden(TaskMemory.value(TaskResult(), hidden: joined)) == joined)
        // Journals of before have texts of `no_log` tasks only.
        #expect(TaskMemory.hidden(.dict(["hidden": .list([.string("of-a-task")])])) == [joined[1]])
    }

    @Test func `what was secret before is not written down, what was made of it is, for every task that uses it`() {
        let secrets = SecretSet()
        secrets.insert(Secret("Marked-Token"), label: "p.token")
        let notes = SecretNotes(secrets)
        #expect(!notes.areNeeded(for: Secret("Marked-Token")))
        for _ in 0..<2 {
            #expect(notes.areNeeded(for: Secret("nekoT-dekraM")))
            secrets.insert(Secret("nekoT-dekraM"), label: "p.token")
        }
    }

    @Test func `a trace says each secret once, and what of them is not written down yet`() {
        let trace = TaskTrace()
        trace.note(hidden: [made("a", "x"), made("a", "x"), made("b", "x")])
        #expect(trace.hidden == [made("a", "x"), made("b", "x")])
        trace.wrote(trace.unwritten.count)
        trace.note(hidden: [made("a", "x"), made("c", "x")])
        #expect(trace.unwritten.secrets == [made("c", "x")] && trace.unwritten.count == 3)
    }

    @Test func `what hostvars makes of a secret is noted for the whole run`() throws {
        let secrets = SecretSet()
        secrets.insert(Secret("Marked-Token"), label: "p.token")
        var environment = TemplateEnvironment()
        environment.secrets = secrets
        let notes = SecretNotes(secrets)
        let fleet = FleetVariables(
            try Inventory.load(["h,"]), extra: [:], constants: [:], templar: Templar(environment: environment),
            notes: notes)
        fleet.host("h").apply(
            .files([
                "token": .string("Marked-Token", .secret("p.token")),
                "line": .string("pre {{ token | reverse }} post", .trusted),
            ]))
        _ = fleet.hostvars()
        #expect(notes.shared.hidden == [made("nekoT-dekraM", "p.token")])
    }
}
