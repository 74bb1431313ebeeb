import Foundation
import YAML

/// Reads TOML 1.0 into nodes with their places, which the libraries for it don't keep: a variable's place is where an
/// error in its template is reported.
struct TOMLReader {
    /// A table while it is being filled.
    private final class Table {
        let mark: SourceMark
        var keys: [(name: String, mark: SourceMark)] = []
        var items: [String: Item] = [:]
        /// Written as `[name]`, or as `{ … }`: it can't be opened again.
        var isDefined = false, isClosed = false
        init(_ mark: SourceMark) { self.mark = mark }
    }
    private enum Item {
        case value(Node)
        case table(Table)
        case tables([Table])
    }

    private let text: [Unicode.Scalar]
    private let file: String
    private let source: Provenance.Source
    private var place = 0, line = 1, lineStart = 0
    private var depth = 0

    /// - Parameter isSecret: whether the text was encrypted.
    static func document(_ text: [UInt8], file: String, isSecret: Bool) throws(Diagnostics) -> Node {
        guard let string = String(validating: text, as: UTF8.self) else {
            throw Diagnostics([Diagnostic("bytes that are not UTF-8", at: SourceMark(file: file, line: 1, column: 1))])
        }
        var reader = TOMLReader(Array(string.unicodeScalars), file, isSecret)
        do throws(Diagnostic) { return try reader.document() } catch { throw Diagnostics([error]) }
    }

    private init(_ text: [Unicode.Scalar], _ file: String, _ isSecret: Bool) {
        self.text = text
        self.file = file
        source = Provenance.Source(file: file, isTrusted: true, isSecret: isSecret)
    }

    private mutating func document() throws(Diagnostic) -> Node {
        let root = Table(mark)
        var current = root
        while true {
            skipLines()
            guard let next = peek else { return node(root) }
            if next == "[" {
                current = try header(root)
            } else {
                try pair(into: current)
            }
            skipBlanks()
            guard peek == nil || peek == "\n" || peek == "\r" || peek == "#" else {
                throw unexpected("after the value")
            }
        }
    }

    // MARK: Tables

    private mutating func header(_ root: Table) throws(Diagnostic) -> Table {
        let start = mark
        advance()
        let isArray = peek == "["
        if isArray { advance() }
        let path = try key()
        guard accept("]"), !isArray || accept("]") else { throw unexpected("where ']' should be") }
        guard let last = path.last else { throw unexpected("where a name should be") }
        let parent = try table(path.dropLast(), below: root)
        switch parent.items[last.name] {
        case nil:
            let table = Table(start)
            table.isDefined = true
            parent.keys.append((last.name, last.mark))
            parent.items[last.name] = isArray ? .tables([table]) : .table(table)
            return table
        case .tables(let tables)? where isArray:
            let table = Table(start)
            parent.items[last.name] = .tables(tables + [table])
            return table
        case .table(let table)? where !isArray && !table.isDefined && !table.isClosed:
            table.isDefined = true
            return table
        default: throw Diagnostic("'\(last.name)' is given twice", at: last.mark, remedy: "give each table once")
        }
    }

    private func table(
        _ path: some Sequence<(name: String, mark: SourceMark)>, below root: Table
    ) throws(Diagnostic) -> Table {
        var table = root
        for (name, mark) in path {
            switch table.items[name] {
            case nil:
                let next = Table(mark)
                table.keys.append((name, mark))
                table.items[name] = .table(next)
                table = next
            case .table(let next)? where !next.isClosed: table = next
            case .tables(let tables)?:
                guard let next = tables.last else { continue }
                table = next
            default: throw Diagnostic("'\(name)' is no table that can be extended", at: mark)
            }
        }
        return table
    }

    private mutating func pair(into table: Table) throws(Diagnostic) {
        let path = try key()
        guard accept("=") else { throw unexpected("where '=' should be") }
        skipBlanks()
        let value = try value()
        guard let last = path.last else { throw unexpected("where a name should be") }
        let parent = try self.table(path.dropLast(), below: table)
        guard parent.items[last.name] == nil else {
            throw Diagnostic("'\(last.name)' is given twice", at: last.mark, remedy: "give each key once")
        }
        parent.keys.append((last.name, last.mark))
        parent.items[last.name] = .value(value)
    }

