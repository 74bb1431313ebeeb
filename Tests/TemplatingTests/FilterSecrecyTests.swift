import Redaction
import Testing
import YAML

@testable import Templating

/// A secret that goes into a filter comes out of it as one: every filter there is gets secrets of each kind, as its
/// input and as its arguments, and a new one gets them, too.
///
/// What a filter makes of a list or a mapping that a secret is in may be plain where it is something else (how many
/// items there are, of what type they are): only the secret's own value is looked for.
struct FilterSecrecyTests {
    private struct Scope: VariableScope {
        let secret: Value
        func variable(named name: String) -> Value? { name == "s" ? secret : nil }
        var variableNames: [String] { ["s"] }
    }

    /// All but the first can't be searched for in texts.
    private static let secrets: [Value] = [
        .int(83729, .secret("p.pin")), .int(837, .secret("p.small")), .bool(true, .secret("p.flag")),
        .string("q7z", .secret("p.short")),
    ]
    private static let secretInputs = [
        "s", "s | string", "s | string | b64encode", "[s]", "[s, s]", "['x', s]", "{'a': s}", "[{'a': s}]",
        "[{'a': [s]}]", "[['k', s]]", "[{'key': 'k', 'value': s}]", "[[s], [1]]",
    ]
    private static let plainArguments = [
        "", "(1)", "('a')", "('a', 'b')", "('string')", "(attribute='a')", "(start=[])", "([1])", "({'a': 1})",
    ]
    private static let plainInputs = ["'x'", "'a'", "'%s'", "1", "[1]", "['x']", "{'a': 1}"]
    private static let secretArguments = [
        "(s)", "('a', s)", "(1, s)", "([s])", "({'a': s})", "(start=s)", "(default=s)", "(fillvalue=s)",
        "(attribute='a', default=s)", "(separators=[s, s])",
    ]
    /// `attr` gives methods, which are no results, and `to_datetime` a time, which has nothing of a value's knowledge.
    private static let withoutResults: Set<String> = ["attr", "to_datetime"]

    @Test(.timeLimit(.minutes(5))) func `no filter makes a plain value of a secret`() {
        // A name that a task gives to a key (`dict2items(key_name=…)`) is shown; a key that an input became is not.
        var uses: [(input: String, arguments: String, looksAtKeys: Bool)] = []
        for input in Self.secretInputs {
            for arguments in Self.plainArguments { uses.append((input, arguments, true)) }
        }
        for input in Self.plainInputs {
            for arguments in Self.secretArguments { uses.append((input, arguments, false)) }
        }
        var accepted: Set<String> = []
        for secret in Self.secrets {
            let scope = Scope(secret: secret)
            for name in Filters.names {
                for (input, arguments, looksAtKeys) in uses {
                    let template = "{{ \(input) | \(name)\(arguments) }}"
                    let secrets = SecretSet()
                    var environment = TemplateEnvironment()
                    environment.secrets = secrets
                    guard
                        let result = try? Templar(environment: environment).render(
                            .string(template, .trusted), in: scope)
                    else { continue }
                    accepted.insert(name)
                    #expect(
                        !Self.shows(result, secret, secrets, keys: looksAtKeys),
                        "\(template) shows \(JSON.text(secret)): \(JSON.text(result))")
                }
            }
        }
        #expect(
            Set(Filters.names).subtracting(accepted).isSubset(of: Self.withoutResults),
            "these took none of the inputs and arguments: add some that they take")
    }

    /// Whether the secret can be read in what is shown of the value.
    private static func shows(_ value: Value, _ secret: Value, _ secrets: SecretSet, keys: Bool) -> Bool {
        if value.provenance.isSecret { return false }
        switch value {
        case .list(let items), .set(let items): return items.contains { shows($0, secret, secrets, keys: keys) }
        case .dict(let map):
            return map.pairs.contains {
                keys && shows($0.key, secret, secrets, keys: keys) || shows($0.value, secret, secrets, keys: keys)
            }
        case .string(let text, _):
            let wanted = (secret.string ?? JSON.text(secret)).lowercased()
            return text.lowercased().contains(wanted)
                && RedactedText(text, secrets: secrets).description.lowercased().contains(wanted)
        case .double(let number, _): return JSON.text(secret) == JSON.text(.int(Int(exactly: number) ?? 0))
        default: return value == secret
        }
    }
}
