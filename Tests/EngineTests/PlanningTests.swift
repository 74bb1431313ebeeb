import Redaction
import Testing
import YAML

@testable import Engine

struct PlanningTests {
    @Test(
        arguments: [
            // tags of the task, --tags, --skip-tags, runs
            ([], ["all"], [], true), (["a"], ["all"], [], true), (["never"], ["all"], [], false),
            (["always"], ["b"], [], true),
            (["a"], ["b"], [], false), (["a", "b"], ["b"], [], true), (["never", "a"], ["a"], [], true),
            (["never", "a"], ["never"], [], true),
            ([], ["tagged"], [], false), (["a"], ["tagged"], [], true), (["a"], ["untagged"], [], false),
            ([], ["untagged"], [], true),
            (["a"], ["all"], ["a"], false), (["always"], ["all"], ["always"], false),
            (["always"], ["all"], ["all"], true), (["a"], ["all"], ["all"], false),
            (["a"], ["all"], ["tagged"], false), ([], ["all"], ["tagged"], true), ([], ["all"], ["untagged"], false),
            (["never", "a"], ["tagged"], [], false),
        ] as [([String], [String], [String], Bool)])
    func tags(_ tags: [String], _ only: [String], _ skipped: [String], _ runs: Bool) {
        #expect(TagSelection(only: Set(only), skipped: Set(skipped)).includes(tags) == runs)
    }

    @Test(
        arguments: [
            ([Value.int(2)], [2, 2, 1]), ([.int(1), .int(3)], [1, 3, 1]), ([.string("40%")], [2, 2, 1]),
            ([.string("1%")], [1, 1, 1, 1, 1]),
            ([.int(0)], [5]), ([.int(1), .string("100%")], [1, 4]), ([], [5]), ([.string("2")], [2, 2, 1]),
        ] as [([Value], [Int])])
    func serial(_ entries: [Value], _ sizes: [Int]) {
        let hosts = ["a", "b", "c", "d", "e"]
        let batches = SerialBatches.cut(hosts, sizes: entries.compactMap { SerialBatches.size($0, of: hosts.count) })
        #expect(batches.map(\.count) == sizes)
        #expect(batches.flatMap { $0 } == hosts)
    }

    @Test(arguments: ["x=1", "x='1'", "  x=1  "]) func extraVariablePairs(_ text: String) throws {
        #expect(try ExtraVariables.parse([text]) == ["x": .string("1")])
    }
    @Test func extraVariables() throws {
        #expect(
            try ExtraVariables.parse(["a=1 b='two words' c={{ x | default('q z') }}"])
                == ["a": .string("1"), "b": .string("two words"), "c": .string("{{ x | default('q z') }}")])
        #expect(
            try ExtraVariables.parse([#"{"a": 1, "b": [true]}"#, "a=2"]) == [
                "a": .string("2"), "b": .list([.bool(true)]),
            ])
    }
    @Test(arguments: ["word", "=x", "a='open", "[1, 2]", "{a: ", "@/nowhere/at/all.yml"]) func badExtraVariables(
        _ text: String
    ) {
        #expect(throws: Diagnostics.self) { try ExtraVariables.parse([text]) }
    }

    @Test func unifiedDiff() {
        let before = (1...12).map { "line \($0)\n" }.joined()
        let after = before.replacing("line 2\n", with: "line two\n").replacing("line 11\n", with: "") + "end"
        #expect(
            UnifiedDiff.text(
                .init(before: .string(before), after: .string(after), beforeHeader: "/etc/x", afterHeader: "/etc/x"),
                ValueRedaction(secrets: SecretSet())) == """
                    --- before: /etc/x
                    +++ after: /etc/x
                    @@ -1,5 +1,5 @@
                     line 1
                    -line 2
                    +line two
                     line 3
                     line 4
                     line 5
                    @@ -8,5 +8,5 @@
                     line 8
                     line 9
                     line 10
                    -line 11
                     line 12
                    +end
                    \\ No newline at end of file

                    """)
    }
}
