import Foundation
import TestSupport
import Testing
import YAML

@testable import Modules

@Suite struct CopyTests {
    /// A tree of the controller's with every kind of link.
    private static func tree(_ bench: ModuleBench) async throws {
        try await bench.sh(
            """
            cd \(bench.folder) && mkdir -p tree/sub/deep && echo a >tree/a && chmod 750 tree/a && echo b >tree/sub/b
            ln -s a tree/link; ln -s nowhere tree/broken; ln -s sub tree/folder; ln -s ../a tree/sub/up; ln -s none tree/sub/deep/lost; ln -s .. tree/sub/deep/circle
            """)
    }
    private static func listing(_ bench: ModuleBench, _ folder: String) async throws -> String {
        try await bench.sh(
            "cd \(bench.folder)/\(folder) && find . | LC_ALL=C sort | while read f; do if [ -L \"$f\" ]; then echo \"$f -> $(readlink \"$f\")\"; elif [ -d \"$f\" ]; then echo \"$f/\"; else echo \"$f $(stat -c %a \"$f\")\"; fi; done"
        )
    }

    @Test func `links stay links where they are not followed, broken ones and those below folders, too`() async throws {
        try await ModuleBench.local { bench in
            try await Self.tree(bench)
            let desired: ValueMap = [
                "src": "tree/", "dest": .string(bench.folder + "/to/"), "mode": "preserve",
                "local_follow": .bool(false),
            ]
            let first = try await bench.settles("copy", desired)
            #expect(first.values["dest"]?.string == bench.folder + "/to/")
            #expect(try await Self.listing(bench, "to") == Self.listing(bench, "tree"))
            // What a run before this one made of a link is put right.
            try await bench.sh("cd \(bench.folder)/to && rm link sub/up && echo old >link && ln -s elsewhere sub/up")
            _ = try await bench.settles("copy", desired)
            #expect(try await Self.listing(bench, "to") == Self.listing(bench, "tree"))
        }
    }

    @Test func `followed links are what they lead to, but for those that lead nowhere or in a circle`() async throws {
        try await ModuleBench.local { bench in
            try await Self.tree(bench)
            _ = try await bench.settles(
                "copy", ["src": "tree", "dest": .string(bench.folder + "/to"), "mode": "preserve"])
            let copied = try await Self.listing(bench, "to/tree")
            #expect(
                copied.contains("./link 750\n") && copied.contains("./broken -> nowhere\n")
                    && copied.contains("./sub/up 750\n"), "\(copied)")
            #expect(
                copied.contains("./folder/deep/lost -> none\n") && copied.contains("./sub/deep/circle -> ..\n"),
                "\(copied)")
        }
    }

    @Test func `a link to a folder is copied as one when it is named without a slash`() async throws {
        try await ModuleBench.local { bench in
            try await Self.tree(bench)
            _ = try await bench.sh("mkdir \(bench.folder)/to; ln -s tree \(bench.folder)/way")
            _ = try await bench.settles(
                "copy", ["src": "way", "dest": .string(bench.folder + "/to"), "local_follow": .bool(false)])
            #expect(try await bench.sh("readlink \(bench.folder)/to/way") == "tree\n")
        }
    }

    @Test(
        arguments: [["directory_mode": "bogus"], ["mode": "u=q"], ["mode": "preserve", "directory_mode": "preserve"]]
            as [ValueMap])
    func `an invalid mode is reported before anything is copied`(_ modes: ValueMap) async throws {
        try await ModuleBench.local { bench in
            try await Self.tree(bench)
            var desired: ValueMap = ["src": "tree", "dest": .string(bench.folder + "/to/")]
            desired.merge(modes)
            for check in [true, false] {
                let failure = await #expect(throws: ModuleFailure.self) {
                    try await bench.run("copy", desired, check: check)
                }
                #expect(
                    failure?.message == "mode must be in octal or symbolic form"
                        && failure?.explanation?.contains("mode is '") == true)
            }
            #expect(try await bench.sh("ls \(bench.folder)") == "tree\n")
        }
    }

    @Test func `an invalid mode is reported before anything is unpacked`() async throws {
        try await ModuleBench.local { bench in
            try await bench.sh("cd \(bench.folder) && mkdir to && echo a >a && tar -czf a.tgz a")
            let desired: ValueMap = [
                "src": .string(bench.folder + "/a.tgz"), "dest": .string(bench.folder + "/to"),
                "remote_src": .bool(true), "mode": "u=q",
            ]
            await #expect(throws: ModuleFailure.self) { try await bench.run("unarchive", desired) }
            #expect(try await bench.sh("ls \(bench.folder)/to") == "")
        }
    }

    @Test func `what ansible-vault has encrypted needs its password, unless it shall stay so`() async throws {
        try await ModuleBench.local { bench in
            try await bench.sh(
                "cd \(bench.folder) && mkdir tree && printf '$ANSIBLE_VAULT;1.1;AES256\\n6162\\n' | tee secret tree/f >/dev/null"
            )
            for (name, desired) in [
                ("copy", ["src": "secret"]), ("copy", ["src": "tree/"]),
                ("assemble", ["src": "tree", "remote_src": .bool(false)]), ("template", ["src": "secret"]),
            ] as [(String, ValueMap)] {
                var desired = desired
                desired["dest"] = .string(bench.folder + "/to")
                let failure = await #expect(throws: ModuleFailure.self) { try await bench.run(name, desired) }
                #expect(
                    failure?.message.hasPrefix("A vault password or secret must be specified to decrypt") == true)
                guard name != "template" else { continue }
                desired["decrypt"] = .bool(false)
                try await #expect(bench.run(name, desired).changed)
                try await bench.sh("rm -r \(bench.folder)/to")
            }
        }
    }
}
