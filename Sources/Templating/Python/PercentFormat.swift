import BigInt

/// `format % values`, Python's printf.
enum PercentFormat {
    private struct Directive {
        var name: String?
        var alternate = false, zero = false, left = false
        var sign: Character?
        var width: Int?, precision: Int?
        var conversion: Character = "s"
    }

    static func format(_ format: String, _ argument: Object, _ context: RenderContext) throws(TemplateError) -> String {
        if case .undefined(let marker) = argument { throw marker.error }
        let characters = Array(format.unicodeScalars)
        var values: [Object] = if case .tuple(let items) = argument { items } else { [argument] }
        var usesNames = false
        var result = ""
        var index = 0
        var taken = 0
        func nextValue() throws(TemplateError) -> Object {
            guard taken < values.count else { throw .other("not enough arguments for format string") }
            defer { taken += 1 }
            if case .undefined(let marker) = values[taken] { throw marker.error }
            return values[taken]
        }
        while index < characters.count {
            let character = characters[index]
            index += 1
            guard character == "%" else {
                result.unicodeScalars.append(character)
                continue
            }
            var directive = Directive()
            if index < characters.count, characters[index] == "(" {
                guard let close = characters[index...].firstIndex(of: ")") else {
                    throw .other("incomplete format key")
                }
                directive.name = String(String.UnicodeScalarView(characters[(index + 1)..<close]))
                index = close + 1
            }
            flags: while index < characters.count {
                switch characters[index] {
                case "#": directive.alternate = true
                case "0": directive.zero = true
                case "-": directive.left = true
                case " ": if directive.sign == nil { directive.sign = " " }
                case "+": directive.sign = "+"
                default: break flags
                }
                index += 1
            }
            func number() throws(TemplateError) -> Int? {
                if index < characters.count, characters[index] == "*" {
                    index += 1
                    guard let value = try nextValue().intValue else { throw .other("* wants int") }
                    guard (-Bounds.repetition...Bounds.repetition).contains(value) else {
                        throw .other("the width or precision of a format is too large")
                    }
                    return value
                }
                var value: Int?
                while index < characters.count, let digit = Int(String(characters[index])) {
                    value = min((value ?? 0) * 10 + digit, Bounds.repetition + 1)
                    index += 1
                }
                if let value, value > Bounds.repetition {
                    throw .other("the width or precision of a format is too large")
                }
                return value
            }
            directive.width = try number()
            if let width = directive.width, width < 0 {
                directive.left = true
                directive.width = -width
            }
            if index < characters.count, characters[index] == "." {
                index += 1
                directive.precision = try number() ?? 0
            }
            while index < characters.count, "hlL".unicodeScalars.contains(characters[index]) { index += 1 }
            guard index < characters.count else { throw .other("incomplete format") }
            directive.conversion = Character(characters[index])
            index += 1
            if directive.conversion == "%" {
                result += "%"
                continue
            }
            let value: Object
            if let name = directive.name {
                guard case .dict(let dict) = argument else { throw .other("format requires a mapping") }
                guard let found = try dict.value(name, context) else {
                    throw .other("the format names a key that is not in the mapping")
                }
                if case .undefined(let marker) = found { throw marker.error }
                value = found
                usesNames = true
            } else {
                value = try nextValue()
            }
            result += try text(value, directive, context)
            guard result.utf8.count <= Bounds.text else { throw .tooLargeText }
        }
        switch argument {
        case .dict, .list: values = []  // what has items by key may have more than the format names
        default: break
        }
        if taken < values.count, !usesNames { throw .other("not all arguments converted during string formatting") }
        return result
    }

    private static func text(
        _ value: Object, _ directive: Directive, _ context: RenderContext
    ) throws(TemplateError) -> String {
        value.spell(in: context)
        var body: String
        var isNegative = false
        var isNumber = true
        var prefix = ""
        switch directive.conversion {
        case "s", "r", "a":
            isNumber = false
            body = directive.conversion == "s" ? try value.text(context) : try value.representation(context)
            if directive.conversion == "a" { body = PythonText.ascii(body) }
            if let precision = directive.precision { body = PythonText.slice(body, 0, precision) }
        case "c":
            isNumber = false
            if case .string(let text, _) = value, PythonText.count(text) == 1 {
                body = text
            } else if let code = value.intValue, let scalar = UInt32(exactly: code).flatMap(UnicodeScalar.init) {
                body = String(Character(scalar))
            } else {
                throw .other("%c requires int or char")
            }
        case "d", "i", "u", "x", "X", "o":
            let number: BigInt
            if case .double(let float, _) = value, "diu".contains(directive.conversion) {
                guard float.isFinite else { throw .other("cannot convert float infinity or NaN to integer") }
                number = BigInt(float)
            } else if let big = NumberFormat.big(value) {
                number = big
            } else {
                throw .other(
                    "%\(directive.conversion) format: \("diu".contains(directive.conversion) ? "a real number" : "an integer") is required, not \(value.typeName)"
                )
            }
            isNegative = number < 0
            let radix =
                directive.conversion == "o" ? 8 : directive.conversion == "x" || directive.conversion == "X" ? 16 : 10
            body = String(number.magnitude, radix: radix, uppercase: directive.conversion == "X")
            if directive.alternate, radix != 10 {
                prefix = radix == 8 ? "0o" : directive.conversion == "X" ? "0X" : "0x"
            }
            if let precision = directive.precision {
                body = String(repeating: "0", count: max(0, min(precision, Bounds.repetition) - body.count)) + body
            }
        case "f", "F", "e", "E", "g", "G":
            guard let number = Number(value)?.double else { throw .other("must be real number, not \(value.typeName)") }
            isNegative = number.sign == .minus && !number.isNaN
            body = NumberFormat.double(
                number.magnitude, directive.conversion, precision: directive.precision ?? 6,
                alternate: directive.alternate)
        default: throw .other("unsupported format character '\(directive.conversion)'")
        }
        let signed = isNumber ? NumberFormat.signed(prefix, isNegative: isNegative, sign: directive.sign) : ""
        let missing = (directive.width ?? 0) - PythonText.count(body) - PythonText.count(signed)
        guard missing > 0 else { return signed + body }
        let pad = String(repeating: directive.zero && isNumber && !directive.left ? "0" : " ", count: missing)
        if directive.left { return signed + body + pad }
        return directive.zero && isNumber ? signed + pad + body : pad + signed + body
    }
}
