import BigInt
import TestSupport
import YAML

@testable import Templating

extension FuzzTarget {
    static let templates: [FuzzTarget] = [
        FuzzTarget(
            "template", samples: Samples.texts("templates", "template"), words: TemplateGrammar.words,
            grammar: { dice in TemplateGrammar.template(&dice) }
        ) { bytes in
            render(String(decoding: bytes, as: UTF8.self))
        },
        FuzzTarget(
            "condition", samples: Samples.texts("templates", "template"), words: TemplateGrammar.words,
            grammar: { dice in TemplateGrammar.expression(&dice, 4) }
        ) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            guard !Samples.reachesOut(text) else { return }
            _ = try? Templar().condition(.string(text, .trusted), in: TemplateVariables.scope)
            _ = try? Templar.checkCondition(text)
        },
        // Every filter, test, method and lookup, with arguments of every type: one call an input.
        FuzzTarget(
            "operation", samples: ["{{ zz | int(0, 36) }}"], words: TemplateGrammar.words,
            grammar: { dice in TemplateGrammar.operation(&dice) }
        ) { bytes in
            render(String(decoding: bytes, as: UTF8.self))
        },
        FuzzTarget(
            "template-file", samples: Samples.texts("templatefiles", "template"),
            words: TemplateGrammar.words + ["#jinja2: trim_blocks: False, ", "variable_start_string: '[%'", "\n"],
            grammar: { dice in
                (dice.chance(20)
                    ? "#jinja2: \(dice.one(of: ["trim_blocks: False", "lstrip_blocks: True", "variable_start_string: '[', variable_end_string: ']'", "newline_sequence: ''", "block_start_string: ''"]))\n"
                    : "")
                    + (0..<dice.magnitude(upTo: 12)).map { _ in TemplateGrammar.template(&dice) }.joined(
                        separator: "\n")
            }
        ) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            guard !Samples.reachesOut(text) else { return }
            var options = TemplateFileOptions()
            if bytes.count.isMultiple(of: 3) { options.lstripBlocks = true }
            if bytes.count.isMultiple(of: 5) { options.newlineSequence = "\r\n" }
            _ = try? Templar().renderFile(text, options: options, in: TemplateVariables.scope)
        },
        FuzzTarget(
            "regex",
            samples: [
                "a", "(a+)+$\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(?P<n>x)(?P=n)|\\1\nxx",
                "^(\\w+\\s?)*$\nsome words that end in a mark!", "(?i)[^\\W\\d_]{2,}\nÄß", "(?x) a # b\n\naa",
            ],
            words: [
                "(?P<a>", "(?P=a)", "(?:", "(?=", "(?<!", "(?i)", "(?#", "[^", "]", "\\1", "\\d", "\\w*", "{1,",
                "{99999}", "{9999999999}", ")*", ")+", "|", "\\", "\\x", "\\u12", "\\U00110000", "[a-", "\\Z", "\n",
            ]
        ) { bytes in
            let parts = String(decoding: bytes, as: UTF8.self).split(
                separator: "\n", maxSplits: 1, omittingEmptySubsequences: false
            ).map(String.init)
            let variables: ValueMap = ["p": .string(parts[0]), "t": .string(parts.count > 1 ? parts[1] : parts[0])]
            // One of them each time: a bad pattern takes all the time that there is for one search.
            let templates = [
                "{{ t | regex_search(p) }}", "{{ t | regex_findall(p, multiline=true) }}",
                "{{ t | regex_replace(p, '\\\\1x\\\\g<0>') }}", "{{ t is match(p) }}", "{{ p | regex_escape }}",
                "{{ 'aXb' | regex_replace('(X)', p) }}",
            ]
            _ = try? Templar().render(
                .string(templates[bytes.count % templates.count], .trusted),
                in: TemplateVariables.Scope(variables: variables))
            _ = Glob(parts[0]).matches(parts.last ?? "")
        },
    ]

    private static func render(_ text: String) {
        guard !Samples.reachesOut(text) else { return }
        _ = try? Templar().render(.string(text, .trusted), in: TemplateVariables.scope)
        _ = try? Templar.check(text)
    }
}

/// One variable of every type, and those values of it at which something may go wrong.
enum TemplateVariables {
    struct Scope: VariableScope {
        let variables: ValueMap
        func variable(named name: String) -> Value? { variables[name] }
        var variableNames: [String] { variables.names }
    }

    static let scope: Scope = {
        var variables =
            (try? YAMLParser.parse(Array(text.utf8), file: "variables.yml", isTrusted: true))?.root.value.map ?? [:]
        variables["huge"] = .bigInt(BigInt(10).power(400))
        variables["below"] = .bigInt(-BigInt(10).power(400))
        variables["zz"] = .string("zz")
        // Secrets take ways of their own.
        variables["token"] = .dict([
            "text": .string("Marked-\"token", .secret("p.text")), "short": .string("q", .secret("p.short")),
            "pin": .int(83729, .secret("p.pin")), "flag": .bool(true, .secret("p.flag")),
        ])
        variables["secret"] = .string("Marked-\"token", .secret("p.text"))
        variables["flag"] = .bool(true, .secret("p.flag"))
        variables["long"] = .string(String(repeating: "ab c\n", count: 400))
        variables["many"] = .list((0..<400).map { .int($0) })
        var deep = Value.list([])
        for _ in 0..<200 { deep = .list([deep]) }
        variables["deep"] = deep
        return Scope(variables: variables)
    }()

    static var names: [String] { scope.variableNames + ["undefined_name", "omit", "none", "true", "false"] }

    private static let text = """
        nothing: null
        yes_: true
        zero: 0
        one: 1
        minus: -1
        most: 9223372036854775807
        least: -9223372036854775808
        beyond: 9223372036854775808
        half: 0.5
        big: 1.0e+300
        nan_: .nan
        inf_: .inf
        ninf: -.inf
        empty: ""
        space: " \\t\\n"
        text: some text
        digits: "12"
        hex: "0xff"
        ipv4: 10.0.0.1
        url: "http://u:p@host:99999999999/a?b=c#d"
        unicode: "äß€😀é İ"
        percent: "%s %d %99999999d %(a)s %*d"
        braces: "{} {0} {a.b[c]} {0:>99999999} {0!r:{1}}"
        pattern: "(a+)+$"
        path_: "/a/../b//c.tar.gz"
        version_: "1.2.3-rc1+b"
        date_text: "2024-02-30 25:61:61"
        date_: 2024-02-29
        moment: 2024-02-29T23:59:59.999999+14:00
        first_day: 0001-01-01
        last_day: 9999-12-31
        bytes_: !!binary AP8B
        set_: !!set {a, 1}
        list_: [3, 1, 2]
        texts: [b, "", a, B]
        mixed: [1, a, null, 1.5, [2], {k: v}]
        pairs: [[a, 1], [b, 2]]
        dicts: [{name: a, n: 1, l: [1, 2]}, {name: b, n: -1, l: []}, {name: a}]
        empty_list: []
        dict_: {a: 1, b: {c: [1, 2]}, "": x}
        odd_keys: {1: a, 1.5: b, null: c, true: d, 2024-01-01: e}
        empty_dict: {}
        template_: "{{ text }}"
        loop_: "{{ loop_ }}"
        failing: "{{ 1 // 0 }}"
        result: {rc: 0, stdout: "", failed: false, changed: true, results: [], stat: {exists: true}}
        """
}
