/// Why a host would not connect (an error), or might not (a warning). Neither part holds a credential's value.
package struct Problem: Sendable, Hashable {
    package enum Severity: String, Sendable, Comparable {
        case error, warning
        package static func < (left: Severity, right: Severity) -> Bool { left == .error && right == .warning }
    }
    package var severity: Severity
    /// The field that it is about, if it is about one.
    package var field: ConnectionField?
    /// What is wrong, naming the layer that the value comes from.
    package var text: String
    /// What to do.
    package var remedy: String?
    /// As `text`, when many hosts have it: layers by what their names stand for (`hosts.<host>`).
    package var pattern: String

    init(_ severity: Severity, _ field: ConnectionField?, _ text: String, remedy: String?, pattern: String? = nil) {
        self.severity = severity
        self.field = field
        self.text = text
        self.remedy = remedy
        self.pattern = pattern ?? text
    }

    static func error(_ field: ConnectionField?, _ text: String, remedy: String? = nil) -> Problem {
        Problem(.error, field, text, remedy: remedy)
    }
    static func warning(_ field: ConnectionField?, _ text: String, remedy: String? = nil) -> Problem {
        Problem(.warning, field, text, remedy: remedy)
    }

    /// The same, with the field and the layer that its value comes from in front.
    func about(_ field: ConnectionField, from layer: Layer?) -> Problem {
        let name = field.rawValue
        return Problem(
            severity, field, layer.map { "\(name) from \($0.name): \(text)" } ?? "\(name): \(text)", remedy: remedy,
            pattern: layer.map { "\(name) from \($0.pattern): \(text)" } ?? "\(name): \(text)")
    }
}
