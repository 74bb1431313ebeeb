import Remote
import Testing
import YAML

@testable import Modules

@Suite struct ShellScriptTests {
    @Test(arguments: [
        ("plain-1.2/x", "plain-1.2/x"), ("", "''"), ("a b", "'a b'"), ("it's", "'it'\\''s'"),
        ("$HOME `id` *", "'$HOME `id` *'"), ("a\nb", "'a\nb'"), ("~root", "'~root'"), ("ü", "'ü'"), ("a\0b", "'ab'"),
    ]) func quotes(_ text: String, _ word: String) {
        let script: ShellScript = "rm -- \(text)"
        #expect(script.text == "rm -- " + word)
    }

    /// What the host's shell makes of words: nothing, whatever they hold, but for a leading `~` and variables where it
    /// is asked to.
    @Test func aRealShellGivesTheWordsBack() async throws {
        let shell = try await HostSession(transport: LocalTransport())
        let words = ["a'b\"c", "$(touch /tmp/never)", "\\", "-n", "a  b", "!x", "{1,2}", "\t", "#", "ü€"]
        for word in words {
            let script: ShellScript = "printf %s \(word)"
            #expect(try await shell.call(Call(script.text)).output == word)
        }
        for (text, result) in [
            ("~/x y", "/home/me/x y"), ("$A/b", "1 2/b"), ("${A}b", "1 2b"), ("$NOT_SET_HERE x", "$NOT_SET_HERE x"),
            ("${NOT_SET_HERE}", "${NOT_SET_HERE}"), ("a$", "a$"), ("$1", "$1"), ("${A:-x}", "${A:-x}"), ("x~", "x~"),
        ] {
            var call = Call("printf %s " + ShellScript.expanding(text).text)
            call.environment = [("HOME", "/home/me"), ("A", "1 2")]
            #expect(try await shell.call(call).output == result, "\(text)")
        }
        await shell.close()
    }
}

@Suite struct CommandLineTests {
    @Test(arguments: [
        ("echo hello world", ["echo", "hello", "world"]),
        ("sh -c \"echo out; echo err >&2\"", ["sh", "-c", "echo out; echo err >&2"]),
        ("a 'b c' d\\ e", ["a", "b c", "d e"]),
        ("x \"\" ''", ["x", "", ""]), ("printf \"a\\nb\\\"\"", ["printf", "a\\nb\""]), ("  ", []),
    ]) func splits(_ line: String, _ words: [String]) throws { #expect(try CommandLine.split(line) == words) }

    @Test(arguments: ["echo \"x", "echo 'x", "x\\"]) func refuses(_ line: String) {
        #expect(throws: ModuleFailure.self) { try CommandLine.split(line) }
    }
}
