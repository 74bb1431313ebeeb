import Templating
import YAML

/// Reads an INI inventory: sections `[group]`, `[group:children]` and `[group:vars]`; lines before the first section
/// are hosts of no group.
struct INIInventory {
    var graph: InventoryGraph
    private(set) var errors: [Diagnostic] = []
    private let file: String
    private let source: Provenance.Source

    private enum Section { case hosts, children, variables }
    /// A group that was mentioned before its own section.
    private struct Pending {
        let mark: SourceMark
        /// Nil for a section of variables, which does not declare a group.
        var parents: [Int]?
    }
    private var pending: [(name: String, needed: Pending)] = []

    init(_ graph: InventoryGraph, file: String, isSecret: Bool = false) {
        self.graph = graph
        self.file = file
        source = Provenance.Source(file: file, isTrusted: true, isSecret: isSecret)
    }

    /// Whether a text has a section, and so is meant to be INI.
    static func looksLikeINI(_ text: [UInt8]) -> Bool {
        let lines = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline).map {
            $0.trimmingWhitespace()
        }
        let significant = lines.filter { !$0.isEmpty && !$0.hasPrefix("#") && !$0.hasPrefix(";") }
        if significant.contains(where: { header($0) != nil }) { return true }
        return significant.first.map {
            !$0.hasSuffix(":") && !$0.hasPrefix("-") && !$0.hasPrefix("{") && !$0.hasPrefix("[") && !$0.contains(": ")
        } ?? false
    }

    mutating func read(_ text: [UInt8]) {
        guard let string = String(validating: text, as: UTF8.self) else {
            let line = text.prefix(Self.validPrefix(of: text)).count { $0 == UInt8(ascii: "\n") } + 1
            errors.append(
                Diagnostic(
                    "bytes that are not UTF-8", at: SourceMark(file: file, line: line, column: 1),
                    remedy: "save the file as UTF-8"))
            return
        }
        if string.unicodeScalars.first == "\u{FEFF}" {
            errors.append(
                Diagnostic(
                    "the text begins with a byte order mark", at: SourceMark(file: file, line: 1, column: 1),
                    remedy: "save it as UTF-8 without BOM"))
            return
        }
        var group = InventoryGraph.ungrouped
        var section = Section.hosts
        var number = 0
        for line in Self.lines(of: string) {
            number += 1
            let text = line.trimmingWhitespace()
            guard let first = text.first, first != "#", first != ";" else { continue }
            let indent = line.unicodeScalars.prefix { $0.isPythonSpace }.count
            let place = Place(file: file, line: number, indent: indent)
            do throws(Diagnostic) {
                if let header = Self.header(text) {
                    (group, section) = try begin(header, at: place)
                } else if text.hasPrefix("["), !text.contains("]") {
                    throw Diagnostic(
                        "'\(text)' begins a section that is not closed", at: place.mark(), remedy: "end it with ']'")
                } else if text.hasPrefix("["), text.hasSuffix("]") {
                    throw Diagnostic(
                        "'\(text)' is no section", at: place.mark(),
                        remedy: "a section is written [group], [group:children] or [group:vars], without spaces")
                } else {
                    try read(text, in: section, of: group, at: place)
                }
            } catch {
                errors.append(error)
            }
        }
        for (name, needed) in pending {
            errors.append(
                needed.parents == nil
                    ? Diagnostic(
                        "the section [\(name):vars] is of a group that is nowhere defined", at: needed.mark,
                        remedy: "add a section [\(name)]")
                    : Diagnostic(
                        "the group '\(name)' is nowhere defined", at: needed.mark, remedy: "add a section [\(name)]"))
        }
    }

    private struct Place {
        let file: String, line: Int, indent: Int
        func mark(_ offset: Int = 0) -> SourceMark { SourceMark(file: file, line: line, column: indent + offset + 1) }
    }

    // MARK: Sections

    /// The group's name and the kind of `[group:kind]`, with a comment after it or not; nil for any other line.
    private static func header(_ text: String) -> (name: String, kind: String?)? {
        guard text.hasPrefix("["), let close = text.firstIndex(of: "]") else { return nil }
        let after = text[text.index(after: close)...].trimmingWhitespace()
        guard after.isEmpty || after.hasPrefix("#") else { return nil }
        let parts = text[text.index(after: text.startIndex)..<close].split(
            separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let name = parts.first, !name.isEmpty,
            !name.unicodeScalars.contains(where: \.isPythonSpace)
        else { return nil }
        guard parts.count == 2 else { return (String(name), nil) }
        guard !parts[1].isEmpty, parts[1].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else { return nil }
        return (String(name), String(parts[1]))
    }

    private mutating func begin(
        _ header: (name: String, kind: String?), at place: Place
    ) throws(Diagnostic) -> (Int, Section) {
        let section: Section
        switch header.kind {
        case nil, "hosts": section = .hosts
        case "children": section = .children
        case "vars": section = .variables
        case let kind?:
            throw Diagnostic(
                "the section [\(header.name):\(kind)] has the unknown kind '\(kind)'", at: place.mark(),
                remedy: "it may be 'children', 'vars' or 'hosts'")
        }
        let isNew = graph.group(named: header.name) == nil
        let waiting = pending.firstIndex { $0.name == header.name }
        if isNew, section == .variables, waiting == nil {
            pending.append((header.name, Pending(mark: place.mark(), parents: nil)))
        }
        let group = try refusable(at: place.mark()) { (graph) throws(InventoryGraph.Refusal) in
            try graph.addGroup(header.name, at: place.mark())
        }
        if section != .variables, let waiting {
            let parents = pending.remove(at: waiting).needed.parents ?? []
            for parent in parents {
                try refusable(at: place.mark()) { (graph) throws(InventoryGraph.Refusal) in
                    try graph.addChild(group, to: parent)
                }
            }
        }
        return (group, section)
    }

    private mutating func refusable<Result>(
        at mark: SourceMark, _ body: (inout InventoryGraph) throws(InventoryGraph.Refusal) -> Result
    ) throws(Diagnostic) -> Result {
        do throws(InventoryGraph.Refusal) { return try body(&graph) } catch {
            throw Diagnostic(error.problem, at: mark, remedy: error.remedy)
        }
    }

    // MARK: Lines

    private mutating func read(_ text: String, in section: Section, of group: Int, at place: Place) throws(Diagnostic) {
        switch section {
        case .hosts: try readHosts(text, of: group, at: place)
        case .children: try readChild(text, of: group, at: place)
        case .variables:
            guard let equals = text.firstIndex(of: "=") else {
                throw Diagnostic("'\(text)' sets no variable", at: place.mark(), remedy: "write name=value")
            }
            let name = text[..<equals].trimmingWhitespace()
            let written = text[text.index(after: equals)...].trimmingWhitespace()
            let value = try value(of: written, at: place.mark())
            try refusable(at: place.mark()) { (graph) throws(InventoryGraph.Refusal) in
                try graph.setVariable(.string(name), to: value, ofGroup: group)
            }
        }
    }

    private mutating func readChild(_ text: String, of group: Int, at place: Place) throws(Diagnostic) {
        let name = String(text.prefix { $0 != "#" }).trimmingWhitespace()
        let isName =
            !name.isEmpty && !name.contains(":") && !name.contains("]")
            && !name.unicodeScalars.contains(where: \.isPythonSpace)
        guard isName else {
            throw Diagnostic(
                "'\(text)' is no group's name", at: place.mark(), remedy: "one group a line, without variables")
        }
        if let child = graph.group(named: name) {
            try refusable(at: place.mark()) { (graph) throws(InventoryGraph.Refusal) in
                try graph.addChild(child, to: group)
            }
        } else if let waiting = pending.firstIndex(where: { $0.name == name }) {
            pending[waiting].needed.parents?.append(group)
        } else {
            pending.append((name, Pending(mark: place.mark(), parents: [group])))
        }
    }

    private mutating func readHosts(_ text: String, of group: Int, at place: Place) throws(Diagnostic) {
        let words: [ShellWords.Word]
        do throws(ShellWords.Unfinished) { words = try ShellWords.split(text, comments: true) } catch {
            throw Diagnostic(
                error.problem, at: place.mark(error.offset),
                remedy: "quote the whole value, or write \\ before a quote that is part of it")
        }
        guard let pattern = words.first else { return }
        guard !pattern.text.trimmingWhitespace().hasSuffix(":") else {
            throw Diagnostic(
                "the host's name '\(pattern.text)' ends with ':'", at: place.mark(),
                remedy: "if this file is YAML, name it .yml and check its indentation")
        }
        let (names, port): ([String], Int?)
        do throws(InventoryGraph.Refusal) { (names, port) = try HostRange.expand(pattern.text) } catch {
            throw Diagnostic(error.problem, at: place.mark(), remedy: error.remedy)
        }
        guard !names.contains("---") else {
            throw Diagnostic("'---' is no host's name", at: place.mark(), remedy: "if this file is YAML, name it .yml")
        }

        var variables = ValueMap()
        for word in words.dropFirst() {
            guard let equals = word.text.firstIndex(of: "=") else {
                throw Diagnostic(
                    "'\(word.text)' after the host's name sets no variable", at: place.mark(word.offset),
                    remedy: "write name=value, one host a line, and '#' before a comment")
            }
            variables[String(word.text[..<equals])] = try value(
                of: String(word.text[word.text.index(after: equals)...]), at: place.mark(word.offset))
        }
        try refusable(at: place.mark()) { (graph) throws(InventoryGraph.Refusal) in
            for name in names {
                let host = try graph.addHost(name, port: port, to: group, at: place.mark())
                try graph.setVariables(variables, ofHost: host)
            }
        }
    }

    /// A Python literal where the text is one, else the text.
    private func value(of text: String, at mark: SourceMark) throws(Diagnostic) -> Value {
        do throws(PythonLiteral.UnhashableKey) {
            return (try PythonLiteral.value(of: text) ?? .string(text)).with(
                source.at(line: mark.line, column: mark.column))
        } catch {
            throw Diagnostic(
                "a list, set or dict cannot be a key", at: mark, remedy: "if this is a template, quote it: \"{{ … }}\"")
        }
    }

    // MARK: Text

    /// As Python's `str.splitlines`.
    private static func lines(of text: String) -> [String] {
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        var afterReturn = false
        for scalar in text.unicodeScalars {
            if afterReturn {
                afterReturn = false
                if scalar == "\n" { continue }
            }
            switch scalar {
            case "\n", "\r", "\u{b}", "\u{c}", "\u{1c}", "\u{1d}", "\u{1e}", "\u{85}", "\u{2028}", "\u{2029}":
                lines.append(String(line))
                line = String.UnicodeScalarView()
                afterReturn = scalar == "\r"
            default: line.append(scalar)
            }
        }
        if !line.isEmpty { lines.append(String(line)) }
        return lines
    }

    private static func validPrefix(of text: [UInt8]) -> Int {
        var low = 0
        var high = text.count
        // The longest prefix that is UTF-8, up to the three bytes of a character that is cut.
        while low < high {
            let middle = (low + high + 1) / 2
            let isValid = (0...3).contains {
                middle >= $0 && String(validating: text[..<(middle - $0)], as: UTF8.self) != nil
            }
            if isValid { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
