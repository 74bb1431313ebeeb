extension Filters {
    /// Filters that lay out text: indentation, wrapping, comments.
    static let layoutFilters: [String: Operation] = [
        "indent": Operation(["width", "first", "blank"]) { operand throws(TemplateError) in
            let width: String = if case .string(let text)? = operand[0] { text } else { String(repeating: " ", count: max(0, try operand.int(0, default: 4))) }
            let indentsFirst = try operand.flag(1), indentsBlank = try operand.flag(2)
            let text = try operand.text() + "\n"
            let lines = PythonText.splitLines(text)
            var result = ""
            if indentsBlank {
                result = lines.joined(separator: "\n" + width)
            } else {
                result = lines.first ?? ""
                for line in lines.dropFirst() { result += "\n" + (line.isEmpty ? "" : width + line) }
            }
            return .string(indentsFirst ? width + result : result)
        },
        "center": Operation(["width"]) { operand throws(TemplateError) in .string(PythonText.centered(try operand.text(), try operand.int(0, default: 80))) },
        "truncate": Operation(["length", "killwords", "end", "leeway"]) { operand throws(TemplateError) in
            let text = try operand.text(), length = try operand.int(0, default: 255), end = try operand.text(2, default: "...")
            let leeway = if let value = operand[3], !value.isNone { try operand.int(3) } else { 5 }
            guard length >= PythonText.count(end) else { throw .other("expected length >= \(PythonText.count(end)), got \(length)") }
            if PythonText.count(text) <= length + leeway { return .string(text) }
            let cut = PythonText.slice(text, 0, length - PythonText.count(end))
            if try operand.flag(1) { return .string(cut + end) }
            return .string((try PythonText.splitFromRight(cut, " ", limit: 1).first ?? "") + end)
        },
        "wordwrap": Operation(["width", "break_long_words", "wrapstring", "break_on_hyphens"]) { operand throws(TemplateError) in
            let wrap = TextWrap(width: try operand.int(0, default: 79), breaksLongWords: try operand.flag(1, default: true), breaksOnHyphens: try operand.flag(3, default: true))
            let separator = try operand.optionalText(2) ?? "\n"
            return .string(PythonText.splitLines(try operand.text()).map { wrap.lines($0).joined(separator: separator) }.joined(separator: separator))
        },
        "comment": Operation(["style"], keywords: true) { operand throws(TemplateError) in
            var style = try CommentStyle.named(operand.text(0, default: "plain"))
            for (name, value) in operand.keywords { try style.set(name, value, operand.context) }
            return .string(style.comment(try operand.text()))
        },
    ]
}

/// Python's `textwrap`, without expanding tabs or touching whitespace: the part that wrapping needs.
struct TextWrap {
    var width: Int
    var breaksLongWords: Bool, breaksOnHyphens: Bool

    /// Words and the whitespace between them, in order.
    private func chunks(_ text: String) -> [String] {
        var result: [String] = []
        var current = String.UnicodeScalarView()
        var isSpace: Bool?
        for scalar in text.unicodeScalars {
            let space = PythonText.isSpace(scalar)
            if let before = isSpace, before != space {
                result.append(String(current))
                current = String.UnicodeScalarView()
            }
            isSpace = space
            current.append(scalar)
        }
        if !current.isEmpty { result.append(String(current)) }
        return breaksOnHyphens ? result.flatMap(hyphenParts) : result
    }

    /// A word may be cut after a hyphen between letters.
    private func hyphenParts(_ word: String) -> [String] {
        let scalars = Array(word.unicodeScalars)
        var parts: [String] = [], start = 0
        for index in scalars.indices where scalars[index] == "-" && index - start >= 2 && index + 2 < scalars.count {
            if PythonText.isLetter(scalars[index - 1]), PythonText.isAlphanumeric(scalars[index - 2]) || scalars[index - 2] == "_",
               PythonText.isLetter(scalars[index + 1]), PythonText.isAlphanumeric(scalars[index + 2]) || scalars[index + 2] == "_" || scalars[index + 2] == "-" {
                parts.append(String(String.UnicodeScalarView(scalars[start...index])))
                start = index + 1
            }
        }
        parts.append(String(String.UnicodeScalarView(scalars[start...])))
        return parts
    }

    func lines(_ text: String) -> [String] {
        var rest = Array(chunks(text).reversed())
        var lines: [String] = []
        let width = max(1, width)
        while !rest.isEmpty {
            var line: [String] = [], length = 0
            if !lines.isEmpty, let first = rest.last, PythonText.all(first, PythonText.isSpace) { rest.removeLast() }
            while let next = rest.last, length + PythonText.count(next) <= width {
                line.append(next)
                length += PythonText.count(next)
                rest.removeLast()
            }
            if let long = rest.last, PythonText.count(long) > width {
                if breaksLongWords {
                    let space = max(1, width - length)
                    line.append(PythonText.slice(long, 0, space))
                    rest[rest.count - 1] = PythonText.slice(long, space, PythonText.count(long))
                } else if line.isEmpty {
                    line.append(long)
                    rest.removeLast()
                }
            }
            if let last = line.last, PythonText.all(last, PythonText.isSpace) { line.removeLast() }
            if !line.isEmpty { lines.append(line.joined()) }
        }
        return lines
    }
}

/// The `comment` filter's styles.
struct CommentStyle {
    var beginning = "", prefix: String?, prefixCount = 1, decoration = "", postfix: String?, postfixCount = 1, end = "", newline = "\n"

    static func named(_ name: String) throws(TemplateError) -> CommentStyle {
        switch name {
        case "plain": CommentStyle(decoration: "# ")
        case "erlang": CommentStyle(decoration: "% ")
        case "c": CommentStyle(decoration: "// ")
        case "cblock": CommentStyle(beginning: "/*", decoration: " * ", end: " */")
        case "xml": CommentStyle(beginning: "<!--", decoration: " - ", end: "-->")
        default: throw .other("unknown comment style; use plain, erlang, c, cblock or xml")
        }
    }

    mutating func set(_ name: String, _ value: Object, _ context: RenderContext) throws(TemplateError) {
        switch name {
        case "newline": newline = try value.text(context)
        case "beginning": beginning = try value.text(context)
        case "prefix": prefix = try value.text(context)
        case "prefix_count": prefixCount = value.intValue ?? 1
        case "decoration": decoration = try value.text(context)
        case "postfix": postfix = try value.text(context)
        case "postfix_count": postfixCount = value.intValue ?? 1
        case "end": end = try value.text(context)
        default: throw .other("unexpected keyword argument '\(name)'")
        }
    }

    func comment(_ text: String) -> String {
        let bare = PythonText.trimmed(decoration, left: false)
        let prefix = prefix ?? bare, postfix = postfix ?? bare
        func frame(_ line: String, _ count: Int) -> String { line.isEmpty ? "" : String(repeating: line + newline, count: max(0, count)) }
        let body = decoration + PythonText.replacing(text, newline, newline + decoration)
        // A comment ends where its text does: an empty last line is decorated without its trailing space.
        var middle = body
        if !decoration.isEmpty { middle = PythonText.replacing(middle + newline, newline + decoration + newline, newline + bare + newline); middle.removeLast(newline.count) }
        let last = postfixCount > 0 && !postfix.isEmpty ? newline + Array(repeating: postfix, count: postfixCount).joined(separator: newline) : ""
        return (beginning.isEmpty ? "" : beginning + newline) + frame(prefix, prefixCount) + middle + last + (end.isEmpty ? "" : newline + end)
    }
}
