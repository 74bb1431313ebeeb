/// Writes a tree of nodes in PyYAML's layout.
struct YAMLEmitter {
    indirect enum Node {
        enum Style: Equatable { case plain, quoted, forced(Character) }
        case scalar(String, style: Style)
        case sequence([Node], isFlow: Bool)
        case mapping([(Node, Node)], isFlow: Bool, tag: String?)
    }

    private let bestIndent: Int, bestWidth: Int
    private let escapesUnicode: Bool
    private(set) var output = ""
    private var column = 0
    /// The last thing written was a space or a line's indentation.
    private var isWhitespace = true, isIndention = true
    private var indents: [Int] = []
    private var indent = -1
    private var flowLevel = 0

    init(indent: Int, width: Int, escapesUnicode: Bool) {
        bestIndent = indent
        bestWidth = width
        self.escapesUnicode = escapesUnicode
    }

    // MARK: Output

    mutating func raw(_ text: String) { output += text }
    mutating func write(_ text: String) { indicator(text, needsWhitespace: true) }

    private mutating func indicator(
        _ text: String, needsWhitespace: Bool, whitespace: Bool = false, indention: Bool = false
    ) {
        if !isWhitespace, needsWhitespace { append(" ") }
        isWhitespace = whitespace
        isIndention = isIndention && indention
        append(text)
    }
    private mutating func append(_ text: String) {
        output += text
        column += PythonText.count(text)
    }
    private mutating func lineBreak() {
        isWhitespace = true
        isIndention = true
        output += "\n"
        column = 0
    }
    private mutating func writeIndent() {
        let indent = max(self.indent, 0)
        if !isIndention || column > indent || (column == indent && !isWhitespace) { lineBreak() }
        if column < indent {
            isWhitespace = true
            append(String(repeating: " ", count: indent - column))
        }
    }
    private mutating func increaseIndent(flow: Bool, indentless: Bool = false) {
        indents.append(indent)
        if indent < 0 { indent = flow ? bestIndent : 0 } else if !indentless { indent += bestIndent }
    }
    private mutating func decreaseIndent() { indent = indents.popLast() ?? -1 }

    // MARK: Nodes

    mutating func document(_ root: Node) {
        emit(root)
        if column > 0 { lineBreak() }
    }

    private mutating func emit(_ node: Node, inMapping: Bool = false, isSimpleKey: Bool = false) {
        switch node {
        case .scalar(let text, let style):
            increaseIndent(flow: true)
            scalar(text, style, isSimpleKey: isSimpleKey)
            decreaseIndent()
        case .sequence(let items, let isFlow):
            if flowLevel > 0 || isFlow || items.isEmpty {
                flowSequence(items)
            } else {
                blockSequence(items, isIndentless: inMapping && !isIndention)
            }
        case .mapping(let pairs, let isFlow, let tag):
            if let tag { indicator(tag, needsWhitespace: true) }
            if flowLevel > 0 || isFlow || pairs.isEmpty { flowMapping(pairs) } else { blockMapping(pairs) }
        }
    }

    private mutating func blockSequence(_ items: [Node], isIndentless: Bool) {
        increaseIndent(flow: false, indentless: isIndentless)
        for item in items {
            writeIndent()
            indicator("-", needsWhitespace: true, indention: true)
            emit(item)
        }
        decreaseIndent()
    }

    private mutating func blockMapping(_ pairs: [(Node, Node)]) {
        increaseIndent(flow: false)
        for (key, value) in pairs {
            writeIndent()
            if isSimple(key) {
                emit(key, inMapping: true, isSimpleKey: true)
                indicator(":", needsWhitespace: false)
            } else {
                indicator("?", needsWhitespace: true, indention: true)
                emit(key, inMapping: true)
                writeIndent()
                indicator(":", needsWhitespace: true, indention: true)
            }
            emit(value, inMapping: true)
        }
        decreaseIndent()
    }

    private mutating func flowSequence(_ items: [Node]) {
        indicator("[", needsWhitespace: true, whitespace: true)
        flowLevel += 1
        increaseIndent(flow: true)
        for (index, item) in items.enumerated() {
            if index > 0 { indicator(",", needsWhitespace: false) }
            if column > bestWidth { writeIndent() }
            emit(item)
        }
        decreaseIndent()
        flowLevel -= 1
        indicator("]", needsWhitespace: false)
    }

