import Foundation
import Testing

@testable import Redaction

@Suite struct DisplayTests {
    @Test func terminalEscapesAreShownNotSent() {
        let text = "\u{1b}[2J\u{1b}]0;owned\u{07}ok\r\n\u{7f}\tx\u{9b}31m\u{202e}gnp\u{0}"
        #expect(
            RedactedText(text, secrets: SecretSet()).description == "␛[2J␛]0;owned␇ok␍\n␡\tx\u{fffd}31m\u{fffd}gnp␀")
    }

    @Test(arguments: ["naïve – 日本語 😀", "a😀", "é"]) func aCharacterCutByAChunkIsWhole(text: String) {
        for secrets in [SecretSet(), RedactorTests.secrets(("never there", "p.f"))] {
            var redactor = Redactor(secrets)
            var shown = ""
            for byte in text.utf8 { shown += redactor.feed([byte]).description }
            #expect(shown + redactor.finish().description == text)
        }
    }

    @Test func whatIsNotUTF8IsReplaced() {
        let bytes: [UInt8] = [0x61, 0xff, 0xc3, 0x28, 0xe2, 0x82, 0x62, 0xed, 0xa0, 0x80, 0x63, 0xf0, 0x9f]
        let whole = String(decoding: bytes, as: UTF8.self)
        var redactor = Redactor(SecretSet())
        var shown = ""
        for byte in bytes { shown += redactor.feed([byte]).description }
        shown += redactor.finish().description
        // How many replacement characters stand for a broken sequence depends on where it is cut; never does one byte
        // of it get through.
        #expect(shown.filter { $0 != "\u{fffd}" } == "a(bc")
        #expect(RedactedText(bytes, secrets: SecretSet()).description == whole)
    }

    @Test func interpolationTakesRedactedTextAndNumbers() {
        let host = RedactedText("gpu1", secrets: SecretSet())
        let line: RedactedText =
            "\(host): \(3) of \(UInt8(7)), \(0.0449, decimals: 1) s, \(-2.345, decimals: 2), \(99.96, decimals: 1) %, \(7.5, decimals: 0), \(true)"
        #expect(line.description == "gpu1: 3 of 7, 0.0 s, -2.35, 100.0 %, 8, true")
    }

    @Test func linesAndJoiningAreInverse() {
        let text: RedactedText = "one\n\ntwo\n"
        #expect(text.lines.map(\.description) == ["one", "", "two"])
        #expect(text.lines.joined(separator: "\n") + "\n" == text)
        #expect(RedactedText("").lines == [])
    }

    @Test func jsonIsWhatAParserReadsBack() throws {
        let set = RedactorTests.secrets((#"s3"cr\et"#, "p.f"))
        let texts = ["quote \" slash \\ / tab \t line \n é 😀", "\u{1b}[0m", #"my s3"cr\et!"#]
        for ascii in [false, true] {
            let json = RedactedJSON.object([
                "texts": .list(texts.map { .text(RedactedText($0, secrets: set)) }), "n": .int(-3), "x": .double(0.5),
                "inf": .double(.infinity), "done": .json("{\"a\": 1}"), "no": .null, "yes": .bool(true),
            ])
            let parsed = try #require(
                try JSONSerialization.jsonObject(with: Data(json.encoded(ascii: ascii).description.utf8))
                    as? [String: Any])
            #expect(parsed["texts"] as? [String] == [texts[0], "␛[0m", "my «redacted:p.f»!"])
            #expect(parsed["n"] as? Int == -3)
            #expect(parsed["x"] as? Double == 0.5)
            #expect(parsed["inf"] is NSNull)
            #expect(parsed["done"] as? [String: Int] == ["a": 1])
        }
        #expect(RedactedJSON.text("é").encoded(ascii: true).description == #""\u00e9""#)
    }

    @Test func jsonIsLaidOutAsValuesAre() {
        let json = RedactedJSON.object([
            "a": .list([.int(1), .object(["b": .text("c\n")])]), "none": .list([]), "no": .object([:]),
            "done": .json("{\"x\":1}"),
        ])
        #expect(
            json.pretty(indent: 2) == """
                {
                  "a": [
                    1,
                    {
                      "b": "c\\n"
                    }
                  ],
                  "none": [],
                  "no": {},
                  "done": {"x":1}
                }
                """)
    }

    /// What is not UTF-8 is replaced as the standard library does it, and what is UTF-8 passes but for what misleads.
    @Test func bytesOfAnyKindAreShownAsTheStandardLibraryDecodesThem() {
        var random = SeededGenerator(seed: 7)
        let pieces: [[UInt8]] =
            ["plain text, long enough for a block of it ", "é", "日本", "😀", "\u{2029}", "\u{feff}"].map {
                Array($0.utf8)
            }
            + [
                [0xc0, 0x80], [0xe0, 0x80, 0x80], [0xed, 0xbf, 0xbf], [0xf0, 0x8f], [0xf4, 0x90, 0x80, 0x80], [0xf5],
                [0xff], [0x80], [0xbf, 0xbf], [0xe2, 0x82], [0xf0, 0x9f, 0x98], [0xf1, 0x80, 0x41],
            ]
        for _ in 0..<2000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1...8, using: &random) { bytes += pieces.randomElement(using: &random) ?? [] }
            bytes.append(UInt8(ascii: "."))  // what is cut at the end is shown as one character whatever it is
            #expect(
                RedactedText(bytes, secrets: SecretSet()).description == String(decoding: bytes, as: UTF8.self),
                "\(bytes)")
        }
    }

    @Test func everyCharacterThatMisleadsHasAPicture() {
        for value in UInt32(0)...0x2100 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let shown = RedactedText(String(scalar), secrets: SecretSet()).description
            switch value {
            case 0x09, 0x0a: #expect(shown == String(scalar))
            case 0..<0x20: #expect(shown.unicodeScalars.first?.value == 0x2400 + value)
            case 0x7f: #expect(shown == "␡")
            case 0x80..<0xa0, 0x202a...0x202e, 0x2066...0x2069: #expect(shown == "\u{fffd}")
            default: #expect(shown.unicodeScalars.elementsEqual([scalar]))
            }
        }
    }

    @Test func aBufferPutsSomethingInFrontOfEachLine() {
        var buffer = RedactedBuffer()
        buffer.append(linesOf: "one\n\ntwo\n", first: "> ", others: "  ")
        buffer.append(.list([.text("a\"b\\c\u{1}\n")]))
        #expect(buffer.text == "> one\n  \n  two\n[\"a\\\"b\\\\c\\u0001\\n\"]")
        let (whole, rest) = RedactedText("one\ntwo\nthr").dividedAfterLastLineEnd
        #expect(whole == "one\ntwo\n" && rest == "thr")
    }
}
