import Foundation
import Testing
@testable import Redaction

/// Every form, made by someone else's encoder where there is one on the machine: Foundation, and bash.
@Suite struct SecretFormsTests {
    /// Letters that the encodings treat differently, and ordinary ones.
    static let alphabet = Array(##"abcXYZ019 !"#$%&'()*+,-./:;<=>?@[\]^_`{|}~é€😀"##) + ["\t", "\u{1b}", "\u{7f}"]

    static func randomSecret(_ random: inout SeededGenerator) -> String {
        // Trimmed ends: the spaces around a secret are not its own.
        let middle = String((0..<Int.random(in: 2...40, using: &random)).map { _ in alphabet.randomElement(using: &random)! })
        return "k" + middle + "9"
    }

    static func forms(of secret: String) throws -> [(name: String, text: String)] {
        let bytes = Data(secret.utf8)
        func json(_ options: JSONSerialization.WritingOptions) throws -> String {
            String(String(decoding: try JSONSerialization.data(withJSONObject: secret, options: options.union(.fragmentsAllowed)), as: UTF8.self).dropFirst().dropLast())
        }
        func ascii(_ json: String) -> String {
            json.utf16.map { $0 < 0x7f ? String(UnicodeScalar(UInt8($0))) : "\\u" + String($0, radix: 16).leftPadded(4) }.joined()
        }
        func url(_ kept: String) -> String { secret.addingPercentEncoding(withAllowedCharacters: CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" + kept))! }
        let hex = bytes.map { String($0, radix: 16).leftPadded(2) }.joined()
        var forms = [
            ("raw", secret), ("JSON", try json(.withoutEscapingSlashes)), ("JSON with slashes", try json([])), ("ASCII JSON", ascii(try json(.withoutEscapingSlashes))),
            ("'\\''", secret.replacingOccurrences(of: "'", with: #"'\''"#)), (#"'"'"'"#, secret.replacingOccurrences(of: "'", with: #"'"'"'"#)),
            ("double quotes", secret.replacing(#/[$`"\\]/#) { "\\" + $0.output }),
            ("URL", url("-._~")), ("urllib", url("-._~/")), ("encodeURIComponent", url("-._~!*'()")), ("form", url("-._~ ").replacingOccurrences(of: " ", with: "+")),
            ("lower URL", url("-._~").replacing(#/%../#) { $0.output.lowercased() }),
            ("hex", hex), ("HEX", hex.uppercased()),
        ]
        for offset in 0..<3 {
            let encoded = (Data(repeating: UInt8(ascii: "x"), count: offset) + bytes + Data("tail".utf8)).base64EncodedString()
            let bits = (offset * 8, (offset + bytes.count) * 8)
            let own = encoded.dropFirst((bits.0 + 5) / 6).prefix(bits.1 / 6 - (bits.0 + 5) / 6)
            forms.append(("base64 at \(offset)", String(own)))
            forms.append(("base64url at \(offset)", own.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")))
        }
        return forms
    }

    @Test(arguments: 0..<60) func everyFormIsFoundHoweverItIsCut(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let secret = Self.randomSecret(&random), set = SecretSet()
        set.insert(Secret(secret), label: "p.f")
        for (name, form) in try Self.forms(of: secret) {
            let text = Array("before=<<\(form)>> after\n".utf8)
            let shown = RedactorTests.stream(text, through: set, cutBy: &random)
            #expect(shown == "before=<<«redacted:p.f»>> after\n", "\(name) of \(secret.debugDescription): \(form.debugDescription)")
        }
    }

    /// bash's own quoting: `printf %q` and `${v@Q}`.
    @Test func bashQuotingIsFound() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<12 {
            let secret = Self.randomSecret(&random), set = SecretSet()
            set.insert(Secret(secret), label: "p.f")
            let bash = Process(), output = Pipe()
            bash.executableURL = URL(fileURLWithPath: "/bin/bash")
            bash.arguments = ["-c", #"printf 'q %q\nQ %s\n' "$S" "${S@Q}""#]
            bash.environment = ["S": secret, "LC_ALL": "C.UTF-8"]
            bash.standardOutput = output
            try bash.run()
            let quoted = try #require(try output.fileHandleForReading.readToEnd())
            bash.waitUntilExit()
            let shown = RedactedText(quoted, secrets: set).description
            let found = shown.replacing(#/\$?'(«redacted:p\.f»)'/#) { String($0.output.1) }
            #expect(found == "q «redacted:p.f»\nQ «redacted:p.f»\n", "\(secret.debugDescription) gave \(String(decoding: quoted, as: UTF8.self).debugDescription)")
        }
    }

    @Test func aWrappedEncodingIsFoundLineByLine() {
        let secret = String((0..<200).map { Character(UnicodeScalar(UInt8(33 + $0 * 7 % 90))) })
        let set = SecretSet()
        set.insert(Secret(secret), label: "p.f")
        for length in [64, 76] as [Data.Base64EncodingOptions.RawValue] {
            let encoded = Data(secret.utf8).base64EncodedString(options: length == 64 ? [.lineLength64Characters, .endLineWithLineFeed] : [.lineLength76Characters, .endLineWithLineFeed])
            let shown = RedactedText(encoded, secrets: set).description.split(separator: "\n")
            for line in shown { #expect(line.hasPrefix("«redacted:p.f»") && line.count <= "«redacted:p.f»".count + 4) }
        }
    }

    @Test func aSecretOfSeveralLinesIsFoundWhereItIsEncodedWhole() throws {
        let secret = "first line\nsecond line\nx", set = SecretSet()
        set.insert(Secret(secret + "\n"), label: "p.f")
        let json = String(decoding: try JSONSerialization.data(withJSONObject: [secret]), as: UTF8.self)
        #expect(RedactedText(json, secrets: set).description == #"["«redacted:p.f»"]"#)
        #expect(RedactedText("first%20line%0Asecond%20line%0Ax", secrets: set).description == "«redacted:p.f»")
        #expect(RedactedText(#"$'first line\nsecond line\nx'"#, secrets: set).description == "$'«redacted:p.f»'")
    }

    @Test func goEscapesWhatHTMLMinds() {
        let set = RedactorTests.secrets(("a<b>&c", "p.f"))
        #expect(RedactedText(#"{"v":"a\u003cb\u003e\u0026c"}"#, secrets: set).description == #"{"v":"«redacted:p.f»"}"#)
    }

    @Test func bytesThatAreNotTextAreFound() {
        let set = SecretSet(), key: [UInt8] = [0xff, 0x00, 0xfe, 0x80, 0x41, 0x42]
        set.insert(Secret(key), label: "raw.key")
        #expect(RedactedText([0x3e] + key + [0x3c], secrets: set).description == ">«redacted:raw.key»<")
        #expect(RedactedText("ff00fe804142", secrets: set).description == "«redacted:raw.key»")
    }
}

extension String {
    fileprivate func leftPadded(_ width: Int) -> String { String(repeating: "0", count: Swift.max(0, width - count)) + self }
}
