import BigInt
import YAML

/// `format.format(…)`, Python's format strings and format specifications.
enum BraceFormat {
    static func format(
        _ format: String, _ arguments: CallArguments, _ context: RenderContext
    ) throws(TemplateError) -> String {
        var automatic = 0
        return try expand(Array(format.unicodeScalars), arguments, context, &automatic, depth: 2)
    }

    private static func expand(
        _ format: [UnicodeScalar], _ arguments: CallArguments, _ context: RenderContext, _ automatic: inout Int,
        depth: Int
    ) throws(TemplateError) -> String {
        guard depth > 0 else { throw .other("Max string recursion exceeded") }
        var result = ""
        var index = 0
        while index < format.count {
            let character = format[index]
            index += 1
            if character == "{" || character == "}" {
                if index < format.count, format[index] == character {
                    result.unicodeScalars.append(character)
                    index += 1
                    continue
                }
                guard character == "{" else { throw .other("Single '}' encountered in format string") }
                var nesting = 1
                var end = index
                while end < format.count {
                    if format[end] == "{" { nesting += 1 }
                    if format[end] == "}" {
                        nesting -= 1
                        if nesting == 0 { break }
                    }
                    end += 1
                }
                guard end < format.count else { throw .other("expected '}' before end of string") }
                result += try field(Array(format[index..<end]), arguments, context, &automatic, depth: depth)
                guard result.utf8.count <= Bounds.text else { throw .tooLargeText }
                index = end + 1
            } else {
                result.unicodeScalars.append(character)
            }
        }
        return result
    }

    private static func field(
        _ field: [UnicodeScalar], _ arguments: CallArguments, _ context: RenderContext, _ automatic: inout Int,
        depth: Int
    ) throws(TemplateError) -> String {
        var nameEnd = 0
        var inBracket = false
        while nameEnd < field.count, inBracket || (field[nameEnd] != "!" && field[nameEnd] != ":") {
            if field[nameEnd] == "[" { inBracket = true }
            if field[nameEnd] == "]" { inBracket = false }
            nameEnd += 1
        }
        var value = try value(String(String.UnicodeScalarView(field[..<nameEnd])), arguments, context, &automatic)
        if case .undefined(let marker) = value { throw marker.error }
        var rest = nameEnd
        if rest < field.count, field[rest] == "!" {
            guard rest + 1 < field.count else { throw .other("end of string while looking for conversion specifier") }
            switch field[rest + 1] {
            case "s": value = .string(try value.text(context))
            case "r": value = .string(try value.representation(context))
            case "a": value = .string(PythonText.ascii(try value.representation(context)))
            default: throw .other("Unknown conversion specifier")
            }
            rest += 2
        }
        var specification = ""
        if rest < field.count, field[rest] == ":" {
            specification = try expand(Array(field[(rest + 1)...]), arguments, context, &automatic, depth: depth - 1)
        }
        return try text(value, specification, context)
    }

    private static func value(
        _ path: String, _ arguments: CallArguments, _ context: RenderContext, _ automatic: inout Int
    ) throws(TemplateError) -> Object {
        let name = path.prefix { $0 != "." && $0 != "[" }
        var rest = path.dropFirst(name.count)
        var value: Object
        if name.isEmpty || name.allSatisfy(\.isNumber) {
            let index: Int
            if name.isEmpty {
                index = automatic
                automatic += 1
            } else {
                index = Int(name) ?? .max
            }
            guard index < arguments.positional.count else {
                throw .other("Replacement index out of range for positional args tuple")
            }
            value = arguments.positional[index]
        } else {
            guard let found = arguments.keyword(String(name)) else {
                throw .other("the format names an argument that was not given")
            }
            value = found
        }
        while let mark = rest.first {
            rest = rest.dropFirst()
            if mark == "." {
                let attribute = rest.prefix { $0 != "." && $0 != "[" }
                rest = rest.dropFirst(attribute.count)
                // A format that asks for what is not there fails; nothing is undefined in it.
                value = try existing(context.attribute(String(attribute), of: value))
            } else {
                guard mark == "[", let close = rest.firstIndex(of: "]") else {
                    throw .other("Missing ']' in format string")
                }
                let key = rest[..<close]
                rest = rest[rest.index(after: close)...]
                value = try existing(
                    context.item(Int(key).map { .int($0) } ?? .string(String(key)), of: value, showsKey: false))
            }
        }
        return value
    }

    private static func existing(_ value: Object) throws(TemplateError) -> Object {
        if case .undefined(let marker) = value { throw .other(marker.error.message) }
        return value
    }

