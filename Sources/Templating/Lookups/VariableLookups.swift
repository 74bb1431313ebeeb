import YAML

extension Lookups {
    /// Lookups of variables, of the environment and of the vault.
    static let variableLookups: [String: Body] = [
        "vars": { call throws(TemplateError) in
            try call.check(["default"])
            var result: [Object] = []
            for term in call.terms {
                let name = try call.text(term)
                if let value = try call.context.variable(name) {
                    result.append(value)
                } else if let fallback = call.option("default"), !fallback.isNone {
                    result.append(fallback)
                } else {
                    throw Undefined(.hint("No variable named '\(name)' was found.")).error
                }
            }
            return result
        },
        "varnames": { call throws(TemplateError) in
            var result: [Object] = []
            for term in call.terms {
                let expression = try RegexCache.expression(call.text(term))
                for name in call.context.scope.variableNames where try expression.firstMatch(in: name) != nil {
                    result.append(.string(name))
                }
            }
            return result
        },
        "env": { call throws(TemplateError) in
            try call.check(["default"])
            var result: [Object] = []
            for term in call.terms {
                let name = String(try call.text(term).split(separator: " ").first ?? "")
                result.append(
                    call.context.environment.environment(name).map { Object($0) } ?? call.option("default")
                        ?? .string(""))
            }
            return result
        },
        "inventory_hostnames": { call throws(TemplateError) in
            var patterns: [String] = []
            for term in call.terms { patterns.append(try call.text(term)) }
            do {
                return try call.context.environment.hostnames(patterns.joined(separator: ",")).map { .string($0) }
            } catch { throw .other("\(error)") }
        },
        "vault": { call throws(TemplateError) in
            guard let first = call.terms.first else { throw .other("needs a provider and a field") }
            var fields: [String] = []
            for term in call.terms.dropFirst() { fields.append(try call.text(term)) }
            return [try Secrets.read(call.text(first), fields, call.context)]
        },
    ]
}
