/// Shell text made of pieces: what is written in the source is shell, and every text put in by interpolation is quoted.
///
///     let script: ShellScript = "rm -rf -- \(path)"        // rm -rf -- '/tmp/a b'
///
/// A piece that is shell itself needs the long name: `\(shell: other)` for a script, `\(unquotedNumber: 5)` for
/// numbers.
package struct ShellScript: Sendable, ExpressibleByStringInterpolation, CustomStringConvertible {
    package private(set) var text: String
    package var description: String { text }

    package init(stringLiteral constant: String) { text = constant }
    package init(stringInterpolation pieces: Interpolation) { text = pieces.text }
    package init() { text = "" }

    package struct Interpolation: StringInterpolationProtocol {
        var text = ""
        package init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }
        package mutating func appendLiteral(_ literal: String) { text += literal }
        package mutating func appendInterpolation(_ word: String) { text += ShellScript.quoted(word) }
        package mutating func appendInterpolation(_ words: [String]) {
            text += words.map(ShellScript.quoted).joined(separator: " ")
        }
        package mutating func appendInterpolation(shell script: ShellScript) { text += script.text }
        package mutating func appendInterpolation(unquotedNumber number: some BinaryInteger) { text += String(number) }
    }

    package static func + (left: ShellScript, right: ShellScript) -> ShellScript {
        ShellScript(stringLiteral: left.text + right.text)
    }
    package static func += (left: inout ShellScript, right: ShellScript) { left.text += right.text }

    /// One word of a POSIX shell that means exactly `text`. A NUL cannot be in a word of any shell, and is left out.
    package static func quoted(_ text: String) -> String {
        if !text.isEmpty, text.utf8.allSatisfy(isPlain) { return text }
        var result = "'"
        for scalar in text.unicodeScalars {
            switch scalar {
            case "'": result += "'\\''"
            case "\0": break
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "'"
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":"),
            UInt8(ascii: ","), UInt8(ascii: "@"), UInt8(ascii: "%"), UInt8(ascii: "+"):
            true
        default: false
        }
    }

    /// A word in which the host's shell replaces a `~` at the beginning and the variables that are set, and nothing
    /// else: what
    /// Python's `expanduser` and `expandvars` do on the host under Ansible.
    package static func expanding(_ text: String) -> ShellScript {
        var result = ""
        var literal = ""
        func flush() {
            if !literal.isEmpty {
                result += quoted(literal)
                literal = ""
            }
        }
        var rest = text[...]
        if rest.first == "~" {
            let name = rest.dropFirst().prefix { $0 != "/" }
            if name.utf8.allSatisfy({ isPlain($0) && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") }) {
                result += "~" + name
                rest = rest.dropFirst(1 + name.count)
                // A quoted slash would belong to the user's name.
                if rest.first == "/" {
                    result += "/"
                    rest.removeFirst()
                }
            }
        }
        while let character = rest.first {
            guard character == "$", let (name, length) = variable(rest) else {
                literal.append(character)
                rest.removeFirst()
                continue
            }
            flush()
            // An unset variable stays as it was written.
            let written = rest.prefix(length).map { $0 == "$" || $0 == "}" ? "\\\($0)" : "\($0)" }.joined()
            result += "\"${\(name)-\(written)}\""
            rest.removeFirst(length)
        }
        flush()
        return ShellScript(stringLiteral: result.isEmpty ? "''" : result)
    }

    /// The variable that begins here, `$NAME` or `${NAME}`, and how many characters it takes.
    private static func variable(_ text: Substring) -> (name: String, length: Int)? {
        let after = text.dropFirst()
        let braced = after.first == "{"
        let name = (braced ? after.dropFirst() : after).prefix {
            $0 == "_" || ($0.isASCII && ($0.isLetter || $0.isNumber))
        }
        guard let first = name.first, !first.isNumber else { return nil }
        if braced { guard after.dropFirst(1 + name.count).first == "}" else { return nil } }
        return (String(name), 1 + name.count + (braced ? 2 : 0))
    }
}
