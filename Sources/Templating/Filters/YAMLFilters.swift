import YAML

extension Filters {
    static let yamlFilters: [String: Operation] = [
        "to_yaml": Operation(["default_flow_style"], keywords: true) { operand throws(TemplateError) in
            var writer = YAMLText()
            if let style = operand[0], !style.isNone {
                writer.flow = try style.isTrue(operand.context) ? .always : .never
            }
            try writer.set(operand.keywords, operand.context)
            return .string(try writer.text(operand.input, operand.context))
        },
        "to_nice_yaml": Operation(["indent"], keywords: true) { operand throws(TemplateError) in
            var writer = YAMLText()
            writer.indent = try operand.int(0, default: 4)
            writer.flow = .never
            if operand.keywords.contains(where: { $0.name == "allow_unicode" }) {
                throw .other("got multiple values for argument 'allow_unicode'")
            }
            try writer.set(operand.keywords, operand.context)
            return .string(try writer.text(operand.input, operand.context))
        },
        "from_yaml": Operation { operand throws(TemplateError) in
            if operand.input.isNone { return .none }
            guard case .string(let text, _) = operand.input else { return operand.input }
            return try parsed { () throws(Diagnostics) in
                Object(try YAMLParser.parse(Array(text.utf8), file: "text", allowsJSON: false).root.value)
            }
        },
        "from_yaml_all": Operation { operand throws(TemplateError) in
            if operand.input.isNone { return .list([]) }
            guard case .string(let text, _) = operand.input else { return operand.input }
            return try parsed { () throws(Diagnostics) in
                .list(try YAMLParser.parseAll(Array(text.utf8), file: "text").map { Object($0) })
            }
        },
    ]
}
