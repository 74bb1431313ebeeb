import Foundation
import Playbook
import Remote
import Templating
import TestSupport
import Testing
import YAML

@testable import Modules

/// Modules on this machine, in a folder of their own, as whoever runs the tests.
@Suite struct LocalRunTests {
    /// Counts the calls on their way.
    private actor Counter: HostShell {
        let session: HostSession
        var count = 0
        init(_ session: HostSession) { self.session = session }
        func call(_ call: Call, onOutput: (@Sendable (OutputChunk) async -> Void)?) async throws -> CallResult {
            count += 1
            return try await session.call(call, onOutput: onOutput)
        }
        func reset() { count = 0 }
    }

    /// Sends only a part of the first file, as when a link breaks.
    private actor EarlyEnd: HostShell {
        let session: HostSession, part: String
        var hasEnded = false
        init(_ session: HostSession, part: String) {
            self.session = session
            self.part = part
        }
        func call(_ call: Call, onOutput: (@Sendable (OutputChunk) async -> Void)?) async throws -> CallResult {
            var call = call
            if case .file = call.stdin, !hasEnded {
                hasEnded = true
                call.stdin = .file(.init(path: part))
            }
            return try await session.call(call, onOutput: onOutput)
        }
    }

    private struct NoVariables: VariableScope {
        func variable(named name: String) -> Value? { nil }
        var variableNames: [String] { [] }
    }

    private func inFolder(
        environment: [(name: String, value: String)] = [],
        _ body: (_ folder: String, _ run: (String, ValueMap, Bool) async throws -> (result: ModuleResult, calls: Int))
            async throws -> Void
    ) async throws {
        let folder = NSTemporaryDirectory() + "comfyfleet-modules-\(UInt32.random(in: .min ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var options = HostSession.Options()
        options.prelude = HostLibrary.script
        let session = try await HostSession(transport: LocalTransport(), options: options)
        let shell = Counter(session)
        let context = ModuleContext(
            find: { name, _ in folder + "/" + name }, templar: Templar(), scope: NoVariables(), facts: [:])
        try await body(folder) { name, arguments, checkMode in
            await shell.reset()
            let type = try #require(BuiltinModules().type(named: name))
            let module = try type.init(arguments: ArgumentBinder(type.spec).bind(arguments))
            let result = try await module.run(
                on: ManagedHost(
                    shell: shell, checkMode: checkMode, diffMode: true, environment: environment, hasLibrary: true),
                context: context)
            return (result, await shell.count)
        }
        await session.close()
    }

