import YAML

@testable import Inventory
@testable import Playbook
@testable import Scheduler
@testable import Templating

extension FuzzTarget {
    /// Formats of text that come from anywhere.
    static let texts: [FuzzTarget] = [
        FuzzTarget(
            "yaml", samples: Samples.texts("yaml", "yaml") + Samples.files("playbooks", ".yml"),
            words: [
                "- ", "? ", ": ", "!!int ", "!!float ", "!!binary ", "!!set ", "!!timestamp ", "!!omap ",
                "!!python/object:x ", "!unsafe ", "!vault |\n", "&a ", "*a", "<<: *a\n", "|\n ", ">-\n ", "---\n",
                "...\n", "%YAML 1.1\n",
                "%TAG ! tag:x,2000:\n", "\n", "  ", "[", "]", "{", "}", ",", "\"\\x", "\"\\u", "'", "#", "0x", "0o",
                "1_000", "190:20:30", ".inf", "1e", "2001-12-14t21:59:43.10-05:00", "=", "~",
            ]
        ) { bytes in
            if let document = try? YAMLParser.parse(bytes, file: "fuzz.yml", isTrusted: true) {
                use(document.root.value)
            }
            if let values = try? YAMLParser.parseAll(bytes, file: "fuzz.yml") { use(.list(values)) }
        },
        FuzzTarget(
            "json",
            samples: [
                "{\"a\": [1, -0.5e10, \"\\u00e9\\ud83d\\ude00\", null, true], \"b\": {}}", "[]", "1e400", "\"\\ud800\"",
            ],
            words: [
                "{", "}", "[", "]", "\"", ":", ",", "\\u", "\\ud800", "\\", "null", "true", "NaN", "Infinity", "-", "e",
                ".", "E+",
            ]
        ) { bytes in
            guard let value = try? JSON.parse(bytes, file: "fuzz.json") else { return }
            use(value)
            guard let again = try? JSON.parse(Array(JSON.text(value).utf8), file: "again.json") else {
                broken("what was written is not read")
            }
            use(again)
        },
        FuzzTarget(
            "python-literal",
            samples: [
                "[1, 'a', {'b': (1, 2.5e3, None)}, {1, 2}]", "u'x' b'y' r'z'", "0x1f + 1", "'\\N{DASH}'", "1_000",
                "{**a}",
            ],
            words: [
                "[", "]", "(", ")", "{", "}", "'", "\"\"\"", "\\x", "\\u", "\\U0011", "\\777", "0x", "0b", "1e", "j",
                "None", "True", "-", "+", "**", ",", ":", "r'", "b'", "_",
            ]
        ) { bytes in
            if let value = try? PythonLiteral.value(of: String(decoding: bytes, as: UTF8.self)) { use(value) }
        },
        FuzzTarget(
            "shell-words",
            samples: [
                "a 'b c' \"d \\\" e\" f\\ g # h", "name=x state='{{ y }}' z=\"a=b\"",
                "-o ProxyCommand='ssh -W %h:%p x' -p 99999", "{{ a | b('c d') }} {% if x %}y{% endif %}",
            ],
            words: ["'", "\"", "\\", "=", "#", "{{", "}}", "{%", "%}", " ", "\n", "\\x41", "\\u00", "creates=", "-o "]
        ) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            _ = try? ShellWords.split(text, comments: bytes.count.isMultiple(of: 2))
            for freeForm in [ModuleSpec.FreeForm.pairs, .command, .file] {
                _ = try? FreeForm.parse(
                    text, .trusted, spec: ModuleSpec("x", summary: "", options: [], freeForm: freeForm))
            }
        },
        FuzzTarget(
            "tables",
            samples: ["a,b\n\"c \"\"d\"\", e\",f\n", "[s]\na = b\n  c\n;d\ne: f\n", "k=v\n#c", "[DEFAULT]\nx\n"],
            words: ["\"", ",", "\t", "\n", "[", "]", "=", ":", "#", ";", "\r", " "]
        ) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            _ = CSVTable.rows(text, ",")
            _ = try? INITable.entries(text, isProperties: false, allowsNoValue: true)
            _ = try? INITable.entries(text, isProperties: true, allowsNoValue: false)
        },
        FuzzTarget(
            "cron",
            samples: ["30 2 * * mon-fri", "*/5 8-18/2 1,15,L * 7#2", "@daily", "0 0 29 2 0", "0 0 L-3 jan-dec/3 5L"],
            words: ["*", "/", "-", ",", "L", "#", "mon", "dec", "@yearly", " ", "?", "W", "99999999999999999999"]
        ) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            guard let expression = try? CronExpression(text) else { return }
            for zone in [Zone.utc, Zone("Europe/Berlin") ?? .utc, Zone("Australia/Lord_Howe") ?? .utc] {
                _ = expression.next(after: Moment(1_700_000_000), in: zone)
            }
        },
        FuzzTarget(
            "duration", samples: ["1h30m", "90", "2w 1d", "15M"], words: ["w", "d", "h", "m", "s", " ", "3153600000w"]
        ) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            if let seconds = Scheduler.DurationText.seconds(text) { _ = Scheduler.DurationText.text(seconds) }
        },
        FuzzTarget(
            "schedule",
            samples: Samples.files("schedule", ".yml") + [
                "jobs:\n  a:\n    playbook: x.yml\n    cron: '0 3 * * *'\n    jitter: 10m\n    retry: {attempts: 3, delay: 1m}\nwindows:\n  w: {days: mon-fri, from: '22:00', to: '06:00'}\n"
            ],
            words: [
                "jobs:", "windows:", "every: ", "cron: ", "zone: ", "jitter: ", "from: ", "to: ", "days: ", "\n", "  ",
                "- ", "99999999999999999999", "24:00", "w",
            ]
        ) { bytes in
            guard let schedule = try? Schedule.parse(bytes, path: "fuzz.yml") else { return }
            _ = schedule.next(5, after: Moment(1_700_000_000))
        },
    ]

    /// What is done with every value, whoever read it.
    static func use(_ value: Value) {
        _ = JSON.text(value, spaced: false, sortedKeys: true)
        _ = value.pythonRepr
        for template in ["{{ v | to_nice_yaml }}", "{{ v | to_json | from_json == v }}", "{{ v | string | length }}"] {
            _ = try? Templar().render(.string(template), in: TemplateVariables.Scope(variables: ["v": value]))
        }
    }
}
