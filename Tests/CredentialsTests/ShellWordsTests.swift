import Testing
@testable import Credentials

@Suite struct ShellWordsTests {
    @Test(arguments: [
        ("ssh -F lab.conf", ["ssh", "-F", "lab.conf"]), ("  a   b ", ["a", "b"]), ("", []), ("'a b' \"c d\"", ["a b", "c d"]), (#"a\ b"#, ["a b"]),
        (#""x\"y\\z\n""#, [#"x"y\z\n"#]), ("''", [""]), ("a''b", ["ab"]), (#"'it'"'"'s'"#, ["it's"]), ("-oProxyJump=a,b", ["-oProxyJump=a,b"]),
    ]) func splits(text: String, words: [String]) { #expect(ShellWords.split(text) == words) }

    @Test(arguments: ["'open", "\"open", "a\\", #""a\"#]) func refuses(text: String) { #expect(ShellWords.split(text) == nil) }
}