    @Test func `a link to a folder is replaced, and the folder left alone`() async throws {
        try await inFolder { folder, run in
            for name in ["old", "new"] {
                try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: false)
            }
            for name in ["old", "new"] {
                let arguments: ValueMap = [
                    "src": .string("\(folder)/\(name)"), "dest": .string(folder + "/current"), "state": .string("link"),
                ]
                #expect(try await run("file", arguments, false).result.changed)
                #expect(
                    try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/current")
                        == "\(folder)/\(name)")
                #expect(try await !run("file", arguments, false).result.changed)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/old").isEmpty)
        }
    }

    @Test func `a download is checked against a list of checksums`() async throws {
        try await inFolder { folder, run in
            try Data("data\n".utf8).write(to: URL(filePath: folder + "/archive.tgz"))
            let digest = Digest.hex(Array("data\n".utf8), "sha256") ?? ""
            for (list, isRight) in [
                ("\(digest)  ./archive.tgz\n00  other.tgz\n", true), ("\(digest) *archive.tgz\n", true), (digest, true),
                ("\(digest)  other.tgz\n00  archive.tgz\n", false), ("\(digest)  other.tgz\n", false), ("", false),
            ] {
                try Data(list.utf8).write(to: URL(filePath: folder + "/sums"))
                let arguments: ValueMap = [
                    "url": .string("file://\(folder)/archive.tgz"), "dest": .string(folder + "/got"),
                    "checksum": .string("sha256:file://\(folder)/sums"),
                ]
                if isRight {
                    #expect(try await run("get_url", arguments, false).result.changed, "\(list)")
                    #expect(try await !run("get_url", arguments, false).result.changed, "\(list)")
                    try FileManager.default.removeItem(atPath: folder + "/got")
                } else {
                    await #expect(throws: ModuleFailure.self, "\(list)") { try await run("get_url", arguments, false) }
                    #expect(!FileManager.default.fileExists(atPath: folder + "/got"))
                }
            }
        }
    }

    @Test func aLargeFileIsSentAsItIsReadAndComesWhole() async throws {
        try await inFolder { folder, run in
            let content = Data((0..<400_000).flatMap { withUnsafeBytes(of: UInt64($0).littleEndian) { Array($0) } })
            try content.write(to: URL(filePath: folder + "/src"))
            try content.dropLast(1000).write(to: URL(filePath: folder + "/part"))
            let arguments: ValueMap = ["src": .string("src"), "dest": .string(folder + "/f"), "mode": .string("0640")]
            #expect(try await run("copy", arguments, true).result.changed)
            #expect(!FileManager.default.fileExists(atPath: folder + "/f"))
            let (result, calls) = try await run("copy", arguments, false)
            #expect(result.changed && calls == 2)
            #expect(try Data(contentsOf: URL(filePath: folder + "/f")) == content)
            #expect(
                result.values["checksum"] == .string(Digest.sha1(Array(content)))
                    && result.values["md5sum"] == .string(Digest.hex(Array(content), "md5") ?? ""))
            #expect(result.diff.first?.after == .string("(too large to show, different)\n"))
            let again = try await run("copy", arguments, false)
            #expect(!again.result.changed && again.calls == 1)

            var options = HostSession.Options()
            options.prelude = HostLibrary.script
            let session = try await HostSession(transport: LocalTransport(), options: options)
            let module = try Copy(
                arguments: ArgumentBinder(Copy.spec).bind(["src": .string("src"), "dest": .string(folder + "/g")]))
            let host = ManagedHost(
                shell: EarlyEnd(session, part: folder + "/part"), checkMode: false, diffMode: false, hasLibrary: true)
            let context = ModuleContext(
                find: { name, _ in folder + "/" + name }, templar: Templar(), scope: NoVariables(), facts: [:])
            #expect(try await module.run(on: host, context: context).changed)
            #expect(try Data(contentsOf: URL(filePath: folder + "/g")) == content)
            await session.close()
        }
    }

    @Test func nothingToDoIsOneCall() async throws {
        try await inFolder { folder, run in
            try "same\n".write(toFile: folder + "/src", atomically: true, encoding: .utf8)
            let tasks: [(String, ValueMap)] = [
                ("copy", ["src": .string("src"), "dest": .string(folder + "/f")]),
                ("copy", ["content": .string("x"), "dest": .string(folder + "/g"), "mode": .string("0600")]),
                ("file", ["path": .string(folder + "/d"), "state": .string("directory"), "mode": .string("0750")]),
                ("file", ["path": .string(folder + "/gone"), "state": .string("absent")]),
                ("stat", ["path": .string(folder + "/f")]),
                ("command", ["cmd": .string("false"), "creates": .string(folder + "/f*")]),
            ]
            for (name, arguments) in tasks { _ = try await run(name, arguments, false) }
            for (name, arguments) in tasks {
                let (result, calls) = try await run(name, arguments, false)
                #expect(!result.changed && !result.failed && calls == 1, "\(name)")
            }
        }
    }

    @Test func checkModeLeavesEverythingAlone() async throws {
        try await inFolder { folder, run in
            try "old\n".write(toFile: folder + "/f", atomically: true, encoding: .utf8)
            for (name, arguments) in [
                ("copy", ["content": .string("new\n"), "dest": .string(folder + "/f")]),
                ("file", ["path": .string(folder + "/f"), "state": .string("absent")]),
                ("file", ["path": .string(folder + "/d/e"), "state": .string("directory")]),
                ("shell", ["cmd": .string("rm \(folder)/f"), "creates": .string(folder + "/x")]),
            ] as [(String, ValueMap)] {
                let answer1 = try await run(name, arguments, true)
                #expect(answer1.result.changed, "\(name)")
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["f"])
                #expect(try String(contentsOfFile: folder + "/f", encoding: .utf8) == "old\n")
            }
        }
    }

    @Test func portsAreWaitedFor() async throws {
        let listener = try LoopbackListener()
        let port = Value.int(listener.port)
        try await inFolder { _, run in
            let (open, _) = try await run("wait_for", ["port": port, "timeout": .int(30)], false)
            #expect(open.values["state"] == .string("started"))
            await #expect(throws: ModuleFailure.self) {
                _ = try await run("wait_for", ["port": port, "state": .string("stopped"), "timeout": .int(1)], false)
            }
            listener.close()
            let (closed, _) = try await run(
                "wait_for", ["port": port, "state": .string("stopped"), "timeout": .int(30)], false)
            #expect(!closed.failed)
            let (drained, _) = try await run(
                "wait_for",
                [
                    "port": port, "state": .string("drained"), "timeout": .int(30),
                    "active_connection_states": .list([.string("ESTABLISHED")]),
                ], false)
            #expect(!drained.failed)
        }
    }

    @Test func aGivenTimeIsSetOnce() async throws {
        try await inFolder { folder, run in
            let path = folder + "/f"
            try "x".write(toFile: path, atomically: false, encoding: .utf8)
            let arguments: ValueMap = [
                "path": .string(path), "modification_time": .string("202001020304.05"),
                "access_time": .string("202001020304.06"),
            ]
            #expect(try await run("file", arguments, true).result.changed)
            #expect(try await run("file", arguments, false).result.changed)
            #expect(try await !run("file", arguments, false).result.changed)
            var other = arguments
            other["access_time"] = .string("202001020304.07")
            #expect(try await run("file", other, false).result.changed)
            await #expect(throws: ModuleFailure.self) {
                _ = try await run("file", ["path": .string(path), "access_time": .string("2020")], false)
            }
        }
    }

    /// Hosts that share a disk make the same folders at the same time: here another is always a moment faster.
    @Test func aFolderThatAppearsMeanwhileIsTaken() async throws {
        let tools = NSTemporaryDirectory() + "comfyfleet-tools-\(UInt32.random(in: .min ... .max))"
        try FileManager.default.createDirectory(atPath: tools, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: tools) }
        try "#!/bin/sh\nPATH=/usr/bin:/bin\nmkdir \"$@\"; exec mkdir \"$@\"\n".write(
            toFile: tools + "/mkdir", atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: tools + "/mkdir")
        try await inFolder(environment: [("PATH", tools + ":/usr/bin:/bin")]) { folder, run in
            let made = try await run(
                "file", ["path": .string(folder + "/a/b"), "state": .string("directory"), "mode": .string("0700")],
                false)
            #expect(made.result.changed && made.result.values["mode"] == .string("0700"))
            try "x".write(toFile: folder + "/src", atomically: false, encoding: .utf8)
            let copied = try await run("copy", ["src": .string("src"), "dest": .string(folder + "/c/d/")], false)
            #expect(copied.result.changed)
            // What is no folder is still in the way.
            try "".write(toFile: folder + "/f", atomically: false, encoding: .utf8)
            await #expect(throws: ModuleFailure.self) {
                _ = try await run("file", ["path": .string(folder + "/f/g"), "state": .string("directory")], false)
            }
        }
    }

    @Test func aRefusedValidationLeavesNothingBehind() async throws {
        try await inFolder { folder, run in
            await #expect(throws: ModuleFailure.self) {
                _ = try await run(
                    "copy",
                    [
                        "content": .string("bad\n"), "dest": .string(folder + "/f"),
                        "validate": .string("grep -q good %s"),
                    ], false)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
            // What the validation prints is not mistaken for the answer.
            let (result, _) = try await run(
                "copy",
                ["content": .string("good\n"), "dest": .string(folder + "/f"), "validate": .string("grep good %s")],
                false)
            #expect(result.changed && result.values["backup_file"] == nil && result.values["size"] == .int(5))
        }
    }

    @Test func commandsComeBackWhole() async throws {
        try await inFolder { folder, run in
            let answer2 = try await run(
                "command", ["argv": .list([.string("printf"), .string("%s\n"), .string("a'b $(x)")])], false)
            #expect(answer2.result.values["stdout"] == .string("a'b $(x)"))
            let answer3 = try await run("shell", ["cmd": .string("exit 3")], false)
            #expect(answer3.result.values["rc"] == .int(3))
            let answer4 = try await run("shell", ["cmd": .string("kill -9 $$")], false)
            #expect(answer4.result.values["rc"] == .int(-9))
            let answer5 = try await run("command", ["cmd": .string("no-such-program-here x")], false)
            #expect(answer5.result.values["rc"] == .int(2))
            let text = "cat <<'END_OF_TEXT'\nEND_OF_TEXT_\nEND_OF_TEXT\necho $0"
            let answer6 = try await run("shell", ["cmd": .string(text), "chdir": .string(folder)], false)
            #expect(answer6.result.values["stdout"] == .string("END_OF_TEXT_\n/bin/sh"))
            await #expect(throws: ModuleFailure.self) {
                _ = try await run("shell", ["cmd": .string("true"), "chdir": .string(folder + "/no")], false)
            }
        }
    }

    @Test func factsHaveAnsiblesNames() async throws {
        try await inFolder { _, run in
            let (result, calls) = try await run("setup", [:], false)
            #expect(calls == 1)
            for name in [
                "ansible_distribution", "ansible_os_family", "ansible_kernel", "ansible_architecture",
                "ansible_memtotal_mb", "ansible_processor_vcpus", "ansible_hostname",
                "ansible_default_ipv4", "ansible_all_ipv4_addresses", "ansible_interfaces", "ansible_mounts",
                "ansible_pkg_mgr", "ansible_service_mgr", "ansible_user_id", "ansible_env",
                "ansible_date_time", "ansible_virtualization_type", "ansible_gpus",
            ] {
                #expect(result.facts[name] != nil, "\(name)")
            }
            let (some, _) = try await run(
                "setup", ["filter": .string("ansible_*_mb"), "gather_subset": .string("hardware")], false)
            #expect(some.facts["ansible_memtotal_mb"] != nil && some.facts["ansible_kernel"] == nil)
        }
    }
}