    private mutating func flowMapping(_ pairs: [(Node, Node)]) {
        indicator("{", needsWhitespace: true, whitespace: true)
        flowLevel += 1
        increaseIndent(flow: true)
        for (index, (key, value)) in pairs.enumerated() {
            if index > 0 { indicator(",", needsWhitespace: false) }
            if column > bestWidth { writeIndent() }
            if isSimple(key) {
                emit(key, inMapping: true, isSimpleKey: true)
                indicator(":", needsWhitespace: false)
            } else {
                indicator("?", needsWhitespace: true)
                emit(key, inMapping: true)
                if column > bestWidth { writeIndent() }
                indicator(":", needsWhitespace: true)
            }
            emit(value, inMapping: true)
        }
        decreaseIndent()
        flowLevel -= 1
        indicator("}", needsWhitespace: false)
    }

    /// A key that fits on a line before its colon.
    private func isSimple(_ key: Node) -> Bool {
        switch key {
        case .scalar(let text, _):
            PythonText.count(text) < 128 && !text.unicodeScalars.contains { ScalarAnalysis.kind($0) == .lineBreak }
        case .sequence(let items, _): items.isEmpty
        case .mapping(let pairs, _, _): pairs.isEmpty
        }
    }

    // MARK: Scalars

    private mutating func scalar(_ text: String, _ style: Node.Style, isSimpleKey: Bool) {
        let analysis = ScalarAnalysis(text, escapesUnicode: escapesUnicode)
        var isPlainWanted = style == .plain
        if case .forced(let character) = style {
            switch character {
            case "\"": return doubleQuoted(text, split: !isSimpleKey)
            case "|" where flowLevel == 0 && !isSimpleKey && analysis.allowsBlock: return literal(text)
            case ">" where flowLevel == 0 && !isSimpleKey && analysis.allowsBlock: return folded(text)
            case "'" where analysis.allowsSingleQuoted && !(isSimpleKey && analysis.isMultiline):
                return singleQuoted(text, split: !isSimpleKey)
            // What cannot be a block has its quotes.
            case "|", ">": return doubleQuoted(text, split: !isSimpleKey)
            default: isPlainWanted = false
            }
        }
        let allowsPlain = flowLevel > 0 ? analysis.allowsFlowPlain : analysis.allowsBlockPlain
        if isPlainWanted, !(isSimpleKey && (analysis.isEmpty || analysis.isMultiline)), allowsPlain {
            plain(text, split: !isSimpleKey)
        } else if analysis.allowsSingleQuoted, !(isSimpleKey && analysis.isMultiline) {
            singleQuoted(text, split: !isSimpleKey)
        } else {
            doubleQuoted(text, split: !isSimpleKey)
        }
    }

    private mutating func plain(_ text: String, split: Bool) {
        if text.isEmpty { return }
        if !isWhitespace { append(" ") }
        isWhitespace = false
        isIndention = false
        fold(text, split: split, isQuoted: false)
    }

    private mutating func singleQuoted(_ text: String, split: Bool) {
        indicator("'", needsWhitespace: true)
        fold(text, split: split, isQuoted: true)
        indicator("'", needsWhitespace: false)
    }

    /// Runs of spaces, of line breaks and of the rest, in turn.
    private mutating func fold(_ text: String, split: Bool, isQuoted: Bool) {
        let scalars = Array(text.unicodeScalars)
        var start = 0
        while start < scalars.count {
            let kind = ScalarAnalysis.kind(scalars[start])
            var end = start
            while end < scalars.count, ScalarAnalysis.kind(scalars[end]) == kind { end += 1 }
            let run = scalars[start..<end]
            switch kind {
            case .space:
                let isInner = start != 0 && end != scalars.count
                if run.count == 1, column > bestWidth, split, isInner || !isQuoted {
                    writeIndent()
                    if !isQuoted {
                        isWhitespace = false
                        isIndention = false
                    }
                } else {
                    append(String(String.UnicodeScalarView(run)))
                }
            case .lineBreak:
                if run.first == "\n" { lineBreak() }
                for scalar in run {
                    if scalar == "\n" {
                        lineBreak()
                    } else {
                        output.unicodeScalars.append(scalar)
                        column = 0
                    }
                }
                isIndention = true
                writeIndent()
                if !isQuoted {
                    isWhitespace = false
                    isIndention = false
                }
            case .other:
                let piece = String(String.UnicodeScalarView(run))
                append(isQuoted ? piece.replacingText("'", with: "''") : piece)
            }
            start = end
        }
    }

