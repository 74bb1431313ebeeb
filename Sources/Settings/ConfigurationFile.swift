import YAML

/// An INI file as Ansible reads its configuration: sections in brackets; keys without regard of case, `=` or `:`
/// before their value; lines further in than their key belong to its value; `#` and `;` at a line's beginning are
/// comments, and ` ;` also within one.
package struct ConfigurationFile: Sendable {
    package let path: String
    package private(set) var values: [SettingKey: (text: String, line: Int)] = [:]

    package init(path: String, text: String) throws(Diagnostics) {
        self.path = path
        var problems: [Diagnostic] = []
        var section: String?
        var current: (key: SettingKey, indent: Int)?
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = index + 1
            func report(_ problem: String, _ remedy: String? = nil) {
                problems.append(
                    Diagnostic(problem, at: SourceMark(file: path, line: line, column: 1), remedy: remedy))
            }
            let stripped = String(raw).trimmed
            if stripped.hasPrefix("#") || stripped.hasPrefix(";") { continue }
            let content = Self.withoutComment(String(raw)).trimmed
            if content.isEmpty {
                // An empty line within a value is part of it; at its end it does not count.
                if let current, stripped.isEmpty { values[current.key]?.text += "\n" }
                continue
            }
            let indent = raw.prefix { $0 == " " || $0 == "\t" }.count
            if let current, indent > current.indent {
                values[current.key]?.text += "\n" + content
                continue
            }
            if content.hasPrefix("["), let end = content.lastIndex(of: "]") {
                section = String(content[content.index(after: content.startIndex)..<end])
                current = nil
                continue
            }
            guard let section else {
                report("a line before the first section", "begin with [defaults]")
                break
            }
            guard let separator = content.firstIndex(where: { $0 == "=" || $0 == ":" }), separator > content.startIndex
            else {
                report("neither a section nor 'key = value'")
                continue
            }
            let key = SettingKey(section: section, key: String(content[..<separator]).trimmed)
            if values[key] != nil {
                report("'\(key.key)' stands twice in [\(section)]", "keep one of them")
                continue
            }
            values[key] = (String(content[content.index(after: separator)...]).trimmed, line)
            current = (key, indent)
        }
        for (key, value) in values { values[key]?.text = value.text.trimmed }
        guard problems.isEmpty else { throw Diagnostics(problems) }
    }

    private static func withoutComment(_ line: String) -> String {
        var before: Character?
        for index in line.indices {
            if line[index] == ";", before?.isWhitespace == true { return String(line[..<index]) }
            before = line[index]
        }
        return line
    }
}
