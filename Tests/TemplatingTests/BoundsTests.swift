import Testing
import YAML

@testable import Templating

/// What ended the program, or kept it busy for ever, fails its task.
struct BoundsTests {
    private struct Scope: VariableScope {
        var variables: ValueMap = [:]
        func variable(named name: String) -> Value? { variables[name] }
        var variableNames: [String] { variables.names }
    }

    private static let variables: ValueMap = {
        var deep = Value.list([])
        for _ in 0..<200 { deep = .list([deep]) }
        return [
            "deep": deep, "most": .int(.max), "least": .int(.min), "inf": .double(.infinity), "nan": .double(.nan),
            "long": .string(String(repeating: "a", count: 100_000)),
            "day": .date(CalendarDate(year: 9999, month: 12, day: 31)),
            "moment": .dateTime(CalendarDateTime(date: CalendarDate(year: 1, month: 1, day: 1))),
        ]
    }()

    private func render(_ template: String) throws(TemplateError) -> Value {
        try Templar().render(.string(template, .trusted), in: Scope(variables: Self.variables))
    }

    /// Each of these ended the process.
    @Test(
        arguments: [
            ("{{ 'zz' | int(0, 36) }}", Value.int(35 * 36 + 35)),
            ("{{ '-z_Z' | int(0, 36) }}", .int(-(35 * 36 + 35))),
            ("{{ 'z!' | int(7, 36) }}", .int(7)),
            ("{{ 'zz' | int(7, 99) }}", .int(7)),
            ("{{ range(least, most, most) | list | length }}", .int(3)),
            ("{{ range(most, least, least) | list | length }}", .int(2)),
            ("{{ 5 in range(most, least, 1 - most) }}", .bool(false)),
            ("{{ most in range(most, least, 1 - most) }}", .bool(true)),
            ("{{ 'abc'[::most] }}", .string("a")),
            ("{{ [1, 2, 3][::least] }}", .list([.int(3)])),
            ("{{ range(10)[::most] | list }}", .list([.int(0)])),
            ("{{ 3.7 | round(least) }}", .double(0)),
            ("{{ 'x' | truncate(most, leeway=most) }}", .string("x")),
            ("{{ [1] | to_yaml(indent=most) }}", .string("[1]\n")),
            ("{{ query('sequence', 'count=0 start=' ~ most) }}", .list([])),
            ("{{ 'x'.ljust(least) ~ 'x'.center(least) ~ 'x'.zfill(least) }}", .string("xxx")),
        ] as [(String, Value)])
    func isComputed(template: String, result: Value) throws {
        #expect(try render(template) == result)
    }