    private mutating func doubleQuoted(_ text: String, split: Bool) {
        indicator("\"", needsWhitespace: true)
        let scalars = Array(text.unicodeScalars)
        var start = 0
        var end = 0
        while end <= scalars.count {
            let scalar = end < scalars.count ? scalars[end] : nil
            if scalar.map(mustEscape) ?? true {
                if start < end {
                    append(String(String.UnicodeScalarView(scalars[start..<end])))
                    start = end
                }
                if let scalar {
                    append(YAMLEmitter.escape(scalar))
                    start = end + 1
                }
            }
            if end > 0, end < scalars.count - 1, scalar == " " || start >= end, column + (end - start) > bestWidth,
                split
            {
                let piece = (start < end ? String(String.UnicodeScalarView(scalars[start..<end])) : "") + "\\"
                if start < end { start = end }
                append(piece)
                writeIndent()
                isWhitespace = false
                isIndention = false
                if scalars[start] == " " { append("\\") }
            }
            end += 1
        }
        indicator("\"", needsWhitespace: false)
    }
    private func mustEscape(_ scalar: UnicodeScalar) -> Bool {
        switch scalar {
        case "\"", "\\", "\u{85}", "\u{2028}", "\u{2029}", "\u{FEFF}": true
        case " "..."~": false
        // libyaml takes nothing beyond the first 65536 characters for printable.
        case "\u{A0}"..."\u{D7FF}", "\u{E000}"..."\u{FFFD}": escapesUnicode
        default: true
        }
    }
    private static func escape(_ scalar: UnicodeScalar) -> String {
        switch scalar {
        case "\0": return "\\0"
        case "\u{07}": return "\\a"
        case "\u{08}": return "\\b"
        case "\t": return "\\t"
        case "\n": return "\\n"
        case "\u{0B}": return "\\v"
        case "\u{0C}": return "\\f"
        case "\r": return "\\r"
        case "\u{1B}": return "\\e"
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\u{85}": return "\\N"
        case "\u{A0}": return "\\_"
        case "\u{2028}": return "\\L"
        case "\u{2029}": return "\\P"
        default:
            if scalar.value <= 0xFF { return "\\x" + PythonText.hexadecimal(scalar.value, 2).uppercased() }
            if scalar.value <= 0xFFFF { return "\\u" + PythonText.hexadecimal(scalar.value, 4).uppercased() }
            return "\\U" + PythonText.hexadecimal(scalar.value, 8).uppercased()
        }
    }

    private func blockHints(_ text: String) -> String {
        var hints = ""
        if let first = text.unicodeScalars.first, first == " " || first == "\n" { hints += String(bestIndent) }
        if !text.hasSuffix("\n") {
            hints += "-"
        } else if text.utf8.count == 1 || text.hasSuffix("\n\n") {
            hints += "+"
        }
        return hints
    }
    private mutating func literal(_ text: String) {
        let hints = blockHints(text)
        indicator("|" + hints, needsWhitespace: true)
        lineBreak()
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            if !line.isEmpty {
                writeIndent()
                append(String(line))
                isWhitespace = false
                isIndention = false
            }
            if index < lines.count - 1 { lineBreak() }
        }
    }
    private mutating func folded(_ text: String) {
        let hints = blockHints(text)
        indicator(">" + hints, needsWhitespace: true)
        lineBreak()
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            if !line.isEmpty {
                writeIndent()
                for (position, word) in line.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
                    if position > 0 {
                        if column > bestWidth {
                            isWhitespace = false
                            isIndention = false
                            writeIndent()
                        } else {
                            append(" ")
                        }
                    }
                    append(String(word))
                }
                isWhitespace = false
                isIndention = false
            }
            if index < lines.count - 1 {
                lineBreak()
                if !line.isEmpty, !lines[index + 1].isEmpty, !lines[index + 1].hasPrefix(" "), !line.hasPrefix(" ") {
                    lineBreak()
                }
            }
        }
    }
}

