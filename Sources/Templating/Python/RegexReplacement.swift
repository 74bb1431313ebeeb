/// A replacement of `re.sub`: text with `\1`, `\g<name>` and escapes.
package struct RegexReplacement: Sendable {
    private enum Part: Sendable {
        case text(String)
        case group(Int)
    }
    private var parts: [Part] = []

    /// - Throws: `TemplateError` for a group that the expression does not have, and for an escape that Python refuses.
    package init(_ template: String, for expression: PythonRegex) throws(TemplateError) {
        let scalars = Array(template.unicodeScalars)
        var text = ""
        var index = 0
        func group(_ number: Int) throws(TemplateError) -> Part {
            guard number <= expression.groupCount else {
                throw .other("invalid group reference \(number) at position \(index)")
            }
            return .group(number)
        }
        func flush(_ parts: inout [Part]) {
            if !text.isEmpty { parts.append(.text(text)) }
            text = ""
        }
        func isDigit(_ position: Int, upTo last: UnicodeScalar = "9") -> Bool {
            position < scalars.count && ("0"...last).contains(scalars[position])
        }
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            guard scalar == "\\" else {
                text.unicodeScalars.append(scalar)
                continue
            }
            guard index < scalars.count else { throw .other("bad escape (end of pattern) at position \(index - 1)") }
            let escape = scalars[index]
            index += 1
            switch escape {
            case "g":
                guard index < scalars.count, scalars[index] == "<", let close = scalars[index...].firstIndex(of: ">")
                else { throw .other("missing < at position \(index)") }
                let name = String(String.UnicodeScalarView(scalars[(index + 1)..<close]))
                index = close + 1
                flush(&parts)
                if let number = Int(name) {
                    parts.append(try group(number))
                } else if let number = expression.groupNames[name] {
                    parts.append(.group(number))
                } else {
                    throw .other("unknown group name '\(name)'")
                }
            case "0":
                var code: UInt32 = 0
                var count = 0
                while count < 2, isDigit(index, upTo: "7") {
                    code = code * 8 + scalars[index].value - 48
                    index += 1
                    count += 1
                }
                text += UnicodeScalar(code).map { String(Character($0)) } ?? ""
            case "1"..."9":
                var number = Int(escape.value - 48)
                if isDigit(index) {
                    if ("0"..."3").contains(escape), isDigit(index, upTo: "7"), isDigit(index + 1, upTo: "7") {
                        let code = UInt32(number) * 64 + (scalars[index].value - 48) * 8 + scalars[index + 1].value - 48
                        index += 2
                        text += UnicodeScalar(code).map { String(Character($0)) } ?? ""
                        continue
                    }
                    number = number * 10 + Int(scalars[index].value - 48)
                    index += 1
                }
                flush(&parts)
                parts.append(try group(number))
            case "n": text += "\n"
            case "t": text += "\t"
            case "r": text += "\r"
            case "f": text += "\u{0C}"
            case "v": text += "\u{0B}"
            case "a": text += "\u{07}"
            case "b": text += "\u{08}"
            case "\\": text += "\\"
            default:
                if ("a"..."z").contains(escape) || ("A"..."Z").contains(escape) {
                    throw .other("bad escape \\\(escape) at position \(index - 2)")
                }
                text += "\\"
                text.unicodeScalars.append(escape)
            }
        }
        flush(&parts)
    }

    package func text(for match: PythonRegex.Match) -> String {
        var result = ""
        for part in parts {
            switch part {
            case .text(let text): result += text
            case .group(let number): result += match.groups[number] ?? ""
            }
        }
        return result
    }
}
