import YAML

@testable import Modules
@testable import Notify
@testable import Playbook

extension FuzzTarget {
    static let playbooks: [FuzzTarget] = [
        FuzzTarget(
            "playbook", samples: Samples.files("playbooks", ".yml") + modulePlays,
            words: [
                "- hosts: all\n", "  tasks:\n", "    - ", "when: ", "loop: ", "loop_control: ", "with_sequence: ",
                "until: ", "retries: ", "delay: ", "block:\n", "rescue:\n", "serial: ", "max_fail_percentage: ",
                "async: ", "poll: ", "port: ", "throttle: ",
                "vars:\n", "register: ", "notify: ", "tags: ", "{{ x }}", "\n", "  ", "!unsafe ", "import_tasks: ",
                "roles:\n", "gather_facts: ", "&a ", "*a", "environment: ",
            ] + BuiltinModules().moduleNames.map { "\($0): " }
        ) { bytes in
            var reader = PlaybookReader(catalog: BuiltinModules(), playbook: "fuzz.yml")
            _ = reader.playbook(bytes, path: "fuzz.yml")
            _ = try? WebhookFile.parse(bytes, path: "fuzz.yml")
        },
        // A module, and arguments for it as a task would give them.
        FuzzTarget(
            "arguments",
            samples: [
                "copy\ncontent: x\ndest: /x\nmode: '0644'\n", "wait_for\nport: 99999999999\ntimeout: -1\n",
                "file\npath: /x\nmode: u=rwX,g+s\nmodification_time: now\n", "cron\nname: x\nminute: '*/5'\n",
            ],
            grammar: { dice in
                let name = dice.one(of: BuiltinModules().moduleNames)
                let options = BuiltinModules().spec(named: name)?.options ?? []
                let lines = options.filter { _ in dice.chance(50) }.map { option in
                    "\(option.name): \(value(for: option, &dice))"
                }
                return ([name] + lines).joined(separator: "\n") + "\n"
            }
        ) { bytes in
            let parts = String(decoding: bytes, as: UTF8.self).split(
                separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let type = BuiltinModules().type(named: String(parts[0])),
                let map = (try? YAMLParser.parse(Array(parts[1].utf8), file: "fuzz.yml", isTrusted: true))?.root.value
                    .map
            else { return }
            let binder = ArgumentBinder(type.spec)
            _ = binder.problems(inUntemplated: map)
            guard let arguments = try? binder.bind(map) else { return }
            _ = try? type.init(arguments: arguments)
        },
    ]

    private static func value(for option: ModuleSpec.Option, _ dice: inout Dice) -> String {
        if !option.choices.isEmpty, dice.chance(60) { return dice.one(of: option.choices) }
        if dice.chance(10) {
            return dice.one(of: [
                "null", "[]", "{}", "''", "true", "2024-01-01", "!!binary AP8=", "[1, [2]]", "{a: {b: 1}}", "'{{ x }}'",
            ])
        }
        return switch option.kind {
        case .int, .float: dice.number()
        case .bool: dice.one(of: ["yes", "no", "'maybe'", "1", "0"])
        case .mode:
            dice.one(of: [
                "'0644'", "0644", "u+rwX,go=", "'99999999999999999999'", "a=", "preserve", "-1", "u+s,g-w,o=t",
            ])
        case .list: "[\(dice.number()), x]"
        case .dict: "{a: \(dice.number()), b: x}"
        default:
            dice.chance(40)
                ? "'\(dice.number())'"
                : dice.one(of: [
                    "/a/b", "x", "'a b'", "'a=b'", "'*'", "'~/x'", "'http://h:99999/x'", "'é'", "'1.2.3'", "'present'",
                    "'(a'", "'%Y%m'", "'a:b:c'", "'-1d'", "'10G'",
                ])
        }
    }

    private static let modulePlays = BuiltinModules().moduleNames.map {
        "- hosts: all\n  tasks:\n    - \($0): x=1\n      when: a is defined\n      loop: [1, 2]\n"
    }
}
