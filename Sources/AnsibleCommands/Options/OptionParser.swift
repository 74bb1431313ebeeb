/// An option of one of Ansible's commands.
package struct AnsibleOption: Sendable {
    package enum Kind: Sendable {
        case flag
        /// It may be given several times, and counts.
        case count
        case text(String)
        /// It may be given several times, and all count.
        case texts(String)
        case choice(String, [String])
    }
    /// The first long one is what it is asked for by, without its hyphens.
    package let names: [String]
    package let kind: Kind
    package let help: String

    init(_ names: [String], _ kind: Kind, _ help: String) {
        self.names = names
        self.kind = kind
        self.help = help
    }

    package var key: String {
        String((names.first { $0.hasPrefix("--") } ?? names.first ?? "").drop { $0 == "-" })
    }
    var takesValue: Bool {
        switch kind {
        case .flag, .count: false
        case .text, .texts, .choice: true
        }
    }
    var placeholder: String? {
        switch kind {
        case .flag, .count: nil
        case .text(let name), .texts(let name): name
        case .choice(_, let words): "{\(words.joined(separator: ","))}"
        }
    }
}

/// What a command line said.
package struct ParsedOptions: Sendable {
    package var arguments: [String] = []
    private var values: [String: [String]] = [:]
    private var counts: [String: Int] = [:]

    package func has(_ key: String) -> Bool { counts[key] != nil }
    package func count(_ key: String) -> Int { counts[key] ?? 0 }
    package func all(_ key: String) -> [String] { values[key] ?? [] }
    package func last(_ key: String) -> String? { values[key]?.last }

    mutating func note(_ option: AnsibleOption, _ value: String?) {
        counts[option.key, default: 0] += 1
        guard let value else { return }
        if case .texts = option.kind {
            values[option.key, default: []].append(value)
        } else {
            values[option.key] = [value]
        }
    }
}