/// Which styles can hold a text.
struct ScalarAnalysis {
    enum Kind { case space, lineBreak, other }
    static func kind(_ scalar: UnicodeScalar) -> Kind {
        switch scalar {
        case " ": .space
        case "\n", "\u{85}", "\u{2028}", "\u{2029}": .lineBreak
        default: .other
        }
    }

    let isEmpty: Bool
    private(set) var isMultiline = false
    private(set) var allowsFlowPlain = true, allowsBlockPlain = true, allowsSingleQuoted = true, allowsBlock = true

    init(_ text: String, escapesUnicode: Bool) {
        isEmpty = text.isEmpty
        if text.isEmpty {
            allowsFlowPlain = false
            allowsBlock = false
            return
        }
        let scalars = Array(text.unicodeScalars)
        var blockIndicators = false
        var flowIndicators = false
        var special = false
        var leadingSpace = false
        var leadingBreak = false
        var trailingSpace = false
        var trailingBreak = false
        var breakSpace = false
        var spaceBreak = false
        if text.hasPrefix("---") || text.hasPrefix("...") {
            blockIndicators = true
            flowIndicators = true
        }
        func isBlank(_ scalar: UnicodeScalar) -> Bool {
            "\0 \t\r\n\u{85}\u{2028}\u{2029}".unicodeScalars.contains(scalar)
        }
        var isPreceded = true
        var isFollowed = scalars.count == 1 || isBlank(scalars[1])
        var previousSpace = false
        var previousBreak = false
        for (index, scalar) in scalars.enumerated() {
            if index == 0 {
                if "#,[]{}&*!|>'\"%@`".unicodeScalars.contains(scalar) {
                    flowIndicators = true
                    blockIndicators = true
                }
                if scalar == "?" || scalar == ":" {
                    flowIndicators = true
                    if isFollowed { blockIndicators = true }
                }
                if scalar == "-", isFollowed {
                    flowIndicators = true
                    blockIndicators = true
                }
            } else {
                if ",?[]{}".unicodeScalars.contains(scalar) { flowIndicators = true }
                if scalar == ":" {
                    flowIndicators = true
                    if isFollowed { blockIndicators = true }
                }
                if scalar == "#", isPreceded {
                    flowIndicators = true
                    blockIndicators = true
                }
            }
            let kind = ScalarAnalysis.kind(scalar)
            if kind == .lineBreak { isMultiline = true }
            if !(scalar == "\n" || (" "..."~").contains(scalar)) {
                let isUnicode =
                    scalar == "\u{85}"
                    || (("\u{A0}"..."\u{D7FF}").contains(scalar) || ("\u{E000}"..."\u{FFFD}").contains(scalar))
                        && scalar != "\u{FEFF}"
                if !isUnicode || escapesUnicode { special = true }
            }
            switch kind {
            case .space:
                if index == 0 { leadingSpace = true }
                if index == scalars.count - 1 { trailingSpace = true }
                if previousBreak { breakSpace = true }
                previousSpace = true
                previousBreak = false
            case .lineBreak:
                if index == 0 { leadingBreak = true }
                if index == scalars.count - 1 { trailingBreak = true }
                if previousSpace { spaceBreak = true }
                previousSpace = false
                previousBreak = true
            case .other:
                previousSpace = false
                previousBreak = false
            }
            isPreceded = isBlank(scalar)
            isFollowed = index + 2 >= scalars.count || isBlank(scalars[index + 2])
        }
        if leadingSpace || leadingBreak || trailingSpace || trailingBreak {
            allowsFlowPlain = false
            allowsBlockPlain = false
        }
        if trailingSpace { allowsBlock = false }
        if breakSpace {
            allowsFlowPlain = false
            allowsBlockPlain = false
            allowsSingleQuoted = false
        }
        if spaceBreak || special {
            allowsFlowPlain = false
            allowsBlockPlain = false
            allowsSingleQuoted = false
            allowsBlock = false
        }
        if isMultiline {
            allowsFlowPlain = false
            allowsBlockPlain = false
        }
        if flowIndicators { allowsFlowPlain = false }
        if blockIndicators { allowsBlockPlain = false }
    }
}
