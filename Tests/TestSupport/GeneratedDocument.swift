import Foundation

/// A file of docs/ that is made of the program's own tables.
package enum GeneratedDocument {
    /// Set to 1, the tests write these files instead of comparing them: `WRITE_DOCS=1 swift test --filter
    /// "ReferenceTests|KeywordTests"`.
    package static let variable = "WRITE_DOCS"

    /// Where the file is not what it should be: its first line that differs; nil when it is as it should be.
    package static func difference(_ name: String, from text: String) throws -> String? {
        let path = String(#filePath.dropLast("Tests/TestSupport/GeneratedDocument.swift".count)) + "docs/" + name
        if ProcessInfo.processInfo.environment[variable] == "1" {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        }
        let wanted = text.split(separator: "\n", omittingEmptySubsequences: false)
        let found = ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(
            separator: "\n", omittingEmptySubsequences: false)
        guard wanted != found else { return nil }
        let line =
            zip(wanted, found).enumerated().first { $0.element.0 != $0.element.1 }?.offset
            ?? min(wanted.count, found.count)
        return
            "docs/\(name):\(line + 1): expected '\(line < wanted.count ? wanted[line] : "")', found '\(line < found.count ? found[line] : "")'; \(variable)=1 swift test --filter 'ReferenceTests|KeywordTests' writes it"
    }
}