/// The command line of one of Ansible's commands, read by the rules of Python's argparse: long options may be cut
/// short, short ones put together, options and arguments mixed.
package struct OptionParser: Sendable {
    package let program: String
    package let summary: String
    package let options: [AnsibleOption]
    /// The arguments as the usage line has them: `playbook [playbook ...]`.
    package let positional: String
    /// How many there must be, and may be.
    package let arguments: ClosedRange<Int>

    /// How a command line ends before anything is done.
    package enum End: Error, Sendable {
        case help, version
        case wrong(String)
    }

    package func parse(_ words: [String]) throws(End) -> ParsedOptions {
        var parsed = ParsedOptions()
        var rest = words[...]
        var unknown: [String] = []
        while let word = rest.popFirst() {
            if word == "--" {
                parsed.arguments += rest
                break
            }
            if word.hasPrefix("--") {
                try long(word, &rest, &parsed, &unknown)
            } else if word.hasPrefix("-"), word.count > 1, Double(word) == nil {
                try short(word, &rest, &parsed, &unknown)
            } else {
                parsed.arguments.append(word)
            }
        }
        if parsed.arguments.count < arguments.lowerBound {
            let name = positional.split(separator: " ").first.map(String.init) ?? positional
            throw .wrong("the following arguments are required: \(name)")
        }
        if parsed.arguments.count > arguments.upperBound {
            unknown += parsed.arguments[arguments.upperBound...]
        }
        if !unknown.isEmpty { throw .wrong("unrecognized arguments: \(unknown.joined(separator: " "))") }
        return parsed
    }

    private func long(
        _ word: String, _ rest: inout ArraySlice<String>, _ parsed: inout ParsedOptions, _ unknown: inout [String]
    ) throws(End) {
        let equals = word.firstIndex(of: "=")
        let name = equals.map { String(word[..<$0]) } ?? word
        var value = equals.map { String(word[word.index(after: $0)...]) }
        guard let option = try find(name) else {
            unknown.append(word)
            return
        }
        if option.takesValue {
            if value == nil { value = try next(option, name, &rest) }
            try check(option, value)
        } else if let value {
            throw .wrong("argument \(option.names.joined(separator: "/")): ignored explicit argument '\(value)'")
        }
        try take(option, value, &parsed)
    }

    private func find(_ name: String) throws(End) -> AnsibleOption? {
        if let exact = all.first(where: { $0.names.contains(name) }) { return exact }
        let near = all.flatMap { option in option.names.filter { $0.hasPrefix(name) }.map { (option, $0) } }
        guard Set(near.map(\.0.key)).count > 1 else { return near.first?.0 }
        throw .wrong("ambiguous option: \(name) could match \(near.map(\.1).joined(separator: ", "))")
    }

    private func short(
        _ word: String, _ rest: inout ArraySlice<String>, _ parsed: inout ParsedOptions, _ unknown: inout [String]
    ) throws(End) {
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
            guard let option = all.first(where: { $0.names.contains("-\(letter)") }) else {
                unknown.append(letters.isEmpty && word.count == 2 ? word : "-\(letter)\(letters)")
                return
            }
            guard option.takesValue else {
                try take(option, nil, &parsed)
                continue
            }
            if letters.first == "=" { letters = letters.dropFirst() }
            let value = letters.isEmpty ? try next(option, "-\(letter)", &rest) : String(letters)
            try check(option, value)
            try take(option, value, &parsed)
            return
        }
    }

    private func next(
        _ option: AnsibleOption, _ name: String, _ rest: inout ArraySlice<String>
    ) throws(End) -> String {
        // What begins with a hyphen is another option, unless there is a space in it, or it is a number.
        if let value = rest.first, !value.hasPrefix("-") || value == "-" || value.contains(" ") || Double(value) != nil
        {
            rest = rest.dropFirst()
            return value
        }
        throw .wrong("argument \(option.names.joined(separator: "/")): expected one argument")
    }

    private func check(_ option: AnsibleOption, _ value: String?) throws(End) {
        guard case .choice(_, let words) = option.kind, let value, !words.contains(value) else { return }
        let list = words.map { "'\($0)'" }.joined(separator: ", ")
        throw .wrong(
            "argument \(option.names.joined(separator: "/")): invalid choice: '\(value)' (choose from \(list))")
    }

    private func take(_ option: AnsibleOption, _ value: String?, _ parsed: inout ParsedOptions) throws(End) {
        switch option.key {
        case "help": throw .help
        case "version": throw .version
        default: parsed.note(option, value)
        }
    }

    private var all: [AnsibleOption] { options + Self.common }
    private static let common: [AnsibleOption] = [
        AnsibleOption(["-h", "--help"], .flag, "show this help message and exit"),
        AnsibleOption(
            ["--version"], .flag,
            "show program's version number, config file location, configured module search path, module location, executable location and exit"
        ),
        AnsibleOption(["-v", "--verbose"], .count, "show more; may be given several times"),
    ]

    // MARK: Help

    package var usage: String {
        var words = ["usage: \(program)"]
        for option in Self.common + options {
            words.append("[\(option.names[0])\(option.placeholder.map { " \($0)" } ?? "")]")
        }
        words.append(positional)
        return Self.wrapped(words, indent: String(repeating: " ", count: "usage: \(program) ".count))
    }

    package var help: String {
        var text = usage + "\n\n\(summary)\n\noptions:\n"
        for option in (Self.common + options).sorted(by: { $0.names[0] < $1.names[0] }) {
            let names = option.names.map { $0 + (option.placeholder.map { " \($0)" } ?? "") }.joined(separator: ", ")
            let indent = String(repeating: " ", count: 24)
            let body = Self.wrapped(option.help.split(separator: " ").map(String.init), indent: indent)
            text +=
                names.count <= 20
                ? "  \(names)\(String(repeating: " ", count: 22 - names.count))\(body)\n"
                : "  \(names)\n\(indent)\(body)\n"
        }
        return text
    }

    private static func wrapped(_ words: [String], indent: String) -> String {
        var lines: [String] = []
        var line = ""
        for word in words {
            if !line.isEmpty, indent.count + line.count + word.count > 78 {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? word : " \(word)"
        }
        lines.append(line)
        return lines.joined(separator: "\n\(indent)")
    }
}
