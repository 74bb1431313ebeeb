import Templating
import Testing

@Suite struct GlobTests {
    @Test(arguments: [
        ("abc", "a*", true), ("abc", "*b*", true), ("abc", "a?c", true), ("abc", "[a-c]bc", true),
        ("abc", "[!a]bc", false), ("a.b", "a.c", false), ("", "*", true), ("aab", "*ab", true), ("[", "[", true),
    ])
    func matches(_ text: String, _ pattern: String, _ result: Bool) { #expect(Glob(pattern).matches(text) == result) }
}