    /// Each of these ended the process, filled the memory or went on for ever.
    @Test(arguments: [
        ("{{ inf | filesizeformat }}", "infinity"), ("{{ nan | filesizeformat }}", "NaN"),
        ("{{ ('9' * 400) | human_to_bytes }}", "too large"),
        ("{{ day.replace(year=most) }}", "out of range"),
        ("{{ moment.replace(hour=most).timestamp() }}", "out of range"),
        ("{{ moment - (('9999-12-31 00:00:00' | to_datetime) - moment) }}", "out of range"),
        ("{{ 'a' * 10 ** 9 }}", "too large"), ("{{ [1] * most }}", "too large"),
        ("{{ 'x'.ljust(10 ** 9) }}", "too large"), ("{{ 'a\tb'.expandtabs(most) }}", "too large"),
        ("{{ '%999999999d' % 1 }}", "too large"), ("{{ '{:>999999999}'.format(1) }}", "too large"),
        ("{{ ('%9999999d' * 20) % (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1) }}", "too large"),
        ("{{ 'a' | indent(10 ** 9) }}", "too large"), ("{{ [1] | to_nice_json(indent=10 ** 9) }}", "too large"),
        ("{{ long | replace('a', long) }}", "too large"), ("{{ long | regex_replace('a', long) }}", "too large"),
        ("{{ long | list | join(long) }}", "too large"),
        ("{{ 'a' | comment('plain', prefix_count=10 ** 9) }}", "too large"),
        ("{{ long | comment('plain', newline='a', decoration=long) }}", "too large"),
        ("{{ [1] | slice(10 ** 12) }}", "too large"), ("{{ [1] | batch(10 ** 12, 0) }}", "too large"),
        ("{{ [1] | product(repeat=most) | list }}", "too large"),
        ("{{ range(40) | permutations(10) }}", "too large"), ("{{ range(10 ** 10) }}", "too long"),
        ("{{ query('sequence', 'start=0 end=' ~ most) }}", "too long"),
        ("{{ 2 ** (10 ** 9) }}", "too large"), ("{{ 10 ** 5000 }} is much", "digits"),
        (
            "{% set ns = namespace(x=3) %}{% for i in range(100) %}{% set ns.x = ns.x * ns.x %}{% endfor %}{{ ns.x }}",
            "too large"
        ),
        (
            "{% set ns = namespace(x='ab') %}{% for i in range(100) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x }}",
            "too large"
        ),
        (
            "{% set ns = namespace(x=[1, 2]) %}{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}{{ ns.x }}",
            "too large"
        ),
        (
            "{% set ns = namespace(x=(1, 2)) %}{% for i in range(100) %}{% set ns.x = (ns.x, ns.x) %}{% endfor %}{{ {ns.x: 1} }}",
            "levels"
        ),
        ("{{ ('a' * 40 ~ '!') | regex_search('(a+)+$') }}", "too long"),
        ("{{ 'x' | password_hash('sha512', 'salt', rounds=999999999) }}", "too long"),
        ("{{ 'x' | password_hash('bcrypt', rounds=31) }}", "too long"),
    ])
    func failsItsTask(template: String, part: String) throws {
        let error = #expect(throws: TemplateError.self) { try render(template) }
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "no error")")
    }

    /// The work is the square of a number's digits: a host's output of 200 kB took minutes.
    @Test(arguments: [
        ("{{ ('1' * 20000) is version('2', '>') }}", "between instances of"),
        ("{{ ('1.' ~ '1' * 20000) is version('1.2', '>', strict=true) }}", "4300 digits"),
        ("{{ ('1.1.' ~ '1' * 20000) is version('1.1.1', '>', version_type='semver') }}", "4300 digits"),
        ("{{ ('1' * 20000) is version('2', '>', version_type='pep440') }}", "4300 digits"),
        ("{{ '1.1.1' is version('1.1.1-' ~ '1' * 20000, '>', version_type='semver') }}", "4300 digits"),
        ("{{ ('1:' * 20000 ~ '1') | from_yaml }}", "4300 digits"),
    ]) func longNumberIsRefusedAtOnce(template: String, part: String) throws {
        let error = #expect(throws: TemplateError.self) { try render(template) }
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "no error")")
    }

    @Test(arguments: [
        "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
        "{% for a in range(1000) %}{{ range(100000) | list | length }}{% endfor %}",
        "{% set ns = namespace(x=[1, 2]) %}{% for i in range(100) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | flatten }}",
        "{% set ns = namespace(x=[1, 2]) %}{% for i in range(100) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
        "{% set x = 'a' * 1000000 %}{% for a in range(100000) %}{{ x | upper | length }}{% endfor %}",
    ])
    func isTooLong(template: String) {
        // As with the bound itself, sooner.
        let context = RenderContext(scope: Scope(variables: Self.variables), environment: TemplateEnvironment())
        context.expenditure.limit = 200_000
        let error = #expect(throws: TemplateError.self) { try context.render(.string(template, .trusted)) }
        #expect(error?.message.contains("takes too long") == true, "\(error?.message ?? "no error")")
    }

    /// Each of these took the stack.
    @Test(arguments: [
        "{% set ns = namespace(x=[]) %}{% for i in range(100000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x={}) %}{% for i in range(100000) %}{% set ns.x = {'a': ns.x} %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x=()) %}{% for i in range(100000) %}{% set ns.x = (ns.x,) %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x=[]) %}{% for i in range(100000) %}{% set ns.x = [ns.x].append %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x=[]) %}{% for i in range(100000) %}{% for y in [ns.x] %}{% set ns.x = loop %}{% endfor %}{% endfor %}{{ ns.x }}",
        "{% set x = [] %}{{ x.append(x) }}{{ x }}", "{% set x = {} %}{{ x.update({'a': x}) }}{{ x }}",
        "{% set x = [] %}{{ x.append(x) }}{{ x | to_json }}", "{% set x = [] %}{{ x.append(x) }}{{ x | flatten }}",
        "{% set x = [] %}{% set y = [] %}{{ x.append(x) }}{{ y.append(y) }}{{ x == y }}",
        "{% set x = [] %}{{ x.append(x) }}{{ x | to_nice_yaml }}",
        "{% set x = {} %}{{ x.update({'a': x}) }}{{ x | combine(x, recursive=true) }}",
        "{{ " + String(repeating: "(", count: 20000) + "1" + String(repeating: ")", count: 20000) + " }}",
        "{{ 1" + String(repeating: " + 1", count: 20000) + " }}",
        "{{ x" + String(repeating: "[0]", count: 20000) + " }}",
        "{{ " + String(repeating: "(", count: 40) + "1"
            + String(repeating: String(repeating: " + 1", count: 200) + ")", count: 40) + " }}",
        "{{ " + String(repeating: "not ", count: 20000) + "x }}",
        String(repeating: "{% if true %}", count: 20000),
    ])
    func isTooDeep(template: String) {
        #expect(throws: TemplateError.self) { try render(template) }
    }

    /// A chain that is made from its end on has no object that is deep, and freeing it took the stack.
    @Test func longChainIsFreed() throws {
        let template =
            "{% set first = [] %}{% set ns = namespace(last=first) %}{% for i in range(50000) %}{% set next = [] %}{{ ns.last.append(next) or '' }}{% set ns.last = next %}{% endfor %}{{ first | length }}"
        #expect(try render(template).string?.hasSuffix("1") == true)
        let names =
            "{% set ns = namespace(x=0) %}{% for i in range(50000) %}{% set ns.x = namespace(y=ns.x) %}{% endfor %}done"
        #expect(try render(names) == .string("done"))
    }

    /// Each change looked at the whole list, which was more than a template may take.
    @Test func longListIsMadeItemByItem() throws {
        let template =
            "{% set x = [] %}{% for i in range(50000) %}{% set done = x.append([i]) %}{% set done = x.extend([i]) %}{% endfor %}{{ x | length }}"
        #expect(try render(template) == .int(100_000))
    }

    /// The task that is ended does not wait for its template.
    @Test func cancelledTaskEndsItsTemplate() async throws {
        let task = Task {
            try? Templar().render(
                .string("{% for a in range(1000) %}{% for b in range(10000) %}{% endfor %}{% endfor %}done", .trusted),
                in: Scope())
        }
        task.cancel()
        #expect(await task.value == nil)
    }
}
