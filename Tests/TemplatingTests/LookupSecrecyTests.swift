import Redaction
import Testing
import YAML

@testable import Templating

/// What is looked for by a secret value: its name, path or command stands in errors and in the audit trail.
struct LookupSecrecyTests {
    private struct Scope: VariableScope {
        let secret: String
        func variable(named name: String) -> Value? { name == "s" ? .string(secret, .secret("p.name")) : nil }
        var variableNames: [String] { ["s"] }
    }

    private func templar(_ secrets: SecretSet) -> Templar {
        var environment = TemplateEnvironment()
        environment.secrets = secrets
        // As the audit trail writes it, before anything is read.
        environment.secret = { provider, fields in
            throw TemplateError(
                .other,
                "no \(RedactedText(provider, secrets: secrets)) with \(fields.map { RedactedText($0, secrets: secrets).description })"
            )
        }
        return Templar(environment: environment)
    }

    @Test(
        arguments: [
            "{{ lookup('file', s) }}", "{{ lookup('unvault', s) }}", "{{ lookup('template', s) }}",
            "{{ lookup('vars', s) }}", "{{ lookup('pipe', s) }}", "{{ lookup('vault', s, 'x') }}",
            "{{ lookup('vault', 'x', s) }}",
            "{{ lookup('csvfile', 'x', file=s) }}", "{{ lookup('ini', s, file='nowhere') }}",
            "{{ lookup('sequence', s) }}", "{{ lookup(s) }}", "{% include s %}", "{% import s as m %}",
            "{% extends s %}",
        ], ["Marked-Name/of-a-secret", "q7z"])
    func `an error shows no secret that something was looked for by`(template: String, secret: String) throws {
        let secrets = SecretSet()
        let error = try #require(throws: TemplateError.self) {
            try templar(secrets).render(.string(template, .trusted), in: Scope(secret: secret))
        }
        let shown = RedactedText(error.message, secrets: secrets).description
        #expect(!shown.contains(secret), "\(shown)")
    }

    @Test func `with_file and the like hide it, too`() throws {
        let secrets = SecretSet()
        let error = try #require(throws: TemplateError.self) {
            try templar(secrets).lookup("file", [.string("Marked-File-Name", .secret("p.name"))], in: Scope(secret: ""))
        }
        #expect(error.message.contains("Marked-File-Name"))
        #expect(
            RedactedText(error.message, secrets: secrets).description == "the file '«redacted:p.name»' was not found")
    }

    @Test func `a secret name of a provider is searched for before it is asked for`() throws {
        let error = try #require(throws: TemplateError.self) {
            try templar(SecretSet()).render(
                .string("{{ secrets[s].token }}", .trusted), in: Scope(secret: "Marked-Provider"))
        }
        #expect(error.message.contains("no «redacted:p.name» with"), "\(error.message)")
    }

    @Test func `parts of a term are searched for where they stand alone`() throws {
        let secrets = SecretSet()
        _ = try? templar(secrets).render(
            .string("{{ lookup('first_found', s) }}", .trusted), in: Scope(secret: "Marked-First;Marked-Second"))
        #expect(
            RedactedText("Marked-First, Marked-Second", secrets: secrets).description
                == "«redacted:p.name», «redacted:p.name»")
    }
}
