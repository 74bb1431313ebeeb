import Redaction
import Settings
import Templating
import YAML

/// A task's result as Ansible's displays write it: sorted, and without what is not for people.
struct ShownResult {
    let values: ValueMap
    private let options: CallbackOptions

    /// - Parameter json: of an event.
    init(_ json: RedactedText, _ options: CallbackOptions) {
        self.options = options
        let parsed = try? JSON.parse(Array(json.description.utf8))
        values = parsed?.map ?? [:]
    }

    private init(_ values: ValueMap, _ options: CallbackOptions) {
        self.values = values
        self.options = options
    }

    var isSkipped: Bool { values["skipped"]?.bool == true }
    var isUnreachable: Bool { values["unreachable"]?.bool == true }
    var hasChanged: Bool { values["changed"]?.bool == true }

    /// Without the keys that are never shown.
    func cleaned(forDebug: Bool = false) -> ShownResult {
        var shown = values
        var hidden: Set<String> = ["failed", "exception", "warnings", "deprecations", "diff"]
        if options.verbosity < 3 { hidden.insert("invocation") }
        if forDebug {
            hidden.formUnion(["changed", "skipped", "ansible_loop_var", "ansible_index_var", "ansible_loop"])
            for key in ["ansible_loop_var", "ansible_index_var"] {
                if let name = values[key]?.string { hidden.insert(name) }
            }
        }
        for name in shown.names where hidden.contains(name) || name.hasPrefix("_ansible_") { shown[name] = nil }
        return ShownResult(shown, options)
    }

    /// What follows `=> `.
    /// - Parameter isPretty: over several lines.
    func text(isPretty: Bool) -> RedactedText {
        let value = Value.dict(values)
        if options.configuration.resultFormat == .yaml || options.configuration.callback.hasSuffix("yaml") {
            return "\n"
                + options.text(
                    YAMLResult.text(value).split(separator: "\n", omittingEmptySubsequences: false)
                        .map { $0.isEmpty ? "" : "    " + $0 }.joined(separator: "\n").trimmingLineEnds)
        }
        let pretty = options.configuration.prettyResults ?? isPretty
        return options.text(
            pretty || options.verbosity > 2
                ? JSON.pretty(value, indent: 4, sortedKeys: true) : JSON.text(value, sortedKeys: true))
    }
}

/// YAML as Ansible writes results.
enum YAMLResult {
    static func text(_ value: Value) -> String {
        let scope = OneVariable(value: value)
        let rendered = try? Templar().render(.string("{{ value | to_nice_yaml(indent=4) }}", .trusted), in: scope)
        return rendered?.string ?? JSON.pretty(value)
    }

    private struct OneVariable: VariableScope {
        let value: Value
        func variable(named name: String) -> Value? { name == "value" ? value : nil }
        var variableNames: [String] { ["value"] }
    }
}

extension String {
    var trimmingLineEnds: String {
        var text = self[...]
        while text.hasSuffix("\n") { text = text.dropLast() }
        return String(text)
    }
}
