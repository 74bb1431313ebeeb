import Glibc

/// A type that settings may have, and how it is read from text.
package protocol SettingContent: Sendable {
    /// - Parameter text: as it stands in the file or in the environment.
    init(setting text: String, from source: SettingSource) throws(SettingFault)
    static var kind: String { get }
    /// For docs and listings.
    var inWords: String { get }
    /// Whether a variable of the environment that is empty sets it.
    static var takesNothing: Bool { get }
}

extension SettingContent {
    package static var takesNothing: Bool { true }
}

extension Bool: SettingContent {
    /// Whatever is no word for yes is no, as in Ansible.
    package init(setting text: String, from source: SettingSource) {
        self = ["y", "yes", "on", "1", "true", "t"].contains(text.lowercased())
    }
    package static var kind: String { "boolean" }
    package var inWords: String { self ? "true" : "false" }
}

extension Int: SettingContent {
    package init(setting text: String, from source: SettingSource) throws(SettingFault) {
        let trimmed = text.trimmed
        if let number = Int(trimmed) {
            self = number
            return
        }
        // `5.0` counts as 5.
        guard let number = Double(trimmed), number.isFinite, number == number.rounded(), abs(number) < 1e15 else {
            throw SettingFault(problem: "Invalid value provided for 'integer': '\(text)'")
        }
        self = Int(number)
    }
    package static var kind: String { "integer" }
    package static var takesNothing: Bool { false }
    package var inWords: String { "\(self)" }
}

extension String: SettingContent {
    package init(setting text: String, from source: SettingSource) {
        // Only a file's texts are freed of their quotes.
        if case .file = source { self = text.unquoted } else { self = text }
    }
    package static var kind: String { "text" }
    package var inWords: String { self }
}

extension Optional: SettingContent where Wrapped: SettingContent {
    package init(setting text: String, from source: SettingSource) throws(SettingFault) {
        self = .some(try Wrapped(setting: text, from: source))
    }
    package static var kind: String { Wrapped.kind }
    package static var takesNothing: Bool { Wrapped.takesNothing }
    package var inWords: String { map(\.inWords) ?? "" }
}

extension Array: SettingContent where Element == String {
    /// Separated by commas.
    package init(setting text: String, from source: SettingSource) {
        let text = String(setting: text, from: source)
        self = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmed }
        if self == [""] { self = [] }
    }
    package static var kind: String { "list" }
    package var inWords: String { joined(separator: ", ") }
}

/// A file or folder, from the root.
package struct SettingPath: SettingContent, Hashable {
    package let path: String
    package init(_ path: String) { self.path = path }
    package init(setting text: String, from source: SettingSource) {
        path = AbsolutePath.resolved(text.trimmed, from: source.folder(current: AbsolutePath.currentFolder))
    }
    package static var kind: String { "path" }
    package var inWords: String { path }
}

/// Several of them: folders with colons between, or files with commas.
package struct SettingPaths<Separator: SettingSeparator>: SettingContent, Hashable {
    package let paths: [String]
    package init(_ paths: [String]) { self.paths = paths }
    package init(setting text: String, from source: SettingSource) {
        let folder = source.folder(current: AbsolutePath.currentFolder)
        paths = text.split(separator: Separator.character, omittingEmptySubsequences: false).map {
            AbsolutePath.resolved(String($0).trimmed, from: folder)
        }
    }
    package static var kind: String { Separator.kind }
    package var inWords: String { paths.joined(separator: String(Separator.character)) }
}

package protocol SettingSeparator: Sendable, Hashable {
    static var character: Character { get }
    static var kind: String { get }
}
package enum Colon: SettingSeparator {
    package static var character: Character { ":" }
    package static var kind: String { "folders, `:` between" }
}
package enum Comma: SettingSeparator {
    package static var character: Character { "," }
    package static var kind: String { "files, `,` between" }
}
package typealias SettingFolders = SettingPaths<Colon>
package typealias SettingFiles = SettingPaths<Comma>

/// A setting that takes one of some words.
package protocol SettingChoice: SettingContent, RawRepresentable, CaseIterable where RawValue == String {}

extension SettingChoice {
    package init(setting text: String, from source: SettingSource) throws(SettingFault) {
        let word = String(setting: text, from: source)
        guard let choice = Self(rawValue: word) else {
            throw SettingFault(problem: "'\(word)'", choices: Self.allCases.map(\.rawValue))
        }
        self = choice
    }
    package static var kind: String { allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ") }
    package var inWords: String { rawValue }
}

/// Whether and when plays gather facts that do not say so.
package enum Gathering: String, SettingChoice { case implicit, explicit, smart }
/// What becomes of a mapping that is set in two places.
package enum HashBehaviour: String, SettingChoice { case replace, merge }
/// What a pattern that matches nothing is.
package enum PatternMismatch: String, SettingChoice { case warning, error, ignore }
/// How results are written by the default callback.
package enum ResultFormat: String, SettingChoice { case json, yaml }
/// What a key that stands twice in a mapping is.
package enum DuplicateKeys: String, SettingChoice { case warn, error, ignore }
/// Which of a playbook's folders have group_vars that count.
package enum PlaybookVariablesRoot: String, SettingChoice { case top, bottom, all }

extension String {
    var trimmed: String {
        var text = Substring(self)
        while let first = text.first, first.isWhitespace { text = text.dropFirst() }
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return String(text)
    }
    /// Without the quotes around the whole.
    var unquoted: String {
        guard count > 1, let first, first == "\"" || first == "'", last == first else { return self }
        return String(dropFirst().dropLast())
    }
}
