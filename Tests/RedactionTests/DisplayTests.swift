import Foundation
import Testing
@testable import Redaction

@Suite struct DisplayTests {
    @Test func terminalEscapesAreShownNotSent() {
        let text = "\u{1b}[2J\u{1b}]0;owned\u{07}ok\r\n\u{7f}\tx\u{9b}31m\u{202e}gnp\u{0}"
        #expect(RedactedText(text, secrets: SecretSet()).description == "␛[2J␛]0;owned␇ok␍\n␡\tx\u{fffd}31m\u{fffd}gnp␀")
    }

    @Test(arguments: ["naïve – 日本語 😀", "a😀", "é"]) func aCharacterCutByAChunkIsWhole(text: String) {
        for secrets in [SecretSet(), RedactorTests.secrets(("never there", "p.f"))] {
            var redactor = Redactor(secrets), shown = ""
            for byte in text.utf8 { shown += redactor.feed([byte]).description }
            #expect(shown + redactor.finish().description == text)
        }
    }

    @Test func whatIsNotUTF8IsReplaced() {
        let bytes: [UInt8] = [0x61, 0xff, 0xc3, 0x28, 0xe2, 0x82, 0x62, 0xed, 0xa0, 0x80, 0x63, 0xf0, 0x9f]
        let whole = String(decoding: bytes, as: UTF8.self)
        var redactor = Redactor(SecretSet()), shown = ""
        for byte in bytes { shown += redactor.feed([byte]).description }
        shown += redactor.finish().description
        // How many replacement characters stand for a broken sequence depends on where it is cut; never does one byte of it get through.
        #expect(shown.filter { $0 != "\u{fffd}" } == "a(bc")
        #expect(RedactedText(bytes, secrets: SecretSet()).description == whole)
    }

    @Test func interpolationTakesRedactedTextAndNumbers() {
        let host = RedactedText("gpu1", secrets: SecretSet())
        let line: RedactedText = "\(host): \(3) of \(UInt8(7)), \(0.0449, decimals: 1) s, \(-2.345, decimals: 2), \(99.96, decimals: 1) %, \(7.5, decimals: 0), \(true)"
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
            let json = RedactedJSON.object(["texts": .list(texts.map { .text(RedactedText($0, secrets: set)) }), "n": .int(-3), "x": .double(0.5), "inf": .double(.infinity), "done": .json("{\"a\": 1}"), "no": .null, "yes": .bool(true)])
            let parsed = try #require(try JSONSerialization.jsonObject(with: Data(json.encoded(ascii: ascii).description.utf8)) as? [String: Any])
            #expect(parsed["texts"] as? [String] == [texts[0], "␛[0m", "my «redacted:p.f»!"])
            #expect(parsed["n"] as? Int == -3)
            #expect(parsed["x"] as? Double == 0.5)
            #expect(parsed["inf"] is NSNull)
            #expect(parsed["done"] as? [String: Int] == ["a": 1])
        }
        #expect(RedactedJSON.text("é").encoded(ascii: true).description == #""\u00e9""#)
    }
}