    /// `a.b."c d"`
    private mutating func key() throws(Diagnostic) -> [(name: String, mark: SourceMark)] {
        var parts: [(name: String, mark: SourceMark)] = []
        repeat {
            skipBlanks()
            let start = mark
            switch peek {
            case "\"": parts.append((try basicString(), start))
            case "'": parts.append((try literalString(), start))
            default:
                var name = String.UnicodeScalarView()
                while let next = peek, Self.isBare(next) {
                    name.append(next)
                    advance()
                }
                guard !name.isEmpty else { throw unexpected("where a name should be") }
                parts.append((String(name), start))
            }
            skipBlanks()
        } while accept(".")
        return parts
    }

    private static func isBare(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)) || scalar == "_"
            || scalar == "-"
    }

    private func node(_ table: Table) -> Node {
        var entries: [Node.Entry] = []
        var map = ValueMap()
        for (name, mark) in table.keys {
            let value: Node
            switch table.items[name] {
            case .value(let node)?: value = node
            case .table(let inner)?: value = node(inner)
            case .tables(let inner)?:
                let nodes = inner.map { node($0) }
                value = Node(mark: mark, content: .sequence(nodes), value: .list(nodes.map(\.value)))
            case nil: continue
            }
            entries.append(Node.Entry(key: Node(mark: mark, content: .scalar, value: .string(name)), value: value))
            map[name] = value.value
        }
        return Node(mark: table.mark, content: .mapping(entries), value: .dict(map))
    }

    // MARK: Values

    private mutating func value() throws(Diagnostic) -> Node {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 100 else { throw Diagnostic("values are nested too deeply", at: mark) }
        let start = mark
        func scalar(_ value: Value) -> Node {
            Node(mark: start, content: .scalar, value: value.withOwn(source.at(line: start.line, column: start.column)))
        }
        switch peek {
        case "\""?: return scalar(.string(try basicString()))
        case "'"?: return scalar(.string(try literalString()))
        case "["?:
            advance()
            var items: [Node] = []
            while true {
                skipLines()
                if accept("]") { break }
                items.append(try value())
                skipLines()
                if accept(",") { continue }
                guard accept("]") else { throw unexpected("where ',' or ']' should be") }
                break
            }
            return Node(mark: start, content: .sequence(items), value: .list(items.map(\.value)))
        case "{"?:
            advance()
            let table = Table(start)
            skipBlanks()
            if !accept("}") {
                while true {
                    try pair(into: table)
                    skipBlanks()
                    if accept(",") { continue }
                    guard accept("}") else { throw unexpected("where ',' or '}' should be") }
                    break
                }
            }
            return node(table)
        default:
            var word = ""
            while let next = peek, !"\n\r,]}#".unicodeScalars.contains(next) {
                // A date may have a space before its time.
                if next == " " || next == "\t" {
                    guard word.count == 10, let after = text.indices.contains(place + 1) ? text[place + 1] : nil,
                        ("0"..."9").contains(after), word.dropFirst(4).first == "-"
                    else { break }
                }
                word.unicodeScalars.append(next)
                advance()
            }
            guard let value = Self.plain(word) else {
                throw Diagnostic(
                    word.isEmpty ? "a value is missing" : "'\(word)' is no value", at: start, remedy: "quote a text")
            }
            return scalar(value)
        }
    }

    private static func plain(_ word: String) -> Value? {
        switch word {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "inf", "+inf": return .double(.infinity)
        case "-inf": return .double(-.infinity)
        case "nan", "+nan", "-nan": return .double(.nan)
        default: break
        }
        // An underscore stands between two digits.
        let parts = word.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        let digits = parts.joined()
        for (prefix, base) in [("0x", 16), ("0o", 8), ("0b", 2)] where digits.hasPrefix(prefix) {
            return Int(digits.dropFirst(2), radix: base).map { .int($0) }
        }
        var body = Substring(digits)
        if let sign = body.first, sign == "-" || sign == "+" { body.removeFirst() }
        guard let first = body.utf8.first, first.isASCIIDigit else { return nil }
        if body.utf8.allSatisfy(\.isASCIIDigit) {
            guard body.count == 1 || first != UInt8(ascii: "0") else { return nil }
            return Int(digits.hasPrefix("+") ? String(digits.dropFirst()) : digits).map { .int($0) }
        }
        if word.count >= 10, word.dropFirst(4).first == "-" {
            return YAMLParser.timestamp(word)
        }
        // A time of day has no type here.
        if word.dropFirst(2).first == ":" { return .string(word) }
        guard body.utf8.allSatisfy({ $0.isASCIIDigit || ".eE+-".utf8.contains($0) }) else { return nil }
        return Double(digits).map { .double($0) }
    }

    // MARK: Texts

    private mutating func basicString() throws(Diagnostic) -> String {
        let start = mark
        let isLong = opens("\"")
        var result = String.UnicodeScalarView()
        while let next = peek {
            if next == "\"" {
                if !isLong {
                    advance()
                    return String(result)
                }
                if closes("\"", &result) { return String(result) }
                continue
            }
            if next == "\n", !isLong { break }
            guard next == "\\" else {
                result.append(next)
                advance()
                continue
            }
            advance()
            try escape(isLong, &result)
        }
        throw Diagnostic("a text that is not closed", at: start, remedy: "end it with its quotes")
    }

    private mutating func escape(_ isLong: Bool, _ result: inout String.UnicodeScalarView) throws(Diagnostic) {
        guard let kind = peek else { throw unexpected("after '\\'") }
        let simple: [Unicode.Scalar: Unicode.Scalar] = [
            "b": "\u{8}", "t": "\t", "n": "\n", "f": "\u{c}", "r": "\r", "\"": "\"", "\\": "\\",
        ]
        if let scalar = simple[kind] {
            result.append(scalar)
            advance()
        } else if kind == "u" || kind == "U" {
            advance()
            var code: UInt32 = 0
            for _ in 0..<(kind == "u" ? 4 : 8) {
                guard let digit = peek.flatMap({ Int(String($0), radix: 16) }) else { throw unexpected("in an escape") }
                code = code << 4 | UInt32(digit)
                advance()
            }
            guard let scalar = Unicode.Scalar(code) else {
                throw Diagnostic("an escape that is no character", at: mark)
            }
            result.append(scalar)
        } else if isLong, kind == "\n" || kind == "\r" || kind == " " || kind == "\t" {
            while let next = peek, next == "\n" || next == "\r" || next == " " || next == "\t" { advance() }
        } else {
            throw unexpected("after '\\'")
        }
    }

    private mutating func literalString() throws(Diagnostic) -> String {
        let start = mark
        let isLong = opens("'")
        var result = String.UnicodeScalarView()
        while let next = peek {
            if next == "'" {
                if !isLong {
                    advance()
                    return String(result)
                }
                if closes("'", &result) { return String(result) }
                continue
            }
            if next == "\n", !isLong { break }
            result.append(next)
            advance()
        }
        throw Diagnostic("a text that is not closed", at: start, remedy: "end it with its quotes")
    }

    /// Takes one quote, or three: then the text may have several lines, and the first line end is none of it.
    private mutating func opens(_ quote: Unicode.Scalar) -> Bool {
        advance()
        guard peek == quote, place + 1 < text.count, text[place + 1] == quote else { return false }
        advance()
        advance()
        if peek == "\r" { advance() }
        if peek == "\n" { advance() }
        return true
    }

    /// Three quotes end a text; up to two before them belong to it.
    private mutating func closes(_ quote: Unicode.Scalar, _ result: inout String.UnicodeScalarView) -> Bool {
        var count = 0
        while peek == quote, count < 5 {
            advance()
            count += 1
        }
        for _ in 0..<(count >= 3 ? count - 3 : count) { result.append(quote) }
        return count >= 3
    }

    // MARK: Place

    private var peek: Unicode.Scalar? { place < text.count ? text[place] : nil }
    private var mark: SourceMark { SourceMark(file: file, line: line, column: place - lineStart + 1) }

    private mutating func advance() {
        if text[place] == "\n" {
            line += 1
            lineStart = place + 1
        }
        place += 1
    }

    private mutating func accept(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        advance()
        return true
    }

    private mutating func skipBlanks() { while let next = peek, next == " " || next == "\t" { advance() } }

    /// Blanks, line ends and comments.
    private mutating func skipLines() {
        while let next = peek {
            if next == "#" {
                while let inner = peek, inner != "\n" {
                    _ = inner
                    advance()
                }
            } else if next == " " || next == "\t" || next == "\n" || next == "\r" {
                advance()
            } else {
                return
            }
        }
    }

    private func unexpected(_ where: String) -> Diagnostic {
        Diagnostic(peek.map { "'\($0)' \(`where`)" } ?? "the text ends \(`where`)", at: mark)
    }
}
