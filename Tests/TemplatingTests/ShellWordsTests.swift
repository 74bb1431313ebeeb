import Templating
import Testing

@Suite struct ShellWordsTests {
    @Test(arguments: [
        ("ssh -F lab.conf", ["ssh", "-F", "lab.conf"]), ("  a   b ", ["a", "b"]), ("", []),
        ("'a b' \"c d\"", ["a b", "c d"]), (#"a\ b"#, ["a b"]),
        (#""x\"y\\z\n""#, [#"x"y\z\n"#]), ("''", [""]), ("a''b", ["ab"]), (#"'it'"'"'s'"#, ["it's"]),
        ("-oProxyJump=a,b", ["-oProxyJump=a,b"]),
    ]) func splits(text: String, words: [String]) throws { #expect(try ShellWords.split(text).map(\.text) == words) }

    @Test(arguments: [("'open", 0), ("a \"open", 2), ("a\\", 1), (#"b "a\"#, 2)]) func refuses(
        text: String, offset: Int
    ) {
        let error = #expect(throws: ShellWords.Unfinished.self) { try ShellWords.split(text) }
        #expect(error?.offset == offset)
    }

    @Test func commentsAreLeftOutWhereThereAreAny() throws {
        #expect(try ShellWords.split("a b#c d", comments: true).map(\.text) == ["a", "b"])
        #expect(try ShellWords.split("a b#c d").map(\.text) == ["a", "b#c", "d"])
    }
}
