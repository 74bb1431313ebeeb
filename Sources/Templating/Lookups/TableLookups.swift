import YAML

extension Lookups {
    /// Lookups of values in files that are tables: CSV, INI, Java's properties.
    static let tableLookups: [String: Body] = [
        "csvfile": { call throws(TemplateError) in
            try call.check(["file", "delimiter", "col", "default", "encoding", "keycol"])
            var results: [Object] = []
            for term in call.terms {
                let request = try TableRequest(call, term, file: "ansible.csv")
                var delimiter = try request.text("delimiter") ?? "TAB"
                if delimiter == "TAB" || delimiter == "\\t" || delimiter == "t" { delimiter = "\t" }
                guard let separator = delimiter.first, delimiter.count == 1 else {
                    throw .other("\"delimiter\" must be a 1-character string")
                }
                let column = try request.number("col") ?? 1
                let keyColumn = try request.number("keycol") ?? 0
                let (text, provenance) = try request.content(call)
                let rows = CSVTable.rows(text, separator)
                if let row = rows.first(where: { $0.indices.contains(keyColumn) && $0[keyColumn] == request.key }) {
                    guard row.indices.contains(column) else {
                        throw .other("the row of '\(request.key)' has no column \(column)")
                    }
                    results.append(.string(row[column], provenance))
                } else if let fallback = try request.text("default") {
                    results.append(.string(fallback))
                }
            }
            return results
        },
        "ini": { call throws(TemplateError) in
            try call.check([
                "file", "section", "type", "re", "default", "encoding", "case_sensitive", "allow_no_value",
                "allow_none", "interpolation",
            ])
            var results: [Object] = []
            for term in call.terms {
                let request = try TableRequest(call, term, file: "ansible.ini")
                let isProperties = try request.text("type") == "properties"
                let isCaseSensitive = try request.flag("case_sensitive")
                let section = isProperties ? "java_properties" : try request.text("section") ?? "global"
                let hasNoValue = try request.flag("allow_no_value")
                let hasNone = try request.flag("allow_none")
                let (text, provenance) = try request.content(call)
                let entries = try INITable.entries(
                    text, isProperties: isProperties, allowsNoValue: hasNoValue || hasNone
                ).filter { $0.section == section }
                func folded(_ key: String) -> String { isCaseSensitive ? key : key.lowercased() }
                if try request.flag("re") {
                    let expression = try RegexCache.expression(request.key)
                    for entry in entries where try expression.firstMatch(in: folded(entry.key), anchored: true) != nil {
                        results.append(.string(entry.value, provenance))
                    }
                } else if let entry = entries.last(where: { folded($0.key) == folded(request.key) }) {
                    results.append(.string(entry.value, provenance))
                } else {
                    results.append(.string(try request.text("default") ?? ""))
                }
            }
            return results
        },
    ]
}

/// A term of `csvfile` or `ini`: what is looked for, with options that stand in the term itself: `He file=elements.csv
/// col=2`.
private struct TableRequest {
    let key: String
    private var own: [String: String] = [:]
    private let call: Lookups.Call
    private let fallbackFile: String

    init(_ call: Lookups.Call, _ term: Object, file: String) throws(TemplateError) {
        self.call = call
        fallbackFile = file
        var words: [String] = []
        for word in try call.text(term).split(separator: " ") {
            if let equals = word.firstIndex(of: "="), !words.isEmpty {
                own[String(word[..<equals])] = call.part(word[word.index(after: equals)...], of: term)
            } else {
                words.append(String(word))
            }
        }
        key = call.part(words.joined(separator: " "), of: term)
        guard !key.isEmpty else { throw .other("names no key") }
    }

    func text(_ name: String) throws(TemplateError) -> String? {
        if let text = own[name] { return text }
        guard let value = call.option(name), !value.isNone else { return nil }
        return try value.text(call.context)
    }
    func number(_ name: String) throws(TemplateError) -> Int? {
        guard let text = try text(name) else { return nil }
        guard let number = Int(text) else { throw .other("'\(name)' is a number, and this is '\(text)'") }
        return number
    }
    func flag(_ name: String) throws(TemplateError) -> Bool {
        try ["true", "yes", "1", "on"].contains((text(name) ?? "").lowercased())
    }

    func content(_ call: Lookups.Call) throws(TemplateError) -> (text: String, provenance: Provenance) {
        let name = try text("file") ?? fallbackFile
        guard let path = SearchPath.find(name, in: call.context.environment.searchPath, subfolder: "files") else {
            throw .other("the file '\(name)' was not found")
        }
        return try call.context.textFile(path)
    }
}

enum CSVTable {
    /// Fields may stand in double quotes, in which two of them are one.
    static func rows(_ text: String, _ separator: Character) -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var field = ""
        var isQuoted = false
        var wasQuoted = false
        var rest = text[...]
        func endField() {
            row.append(field)
            field = ""
            wasQuoted = false
        }
        func endRow() {
            endField()
            if row != [""] { rows.append(row) }
            row = []
        }
        while let character = rest.popFirst() {
            if isQuoted {
                if character != "\"" {
                    field.append(character)
                } else if rest.first == "\"" {
                    field.append("\"")
                    rest.removeFirst()
                } else {
                    isQuoted = false
                }
            } else if character == "\"", field.isEmpty, !wasQuoted {
                isQuoted = true
                wasQuoted = true
            } else if character == separator {
                endField()
            } else if character.isNewline {
                endRow()
            } else {
                field.append(character)
            }
        }
        if !field.isEmpty || !row.isEmpty { endRow() }
        return rows
    }
}

enum INITable {
    struct Entry: Equatable { var section: String, key: String, value: String }

    /// As Python's configparser reads them: `=` or `:`, comments with `#` or `;`, lines that are set in continue the
    /// value before.
    static func entries(_ text: String, isProperties: Bool, allowsNoValue: Bool) throws(TemplateError) -> [Entry] {
        var entries: [Entry] = []
        var section = isProperties ? "java_properties" : ""
        for (number, line) in PythonText.splitLines(text).enumerated() {
            let bare = PythonText.trimmed(line)
            guard !bare.isEmpty, bare.first != "#", bare.first != ";" else { continue }
            if line.first?.isWhitespace == true, let last = entries.indices.last, entries[last].section == section {
                entries[last].value += "\n" + bare
                continue
            }
            if bare.hasPrefix("["), bare.hasSuffix("]") {
                section = String(bare.dropFirst().dropLast())
                continue
            }
            guard let equals = bare.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
                guard allowsNoValue else { throw .other("Source contains parsing errors: line \(number + 1)") }
                entries.append(Entry(section: section, key: bare, value: ""))
                continue
            }
            entries.append(
                Entry(
                    section: section, key: PythonText.trimmed(String(bare[..<equals])),
                    value: PythonText.trimmed(String(bare[bare.index(after: equals)...]))))
        }
        return entries
    }
}
