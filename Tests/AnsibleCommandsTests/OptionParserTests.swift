import Testing

@testable import AnsibleCommands

/// As argparse reads them in ansible-core 2.19.14.
struct OptionParserTests {
    @Test func `options may be cut short, put together and mixed with arguments`() throws {
        let parsed = try AnsibleParsers.playbook.parse([
            "-vvCD", "a.yml", "--inv", "x", "-iy", "-f5", "--tags=a", "-e", "a=1", "--extra-vars", "b=2", "b.yml", "-v",
        ])
        #expect(parsed.arguments == ["a.yml", "b.yml"])
        #expect(parsed.count("verbose") == 3)
        #expect(parsed.has("check") && parsed.has("diff") && !parsed.has("become"))
        #expect(parsed.all("inventory") == ["x", "y"])
        #expect(parsed.last("forks") == "5")
        #expect(parsed.all("tags") == ["a"])
        #expect(parsed.all("extra-vars") == ["a=1", "b=2"])
    }

    @Test(arguments: [
        (["a.yml", "--nosuch"], "unrecognized arguments: --nosuch"),
        ([], "the following arguments are required: playbook"),
        (["a.yml", "-i"], "argument -i/--inventory/--inventory-file: expected one argument"),
        (
            ["a.yml", "--list"],
            "ambiguous option: --list could match --list-hosts, --list-tasks, --list-tags"
        ),
    ])
    func `what is wrong is said in argparse's words`(_ words: [String], _ problem: String) {
        do {
            _ = try AnsibleParsers.playbook.parse(words)
            Issue.record("\(words) is taken")
        } catch {
            guard case .wrong(let text) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(text == problem)
        }
    }

    @Test func `help and version end before all else`() {
        for (word, isHelp) in [("-h", true), ("--version", false)] {
            do {
                _ = try AnsibleParsers.adHoc.parse(["x", word])
                Issue.record("\(word) does not end")
            } catch {
                if case .help = error {
                    #expect(isHelp)
                } else if case .version = error {
                    #expect(!isHelp)
                } else {
                    Issue.record("\(error)")
                }
            }
        }
    }
}
