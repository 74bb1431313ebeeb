import TestSupport
import Testing

@testable import Remote

/// The shell scripts of the host's side as they are sent.
@Suite struct HostScriptTests {
    private func shortened(_ script: String, keeping names: [String: String] = [:]) -> String {
        ShellShortener([Array(script.utf8)], keeping: names).shorten(Array(script.utf8))
    }

    @Test func `comments, indentation and empty lines go`() {
        #expect(
            shortened("# why\nif true; then\n\n    # because\n    echo \"a # b\"   # c\nfi")
                == "if true; then\necho \"a # b\"   # c\nfi\n")
    }

    @Test func `names that begin with one underscore become short, the most frequent the shortest`() {
        #expect(
            shortened("_second=1 _first=2\necho \"$_first ${_first%_} __other boot_id $_ _*\"")
                == "_b=1 _a=2\necho \"$_a ${_a%_} __other boot_id $_ _*\"\n")
        #expect(shortened("_first() { _second; }\n", keeping: ["_first": "_a"]) == "_a() { _b; }\n")
        let many = (0..<100).map { "_name\($0)=" }.joined(separator: "\n")
        #expect(Set(shortened(many).split(separator: "\n")).count == 100)
    }

    private static let scripts = [
        ("places", HostScript.places, PackageResources.places_sh),
        ("common", HostScript.common, PackageResources.common_sh),
        ("keeper", HostScript.keeper, PackageResources.keeper_sh),
        ("attach", HostScript.attach, PackageResources.attach_sh),
        ("find", HostScript.find, PackageResources.find_sh), ("ending", HostScript.ending, PackageResources.ending_sh),
    ]

    @Test(arguments: shells, Self.scripts.indices) func `a shell can read each script`(shell: String, index: Int) throws
    {
        let (name, short, full) = Self.scripts[index]
        #expect(short.utf8.count * 3 < full.count * 2, "\(name)")
        let words = shell.split(separator: " ").map(String.init)
        for text in [short, String(decoding: full, as: UTF8.self)] {
            let result = try outcome(of: "/usr/bin/env", words + ["-n", "-c", text])
            #expect(result.status == 0, "\(name): \(result.stderr)")
        }
    }

    /// Two names of one kind that became the same would be one variable, or one function.
    @Test func `no two functions and no two variables have the same name`() {
        for used in [
            [HostScript.common, HostScript.keeper], [HostScript.common, HostScript.places, HostScript.attach],
        ] {
            let functions = used.joined().split(separator: "\n").filter { $0.hasSuffix("() {") || $0.contains("() { ") }
                .map { $0.prefix { $0 != "(" } }
            #expect(Set(functions).count == functions.count)
        }
        let spoken = HostScript.spokenNames
        for (name, short) in spoken {
            let others = spoken.filter { $0.key != name && $0.value == short }
            #expect(others.isEmpty || ["_word", "_kill_keeper"].contains(name), "\(name)")
        }
    }

    /// A later version of this program comes back to a session with these.
    @Test func `what is said to a session keeps its names`() {
        #expect(HostScript.short("_hand_over") == "_p" && HostScript.short("_call_in_group") == "_g")
        #expect(HostScript.assignments(["_marker": "a'b", "_from1": ""]) == "_M='a'\\''b' _1=''\n")
    }
}
