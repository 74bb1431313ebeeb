/// Reading a method's arguments.
extension CallArguments {
    func required(_ index: Int, _ name: String) throws(TemplateError) -> Object {
        if index < positional.count { return positional[index] }
        if let value = keyword(name) { return value }
        throw .other("missing argument '\(name)'")
    }
    func optional(_ index: Int, _ name: String) -> Object? {
        index < positional.count ? positional[index] : keyword(name)
    }
    func text(_ index: Int, _ name: String) throws(TemplateError) -> String {
        let value = try required(index, name)
        guard case .string(let text, _) = value else {
            throw .other("argument '\(name)' must be str, not \(value.typeName)")
        }
        return text
    }
    func optionalText(_ index: Int, _ name: String) throws(TemplateError) -> String? {
        guard let value = optional(index, name), !value.isNone else { return nil }
        guard case .string(let text, _) = value else {
            throw .other("argument '\(name)' must be str or None, not \(value.typeName)")
        }
        return text
    }
    func int(_ index: Int, _ name: String, default fallback: Int) throws(TemplateError) -> Int {
        guard let value = optional(index, name) else { return fallback }
        guard let number = value.intValue else {
            throw .other("'\(value.typeName)' object cannot be interpreted as an integer")
        }
        return number
    }
}
