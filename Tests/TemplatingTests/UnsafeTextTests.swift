import Templating
import Testing
import YAML

/// `!unsafe` texts are templates that render to themselves, and are shown as they were written.
@Test(arguments: [
    "plain", "{{ x }}", "{% if x %}", "{# note #}", "{{", "{", "{{{", "{{{%", "\n{% raw %}\n{{ x }}\n{% endraw %}\n", "a {{ '{{' }} b", "{{ x }}\n", "}} {{", "{\u{301}{{",
])
func unsafeTextsAreNotTemplates(text: String) throws {
    let document = try YAMLParser.parse(Array("v: !unsafe \(JSON.text(.string(text)))\nlist: [!unsafe \(JSON.text(.string(text))), '{{ 1 + 1 }}']\n".utf8), file: "f.yml")
    let value = document.root.variableValue
    struct Nothing: VariableScope {
        func variable(named name: String) -> Variable? { nil }
        var variableNames: [String] { [] }
    }
    #expect(try Templar().render(value, in: Nothing()) == .dict(["v": .string(text), "list": .list([.string(text), .int(2)])]))
    #expect(value.unfenced == .dict(["v": .string(text), "list": .list([.string(text), .string("{{ 1 + 1 }}")])]))
}
