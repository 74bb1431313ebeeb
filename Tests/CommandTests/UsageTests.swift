import Foundation
import Glibc
import TestSupport
import Testing
import YAML

/// What the program does before it does anything.
@Suite(.timeLimit(.minutes(5)))
struct UsageTests {
    @Test(arguments: [
        ["frobnicate"], ["run"], ["run", "x.yml", "--forks", "0"], ["run", "x.yml", "--no-such-option"],
        ["run", "nowhere.yml"], ["run", "x.yml", "--port", "70000"],
        ["exec"], ["exec", ""], ["exec", "true", "--check"], ["exec", "true", "-i", "a,", "-c", "pigeon"],
        ["resolve", "--format", "yaml"], ["vault", "get"], ["vault", "set", "p", ".."],
        ["inventory", "host", "nobody"], ["audit", "show", "--limit", "-1"],
        ["runs", "show", "nothing"], ["resolve", "nobody", "-i", "a,"], ["exec", "true", "-i", "a,", "-l", "b"],
        ["run", "x.yml", "-i", "a,", "--start-at-task", "nothing"],
    ]) func `bad usage ends with 1 and says why on standard error`(arguments: [String]) async throws {
        try await Workplace.with { place in
            try place.write("x.yml", "- hosts: all\n  tasks: [{name: something, debug: {msg: x}}]\n")
            let environment = place.environment()
            let folder = place.folder
            let ended = try await offPool {
                try outcome(of: Workplace.program, arguments, environment: environment, folder: folder)
            }
            #expect(ended.status == 1, "\(ended.stdout)\(ended.stderr)")
            #expect(ended.stdout.isEmpty && !ended.stderr.isEmpty, "\(ended.stdout)")
        }
    }

