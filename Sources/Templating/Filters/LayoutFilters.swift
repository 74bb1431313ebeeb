extension Filters {
    /// Filters that lay out text: indentation, wrapping, comments.
    static let layoutFilters: [String: Operation] = [
        "indent": Operation(["width", "first", "blank"]) { operand throws(TemplateError) in
            let width: String =
                if case .string(let text, _)? = operand[0] { text } else {
                    try BoundedText.repeating(" ", operand.int(0, default: 4))
                }
            let indentsFirst = try operand.flag(1)
            let indentsBlank = try operand.flag(2)
            let text = try operand.string() + "\n"
            let lines = PythonText.splitLines(text)
            guard width.utf8.count.saturatingProduct(lines.count) <= Bounds.text else { throw .tooLargeText }
            var result = ""
            if indentsBlank {
                result = lines.joined(separator: "\n" + width)
            } else {
                result = lines.first ?? ""
                for line in lines.dropFirst() { result += "\n" + (line.isEmpty ? "" : width + line) }
            }
            return .string(indentsFirst ? width + result : result)
        },
        "center": Operation(["width"]) { operand throws(TemplateError) in
            .string(try PythonText.centered(operand.text(), operand.int(0, default: 80)))
        },
        "truncate": Operation(["length", "killwords", "end", "leeway"]) { operand throws(TemplateError) in
            let length = try operand.int(0, default: 255)
            let end = try operand.string(2, default: "...")
            let leeway = if let value = operand[3], !value.isNone { try operand.int(3) } else { 5 }
            guard length >= PythonText.count(end) else {
                throw .other("expected length >= \(PythonText.count(end)), got \(length)")
            }
            guard leeway >= 0 else { throw .other("expected leeway >= 0, got \(leeway)") }
            // Whatever has a length and is short enough stays as it is; only text can be cut.
            if try operand.input.length(operand.context) <= length.saturatingSum(leeway) { return operand.input }
            let text = try operand.string()
            let cut = PythonText.slice(text, 0, length - PythonText.count(end))
            if try operand.flag(1) { return .string(cut + end) }
            return .string((try PythonText.splitFromRight(cut, " ", limit: 1).first ?? "") + end)
        },
        "wordwrap": Operation(["width", "break_long_words", "wrapstring", "break_on_hyphens"]) {
            operand throws(TemplateError) in
            let wrap = try TextWrap(
                width: operand.int(0, default: 79), breaksLongWords: operand.flag(1, default: true),
                breaksOnHyphens: operand.flag(3, default: true))
            let separator = try operand.optionalText(2) ?? "\n"
            var lines: [String] = []
            for line in PythonText.splitLines(try operand.string()) {
                lines.append(try BoundedText.joining(wrap.lines(line), separator))
            }
            return .string(try BoundedText.joining(lines, separator))
        },
        "comment": Operation(["style"], keywords: true) { operand throws(TemplateError) in
            var style = try CommentStyle.named(operand.text(0, default: "plain"))
            for (name, value) in operand.keywords { try style.set(name, value) }
            return .string(try style.comment(operand.string()))
        },
    ]
}

/// Python's `textwrap`, without expanding tabs or touching whitespace: the part that wrapping needs.
struct TextWrap {
    private let width: Int
    private let breaksLongWords: Bool, breaksOnHyphens: Bool
    private let separators: PythonRegex

    init(width: Int, breaksLongWords: Bool, breaksOnHyphens: Bool) throws(TemplateError) {
        guard width > 0 else { throw .other("invalid width \(width) (must be > 0)") }
        self.width = width
        self.breaksLongWords = breaksLongWords
        self.breaksOnHyphens = breaksOnHyphens
        separators = try RegexCache.expression(breaksOnHyphens ? TextWrap.hyphens : "([\\t\\n\\x0b\\x0c\\r ]+)")
    }