    /// `format(value, specification)`: `[[fill]align][sign][#][0][width][,][.precision][type]`.
    static func text(_ value: Object, _ specification: String, _ context: RenderContext) throws(TemplateError) -> String
    {
        if case .dateTime(let moment) = value, !specification.isEmpty {
            return TimeFormat.format(specification, moment)
        }
        if specification.isEmpty { return try value.text(context) }
        value.spell(in: context)
        let scalars = Array(specification.unicodeScalars)
        var index = 0
        func peek() -> UnicodeScalar? { index < scalars.count ? scalars[index] : nil }
        let alignments: Set<UnicodeScalar> = ["<", ">", "=", "^"]
        var fill: UnicodeScalar = " "
        var alignment: UnicodeScalar?
        if scalars.count > 1, alignments.contains(scalars[1]) {
            fill = scalars[0]
            alignment = scalars[1]
            index = 2
        } else if let first = scalars.first, alignments.contains(first) {
            alignment = first
            index = 1
        }
        var sign: Character?
        if let next = peek(), next == "+" || next == "-" || next == " " {
            sign = Character(next)
            index += 1
        }
        var alternate = false
        if peek() == "#" {
            alternate = true
            index += 1
        }
        if peek() == "0" {
            if alignment == nil {
                fill = "0"
                if case .string = value {} else { alignment = "=" }
            }
            index += 1
        }
        func number() throws(TemplateError) -> Int? {
            var value: Int?
            while let next = peek(), let digit = Int(String(next)) {
                value = min((value ?? 0) * 10 + digit, Bounds.repetition + 1)
                index += 1
            }
            if let value, value > Bounds.repetition { throw .other("the width or precision of a format is too large") }
            return value
        }
        let width = try number() ?? 0
        var separator: Character?
        if let next = peek(), next == "," || next == "_" {
            separator = Character(next)
            index += 1
        }
        var precision: Int?
        if peek() == "." {
            index += 1
            guard let digits = try number() else { throw .other("Format specifier missing precision") }
            precision = digits
        }
        let type = peek().map { Character($0) }
        if type != nil { index += 1 }
        guard index == scalars.count else { throw .other("Invalid format specifier") }

        var body: String
        var prefix = ""
        var isNumber = true
        switch value {
        case .string(let text, _):
            guard type == nil || type == "s" else {
                throw .other("Unknown format code '\(type ?? "s")' for object of type 'str'")
            }
            if sign != nil { throw .other("Sign not allowed in string format specifier") }
            if let separator { throw .other("Cannot specify '\(separator)' with 's'.") }
            if alignment == "=" { throw .other("'=' alignment not allowed in string format specifier") }
            isNumber = false
            body = precision.map { PythonText.slice(text, 0, $0) } ?? text
        case .int, .bigInt, .bool:
            let big = NumberFormat.big(value) ?? 0
            if precision != nil, type.map({ "dnxXobc".contains($0) }) ?? true {
                throw .other("Precision not allowed in integer format specifier")
            }
            switch type {
            case nil, "d", "n":
                body = String(big.magnitude)
                if let separator { body = NumberFormat.grouped(body, separator) }
            case "x", "X", "o", "b":
                let radix = type == "o" ? 8 : type == "b" ? 2 : 16
                body = String(big.magnitude, radix: radix, uppercase: type == "X")
                if let separator { body = NumberFormat.grouped(body, separator, every: 4) }
                if alternate { prefix = "0\(type ?? "x")" }
            case "c":
                guard let scalar = UInt32(exactly: big).flatMap(UnicodeScalar.init) else {
                    throw .other("%c arg not in range(0x110000)")
                }
                body = String(Character(scalar))
            default: return try self.text(.double(Double(big)), specification, context)
            }
            prefix = NumberFormat.signed(prefix, isNegative: big < 0, sign: sign)
        case .double(let double, _):
            let magnitude = double.magnitude
            switch type {
            case nil:
                if let precision {
                    body = NumberFormat.double(magnitude, "g", precision: max(precision, 1))
                    if !body.contains("."), !body.contains("e") { body += ".0" }
                } else {
                    body = Value.pythonRepr(of: magnitude)
                }
            case "f", "F", "e", "E", "g", "G", "n":
                body = NumberFormat.double(
                    magnitude, type == "n" ? "g" : type ?? "g", precision: precision ?? 6, alternate: alternate)
            case "%": body = NumberFormat.double(magnitude * 100, "f", precision: precision ?? 6) + "%"
            default: throw .other("Unknown format code '\(type ?? "?")' for object of type 'float'")
            }
            if let separator {
                let whole = body.prefix { $0.isNumber }
                body = NumberFormat.grouped(String(whole), separator) + body.dropFirst(whole.count)
            }
            prefix = NumberFormat.signed("", isNegative: double.sign == .minus && !double.isNaN, sign: sign)
        default: throw .other("unsupported format string passed to \(value.typeName).__format__")
        }
        let missing = width - PythonText.count(body) - PythonText.count(prefix)
        guard missing > 0 else { return prefix + body }
        let pad = String(Character(fill))
        switch alignment ?? (isNumber ? ">" : "<") {
        case "<": return prefix + body + String(repeating: pad, count: missing)
        case "=": return prefix + String(repeating: pad, count: missing) + body
        case "^":
            return String(repeating: pad, count: missing / 2) + prefix + body
                + String(repeating: pad, count: missing - missing / 2)
        default: return String(repeating: pad, count: missing) + prefix + body
        }
    }
}
