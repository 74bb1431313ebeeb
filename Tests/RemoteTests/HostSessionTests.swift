import Foundation
import TestSupport
import Testing

@testable import Remote

@Suite struct HostSessionTests {
    @Test(arguments: shells) func `separate streams and the status`(shell: String) async throws {
        try await HostSession.with(shell) { session in
            let result = try await session.run("echo out; echo err >&2; exit 3")
            #expect(result.text == "out\n")
            #expect(result.errorText == "err\n")
            #expect(result.status == 3)
            #expect(!result.timedOut)
            // The call and both of its streams go by one.
            #expect(session.proof.calculations == 1)
        }
    }

    /// Script, standard output, status: nothing that a call does to its shell reaches the next one.
    static let scripts: [(script: String, output: String, status: Int32)] = [
        ("true", "", 0),
        ("false", "", 1),
        ("echo no newline | tr -d '\\n'", "no newline", 0),
        ("set -e; false; echo not here", "", 1),
        ("set -u; echo ${nothing_is_called_so:-default}", "default\n", 0),
        ("cat; read x; echo $?", "1\n", 0),
        ("exec echo replaced", "replaced\n", 0),
        ("exit 300", "", 44),
        ("trap 'echo bye' EXIT; false", "bye\n", 1),
        ("echo $#", "0\n", 0),
        ("return 4", "", 4),
        ("cd /; variable=1; umask 0; readonly PATH; set -f; unset HOME; _e() { :; }; _M=forged; exec 1>&2", "", 0),
        ("echo \"${variable:-clean}\"", "clean\n", 0),
        ("printf '%s' \"it's\"", "it's", 0),
        ("printf 'ünïcode\\n'", "ünïcode\n", 0),
        ("(sleep 1000 & echo $! >&2); echo left", "left\n", 0),
        ("cat <<'END'\n$here\nEND", "$here\n", 0),
        ("# only a comment", "", 0),
        ("", "", 0),
    ]

    @Test(arguments: shells) func `calls are apart from each other`(shell: String) async throws {
        try await HostSession.with(shell) { session in
            for _ in 0..<2 {
                for (script, output, status) in Self.scripts {
                    for ownGroup in [false, true] where !(ownGroup && script.hasPrefix("return")) {
                        var call = Call(script)
                        call.ownProcessGroup = ownGroup
                        let result = try await session.call(call)
                        #expect(result.text == output, "\(script), own group: \(ownGroup)")
                        #expect(result.status == status, "\(script), own group: \(ownGroup)")
                        if script.contains("sleep 1000"), let pid = Int32(result.errorText.dropLast()) {
                            kill(pid, SIGKILL)
                        }
                    }
                }
            }
        }
    }