    /// Where a line may end, as Python's documentation of `break_on_hyphens` has it: at whitespace, after a hyphen
    /// between letters, around a dash.
    private static let hyphens: String = {
        let space = "[\\t\\n\\x0b\\x0c\\r ]"
        let black = "[^\\t\\n\\x0b\\x0c\\r ]"
        let word = "[\\w!\"'&.,?]"
        let letter = "[^\\d\\W]"
        let hyphen = "-(?:(?<=\(letter){2}-)|(?<=\(letter)-\(word)-))(?=\(letter)-?\(letter))"
        return "(\(space)+|(?<=\(word))-{2,}(?=\\w)|\(black)+?(?:\(hyphen)|(?=\(space)|\\Z)|(?<=\(word))(?=-{2,}\\w)))"
    }()

    /// Words, parts of words, and the whitespace between them, in order.
    private func chunks(_ text: String) throws(TemplateError) -> [String] {
        try separators.split(text).filter { !$0.isEmpty }
    }

    func lines(_ text: String) throws(TemplateError) -> [String] {
        var rest = Array(try chunks(text).reversed())
        var lines: [String] = []
        while !rest.isEmpty {
            var line: [String] = []
            var length = 0
            if !lines.isEmpty, let first = rest.last, PythonText.all(first, PythonText.isSpace) { rest.removeLast() }
            while let next = rest.last, length + PythonText.count(next) <= width {
                line.append(next)
                length += PythonText.count(next)
                rest.removeLast()
            }
            if let long = rest.last, PythonText.count(long) > width {
                if breaksLongWords {
                    var end = width - length
                    if breaksOnHyphens {
                        let fitting = PythonText.slice(long, 0, end)
                        if let hyphen = fitting.unicodeScalars.lastIndex(of: "-"),
                            fitting.unicodeScalars[..<hyphen].contains(where: { $0 != "-" })
                        {
                            end =
                                fitting.unicodeScalars.distance(from: fitting.unicodeScalars.startIndex, to: hyphen) + 1
                        }
                    }
                    // At the end of a full line nothing is taken, and then the line's last whitespace stays: so it is
                    // in Python.
                    line.append(PythonText.slice(long, 0, end))
                    rest[rest.count - 1] = PythonText.slice(long, end, PythonText.count(long))
                } else if line.isEmpty {
                    line.append(long)
                    rest.removeLast()
                }
            }
            if let last = line.last, last.unicodeScalars.allSatisfy(PythonText.isSpace) { line.removeLast() }
            if !line.isEmpty { lines.append(line.joined()) }
        }
        return lines
    }
}

/// The `comment` filter's styles.
struct CommentStyle {
    var beginning = "", prefix: String?, prefixCount = 1, decoration = "", postfix: String?, postfixCount = 1, end = "",
        newline = "\n"

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

    /// Parameters that no style has are ignored, as in Ansible.
    mutating func set(_ name: String, _ value: Object) throws(TemplateError) {
        func text() throws(TemplateError) -> String {
            guard case .string(let text, _) = value else {
                throw .other("'\(name)' must be a string, not \(value.typeName)")
            }
            return text
        }
        switch name {
        case "newline": newline = try text()
        case "beginning": beginning = try text()
        case "prefix": prefix = try text()
        case "prefix_count": prefixCount = value.intValue ?? 1
        case "decoration": decoration = try text()
        case "postfix": postfix = try text()
        case "postfix_count": postfixCount = value.intValue ?? 1
        case "end": end = try text()
        default: break
        }
    }

    func comment(_ text: String) throws(TemplateError) -> String {
        let bare = PythonText.trimmed(decoration, left: false)
        let prefix = prefix ?? bare
        let postfix = postfix ?? bare
        func times(_ count: Int, _ text: String) throws(TemplateError) -> String {
            try BoundedText.repeating(text, count)
        }
        // Blank lines are decorated without trailing space, but for the last.
        let decorated = decoration + (try PythonText.replaced(text, newline, newline + decoration))
        let middle =
            decoration.isEmpty ? decorated : try PythonText.replaced(decorated, decoration + newline, bare + newline)
        let head = try times(prefixCount, prefix.isEmpty ? "" : prefix == newline ? prefix : prefix + newline)
        let tail = try times(postfixCount, newline + postfix)
        return (beginning.isEmpty ? "" : beginning + newline) + head + middle + tail
            + (end.isEmpty ? "" : newline + end)
    }
}
