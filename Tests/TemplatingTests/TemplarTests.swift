import Templating
import Testing
import YAML

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    /// A playbook's.
    package init(stringLiteral text: String) { self = .string(text, .trusted) }
    package init(integerLiteral number: Int) { self = .int(number) }
}

private struct Scope: VariableScope {
    let variables: ValueMap
    /// As a playbook's, or as a host said them.
    init(_ values: ValueMap, isTrusted: Bool = true) {
        variables = Value.dict(values).with(isTrusted ? .trusted : .data).map ?? [:]
    }
    func variable(named name: String) -> Value? { variables[name] }
    var variableNames: [String] { variables.names }
}

@Test func valuesThatAreNoTemplatesAreNeverRendered() throws {
    let said: ValueMap = ["out": "{{ password }}", "list": .list(["{{ password }}"]), "password": "hush"]
    #expect(try Templar().render("{{ out }}", in: Scope(said, isTrusted: false)) == "{{ password }}")
    #expect(
        try Templar().render("{{ list[0] }} {{ list | join }}", in: Scope(said, isTrusted: false))
            == "{{ password }} {{ password }}")
}

@Test func whatAHostSaidIsNoCondition() throws {
    let said: ValueMap = ["out": "lookup('pipe', 'touch /tmp/x') == ''", "yes": "true"]
    for condition: Value in ["{{ out }}", "{{ yes }}", "{{ out | trim }}", "{{ [yes] | first }}"] {
        #expect(throws: TemplateError.self) { try Templar().condition(condition, in: Scope(said, isTrusted: false)) }
    }
    #expect(try Templar().condition("{{ yes }}", in: Scope(said)))
}

@Test func aRenderedTextIsNotRenderedAgain() throws {
    let scope = Scope(["a": "{{ '{' ~ '{ b }' ~ '}' }}", "b": "no"])
    #expect(try Templar().render("{{ a }}", in: scope) == "{{ b }}")
}

@Test func anArgumentIsRenderedInItsDepthAndOmittedEntriesGo() throws {
    let argument: Value = .dict([
        "path": "/{{ n }}", "owner": "{{ who | default(omit) }}", "list": .list(["{{ omit }}", 1, "{{ n }}"]),
    ])
    #expect(try Templar().render(argument, in: Scope(["n": 5])) == .dict(["path": "/5", "list": .list([1, 5])]))
}

@Test(arguments: [
    ("a\n  {{ nope }}", 2, 6), ("{{ 1 + }}", 1, 8), ("x {% if %}{% endif %}", 1, 9),
    ("{{ 'a' | upper | nosuch }}", 1, 18), ("{{ (1, 2 }}", 1, 10),
])
func anErrorTellsItsPlace(template: String, line: Int, column: Int) throws {
    let error = try #require(throws: TemplateError.self) {
        try Templar().render(.string(template, .trusted), in: Scope([:]))
    }
    #expect(error.line == line && error.column == column, "\(error.line):\(error.column) \(error.message)")
}

@Test(arguments: [
    ("{{ pasword }}", "did you mean 'password'?"), ("{{ password | uper }}", "did you mean 'upper'?"),
    ("{{ password is definde }}", "did you mean 'defined'?"),
])
func anErrorSuggestsANearName(template: String, suggestion: String) throws {
    let error = try #require(throws: TemplateError.self) {
        try Templar().render(.string(template, .trusted), in: Scope(["password": "hush"]))
    }
    #expect(error.message.contains(suggestion), "\(error.message)")
    #expect(!error.message.contains("hush"))
}

@Test(arguments: [
    "{{ secret | int + [] }}", "{{ secret | from_json }}", "{{ secret | from_yaml }}", "{{ secret | to_datetime }}",
    "{{ {}[secret] }}", "{{ secret | human_to_bytes }}",
    "{{ [1] | selectattr(secret) | list }}", "{{ secret + 1 }}",
    "{{ [] | items2dict(secret, secret) }}{{ secret | random(start=1) }}", "{{ secret | b64decode + 1 }}",
])
func noErrorShowsAValue(template: String) throws {
    let error = try #require(throws: TemplateError.self) {
        try Templar().render(.string(template, .trusted), in: Scope(["secret": "{hunter2: ["]))
    }
    #expect(!error.message.contains("hunter2"), "\(error.message)")
}

@Test func secretsAreReadWhenATemplateGetsThere() throws {
    var environment = TemplateEnvironment()
    environment.secret = { provider, fields in
        guard provider == "huggingface", fields == ["token"] else { throw TemplateError(.other, "no such secret") }
        return "t0ken"
    }
    let templar = Templar(environment: environment)
    #expect(try templar.render("{{ secrets.huggingface.token }}", in: Scope([:])) == "t0ken")
    #expect(try templar.render("{{ lookup('vault', 'huggingface', 'token') }}", in: Scope([:])) == "t0ken")
    #expect(try templar.render("{{ 1 if true else secrets.nobody.nothing }}", in: Scope([:])) == 1)
    #expect(throws: TemplateError.self) { try templar.render("{{ secrets.nobody.nothing }}", in: Scope([:])) }
}

@Test(arguments: [
    "{{ '\u{301}' | quote }}", "{{ \"'\u{301}; rm\" | quote }}",
])
func aQuoteWithAnAccentIsQuotedAllTheSame(template: String) throws {
    let text = try #require(try Templar().render(.string(template, .trusted), in: Scope([:])).string)
    #expect(text.utf8.first == UInt8(ascii: "'") && text.utf8.last == UInt8(ascii: "'"))
    if template.contains("rm") { #expect(text.unicodeScalars.filter { $0 == "\"" }.count == 2) }
}

@Test(arguments: [
    String(repeating: "(", count: 5000), "{{ " + String(repeating: "[", count: 5000),
    "{{ " + String(repeating: "not ", count: 5000) + "x }}",
    "{{ " + String(repeating: "-", count: 5000) + "1 }}", "{{ " + String(repeating: "1 + ", count: 5000) + "1 }}",
    String(repeating: "{% if x %}", count: 5000),
    "{{ 'a' * 10 ** 12 }}", "{{ 9 ** (9 ** 9) }}", "{{ range(10 ** 12) | list }}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{{ '%999999999999d' % 1 }}",
    "{{ '{:999999999999}'.format(1) }}",
    "{# ", "{% raw %}", "{{ '", "{%", "{{ \"\\", "{% for x in y %}", "{{ x | regex_search('(') }}",
])
func hostileTemplatesAreErrors(template: String) {
    #expect(throws: TemplateError.self) {
        if template.contains("{") {
            _ = try Templar().render(.string(template, .trusted), in: Scope(["x": "v"]))
        } else {
            _ = try Templar().condition(.string(template, .trusted), in: Scope(["x": "v"]))
        }
    }
}

@Test func checksFindWhatRenderingWould() {
    #expect(throws: TemplateError.self) { try Templar.check("{{ x | nosuch }}") }
    #expect(throws: TemplateError.self) { try Templar.checkCondition("x is nosuch") }
    #expect(throws: TemplateError.self) { try Templar.checkCondition("a b") }
    #expect(throws: Never.self) { try Templar.check("{% if false %}{{ x | nosuch }}{% endif %}") }
    #expect(throws: TemplateError.self) { try Templar.check("{{ (lookup('filee', x) | upper)[0] }}") }
    #expect(throws: TemplateError.self) { try Templar.checkCondition("query('nosuch') | length > 0") }
    #expect(throws: Never.self) {
        try Templar.check("{{ lookup('nosuch') if x else lookup(name) ~ lookup('ansible.builtin.env', 'HOME') }}")
    }
}
