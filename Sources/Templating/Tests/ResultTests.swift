extension TemplateTests {
    /// What a registered result says.
    static let resultTests: [String: Operation] = [
        "failed": failed, "failure": failed,
        "succeeded": succeeded, "success": succeeded, "successful": succeeded,
        "changed": changed, "change": changed,
        "skipped": skipped, "skip": skipped,
        "unreachable": flag("unreachable"),
        "reachable": result("reachable") { dict, context throws(TemplateError) in
            try !isSet("unreachable", dict, context)
        },
        "started": result("started") { dict, context throws(TemplateError) in
            try dict.value("started", context)?.isTrue(context) ?? true
        },
        "finished": result("finished") { dict, context throws(TemplateError) in
            try dict.value("finished", context)?.isTrue(context) ?? true
        },
        "timedout": result("timedout") { dict, context throws(TemplateError) in
            guard let value = try dict.value("timedout", context), try value.isTrue(context) else { return false }
            guard case .dict(let timeout) = value else { throw .other("'timedout' is not a dictionary") }
            return try timeout.value("period", context)?.isTrue(context) ?? false
        },
    ]

    private static func result(
        _ name: String, _ holds: @escaping @Sendable (DictObject, RenderContext) throws(TemplateError) -> Bool
    ) -> Operation {
        Operation { operand throws(TemplateError) in
            guard case .dict(let dict) = operand.input else { throw .other("The '\(name)' test expects a dictionary") }
            return .bool(try holds(dict, operand.context))
        }
    }
    private static func isSet(
        _ name: String, _ dict: DictObject, _ context: RenderContext
    ) throws(TemplateError) -> Bool { try dict.value(name, context)?.isTrue(context) ?? false }
    private static func flag(_ name: String) -> Operation {
        result(name) { dict, context throws(TemplateError) in try isSet(name, dict, context) }
    }

    private static let failed = flag("failed")
    private static let succeeded = result("succeeded") { dict, context throws(TemplateError) in
        try !isSet("failed", dict, context)
    }
    private static let skipped = flag("skipped")
    private static let changed = result("changed") { dict, context throws(TemplateError) in
        if dict.contains(.string("changed")) { return try isSet("changed", dict, context) }
        guard case .list(let results)? = try dict.value("results", context) else { return false }
        for case .dict(let item) in try results.items(context) where try isSet("changed", item, context) { return true }
        return false
    }
}
