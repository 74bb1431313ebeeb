@testable import Templating

/// Writes templates that mostly make sense.
enum TemplateGrammar {
    static let words =
        [
            "{{", "}}", "{%", "%}", "{#", "#}", "{%-", "-%}", " | ", " is ", " not ", "(", ")", "[", "]", "[::", ":",
            ".", ",", "'", "\"", "\\", "~", "**", "//", "%", " if ", " else ",
            "for x in ", "endfor", "set x = ", "endset", "macro m(a, b=1)", "endmacro", "call(x) ", "endcall",
            "filter ", "raw", "endraw", "include 'x'", "import 'x' as y", "block b", "endblock",
            "autoescape true", "loop", "range(", "lookup(", "namespace(", "*", "=", "recursive",
        ] + Filters.names + Methods.names
    /// Without those that reach out of the template.
    static let lookups = Lookups.table.keys.filter {
        !["pipe", "lines", "password", "file", "unvault", "template", "fileglob", "first_found", "url"].contains($0)
    }.sorted()

    enum Methods {
        static let names = [
            StringMethods.table, ListMethods.table, DictMethods.table, NumberMethods.integerTable,
            NumberMethods.floatTable, BytesMethods.table, DateMethods.table, DateMethods.durationTable,
            SetMethods.table,
        ]
        .flatMap(\.keys).sorted()
    }

    static func template(_ dice: inout Dice) -> String {
        switch dice.below(14) {
        case 0...6: return "{{ \(expression(&dice, 4)) }}"
        case 7: return "a {{ \(expression(&dice, 3)) }} b {{ \(expression(&dice, 2)) }}"
        case 8:
            return
                "{% for x in \(expression(&dice, 2)) \(dice.chance(20) ? "if x " : "")%}{{ x }}{{ loop.\(dice.one(of: ["index", "revindex", "last", "previtem", "cycle(1, 2)", "length", "changed(x)", "depth"])) }}{% else %}-{% endfor %}"
        case 9:
            return
                "{% if \(expression(&dice, 3)) %}{{ \(expression(&dice, 2)) }}{% elif \(expression(&dice, 1)) %}x{% else %}y{% endif %}"
        case 10: return "{% set x = \(expression(&dice, 3)) %}{{ x | \(filter(&dice, 2)) }}"
        case 11:
            return
                "{% macro m(a, b=\(expression(&dice, 1))) %}{{ a }}{{ b }}{{ varargs }}{% if a %}{{ m(\(dice.one(of: ["a - 1", "a", "a[1:]", "false", "not a"]))) }}{% endif %}{% endmacro %}{{ m(\(arguments(&dice, 1))) }}"
        case 12: return "{% filter \(filter(&dice, 1)) %}{{ \(expression(&dice, 2)) }}{% endfilter %}"
        default:
            return
                "{% for x in \(expression(&dice, 1)) recursive %}{{ loop(\(dice.one(of: ["x", "[x]", "loop", "text"]))) }}{% endfor %}"
        }
    }

    static func operation(_ dice: inout Dice) -> String {
        let value = dice.chance(75) ? dice.one(of: TemplateVariables.names) : literal(&dice, 1)
        switch dice.below(12) {
        case 0...5: return "{{ \(value) | \(filter(&dice, 0)) }}"
        case 6...7: return "{{ \(value) is \(dice.one(of: TemplateTests.names))(\(simpleArguments(&dice))) }}"
        case 8...9: return "{{ \(value).\(dice.one(of: Methods.names))(\(simpleArguments(&dice))) }}"
        case 10: return "{{ \(value) \(dice.one(of: operators)) \(dice.one(of: TemplateVariables.names)) }}"
        default:
            return dice.chance(50)
                ? "{{ \(dice.one(of: ["lookup", "query"]))('\(dice.one(of: lookups))', \(simpleArguments(&dice))) }}"
                : "{{ \(dice.one(of: Globals.names))(\(simpleArguments(&dice))) }}"
        }
    }

    private static let operators = [
        "+", "-", "*", "/", "//", "%", "**", "~", "==", "!=", "<", ">=", "in", "not in", "and", "or", "is",
        "| default(1) +",
    ]

