import Foundation
import TestSupport
import Testing

@testable import Redaction

/// What docs/redaction.md says is searched for, by the names in its table.
enum SecretForm: String, CaseIterable {
    case plain = "as it is"
    case cased = "in another case"
    case json = "JSON"
    case html = "HTML and XML"
    case sql = "SQL and CSV"
    case shell = "shell"
    case url = "URL"
    case escapes = "C, Python and JavaScript"
    case quotedPrintable = "quoted-printable"
    case caret = "`cat -v`"
    case hex = "hexadecimal"
    case base64 = "base64"
    case nested = "one in another"
    case cut = "cut"

    /// The secret in this form, made by someone else's encoder where there is one on the machine.
    func written(_ secret: String) throws -> [String] {
        switch self {
        case .plain: return [secret]
        case .cased:
            return [
                secret.uppercased(), secret.lowercased(),
                secret.prefix(1).uppercased() + secret.dropFirst(1).lowercased(),
            ]
        case .json:
            let once = [
                try Self.json(secret), try Self.json(secret, slashes: true), Self.ascii(try Self.json(secret)),
                Self.ascii(try Self.json(secret, slashes: true)).replacing(#/\\u..../#) {
                    $0.output.uppercased().replacing("\\U", with: "\\u")
                },
            ]
            let goStyle = try Self.json(secret).replacing(#/[<>&]/#) {
                "\\u" + Self.hex(UInt32($0.output.unicodeScalars.first!.value), 4)
            }
            let twice = try once.flatMap { [try Self.json($0), try Self.json($0, slashes: true)] }
            return once + [goStyle, secret.utf16.map { "\\u" + Self.hex(UInt32($0), 4) }.joined()] + twice
                + (try twice.map { try Self.json($0) })
        case .html:
            let named = secret.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
                .replacing("\"", with: "&quot;")
            return [
                named, named.replacing("'", with: "&#39;"), named.replacing("'", with: "&#x27;"),
                named.replacing("'", with: "&apos;"), named.replacing("'", with: "&#039;"),
                named.replacing("é", with: "&eacute;").replacing("€", with: "&euro;"),
                secret.unicodeScalars.map { "&#\($0.value);" }.joined(),
                secret.unicodeScalars.map { "&#x\(Self.hex($0.value, 1));" }.joined(),
                secret.unicodeScalars.map { "&#X\(Self.hex($0.value, 4).uppercased());" }.joined(),
                named.replacing("&", with: "&amp;"),
            ]
        case .sql:
            return [
                secret.replacing("'", with: "''"), secret.replacing("\"", with: "\"\""),
                secret.replacing("\\", with: "\\\\").replacing("'", with: "\\'"),
            ]
        case .shell:
            return [
                secret.replacing("'", with: #"'\''"#), secret.replacing("'", with: #"'"'"'"#),
                secret.replacing(#/[$`"\\]/#) { "\\" + $0.output }, secret.replacing(#/[$`"\\!]/#) { "\\" + $0.output },
                secret.replacing(#/[^A-Za-z0-9_é€😀-]/#) { "\\" + $0.output },
                String(
                    secret.unicodeScalars.flatMap { scalar -> [Character] in
                        switch scalar {
                        case "\t": Array("\\t")
                        case "\u{1b}": Array("\\E")
                        case "'", "\\": ["\\", Character(scalar)]
                        case _ where scalar.value < 0x20 || scalar.value >= 0x7f:
                            Array(String(scalar).utf8.map { "\\" + String($0, radix: 8).leftPadded(3) }.joined())
                        default: [Character(scalar)]
                        }
                    }),
            ]
        case .url:
            func url(_ kept: String) throws -> String {
                try #require(
                    secret.addingPercentEncoding(
                        withAllowedCharacters: CharacterSet(charactersIn: Self.alphanumeric + kept)))
            }
            let all = [
                try url("-._~"), try url("-._~/"), try url("-._~!*'()"), try url("-._~!*'();/?:@&=+$,#"),
                try url("-._* ").replacing(" ", with: "+"),
                secret.utf8.map { "%" + Self.hex(UInt32($0), 2).uppercased() }.joined(),
            ]
            return all + all.map { $0.replacing(#/%../#) { $0.output.lowercased() } }
                + all.map { $0.replacing("%", with: "%25") }
        case .escapes:
            func bytes(_ write: (UInt8) -> String) -> String {
                secret.utf8.map {
                    (0x20..<0x7f).contains($0) && $0 != 0x5c
                        ? String(UnicodeScalar($0)) : $0 == 0x5c ? #"\\"# : write($0)
                }.joined()
            }
            return [
                bytes { "\\x" + Self.hex(UInt32($0), 2) }, bytes { "\\" + String($0, radix: 8).leftPadded(3) },
                secret.utf8.map { "\\x" + Self.hex(UInt32($0), 2) }.joined(),
                secret.unicodeScalars.map { "\\U" + Self.hex($0.value, 8) }.joined(),
            ]
        case .quotedPrintable:
            return [
                secret.utf8.map {
                    (0x20..<0x7f).contains($0) && $0 != 0x3d || $0 == 0x09
                        ? String(UnicodeScalar($0)) : "=" + Self.hex(UInt32($0), 2).uppercased()
                }.joined()
            ]
        case .caret:
            return [
                secret.utf8.map { byte -> String in
                    let low = byte & 0x7f
                    let shown =
                        low == 0x7f || low < 0x20 ? "^" + String(UnicodeScalar(low ^ 0x40)) : String(UnicodeScalar(low))
                    return byte == 0x09 ? "\t" : byte >= 0x80 ? "M-" + shown : shown
                }.joined()
            ]
        case .hex:
            let pairs = secret.utf8.map { Self.hex(UInt32($0), 2) }
            return [
                pairs.joined(), pairs.joined().uppercased(), pairs.joined(separator: " "), pairs.joined(separator: ":"),
                pairs.joined(separator: "-").uppercased(),
            ]
        case .base64: return [Data(secret.utf8).base64EncodedString()].map { String($0.prefix { $0 != "=" }) }
        case .nested:
            let json = try Self.json(secret)
            return [
                try #require(
                    json.addingPercentEncoding(
                        withAllowedCharacters: CharacterSet(charactersIn: Self.alphanumeric + "-._~"))),
                try Self.json(secret.replacing("\"", with: "&quot;")), json.replacing("\"", with: "&quot;"),
                json.utf8.map { Self.hex(UInt32($0), 2) }.joined(),
                try Self.json(Data(secret.utf8).base64EncodedString(), slashes: true).replacing("=", with: ""),
            ]
        case .cut: return []
        }
    }

    static let alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    static func json(_ text: String, slashes: Bool = false) throws -> String {
        String(
            String(
                decoding: try JSONSerialization.data(
                    withJSONObject: text,
                    options: slashes ? [.fragmentsAllowed] : [.fragmentsAllowed, .withoutEscapingSlashes]),
                as: UTF8.self
            ).dropFirst().dropLast())
    }
    static func ascii(_ json: String) -> String {
        json.utf16.map { $0 < 0x7f ? String(UnicodeScalar(UInt8($0))) : "\\u" + hex(UInt32($0), 4) }.joined()
    }
    static func hex(_ value: UInt32, _ width: Int) -> String { String(value, radix: 16).leftPadded(width) }
}

@Suite struct SecretFormsTests {
    /// Letters that the encodings treat differently, and ordinary ones.
    static let alphabet = Array(##"abcXYZ019 !"#$%&'()*+,-./:;<=>?@[\]^_`{|}~é€😀"##) + ["\t", "\u{1b}", "\u{7f}"]

    static func randomSecret(_ random: inout SeededGenerator) -> String {
        // Trimmed ends: the spaces around a secret are not its own.
        let middle = String(
            (0..<Int.random(in: 3...40, using: &random)).map { _ in alphabet.randomElement(using: &random)! })
        return "k" + middle + "9"
    }

    @Test(arguments: SecretForm.allCases) func everyFormIsFoundHoweverItIsCut(form: SecretForm) throws {
        for seed in 0..<30 {
            var random = SeededGenerator(seed: seed)
            let secret = Self.randomSecret(&random)
            let set = SecretSet()
            set.insert(Secret(secret), label: "p.f")
            for written in try form.written(secret) {
                let text = Array("before=<<\(written)>> after\n".utf8)
                let shown = RedactorTests.stream(text, through: set, cutBy: &random)
                #expect(
                    shown == "before=<<«redacted:p.f»>> after\n",
                    "\(secret.debugDescription): \(written.debugDescription)")
                #expect(RedactedText(text, secrets: set).description == shown)
            }
        }
    }

    /// The table of docs/redaction.md has these forms and no others.
    @Test func theDocumentListsThem() throws {
        let document = try String(
            contentsOf: URL(fileURLWithPath: Fixtures.folder).deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("docs/redaction.md"), encoding: .utf8)
        let rows = document.split(separator: "\n").drop { !$0.hasPrefix("| form |") }.dropFirst(2).prefix {
            $0.hasPrefix("|")
        }
        let names = rows.map { $0.split(separator: "|")[0].trimmingCharacters(in: .whitespaces) }
        #expect(names == SecretForm.allCases.map(\.rawValue))
    }

    /// bash's own quoting: `printf %q` and `${v@Q}`.
    @Test func bashQuotingIsFound() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<12 {
            let secret = Self.randomSecret(&random)
            let set = SecretSet()
            set.insert(Secret(secret), label: "p.f")
            let bash = Process()
            let output = Pipe()
            bash.executableURL = URL(fileURLWithPath: "/bin/bash")
            bash.arguments = ["-c", #"printf 'q %q\nQ %s\n' "$S" "${S@Q}""#]
            bash.environment = ["S": secret, "LC_ALL": "C.UTF-8"]
            bash.standardOutput = output
            try bash.run()
            let quoted = try #require(try output.fileHandleForReading.readToEnd())
            bash.waitUntilExit()
            let shown = RedactedText(quoted, secrets: set).description
            let found = shown.replacing(#/\$?'(«redacted:p\.f»)'/#) { String($0.output.1) }
            #expect(
                found == "q «redacted:p.f»\nQ «redacted:p.f»\n",
                "\(secret.debugDescription) gave \(String(decoding: quoted, as: UTF8.self).debugDescription)")
        }
    }

    // MARK: Encoded files

    static func base64(_ text: [UInt8]) -> String { Data(text).base64EncodedString() }
    static func hex(_ text: [UInt8]) -> String { text.map { SecretForm.hex(UInt32($0), 2) }.joined() }
    static func wrapped(_ text: String, _ width: Int, _ end: String = "\n") -> String {
        stride(from: 0, to: text.count, by: width).map { text.dropFirst($0).prefix(width) }.joined(separator: end) + end
    }

    /// What `base64` or `xxd -p` makes of a file that has the secret in it: what is left has none of the characters
    /// that the secret alone determines.
    @Test(arguments: [4, 5, 7, 8, 16, 19, 60, 64, 76, 1000]) func aFileIsFoundWrappedAtAnyWidth(width: Int) throws {
        let secret = Array("Marked-Secret-0123456789-abcdef".utf8)
        let set = SecretSet()
        set.insert(Secret(secret), label: "p.f")
        var random = SeededGenerator(seed: width)
        for before in stride(from: 0, to: 66, by: 7) {
            let file =
                Array(repeating: UInt8(ascii: "x"), count: before) + secret
                + Array(repeating: UInt8(ascii: "y"), count: 40)
            for (name, encoded, end) in [
                ("base64", Self.base64(file), "\n"), ("base64 in CRLF", Self.base64(file), "\r\n"),
                ("base64 indented", Self.base64(file), "\n    "), ("base64 in JSON", Self.base64(file), #"\n"#),
                ("base64 in JSON in JSON", Self.base64(file), #"\\n"#),
                ("url", Self.base64(file).replacing("+", with: "-").replacing("/", with: "_"), "\n"),
                ("hex", Self.hex(file), "\n"), ("HEX", Self.hex(file).uppercased(), "\r\n"),
                ("base64 of base64", Self.base64(Array(Self.base64(file).utf8)), "\n"),
                (
                    "base64 of JSON", Self.base64(Array(#"{"a":"\#(String(decoding: file, as: UTF8.self))"}"#.utf8)),
                    "\n"
                ),
            ] {
                let text = Array(Self.wrapped(encoded, width, end).utf8)
                let shown = RedactorTests.stream(text, through: set, cutBy: &random)
                #expect(shown == RedactedText(text, secrets: set).description)
                let left = shown.replacing("«redacted:p.f»", with: "").replacing("\n", with: "").replacing(
                    "␍", with: ""
                ).replacing(" ", with: "").replacing(#"\\n"#, with: "").replacing(#"\n"#, with: "")
                let own =
                    name.hasSuffix("base64") && name != "base64"
                    ? 4 * secret.count / 3 * 4 / 3 - 5
                    : name.hasPrefix("base64") || name == "url" ? (8 * secret.count - 4) / 6 : 2 * secret.count
                #expect(left.count <= encoded.count - own, "\(name), \(before) bytes in front: \(shown)")
                guard left.count <= encoded.count - own else { return }
            }
        }
    }

    @Test func textsThatWereLinesAreSearchedTogether() {
        let set = RedactorTests.secrets(("Marked-Secret-0123456789-abcdef", "p.f"))
        let lines = Self.wrapped(Self.base64(Array("some text, and Marked-Secret-0123456789-abcdef".utf8)), 24).split(
            separator: "\n"
        ).map(String.init)
        let shown = RedactedText.lines(of: ["", "two\nlines"] + lines + ["end\n"], secrets: set)
        #expect(
            shown == [
                "", "two\nlines", "c29tZSB0ZXh0LCBhbmQg«redacted:p.f»", "«redacted:p.f»", "«redacted:p.f»==", "end\n",
            ])
        #expect(RedactedText.lines(of: [], secrets: set) == [])
        // With nothing to search for nothing is put together and taken apart.
        let nothing = SecretSet()
        #expect(
            RedactedText.lines(of: ["", "a\u{1b}", "b\r", "c\nd\n"], secrets: nothing) == ["", "a␛", "b␍", "c\nd\n"])
        #expect(nothing.searches == 0)
        #expect(
            RedactedText.lines(of: ["", "a\u{1b}", "b\r", "c\nd\n", ""], secrets: set) == [
                "", "a␛", "b␍", "c\nd\n", "",
            ])
    }

    @Test func whatLooksLikeNoEncodedTextEndsWithItsLine() {
        var redactor = Redactor(RedactorTests.secrets(("hunter2", "p.f"), ("K7-and-more-of-it", "p.g")))
        for line in [
            "done\n", "ok\n", "0\n", "Setting up thing (1.2) ...\n",
            "a line that is longer than others and ends in K7\n", "/usr/lib/thing: ok\n",
        ] where line != "done\n" {
            #expect(redactor.feed(line.utf8).description == line)
        }
    }

    @Test func aSecretThatAWidthCutsIsFound() {
        let secret = "Marked-Secret-0123456789-abcdef"
        let set = RedactorTests.secrets((secret, "p.f"))
        var random = SeededGenerator(seed: 3)
        for start in 4...27 {
            for (below, other) in [("\n", "\n"), ("\\\n      ", "\n"), ("\n  ", "\n")] {
                let text = Array(
                    (String(repeating: "-", count: 40 - start) + secret.prefix(start) + below + secret.dropFirst(start)
                        + "...\n").utf8)
                let shown = RedactorTests.stream(text, through: set, cutBy: &random)
                #expect(
                    shown == String(repeating: "-", count: 40 - start) + "«redacted:p.f»" + other
                        + "«redacted:p.f»...\n")
            }
        }
        // A short line is not cut.
        var redactor = Redactor(set)
        #expect(redactor.feed("a Marked-Secret\n".utf8) == "a Marked-Secret\n")
    }

    // MARK: Long and many-lined secrets

    @Test func aSecretOfSeveralLinesIsFoundWhereItIsEncodedWhole() throws {
        let secret = "first line\nsecond line\nx"
        let set = SecretSet()
        set.insert(Secret(secret + "\n"), label: "p.f")
        let json = String(decoding: try JSONSerialization.data(withJSONObject: [secret]), as: UTF8.self)
        #expect(RedactedText(json, secrets: set).description == #"["«redacted:p.f»"]"#)
        #expect(RedactedText("first%20line%0Asecond%20line%0Ax", secrets: set).description == "«redacted:p.f»")
        #expect(RedactedText(#"$'first line\nsecond line\nx'"#, secrets: set).description == "$'«redacted:p.f»'")
        #expect(
            RedactedText("\(Self.base64(Array(secret.utf8))).", secrets: set).description.hasPrefix("«redacted:p.f»"))
    }

    @Test func aLongSecretIsFoundInPieces() {
        var random = SeededGenerator(seed: 5)
        let secret = String((0..<100_000).map { _ in SecretForm.alphanumeric.randomElement(using: &random)! })
        let set = SecretSet()
        set.insert(Secret(secret), label: "p.f")
        #expect(RedactedText("<\(secret)>", secrets: set) == "<«redacted:p.f»>")
        var redactor = Redactor(set)
        var shown = redactor.feed("<".utf8)
        var most = 0
        var rest = secret.utf8[...]
        while !rest.isEmpty {
            shown += redactor.feed(rest.prefix(700))
            rest = rest.dropFirst(700)
            most = max(most, redactor.held.count)
        }
        #expect(shown + redactor.finish() == "<«redacted:p.f»" && most < 3 * SecretForms.piece)
        // What is between two of its pieces' beginnings is found, too.
        let part = RedactedText(String(secret.dropFirst(5000).prefix(5000)), secrets: set).description
        #expect(part.contains("«redacted:p.f»") && part.utf8.count < 2200)
        #expect(
            RedactedText(Self.wrapped(Self.base64(Array(secret.utf8)), 76), secrets: set).description.replacing(
                "«redacted:p.f»", with: ""
            ).filter { $0 != "\n" && $0 != "=" }.count < 10)
    }

    @Test func bytesThatAreNotTextAreFound() {
        let set = SecretSet()
        let key: [UInt8] = [0xff, 0x00, 0xfe, 0x80, 0x41, 0x42]
        set.insert(Secret(key), label: "raw.key")
        #expect(RedactedText([0x3e] + key + [0x3c], secrets: set).description == ">«redacted:raw.key»<")
        #expect(RedactedText("ff00fe804142", secrets: set).description == "«redacted:raw.key»")
        #expect(RedactedText(#"b'\xff\x00\xfe\x80AB'"#, secrets: set).description == "b'«redacted:raw.key»'")
    }

    /// A secret whose end could be read together with what follows it, or whose own text looks like an escape.
    @Test(arguments: [
        #"pass\"#, "pass%", "50%41x", "a&amp;b", "ab&am", #"C:\nagios\temp"#, "it''s", #""quoted""#, #"\\x\\"#, "%%%%",
        "&&&&;;", "x'y\"z\\",
    ]) func whatLooksLikeAnEscapeIsFound(secret: String) throws {
        let set = RedactorTests.secrets((secret, "p.f"))
        var random = SeededGenerator(seed: 1)
        for after in ["", "n", "41", "p;", "\"", "'", "\\", "x41", "u0041", " "] {
            let shown = RedactorTests.stream(Array("<\(secret)\(after)\n".utf8), through: set, cutBy: &random)
            #expect(shown == "<«redacted:p.f»\(after)\n", "\(after)")
        }
    }

    /// Reading a text as escapes never reads past its end or its bounds, and takes time in proportion.
    @Test func anythingCanBeRead() {
        let set = RedactorTests.secrets(
            ("hunter2", "p.f"), ("a\"b\\c'd", "p.g"), (String(repeating: "\\", count: 300), "p.h"))
        var random = SeededGenerator(seed: 11)
        let pieces = [
            "\\", "\\\\\\\\\\\\\\\\", "%", "%25", "%5C", "&", "&amp;", "&#", "&#x41;", "\\u", "\\ud83d", "\\ude00",
            "\\x", "\\U0001", "'", "\"", "hunter", "hunter2", "aHVudGVyMg", "\n", "\r\n", "  ", "68756e746572",
            "a\"b\\c'd", "é", "\u{0}",
        ]
        for _ in 0..<3000 {
            var text: [UInt8] = []
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                text += Array(pieces.randomElement(using: &random)!.utf8)
            }
            #expect(
                RedactorTests.stream(text, through: set, cutBy: &random)
                    == RedactedText(text, secrets: set).description,
                "\(String(decoding: text, as: UTF8.self).debugDescription)")
        }
    }
}

extension String {
    fileprivate func leftPadded(_ width: Int) -> String {
        String(repeating: "0", count: Swift.max(0, width - count)) + self
    }
}
