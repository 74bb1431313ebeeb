import Redaction
import Templating
import Testing
import YAML

/// What a template does with what is known of values: `Provenance`.
struct ProvenanceTests {
    private struct Scope: VariableScope {
        var variables: ValueMap
        func variable(named name: String) -> Value? { variables[name] }
        var variableNames: [String] { variables.names }
    }

    private static let token = "Marked-\"Tok'en-0815"
    private let secrets = SecretSet()
    private var templar: Templar {
        var environment = TemplateEnvironment()
        environment.secrets = secrets
        return Templar(environment: environment)
    }
    private var scope: Scope {
        Scope(variables: [
            "cond": .string("1 == 1", .trusted), "list": .list([.string("1 == 1", .trusted)]),
            "made": .string("{{ '1' ~ ' == 1' }}", .trusted), "alias": .string("{{ cond }}", .trusted),
            "said": .string("1 == 1"), "saidTemplate": .string("{{ 1 }}"),
            "report": .dict(["stdout": .string("1 == 1"), "list": .list([.string("{{ cond }}")])]),
            "token": .string(Self.token, .secret("p.token")), "pin": .int(83729, .secret("p.pin")),
            "flag": .bool(true, .secret("p.flag")), "short": .string("q7", .secret("p.short")),
            "user": .string("ubuntu", .secret("p.user", isSearched: false)),
            "nested": .dict(["a": .list([.string(Self.token, .secret("p.token")), .int(1)])]),
        ])
    }
    private func render(_ template: String) throws -> Value {
        try templar.render(.string(template, .trusted), in: scope)
    }

    // MARK: Trust