    static func expression(_ dice: inout Dice, _ depth: Int) -> String {
        guard depth > 0 else { return atom(&dice, 0) }
        switch dice.below(16) {
        case 0...2: return atom(&dice, depth)
        case 3...5: return "\(expression(&dice, depth - 1)) | \(filter(&dice, depth - 1))"
        case 6...7:
            return "(\(expression(&dice, depth - 1)) \(dice.one(of: operators)) \(expression(&dice, depth - 1)))"
        case 8: return "\(dice.one(of: ["not ", "-", "+", "- -"]))\(expression(&dice, depth - 1))"
        case 9: return "\(atom(&dice, depth)).\(dice.one(of: Methods.names))(\(arguments(&dice, depth - 1)))"
        case 10: return "\(atom(&dice, depth))[\(expression(&dice, depth - 1))]"
        case 11:
            return
                "\(atom(&dice, depth))[\(dice.chance(60) ? dice.number() : ""):\(dice.chance(60) ? dice.number() : "")\(dice.chance(40) ? ":" + dice.number() : "")]"
        case 12:
            return
                "\(atom(&dice, depth)) is \(dice.one(of: ["", "not "]))\(dice.one(of: TemplateTests.names))\(dice.chance(60) ? "(\(arguments(&dice, depth - 1)))" : "")"
        case 13:
            return
                "(\(expression(&dice, depth - 1)) if \(expression(&dice, depth - 1))\(dice.chance(60) ? " else " + expression(&dice, depth - 1) : ""))"
        case 14: return "\(dice.one(of: Globals.names))(\(arguments(&dice, depth - 1)))"
        default:
            return
                "\(dice.one(of: ["lookup", "query", "q"]))('\(dice.one(of: lookups))'\(dice.chance(80) ? ", " + arguments(&dice, depth - 1) : ""))"
        }
    }

    private static func filter(_ dice: inout Dice, _ depth: Int) -> String {
        dice.one(of: Filters.names)
            + (dice.chance(70) ? "(\(depth > 0 ? arguments(&dice, depth - 1) : simpleArguments(&dice)))" : "")
    }

    private static func simpleArguments(_ dice: inout Dice) -> String {
        dice.some(3) { dice in argument(&dice, 0) }.joined(separator: ", ")
    }
    private static func arguments(_ dice: inout Dice, _ depth: Int) -> String {
        var parts = dice.some(3) { dice in argument(&dice, depth) }
        if dice.chance(4) { parts.append("*" + atom(&dice, 0)) }
        if dice.chance(4) { parts.append("**" + atom(&dice, 0)) }
        return parts.joined(separator: ", ")
    }
    private static func argument(_ dice: inout Dice, _ depth: Int) -> String {
        let value = depth > 0 ? expression(&dice, depth) : atom(&dice, 0)
        guard dice.chance(25) else { return value }
        let known =
            (Filters.named(dice.one(of: Filters.names))?.parameters ?? []) + [
                "attribute", "reverse", "default", "width", "indent", "base", "start", "end", "wantlist", "count", "r",
                "levels", "repeat", "length",
            ]
        return "\(dice.one(of: known))=\(value)"
    }

    private static func atom(_ dice: inout Dice, _ depth: Int) -> String {
        dice.chance(60) ? dice.one(of: TemplateVariables.names) : literal(&dice, depth)
    }

    private static func literal(_ dice: inout Dice, _ depth: Int) -> String {
        switch dice.below(10) {
        case 0...4: return dice.number()
        case 5: return "[\(dice.some(3) { dice in dice.number() }.joined(separator: ", "))]"
        case 6 where depth > 0: return "[\(expression(&dice, depth - 1)), \(expression(&dice, depth - 1))]"
        case 7: return "{'a': \(dice.number()), \(dice.number()): 'b'}"
        case 8:
            return
                "range(\(dice.some(3) { dice in dice.one(of: ["0", "1", "-1", "5", "100", "1000", "9223372036854775807", "-9223372036854775808"]) }.joined(separator: ", ")))"
        default:
            return
                "'\(dice.one(of: ["", "a", "%s", "{0}", "%Y", "a,b", "0", "-1", "utf-8", "name", "n", "a.b", "\\\\n", "sha512", "(a)(b)?", "*", "yes", "{{ x }}", "é", "%9999d", "seed", "1 day", "KiB", "common", "2030-01-01"]))'"
        }
    }
}
