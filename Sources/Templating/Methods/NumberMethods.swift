import BigInt
import Support

/// `int`, `bool` and `float`.
enum NumberMethods {
    static let integerTable: [String: Attributes.Method] = [
        "bit_length": { object, _, _ throws(TemplateError) in
            .int(NumberFormat.big(object).map { $0.magnitude.bitWidth } ?? 0)
        },
        "bit_count": { object, _, _ throws(TemplateError) in
            .int(NumberFormat.big(object).map { $0.magnitude.words.reduce(0) { $0 + $1.nonzeroBitCount } } ?? 0)
        },
        "conjugate": { object, _, _ throws(TemplateError) in object },
    ]
    static let floatTable: [String: Attributes.Method] = [
        "is_integer": { object, _, _ throws(TemplateError) in
            guard case .double(let number, _) = object else { return .bool(false) }
            return .bool(number.isFinite && number == number.rounded())
        },
        "conjugate": { object, _, _ throws(TemplateError) in object },
    ]
}

/// `bytes`.
enum BytesMethods {
    static let table: [String: Attributes.Method] = [
        "decode": { object, arguments, _ throws(TemplateError) in
            guard case .bytes(let bytes) = object else { return .none }
            return .string(try TextEncoding.decode(bytes, arguments.optionalText(0, "encoding") ?? "utf-8"))
        },
        "hex": { object, _, _ throws(TemplateError) in
            guard case .bytes(let bytes) = object else { return .none }
            return .string(Hex.text(bytes))
        },
    ]
}

/// `set`.
enum SetMethods {
    private static func combining(
        _ combine: @escaping @Sendable ([Object], Set<Key>, [Object], Set<Key>) -> [Object]
    ) -> Attributes.Method {
        { object, arguments, context throws(TemplateError) in
            let left = try object.items(context)
            let right = try arguments.required(0, "other").items(context)
            return .set(combine(left, Set(left.map { Key($0) }), right, Set(right.map { Key($0) })))
        }
    }
    static let table: [String: Attributes.Method] = [
        "union": combining { left, known, right, _ in left + right.filter { !known.contains(Key($0)) } },
        "intersection": combining { left, _, _, others in left.filter { others.contains(Key($0)) } },
        "difference": combining { left, _, _, others in left.filter { !others.contains(Key($0)) } },
        "issubset": { object, arguments, context throws(TemplateError) in
            let others = Set(try arguments.required(0, "other").items(context).map { Key($0) })
            return .bool(try object.items(context).allSatisfy { others.contains(Key($0)) })
        },
    ]
}
