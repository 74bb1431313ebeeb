import Redaction
import YAML

/// `[ERROR]: …` with the place in the playbook and the lines around it, as Ansible 2.19 shows what went wrong. The same
/// text is shown once in a run.
struct ErrorText {
    private var shown: Set<RedactedText> = []
    private var files: [String: [Substring]] = [:]

    /// - Parameters:
    ///   - place: `file:line:column`.
    /// - Returns: nil where it has been shown before. It ends with a line end.
    mutating func text(_ message: RedactedText, at place: String, _ options: CallbackOptions) -> RedactedText? {
        var text: RedactedText = "[ERROR]: \(message)\n"
        if let excerpt = excerpt(place) { text += options.text(excerpt) }
        guard shown.insert(text).inserted else { return nil }
        return text
    }

    private mutating func excerpt(_ place: String) -> String? {
        guard let mark = SourceMark(parsing: place) else { return nil }
        if files[mark.file] == nil {
            let bytes = (try? TextFile.bytes(of: mark.file, limit: 4 << 20)) ?? []
            let isEncrypted = bytes.starts(with: "$ANSIBLE_VAULT".utf8)
            files[mark.file] =
                isEncrypted
                ? [] : String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        }
        return SourceExcerpt.text(mark, files[mark.file] ?? [])
    }
}

/// A place in a file with the lines before it, and an arrow below.
package enum SourceExcerpt {
    /// - Parameter lines: of the file.
    static func text(_ mark: SourceMark, _ lines: [Substring]) -> String {
        // The task of a command line has no file.
        if mark.file.hasPrefix("<") { return "Origin: \(mark.file)\n" }
        let path = AbsoluteFile.path(mark.file)
        var text = "Origin: \(path):\(mark.line):\(mark.column)\n\n"
        guard lines.indices.contains(mark.line - 1) else { return text + "(source not shown: file truncated)\n" }
        let width = String(mark.line).count
        for number in max(1, mark.line - 2)...mark.line {
            let label = String(number)
            let line = String(repeating: " ", count: width - label.count) + label + " " + lines[number - 1]
            var trimmed = line[...]
            while trimmed.last == " " { trimmed = trimmed.dropLast() }
            text += trimmed + "\n"
        }
        return text + String(repeating: " ", count: width + mark.column) + "^ column \(mark.column)\n"
    }

    package static func text(_ mark: SourceMark) -> String {
        let bytes = (try? TextFile.bytes(of: mark.file, limit: 4 << 20)) ?? []
        return text(
            mark, String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false))
    }
}

extension SourceMark {
    /// `file:line:column`
    init?(parsing text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 3, let line = Int(parts[parts.count - 2]), let column = Int(parts[parts.count - 1]) else {
            return nil
        }
        self.init(file: parts.dropLast(2).joined(separator: ":"), line: line, column: column)
    }
}
