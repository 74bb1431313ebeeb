extension TemplateTests {
    /// What a text is by its form: any URI, a URL with a host, a URN.
    static let uriTests: [String: Operation] = [
        "uri": test { _ in true },
        "url": test { !$0.netloc.isEmpty },
        "urn": Operation { operand throws(TemplateError) in .bool(try parts(of: operand)?.scheme == "urn") },
    ]

    private static func test(_ holds: @escaping @Sendable (URLParts) -> Bool) -> Operation {
        Operation(["schemes"]) { operand throws(TemplateError) in
            guard let parts = try parts(of: operand), holds(parts) else { return .bool(false) }
            guard let schemes = operand[0], try schemes.isTrue(operand.context) else { return .bool(true) }
            return .bool(try schemes.definedItems(operand.context).contains(.string(parts.scheme), operand.context))
        }
    }

    /// Nil for what is no URI; what is empty or false counts as an empty one.
    private static func parts(of operand: Operand) throws(TemplateError) -> URLParts? {
        if case .string(let text, _) = operand.input { return try? URLParts(text) }
        return try operand.input.isTrue(operand.context) ? nil : URLParts("")
    }
}
