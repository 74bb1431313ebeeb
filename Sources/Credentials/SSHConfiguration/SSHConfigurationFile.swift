import Glibc
import Support

/// The lines of an OpenSSH client configuration (ssh_config(5)), with the files that it includes.
///
/// It is read as ssh reads it: a keyword, white space or one `=`, and arguments, which may stand in quotes; `#` begins a
/// comment. What only one host makes matter (which blocks apply) is `SSHConfiguration`'s.
struct SSHConfigurationFile: Sendable {
    enum Item: Sendable {
        /// `Host` or `Match`: what follows counts where this matches.
        case section(Section, SSHConfigurationPlace)
        case directive(Directive)
        case include([Item])
    }

    enum Section: Sendable {
        case host([GlobPattern])
        case match([Criterion])
    }

    /// One of a `Match` line's conditions.
    struct Criterion: Sendable {
        /// In lower case: `host`, `user`, `exec`, …
        var name: String
        var isNegated: Bool
        var patterns: [GlobPattern]
    }

    struct Directive: Sendable {
        /// In lower case.
        var name: String
        /// As it is written.
        var spelling: String
        var arguments: [String]
        var place: SSHConfigurationPlace
    }

    private(set) var items: [Item] = []

    private static let deepestInclude = 16
    private static let largestFile = 4 << 20

    /// - Parameters:
    ///   - folder: where files are included from that have no folder: `~/.ssh`, or `/etc/ssh` for the system's.
    /// - Throws: `SSHConfigurationError` for a line that ssh would refuse, or a file that others may write to.
    init(path: String, folder: String, home: String) throws(SSHConfigurationError) {
        items = try Self.read(path, folder: folder, home: home, depth: 0) ?? []
    }

    /// Nil when there is no such file.
    private static func read(
        _ path: String, folder: String, home: String, depth: Int
    ) throws(SSHConfigurationError) -> [Item]? {
        let bytes: [UInt8]
        do throws(FileProblem) {
            guard let read = try PrivateFile.read(path, for: .settings, limit: largestFile) else { return nil }
            bytes = read
        } catch {
            throw SSHConfigurationError(place: error.path, problem: error.problem, remedy: error.remedy)
        }
        return try items(
            of: String(decoding: bytes, as: UTF8.self), path: path, folder: folder, home: home, depth: depth)
    }

    /// - Parameter text: of the file.
    static func items(
        of text: String, path: String, folder: String, home: String, depth: Int = 0
    ) throws(SSHConfigurationError) -> [Item] {
        var items: [Item] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let place = SSHConfigurationPlace(path: path, line: index + 1)
            guard let words = words(of: line) else {
                throw SSHConfigurationError(
                    place: "\(place)", problem: "a quote is not closed", remedy: "close it, as ssh asks for, too")
            }
            guard let spelling = words.first else { continue }
            let arguments = Array(words.dropFirst())
            let name = spelling.lowercased()
            guard !arguments.isEmpty else {
                throw SSHConfigurationError(
                    place: "\(place)", problem: "\(spelling) has no value", remedy: "give one, or remove it")
            }
            switch name {
            case "host": items.append(.section(.host(arguments.map(GlobPattern.init)), place))
            case "match": items.append(.section(.match(try criteria(arguments, place)), place))
            case "include":
                guard depth < deepestInclude else {
                    throw SSHConfigurationError(
                        place: "\(place)", problem: "files include each other more than \(deepestInclude) deep",
                        remedy: "remove the circle")
                }
                for pattern in arguments {
                    for file in files(matching: pattern, folder: folder, home: home) {
                        if let included = try read(file, folder: folder, home: home, depth: depth + 1) {
                            items.append(.include(included))
                        }
                    }
                }
            // A shell's command: its quotes are the shell's.
            case "proxycommand":
                let value = line.drop(while: \.isWhitespace).dropFirst(spelling.count).drop(while: \.isWhitespace)
                let command = value.first == "=" ? value.dropFirst().drop(while: \.isWhitespace) : value
                items.append(
                    .directive(Directive(name: name, spelling: spelling, arguments: [String(command)], place: place)))
            default:
                items.append(
                    .directive(Directive(name: name, spelling: spelling, arguments: arguments, place: place)))
            }
        }
        return items
    }

    /// `exec "test -f x" host *.lab`, with `!` before what must not hold.
    private static func criteria(
        _ arguments: [String], _ place: SSHConfigurationPlace
    ) throws(SSHConfigurationError) -> [Criterion] {
        var rest = arguments[...]
        var criteria: [Criterion] = []
        while var name = rest.popFirst()?.lowercased() {
            let isNegated = name.hasPrefix("!")
            if isNegated { name.removeFirst() }
            var value: String?
            if let equals = name.firstIndex(of: "=") {
                value = String(name[name.index(after: equals)...])
                name = String(name[..<equals])
            }
            if !["all", "canonical", "final"].contains(name) {
                guard let given = value ?? rest.popFirst() else {
                    throw SSHConfigurationError(
                        place: "\(place)", problem: "Match \(name) has no value", remedy: "give one")
                }
                value = given
            }
            criteria.append(
                Criterion(
                    name: name, isNegated: isNegated,
                    patterns: (value ?? "").split(separator: ",").map { GlobPattern(String($0)) }))
        }
        return criteria
    }

    /// Nil when a quote is not closed.
    static func words(of line: some StringProtocol) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isAfterBackslash = false
        for character in line {
            if isAfterBackslash {
                isAfterBackslash = false
                // Only what would mean something else is taken for itself; other backslashes stay.
                if !["\\", "\"", "'", " "].contains(character) { word = (word ?? "") + "\\" }
                word = (word ?? "") + String(character)
            } else if character == "\\" {
                isAfterBackslash = true
            } else if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "\"" || character == "'" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                if let ended = word { words.append(ended) }
                word = nil
            } else if character == "#", word == nil {
                break
            } else if character == "=", words.isEmpty, let name = word {
                words.append(name)
                word = nil
            } else if character == "=", words.count == 1, word == nil, !hasEquals(line, before: words[0]) {
                continue
            } else {
                word = (word ?? "") + String(character)
            }
        }
        guard quote == nil else { return nil }
        if isAfterBackslash { word = (word ?? "") + "\\" }
        if let ended = word { words.append(ended) }
        return words
    }

    /// Whether the `=` after the keyword has been passed: `Port = 22` has one, and a second is part of the value.
    private static func hasEquals(_ line: some StringProtocol, before keyword: String) -> Bool {
        line.drop(while: \.isWhitespace).dropFirst(keyword.count).first == "="
    }

    /// What a pattern with `*` and `?` names, in order; a name alone is itself, whether it is there or not.
    private static func files(matching pattern: String, folder: String, home: String) -> [String] {
        let expanded = expandingTilde(pattern, home: home)
        let path = expanded.hasPrefix("/") ? expanded : "\(folder)/\(expanded)"
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(path, 0, nil, &found) == 0, let paths = found.gl_pathv else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { paths[$0].map { String(cString: $0) } }
    }
}

/// Where a line of the configuration stands.
package struct SSHConfigurationPlace: Sendable, Hashable, CustomStringConvertible {
    package var path: String
    package var line: Int
    package var description: String { "\(path):\(line)" }
}

/// A configuration that cannot be read.
package struct SSHConfigurationError: ExplainedError {
    package var place: String?
    package var problem: String
    package var remedy: String?
}