    @Test func `a default inventory, a file beside it or a file of jobs that everybody may write to is refused`()
        async throws
    {
        try await Workplace.with { place in
            try place.write("config/inventory.yml", "all: {hosts: {a: }}\n")
            try place.write("config/group_vars/all.yml", "x: 1\n")
            try place.write("config/schedules.yml", "jobs: {}\n")
            #expect(try await place.comfyfleet("inventory", "list").status == 0)
            for (file, command) in [
                ("config/group_vars/all.yml", ["inventory", "list"]), ("config/inventory.yml", ["resolve"]),
                ("config/schedules.yml", ["schedule", "list"]),
            ] {
                chmod("\(place.folder)/\(file)", 0o666)
                let environment = place.environment()
                let folder = place.folder
                let ended = try await offPool {
                    try outcome(of: Workplace.program, command, environment: environment, folder: folder)
                }
                #expect(
                    ended.status == 1 && ended.stderr.contains("\(file): others may write to it; chmod o-w it"),
                    "\(ended.stdout)\(ended.stderr)")
            }
        }
    }

    @Test(.enabled(if: geteuid() == 0)) func `another user's file in a sticky folder is not the default inventory`()
        async throws
    {
        try await Workplace.with { place in
            try place.write(
                "config/inventory.yml", "all: {hosts: {a: {ansible_user: \"{{ lookup('pipe', 'touch pwned') }}\"}}}\n")
            chmod("\(place.folder)/config", 0o1777)
            chown("\(place.folder)/config/inventory.yml", 65534, 65534)
            let ended = try await place.comfyfleet("resolve")
            #expect(
                ended.status == 1 && ended.stderr.contains("config/inventory.yml: belongs to another user (uid 65534)"),
                "\(ended.stdout)\(ended.stderr)")
            #expect(!FileManager.default.fileExists(atPath: "\(place.folder)/pwned"))
            // Who names another user's inventory trusts them with it.
            #expect(try await place.comfyfleet("inventory", "list", "-i", "./config/inventory.yml").status == 0)
        }
    }

    @Test func `a task to begin with is looked for, and the nearest proposed`() async throws {
        try await Workplace.with { place in
            try place.write(
                "x.yml", "- hosts: all\n  tasks: [{name: something, debug: {msg: x}}, {name: last, debug: {msg: x}}]\n")
            let ended = try await place.comfyfleet("run", "x.yml", "-i", "a,", "--start-at-task", "somethink")
            #expect(ended.stderr.contains("did you mean 'something'?"), "\(ended.stderr)")
            let listed = try await place.comfyfleet(
                "run", "x.yml", "-i", "a,b,", "--start-at-task", "last", "--list-tasks", "--list-hosts", "--format",
                "json")
            let play = try JSON.parse(Array(listed.stdout.utf8)).map
            #expect(play?["hosts"] == .list([.string("a"), .string("b")]), "\(listed.stdout)\(listed.stderr)")
            #expect(play?["tasks"]?.list?.map { $0.map?["name"]?.string } == ["Gathering Facts", "last"])
        }
    }

    @Test(arguments: [["--help"], ["help", "run"], ["help", "vault", "set"], ["--version"], ["run", "--help"]])
    func `help is no error`(arguments: [String]) async throws {
        try await Workplace.with { place in
            let shown = try outcome(
                of: Workplace.program, arguments, environment: place.environment(["COLUMNS": "80"]),
                folder: place.folder)
            #expect(shown.status == 0 && shown.stderr.isEmpty && !shown.stdout.isEmpty)
        }
    }

    /// Examples are copied: a line of theirs must not be broken.
    @Test(arguments: [[], ["run"], ["exec"], ["resolve"], ["vault"], ["inventory"], ["audit"], ["runs"], ["modules"]])
    func `examples in help are whole lines`(command: [String]) async throws {
        try await Workplace.with { place in
            let shown = try outcome(
                of: Workplace.program, ["help"] + command, environment: place.environment(["COLUMNS": "80"]),
                folder: place.folder)
            let lines = shown.stdout.split(separator: "\n", omittingEmptySubsequences: false)
            for (line, next) in zip(lines, lines.dropFirst())
            where line.hasPrefix("  comfyfleet ") || line.contains("| comfyfleet ") {
                #expect(next.isEmpty || next.hasPrefix("  "), "broken: \(line) / \(next)")
            }
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func `completions are the shell's own language`(
        shell: String
    ) async throws {
        guard let path = ["/usr/bin/\(shell)", "/bin/\(shell)"].first(where: FileManager.default.isExecutableFile)
        else { return }
        try await Workplace.with { place in
            let made = try await place.comfyfleet("--generate-completion-script", shell)
            #expect(made.status == 0)
            try place.write("completions", made.stdout)
            let checked = try outcome(
                of: path, ["-n", place.folder + "/completions"], environment: place.environment())
            #expect(checked.status == 0, "\(checked.stderr)")
        }
    }

    @Test func `completions in bash know commands, options and values`() async throws {
        try await Workplace.with { place in
            try place.write("completions", try await place.comfyfleet("--generate-completion-script", "bash").stdout)
            let script = """
                . ./completions
                for line in 'comfyfleet ru' 'comfyfleet run --list-' 'comfyfleet resolve --format ' 'comfyfleet vault ro'; do
                    read -r -a COMP_WORDS <<<"$line"; [ "${line% }" = "$line" ] || COMP_WORDS+=('')
                    COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$line COMP_POINT=${#line} COMPREPLY=()
                    _comfyfleet comfyfleet "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
                    echo "${COMPREPLY[*]}"
                done
                """
            let environment = place.environment([
                "PATH": URL(fileURLWithPath: Workplace.program).deletingLastPathComponent().path + ":/usr/bin:/bin"
            ])
            let shown = try outcome(
                of: "/bin/bash", ["--norc", "-c", script], environment: environment, folder: place.folder)
            #expect(shown.stdout == "run runs\n--list-hosts --list-tasks\ntable json csv\nrotate\n", "\(shown.stderr)")
        }
    }

    @Test func `doctor on a bare tree finds what can be made, and nothing that is bad`() async throws {
        try await Workplace.with { place in
            let found = try await place.comfyfleet("doctor", "--format", "json")
            #expect(found.status == 0, "\(found.stdout)\(found.stderr)")
            let findings = try #require(
                try JSON.parse(Array(found.stdout.utf8)).map?["findings"]?.list?.compactMap(\.map))
            #expect(
                findings.contains {
                    $0["subject"]?.string == "vault" && $0["remedy"]?.string == "comfyfleet vault init"
                })
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: place.folder).sorted() == ["config", "home"],
                "it leaves nothing")
        }
    }
}
