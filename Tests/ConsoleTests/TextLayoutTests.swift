import Redaction
import Testing

@testable import Console

@Suite struct TextLayoutTests {
    @Test(arguments: [
        ("abc", 3), ("", 0), ("日本", 4), ("e\u{301}", 1), ("é", 1), ("😀", 2), ("👩‍💻", 2), ("❤️", 2), ("…━│", 3),
        ("a\tb", 9), ("\u{200b}", 0), ("ｈ", 2), ("«»", 2),
    ]) func columns(text: String, columns: Int) {
        #expect(RedactedText(text, secrets: SecretSet()).columns == columns)
    }

    @Test(arguments: [
        ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("abcdef", 1, "…"), ("abcdef", 0, ""), ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"), ("日本語", 4, "日…"),
        ("a\tb", 9, "a       b"), ("a\tb", 8, "a      …"), ("a\tb", 4, "a…"), ("", 3, ""),
    ]) func clipping(text: String, width: Int, clipped: String) {
        #expect(RedactedText(text, secrets: SecretSet()).clipped(to: width).description == clipped)
    }

    @Test func times() {
        #expect(
            [0.04, 9.96, 42, 185, 7322].map { Wording.duration($0).description } == [
                "0.0 s", "10.0 s", "42 s", "3 min 5 s", "2 h 2 min",
            ])
        #expect([-1, 42, 3599, 3723].map { Wording.clock($0).description } == ["0:00", "0:42", "59:59", "1:02:03"])
    }
}
