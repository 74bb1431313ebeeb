import YAML

/// The part of JSON Schema that `openapi.json` uses for answers. A keyword that it does not know is a problem, so none
/// is passed over.
struct SchemaCheck {
    private let document: ValueMap
    init(_ document: ValueMap) { self.document = document }

    /// What is wrong with an answer's body.
    func problems(_ method: String, _ path: String, status: Int, _ body: Value) -> [String] {
        guard var answer = document.value(at: ["paths", path, method, "responses", "\(status)"])?.map else {
            return ["\(status) is not described"]
        }
        if let reference = answer["$ref"]?.string { answer = resolve(reference) }
        guard let schema = answer["content"]?.map?["application/json"]?.map?["schema"]?.map else {
            return ["no schema"]
        }
        return problems(body, schema, "body")
    }

    private func resolve(_ reference: String) -> ValueMap {
        document.value(at: reference.split(separator: "/").dropFirst().map(String.init))?.map ?? [:]
    }

    private static let known: Set<String> = [
        "$ref", "type", "properties", "required", "additionalProperties", "items", "enum", "oneOf", "description",
    ]

    private func problems(_ value: Value, _ schema: ValueMap, _ place: String) -> [String] {
        if let reference = schema["$ref"]?.string { return problems(value, resolve(reference), place) }
        var found = schema.names.filter { !Self.known.contains($0) }.map { "\(place): unknown keyword \($0)" }
        if let choices = schema["oneOf"]?.list?.compactMap(\.map) {
            let matching = choices.filter { problems(value, $0, place).isEmpty }.count
            if matching != 1 { found.append("\(place): matches \(matching) of \(choices.count) choices") }
        }
        if let allowed = schema["enum"]?.list, !allowed.contains(value) {
            found.append("\(place): not one of the values")
        }
        if let types = schema["type"].map({ $0.list?.compactMap(\.string) ?? [$0.string ?? ""] }),
            !types.contains(where: { Self.isA(value, $0) })
        {
            found.append("\(place): is no \(types.joined(separator: " or "))")
        }
        if let map = value.map {
            let properties = schema["properties"]?.map ?? [:]
            for name in schema["required"]?.list?.compactMap(\.string) ?? [] where map[name] == nil {
                found.append("\(place).\(name): is missing")
            }
            for (name, value) in map.pairs {
                let name = name.string ?? ""
                if let property = properties[name]?.map {
                    found += problems(value, property, "\(place).\(name)")
                } else if schema["additionalProperties"] == .bool(false) {
                    found.append("\(place).\(name): is not described")
                } else if let other = schema["additionalProperties"]?.map {
                    found += problems(value, other, "\(place).\(name)")
                }
            }
        }
        if let items = value.list, let schema = schema["items"]?.map {
            for (index, item) in items.enumerated() { found += problems(item, schema, "\(place)[\(index)]") }
        }
        return found
    }

    private static func isA(_ value: Value, _ type: String) -> Bool {
        switch (value, type) {
        case (.null, "null"), (.bool, "boolean"), (.int, "integer"), (.int, "number"), (.double, "number"),
            (.string, "string"), (.list, "array"), (.dict, "object"):
            true
        default: false
        }
    }
}