    /// As ansible-core 2.19.14: a text of the playbook that is handed on whole may be a condition, one that a template
    /// made may not.
    @Test(arguments: [
        ("{{ cond }}", true), ("{{ alias }}", true), ("{{ list | first }}", true),
        ("{{ cond if true else said }}", true), ("{{ list[0] }}", true), ("{{ cond | default('x') }}", true),
        ("{{ made }}", false), ("{{ said }}", false), ("{{ report.stdout }}", false),
        ("{{ nothing | default('1 == 1') }}", false), ("{{ ['1 ==', '1'] | join(' ') }}", false),
        ("{{ cond ~ '' }}", false), ("{{ cond | trim }}", false), ("{{ {'a': said}.a }}", false),
        ("{{ [said] | first }}", false), ("{{ cond | replace('x', 'y') }}", false),
    ])
    func `a condition that a template gives runs when its text is the playbook's`(condition: String, runs: Bool) throws
    {
        if runs {
            #expect(try templar.condition(.string(condition, .trusted), in: scope))
        } else {
            let error = try #require(throws: TemplateError.self) {
                try templar.condition(.string(condition, .trusted), in: scope)
            }
            #expect(
                error.kind == .other && error.message.contains("did not come from the playbook"), "\(error.message)")
        }
    }

    @Test func `a text that is data is no condition and no template`() throws {
        #expect(throws: TemplateError.self) { try templar.condition(.string("1 == 1"), in: scope) }
        #expect(try templar.render(.string("{{ cond }}"), in: scope) == .string("{{ cond }}"))
        #expect(
            try render("{{ saidTemplate }} {{ report.list[0] }} {{ report.list | join }}")
                == .string("{{ 1 }} {{ cond }} {{ cond }}"))
    }

    @Test func `what comes out of a template is data, and so is no template for the next`() throws {
        let result = try render("{{ '{{ cond }}' }}")
        #expect(result == .string("{{ cond }}") && !result.provenance.isTrusted)
        #expect(try templar.render(result, in: scope) == result)
        #expect(try render("{{ cond }}").provenance.isTrusted)
    }

    // MARK: Secrecy

    @Test(arguments: [
        ("{{ token }}", "p.token"), ("{{ pin }}", "p.pin"), ("{{ flag }}", "p.flag"),
        ("{{ nothing | default(token) }}", "p.token"), ("{{ [token, 1] | first }}", "p.token"),
        ("{{ {'a': pin}.a }}", "p.pin"), ("{{ nested.a[0] }}", "p.token"),
        ("{{ flag | ternary(token, 1) }}", "p.token"), ("{{ [{'a': pin}] | map(attribute='a') | first }}", "p.pin"),
        // What is made of a secret:
        ("{{ token | upper }}", "p.token"), ("{{ token | hash('sha256') }}", "p.token"),
        ("{{ token | length }}", "p.token"), ("{{ pin + 1 }}", "p.pin"), ("{{ -pin }}", "p.pin"),
        ("{{ token[2:5] }}", "p.token"),
        ("{{ token[0] }}", "p.token"), ("{{ token.upper() }}", "p.token"), ("{{ token.split('-') | last }}", "p.token"),
        ("{{ [token] | map('upper') | first }}", "p.token"), ("{{ pin | string }}", "p.pin"),
        ("{{ [pin, 1] | sum }}", "p.pin"), ("{{ [1] | sum(start=pin) }}", "p.pin"),
        ("{{ [{'a': flag}] | sum(attribute='a') }}", "p.flag"), ("{{ 2 | root(pin) }}", "p.pin"),
        ("{{ token | zip([1]) | first | first }}", "p.token"),
        ("{% for c in token %}{{ c }}{% endfor %}", "p.token"), ("{{ ['a', short] | path_join }}", "p.short"),
        ("{{ [short, short] | commonpath }}", "p.short"),
        ("{{ [1, 2] | to_json(separators=[short, ':']) }}", "p.short"),
        ("{{ [{'key': short, 'value': 1}] | items2dict | to_json }}", "p.short"),
        // Where it can't be searched for, the whole is secret:
        ("flag is {{ flag }}", "p.flag"), ("{{ 'a' ~ short ~ 'b' }}", "p.short"),
        ("{{ {'a': flag} | to_json }}", "p.flag"), ("{{ [short, 'x'] | join(',') }}", "p.short"),
        ("{{ user ~ '@host' }}", "p.user"),
        ("{{ '%s' | format(short) }}", "p.short"), ("{{ 'x{}'.format(short) }}", "p.short"),
        ("{{ 'x' | regex_replace('x', short) }}", "p.short"), ("{{ {'a': [flag]} | to_nice_yaml }}", "p.flag"),
        ("{{ [flag] }}!", "p.flag"),
        ("{{ '%s!' % [short] }}", "p.short"), ("{{ '%(u)s' % {'u': user} }}", "p.user"),
        ("{{ ','.join([short, 'x']) }}", "p.short"), ("{{ '{u:>9}'.format_map({'u': user}) }}", "p.user"),
    ])
    func `what is secret stays secret, and what is made of it is`(template: String, label: String) throws {
        #expect(try render(template).provenance.label == label)
    }

    /// The whole is shown, and the secret in it is found by the search.
    @Test(arguments: [
        "Bearer {{ token }}!", "{{ 'x' ~ token }}", "{{ {'a': token} | to_json }}", "{{ ['x', token] | join(',') }}",
        "pin {{ pin }}", "{{ 'x-%s' | format(token) }}", "{{ 'x' + token }}", "{{ [token] }} x",
    ])
    func `a text that a secret is put into is searched for it`(template: String) throws {
        let value = try render(template)
        #expect(!value.provenance.isSecret)
        let shown = RedactedText(value.string ?? JSON.text(value), secrets: secrets).description
        #expect(shown.contains("«redacted:p.") && !shown.contains("Marked") && !shown.contains("83729"), "\(shown)")
    }

    @Test func `what is derived and then put into a text is searched for, too`() throws {
        let value = try render("x {{ token | hash('sha256') }}")
        #expect(RedactedText(value.string ?? "", secrets: secrets).description == "x «redacted:p.token»")
    }

    @Test(arguments: [
        "{{ token == 'x' }}", "{{ token is defined }}", "{{ 'a' in token }}", "{{ 'v' | default(short) }}",
        "{{ flag | ternary('a', 'b') }}",
        "{{ {'a': 1} | combine({'b': short}) | dict2items | map(attribute='key') | first }}",
    ])
    func `comparisons, tests and what only stands beside a secret are plain`(template: String) throws {
        #expect(!(try render(template)).holdsSecret)
    }

    @Test(
        arguments: [
            ("a: {{ flag }}\nb\n", "p.flag"), ("{{ flag }}", "p.flag"), ("{{ short }}\n", "p.short"),
            ("{{ [flag, 1] }}", "p.flag"), ("{% filter upper %}{{ short }}{% endfilter %} b\n", "p.short"),
            ("{% filter hash('sha256') %}{{ token }}{% endfilter %}", "p.token"),
            ("{% set x %}{{ user }}@host{% endset %}{{ x }}", "p.user"), ("a {{ token }}\n", nil), ("{{ pin }}\n", nil),
            ("plain\n", nil),
        ] as [(String, String?)])
    func `a file is known as the secret in it that can't be searched for`(file: String, label: String?) throws {
        #expect(try templar.renderFile(file, options: TemplateFileOptions(), in: scope).provenance.label == label)
    }

    /// What is nothing but a boolean must not have every boolean of the output hidden.
    @Test func `a file that is a boolean is secret, and not searched for`() throws {
        #expect(try !templar.renderFile("{{ flag }}", options: TemplateFileOptions(), in: scope).provenance.isSearched)
    }

    /// Connections are made with them: their templates are still rendered.
    @Test func `variables that hold credentials are secret by their names, and so is what their templates make`() throws
    {
        let scope = Scope(
            variables: CredentialVariables.known(in: [
                "ansible_password": .string("{{ 'Marked' ~ '-1' }}", .trusted),
                "ansible_become_password": .string("Marked-2"), "ansible_become_pass": .string("{{ token }}", .trusted),
                "ansible_sudo_pass": .string("{{ 1 }}"), "ansible_ssh_pass": .int(83729, .trusted),
                "token": .string(Self.token, .secret("p.token")), "ansible_user": .string("ubuntu", .trusted),
                "hosts": .list([.dict(["ansible_password": .string("{{ 'Marked' ~ '-3' }}", .trusted)])]),
            ]))
        func render(_ template: String) throws -> Value { try templar.render(.string(template, .trusted), in: scope) }
        for (template, text, label) in [
            ("{{ ansible_password }}", "Marked-1", "inventory.ansible_password"),
            ("{{ ansible_password | reverse }}", "1-dekraM", "inventory.ansible_password"),
            ("{{ ansible_become_password[2:] }}", "rked-2", "inventory.ansible_become_password"),
            ("{{ ansible_become_pass }}", Self.token, "p.token"),
            ("{{ ansible_sudo_pass }}", "{{ 1 }}", "inventory.ansible_sudo_pass"),
            ("{{ ansible_ssh_pass | string }}", "83729", "inventory.ansible_ssh_pass"),
            ("{{ hosts[0].ansible_password }}", "Marked-3", "inventory.ansible_password"),
            ("{{ lookup('vars', 'ansible_password') }}", "Marked-1", "inventory.ansible_password"),
        ] {
            let value = try render(template)
            #expect(value == .string(text) && value.provenance.label == label, "\(template)")
        }
        #expect(try !render("{{ ansible_user }}").provenance.isSecret)
        // Where a scope has not said so, the name does.
        #expect(
            try templar.render(
                .string("{{ ansible_password }}", .trusted),
                in: Scope(variables: ["ansible_password": .string("{{ 'x' }}", .trusted)])
            ).provenance.isSecret)
        // As a connection reads it.
        let password = try #require(scope.variables["ansible_password"])
        #expect(Templar.holdsTemplate(password))
        let rendered = try templar.render(password, in: scope)
        #expect(
            rendered == .string("Marked-1") && rendered.provenance.label == "inventory.ansible_password"
                && !rendered.provenance.isTrusted)
    }

    @Test(
        arguments: [
            ("{{ lookup('env', 'OPENS') }}", "v.opens"), ("{{ lookup('env', 'OPENS')[2:] }}", "v.opens"),
            ("{{ lookup('env', 'OPENS') | reverse }}", "v.opens"), ("{{ '$OPENS' | expandvars | reverse }}", "v.opens"),
            ("{{ 'a${OPENS}b' | expandvars }}", "v.opens"), ("{{ lookup('env', 'HOME') }}", nil),
            ("{{ '$HOME/$NOWHERE' | expandvars }}", nil), ("{{ '~/x' | expanduser }}", nil),
        ] as [(String, String?)])
    func `what the environment has of the vault is secret, and what is made of it is`(
        template: String, label: String?
    ) throws {
        var environment = TemplateEnvironment()
        let variables: [String: Value] = [
            "OPENS": .string("Marked-Environment", .secret("v.opens")), "HOME": .string("/home/me"),
        ]
        environment.environment = { variables[$0] }
        let value = try Templar(environment: environment).render(.string(template, .trusted), in: scope)
        #expect(value.provenance.label == label && value.string != nil)
    }

    // MARK: Origin

    @Test func `an error names the template in which it happened, the innermost one`() throws {
        let file = """
            one: "{{ two }}"
            two: "a {{ missing }} b"
            block: |
              fine
              {{ missing.too }}
            """
        let variables = try #require(
            try YAMLParser.parse(Array(file.utf8), file: "vars.yml", isTrusted: true).root.value.map)
        func place(of name: String) throws -> String? {
            let error = try #require(throws: TemplateError.self) {
                try templar.render(.string("{{ \(name) }}", .trusted), in: Scope(variables: variables))
            }
            return error.template?.description
        }
        #expect(try place(of: "one") == "vars.yml:2:6: a {{ missing }} b")
        #expect(try place(of: "block") == "vars.yml:5:8: {{ missing.too }}")
    }
}
