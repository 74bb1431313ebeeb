import Playbook
import Redaction
import YAML

/// A variable that clients may set for a run.
struct ClientVariable: Sendable {
    let name: String
    /// Of this one name; nil where any value is right.
    let spec: ArgumentSpec?

    private static func names(of open: [ClientVariable]) -> String {
        var names: [String] = []
        for variable in open where !names.contains(variable.name) { names.append(variable.name) }
        return names.joined(separator: ", ")
    }

    /// What is wrong with the variables of a request: names that are not open, values of another type. Nothing that was
    /// sent is repeated.
    static func problems(_ given: ValueMap, among open: [ClientVariable], secrets: SecretSet) -> [RedactedText] {
        var problems: [RedactedText] = []
        func text(_ plain: String) -> RedactedText { RedactedText(plain, secrets: secrets) }
        let strangers = given.pairs.keys.filter { key in !open.contains { .string($0.name) == key } }.count
        if strangers > 0 {
            problems.append(
                "extra_vars: clients may not set \(RedactedText.part(strangers, of: given.pairs.count, "variable")) here; they may set: \(open.isEmpty ? "none" : text(Self.names(of: open)))"
            )
        }
        for variable in open {
            guard let option = variable.spec?.options.first, let value = given[variable.name],
                variable.spec?.errors(in: [variable.name: value]).isEmpty == false
            else { continue }
            let choices =
                option.choices.map { ", one of: " + $0.map(ArgumentBinder.text).joined(separator: ", ") } ?? ""
            problems.append(
                "extra_vars.\(text(variable.name)): takes \(text(option.kind.rawValue + (option.elements.map { " of \($0.rawValue)" } ?? "") + choices))"
            )
        }
        for variable in open where given[variable.name] == nil && variable.spec?.options.first?.isRequired == true {
            problems.append("extra_vars.\(text(variable.name)): is missing")
        }
        return problems
    }
}
