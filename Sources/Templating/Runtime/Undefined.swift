/// The value of a name or attribute that does not exist. It travels through attribute access, calls and filters up to
/// `default` or
/// `is defined`; anything that would use it fails with its message.
final class Undefined {
    enum Reason {
        case name(String)
        /// `key` is nil when it was computed: it may then be a variable's value, which messages never show.
        case attribute(typeName: String, key: String?)
        case hint(String)
        /// Came out of a nested template, a filter or a lookup that failed for this reason.
        case failure(TemplateError)
    }
    let reason: Reason
    /// What an inline `if` without `else` gives: it is empty and false, prints as nothing and is not an acceptable
    /// value.
    let isPlain: Bool

    init(_ reason: Reason, isPlain: Bool = false) {
        self.reason = reason
        self.isPlain = isPlain
    }

    var error: TemplateError {
        switch reason {
        case .name(let name):
            var error = TemplateError(.undefined, "'\(name)' is undefined", line: 0, column: 0)
            error.undefinedName = name
            return error
        case .attribute(let typeName, let key):
            return TemplateError(
                .undefined,
                key.map { "object of type '\(typeName)' has no attribute \($0)" }
                    ?? "object of type '\(typeName)' has no such element", line: 0, column: 0)
        case .hint(let text): return TemplateError(isPlain ? .other : .undefined, text, line: 0, column: 0)
        case .failure(let error): return error
        }
    }

    /// Not something that does not exist but a filter or lookup that failed: nothing may replace it, yet it is no error
    /// until it is used.
    var isFailure: Bool { if case .failure(let error) = reason { error.kind != .undefined } else { false } }

    /// The name that is missing, when it is one.
    var name: String? { if case .name(let name) = reason { name } else { nil } }
}

extension Object {
    /// What failed, with the place of the expression that it is the value of.
    func placed(at position: Position) -> Object {
        if case .undefined(let marker) = self, case .failure(let error) = marker.reason {
            .undefined(Undefined(.failure(error.placed(at: position))))
        } else {
            self
        }
    }
}
