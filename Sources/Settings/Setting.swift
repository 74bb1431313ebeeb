/// One setting of Ansible's: where it may stand, what it takes, and what holds when nothing sets it.
package struct Setting<Content: SettingContent>: AnySetting {
    /// Ansible's own name of it, as `ansible-config list` has it; plugins' options have their own name.
    package let name: String
    /// Where it may stand in a configuration file; of several that are there, the last of this list counts.
    package let keys: [SettingKey]
    /// Variables of the environment; of several that are set, the last of this list counts. They go before the file.
    package let variables: [String]
    package let fallback: Content
    /// One line.
    package let help: String

    init(_ name: String, _ keys: [SettingKey], _ variables: [String], _ fallback: Content, _ help: String) {
        self.name = name
        self.keys = keys
        self.variables = variables
        self.fallback = fallback
        self.help = help
    }

    package func parse(_ text: String, from source: SettingSource) throws(SettingFault) -> any Sendable {
        try Content(setting: text, from: source)
    }
    package var kind: String { Content.kind }
    package var fallbackInWords: String { fallback.inWords }
    package var takesNothing: Bool { Content.takesNothing }
}

/// A setting whatever it takes, for what goes through the whole table.
package protocol AnySetting: Sendable {
    var name: String { get }
    var keys: [SettingKey] { get }
    var variables: [String] { get }
    var help: String { get }
    /// What it takes, in a word.
    var kind: String { get }
    var fallbackInWords: String { get }
    /// Whether a variable of the environment that is empty sets it.
    var takesNothing: Bool { get }
    func parse(_ text: String, from source: SettingSource) throws(SettingFault) -> any Sendable
}

/// Section and key in a configuration file; `"defaults.forks"`.
package struct SettingKey: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    package let section: String
    /// In lower case, as keys are compared.
    package let key: String

    init(section: String, key: String) {
        self.section = section
        self.key = key.lowercased()
    }
    package init(stringLiteral text: StaticString) {
        let parts = "\(text)".split(separator: ".", maxSplits: 1).map(String.init)
        self.init(section: parts.first ?? "", key: parts.count > 1 ? parts[1] : "")
    }
    package var description: String { "[\(section)] \(key)" }
}

/// Where a setting's text is from.
package enum SettingSource: Sendable, Hashable {
    case file(String)
    case environment(variable: String)

    /// The folder that relative paths are based on.
    func folder(current: String) -> String {
        switch self {
        case .file(let path): AbsolutePath.folder(of: path)
        case .environment: current
        }
    }
    /// As Ansible names it.
    package var inWords: String {
        switch self {
        case .file(let path): path
        case .environment(let variable): "env: \(variable)"
        }
    }
}

/// What is wrong with a setting's text.
package struct SettingFault: Error, Sendable {
    /// In Ansible's words, after `Config 'X' from 'Y' has an invalid value: `.
    package var problem: String
    /// The words that it takes, where it takes some only.
    package var choices: [String] = []
}