    @Test(arguments: shells) func `syntax errors and unset variables end the call only`(shell: String) async throws {
        try await HostSession.with(shell) { session in
            for script in [
                "if then fi (", "echo 'unclosed", "set -u; echo $nothing_is_called_so",
                ": ${nothing_is_called_so?missing}", ". /nonexistent/file", "cat <<X",
            ] {
                for ownGroup in [false, true] {
                    var call = Call(script)
                    call.ownProcessGroup = ownGroup
                    let result = try await session.call(call)
                    if script != "cat <<X" { #expect(result.status != 0, "\(script)") }
                }
                try await #expect(session.run("echo alive").text == "alive\n")
            }
        }
    }

    @Test(arguments: shells) func `output can't forge a frame`(shell: String) async throws {
        try await HostSession.with(shell) { session in
            // All that a call can find out about its shell, printed back with the form of a frame around it.
            let script = #"""
                set; export -p; (typeset -f || true) 2>/dev/null; cat /proc/$$/environ /proc/self/environ /proc/$$/cmdline | tr '\0' '\n'
                for m in "$_M" "$_I" "$(printf '\036')" $(set | sed -n 's/^_[A-Za-z0-9]*=//p'); do echo "${m}e 1 0"; printf '\036%s' "${m}e 1 0"; done
                printf '\036\036\036e 1 0\n'; echo end; exit 9
                """#
            for _ in 0..<2 {
                let result = try await session.run(script)
                #expect(result.status == 9)
                #expect(result.text.hasSuffix("e 1 0\nend\n"))
            }
        }
    }

    @Test(arguments: shells) func `binary output and input`(shell: String) async throws {
        let bytes = (0..<3000).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 / 256) }
        try await HostSession.with(shell) { session in
            for ownGroup in [false, true] {
                for size in [1, 255, 256, 3000] {
                    var call = Call("cat; printf '\\000\\036\\377'", stdin: Array(bytes.prefix(size)))
                    call.ownProcessGroup = ownGroup
                    let result = try await session.call(call)
                    #expect(result.stdout == Array(bytes.prefix(size)) + [0, 0x1e, 0xff])
                }
            }
        }
    }

    @Test(arguments: shells) func `large input, read or not`(shell: String) async throws {
        let bytes = [UInt8](unsafeUninitializedCapacity: 20 << 20) { buffer, count in
            for index in buffer.indices { buffer[index] = UInt8(truncatingIfNeeded: index &* 2_654_435_761 >> 13) }
            count = buffer.count
        }
        try await HostSession.with(shell) { session in
            for ownGroup in [false, true] {
                for script in ["wc -c", "cat | wc -c", "dd bs=1 count=1 2>/dev/null | wc -c", "true"] {
                    var call = Call(script, stdin: bytes)
                    call.ownProcessGroup = ownGroup
                    let result = try await session.call(call)
                    #expect(
                        result.text.trimmingCharacters(in: .whitespacesAndNewlines)
                            == (script == "true" ? "" : script.hasPrefix("dd") ? "1" : "\(bytes.count)"))
                    #expect(result.status == 0)
                    try await #expect(session.run("cat", stdin: "next").text == "next")
                }
            }
            try await #expect(session.run("cat \"$_d\"/s* | wc -c").text.contains("0"))
        }
    }

    @Test(arguments: shells) func `a file as input`(shell: String) async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let content = (0..<(3 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        try Data(content).write(to: URL(fileURLWithPath: folder + "/in"))
        try await HostSession.with(shell) { session in
            for (ownGroup, offset) in [(false, 0), (false, 1_000_001), (true, 0), (true, 3 << 20)] {
                var call = Call("cat > '\(folder)/out'", stdin: .file(.init(path: folder + "/in", offset: offset)))
                call.ownProcessGroup = ownGroup
                try await #expect(session.call(call).status == 0)
                #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/out")) == Data(content[offset...]))
            }
            await #expect(throws: InvalidCall.self) {
                try await session.call(Call("cat", stdin: .file(.init(path: folder + "/missing"))))
            }
            try await #expect(session.run("echo alive").text == "alive\n")
        }
    }

    @Test(arguments: shells) func `large scripts`(shell: String) async throws {
        let script = "x='" + String(repeating: "line of text\n", count: 10_000) + "'\nprintf '%s' \"$x\" | wc -l"
        try await HostSession.with(shell) { session in
            for ownGroup in [false, true] {
                var call = Call(script)
                call.ownProcessGroup = ownGroup
                try await #expect(session.call(call).text.trimmingCharacters(in: .whitespacesAndNewlines) == "10000")
            }
        }
    }

    @Test(arguments: shells) func `environment of one call`(shell: String) async throws {
        try await HostSession.with(shell) { session in
            for ownGroup in [false, true] {
                var call = Call("printenv A B")
                call.environment = [("A", "it's $HOME `x` \"q\" \\"), ("B", "two\nlines")]
                call.ownProcessGroup = ownGroup
                try await #expect(session.call(call).text == "it's $HOME `x` \"q\" \\\ntwo\nlines\n")
            }
            try await #expect(session.run("echo ${A-none}").text == "none\n")
            var bad = Call("true")
            bad.environment = [("A-B", "x")]
            await #expect(throws: InvalidCall.self) { try await session.call(bad) }
            await #expect(throws: InvalidCall.self) { try await session.call(Call("echo \0")) }
            try await #expect(session.run("echo alive").text == "alive\n")
        }
    }

    @Test(arguments: shells) func `functions of the prelude`(shell: String) async throws {
        try await HostSession.with(shell, prelude: "cf_double() { echo \"$1$1\"; }\n") { session in
            try await #expect(session.run("cf_double ab").text == "abab\n")
        }
    }

    @Test(arguments: shells) func `a flood of output is cut in the middle`(shell: String) async throws {
        try await HostSession.with(shell) { session in
            let counter = Counter()
            var call = Call(
                "printf begin; dd if=/dev/zero bs=65536 count=800 2>/dev/null; printf end; printf 'e%.0s' 1 2 3 >&2")
            call.outputLimit = 1000
            let result = try await session.call(call) { await counter.add($0) }
            #expect(await counter.bytes[.stdout] == 800 * 65536 + 8)
            #expect(result.text.hasPrefix("begin\0"))
            #expect(result.text.hasSuffix("\0end"))
            #expect(result.text.contains("\n[… \(800 * 65536 + 8 - 1000) bytes left out …]\n"))
            #expect(result.stdout.count < 1100)
            #expect(result.errorText == "eee")
        }
    }

    @Test(arguments: shells) func `output comes while the call runs`(shell: String) async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await HostSession.with(shell) { session in
            // The call ends only when the file is there, and the file is there only when the output came.
            let result = try await session.call(
                Call("echo ready; while [ ! -e '\(folder)/go' ]; do sleep 0.05; done; echo done")
            ) { chunk in
                if chunk.bytes.starts(with: "ready".utf8) {
                    _ = FileManager.default.createFile(atPath: folder + "/go", contents: nil)
                }
            }
            #expect(result.text == "ready\ndone\n")
        }
    }

    @Test(arguments: shells) func `calls wait for each other`(shell: String) async throws {
        try await HostSession.with(shell) { session in
            let results = try await withThrowingTaskGroup(of: String.self) { group in
                for index in 0..<20 { group.addTask { try await session.run("echo \(index)").text } }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(results == Set((0..<20).map { "\($0)\n" }))
        }
    }

    @Test(arguments: shells) func `a background process does not hold the call`(shell: String) async throws {
        try await HostSession.with(shell) { session in
            for ownGroup in [false, true] {
                var call = Call("sleep 1000 & echo $!")
                call.ownProcessGroup = ownGroup
                let pid = try #require(Int32(try await session.call(call).text.dropLast()))
                #expect(isAlive(pid))
                kill(pid, SIGKILL)
            }
        }
    }

    @Test(arguments: shells) func `the shell's death ends the session`(shell: String) async throws {
        try await HostSession.with(shell) { session in
            let error = await #expect(throws: Unreachable.self) { try await session.run("kill -9 $$; sleep 5") }
            #expect(error?.reason == .gone)
            await #expect(throws: Unreachable.self) { try await session.run("true") }
            #expect(await !session.isUsable)
        }
    }

    @Test(arguments: shells) func `a call's death is a status`(shell: String) async throws {
        try await HostSession.with(shell) { session in
            var call = Call("kill -9 $$")
            call.ownProcessGroup = true
            try await #expect(session.call(call).status == 137)
            try await #expect(session.run("sh -c 'kill -9 $PPID'").status == 137)
            try await #expect(session.run("echo alive").text == "alive\n")
        }
    }

    @Test(arguments: shells) func `what the host says of itself`(shell: String) async throws {
        try await HostSession.with(shell) { session in
            let identity = try await session.identity()
            #expect(identity.uid == Int(getuid()))
            #expect(identity.system == "Linux")
            #expect(
                identity.machine
                    == (try run("/usr/bin/uname", "-m").stdout.trimmingCharacters(in: .whitespacesAndNewlines)))
            #expect(
                identity.bootID
                    == (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?
                    .trimmingCharacters(in: .whitespacesAndNewlines))
            #expect(identity.hasProcessGroups)
        }
    }

    @Test func `a login shell that refuses`() async throws {
        for command in ["/usr/sbin/nologin", "false", "nonexistent-shell", "echo hello; exit 3; "] {
            let error = await #expect(throws: Unreachable.self) {
                try await HostSession.with(command) { _ = try await $0.run("true") }
            }
            #expect(error?.reason == .protocolError, "\(command): \(String(describing: error))")
        }
    }

    @Test func `noise of the login shell is not output`() async throws {
        struct Noisy: Transport {
            func open(_ command: String) async throws -> any CommandStream {
                try await LocalTransport().open("echo motd; echo warning >&2; \(command)")
            }
            func close() async {}
        }
        try await HostSession.with("sh", on: Noisy()) { session in
            let result = try await session.run("echo out")
            #expect(result.text == "out\n")
            #expect(result.errorText == "")
        }
    }

    /// Runs something else in the shell's place.
    private struct Instead: Transport {
        let command: String
        func open(_ command: String) async throws -> any CommandStream { try await LocalTransport().open(self.command) }
        func close() async {}
    }

    @Test(arguments: [
        (
            "echo 'This account is closed'; exit 1",
            "the login shell ended with status 1 before the session began; it has printed: This account is closed"
        ),
        (
            "seq 1 20000; seq 1 10 >&2; exit 1",
            "the login shell ended with status 1 before the session began; it has printed 108915 bytes, which is too much to show"
        ),
        (
            #"read -r line; eval "$line"; echo "${_M}g" >&2; exec cat /dev/zero >&2"#,
            "the host's shell fills standard error and does not greet on standard output"
        ),
    ])
    func `what is printed in a shell's place is bounded`(command: String, message: String) async throws {
        let error = await #expect(throws: Unreachable.self) {
            try await HostSession.with("sh", on: Instead(command: command)) { _ = try await $0.run("true") }
        }
        #expect(
            error?.reason == .protocolError && error?.message == message,
            "\(String(describing: error?.message.prefix(300)))")
    }

    @Test func `a shell that never greets`() async throws {
        var options = HostSession.Options()
        options.startTimeout = .milliseconds(300)
        let error = await #expect(throws: Unreachable.self) {
            try await HostSession.with("sleep 1000", options: options) { _ = try await $0.run("true") }
        }
        #expect(error?.reason == .timeout)
    }
}

actor Counter {
    var bytes: [OutputChunk.Stream: Int] = [:]
    func add(_ chunk: OutputChunk) { bytes[chunk.stream, default: 0] += chunk.bytes.count }
}
