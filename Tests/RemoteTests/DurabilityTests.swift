import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Remote

/// Sessions whose links break, whose controllers leave, whose hosts forget them.
@Suite struct DurabilityTests {
    /// Takes down every link that it makes, when it is asked to.
    private struct Cutter: Transport {
        let base: any Transport
        let streams = Streams()
        final class Streams: Sendable { let open = Mutex([any CommandStream]()) }
        func open(_ command: String) async throws -> any CommandStream {
            let stream = try await base.open(command)
            streams.open.withLock { $0.append(stream) }
            return stream
        }
        func close() async { await base.close() }
        var executor: (any TaskExecutor)? { base.executor }
        /// Ends the channels as a lost connection does: neither side says goodbye.
        func cut() async {
            let open = streams.open.withLock { open in
                defer { open = [] }
                return open
            }
            for stream in open { await stream.close() }
        }
    }

    private final class Links: Sendable {
        let events = Mutex([LinkEvent]())
        func note(_ event: LinkEvent) { events.withLock { $0.append(event) } }
        var count: Int { events.withLock { $0.filter { $0 == .reattached }.count } }
    }

    static func session(
        _ shell: String, on transport: any Transport, record: SessionRecord? = nil,
        options: HostSession.Options = .init(), onLink: (@Sendable (LinkEvent) async -> Void)? = nil
    ) async throws -> HostSession {
        var options = options
        options.shell = shell
        return try await HostSession(
            on: OneTransport(transport: transport), record: record, options: options, onLink: onLink)
    }

    static func spool(_ record: SessionRecord) -> String { "/dev/shm/comfyfleet-\(record.spool)" }
    /// What a file of a spool says.
    private static func said(_ path: String) -> String? {
        (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test(arguments: shells, [false, true]) func `a call goes on over a link that breaks`(
        shell: String, ownGroup: Bool
    ) async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cutter = Cutter(base: LocalTransport())
        let links = Links()
        let session = try await Self.session(shell, on: cutter) { links.note($0) }
        var call = Call(
            "echo once >> '\(folder)/ledger'; echo begun; echo oops >&2; while [ ! -e '\(folder)/go' ]; do sleep 0.05; done; cat; echo done; exit 7",
            stdin: Array("in".utf8))
        call.ownProcessGroup = ownGroup
        let result = try await session.call(call) { chunk in
            guard chunk.bytes.starts(with: "begun".utf8) else { return }
            await cutter.cut()
            _ = FileManager.default.createFile(atPath: folder + "/go", contents: nil)
        }
        #expect(result.text == "begun\nindone\n")
        #expect(result.errorText == "oops\n")
        #expect(result.status == 7)
        #expect(try String(contentsOfFile: folder + "/ledger", encoding: .utf8) == "once\n")
        #expect(links.count == 1)
        // Between calls, too.
        await cutter.cut()
        try await #expect(session.run("echo alive; cat", stdin: "x").text == "alive\nx")
        #expect(links.count == 2)
        await session.close()
        try await #expect(eventually { !exists(Self.spool(session.record)) })
    }

    @Test(arguments: shells) func `cut at any moment, each call runs once`(shell: String) async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cutter = Cutter(base: LocalTransport())
        var random = SeededGenerator(7)
        let session = try await Self.session(shell, on: cutter)
        _ = try await session.run("true")
        for number in 0..<25 {
            let pause = UInt64.random(in: 0...8_000, using: &random)
            let ownGroup = Bool.random(using: &random)
            let input = [UInt8](repeating: 97, count: [0, 10, 100_000].randomElement(using: &random) ?? 0)
            let cut = Task {
                try await Task.sleep(for: .microseconds(Int(pause)))
                await cutter.cut()
            }
            var call = Call(
                "echo \(number) >> '\(folder)/ledger'; echo out\(number); echo err\(number) >&2; wc -c | tr -d ' '",
                stdin: input)
            call.ownProcessGroup = ownGroup
            let result = try await session.call(call)
            #expect(result.text == "out\(number)\n\(input.count)\n", "\(number)")
            #expect(result.errorText == "err\(number)\n", "\(number)")
            _ = try? await cut.value
        }
        #expect(try String(contentsOfFile: folder + "/ledger", encoding: .utf8) == (0..<25).map { "\($0)\n" }.joined())
        await session.close()
    }

    @Test(arguments: shells) func `another process comes back to it`(shell: String) async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var options = HostSession.Options()
        options.acknowledgesResults = false
        options.shell = shell
        let first = try await Self.session(shell, on: LocalTransport(), options: options)
        for number in 1...3 {
            try await #expect(first.run("echo \(number); echo e\(number) >&2").text == "\(number)\n")
        }
        await first.acknowledge(through: 1)
        let left = Task {
            var call = Call("echo half; while [ ! -e '\(folder)/go' ]; do sleep 0.05; done; echo whole")
            call.ownProcessGroup = true
            return try await first.call(call) { _ in
                _ = FileManager.default.createFile(atPath: folder + "/begun", contents: nil)
            }
        }
        try await #expect(eventually { exists(folder + "/begun") })
        await first.leave()
        await #expect(throws: Unreachable.self) { try await left.value }

        let second = try await HostSession(
            returningTo: first.record, on: OneTransport(transport: LocalTransport()), options: options)
        #expect(await second.lastNumber == 4)
        var earlier = Call("echo not run again")
        earlier.number = 2
        let result = try await second.call(earlier)
        #expect(result.text == "2\n" && result.errorText == "e2\n" && result.status == 0)
        earlier.number = 3
        try await #expect(second.call(earlier).text == "3\n")
        _ = FileManager.default.createFile(atPath: folder + "/go", contents: nil)
        earlier.number = 4
        try await #expect(second.call(earlier).text == "half\nwhole\n")
        try await #expect(second.run("echo new").text == "new\n")
        #expect(await second.lastNumber == 5)
        await second.close()

        try await #expect(eventually { !exists(Self.spool(first.record)) })
        let error = await #expect(throws: Unreachable.self) {
            _ = try await HostSession(
                returningTo: first.record, on: OneTransport(transport: LocalTransport()), options: options)
        }
        #expect(error?.reason == .gone)
    }

    @Test func `a host that has booted since is told from one that lost the session`() async throws {
        let old = SessionRecord(
            id:
                "0011223344556677.\(String(repeating: "ab", count: 16)).1000000000.\(String(repeating: "cd", count: 16))"
        )
        let error = await #expect(throws: Unreachable.self) {
            _ = try await HostSession(returningTo: old, on: OneTransport(transport: LocalTransport()))
        }
        #expect(error?.reason == .rebooted)
    }

    @Test(arguments: shells) func `a host that stays away is given up in time`(shell: String) async throws {
        let cutter = Cutter(base: LocalTransport())
        let links = Links()
        var options = HostSession.Options()
        options.shell = shell
        options.reconnectFor = .milliseconds(500)
        struct First: TransportSource {
            let cutter: Cutter
            let calls = Calls()
            final class Calls: Sendable { let count = Mutex(0) }
            var hasBeenReached: Bool { calls.count.withLock { $0 > 0 } }
            func transport(after lost: Int) async throws -> (transport: any Transport, number: Int) {
                let count = calls.count.withLock {
                    $0 += 1
                    return $0
                }
                if count == 1 { return (cutter, 1) }
                throw Unreachable(.connect, "no route to host")
            }
        }
        let session = try await HostSession(on: First(cutter: cutter), options: options) { links.note($0) }
        let error = await #expect(throws: Unreachable.self) {
            try await session.call(Call("echo begun; sleep 2")) { _ in await cutter.cut() }
        }
        #expect(error?.reason == .lostForGood)
        #expect(error?.message.contains("left running") == true)
        #expect(
            links.events.withLock { $0.first } == .lost("the link was lost in the middle of a call")
                || links.events.withLock { $0.count } > 2)
        #expect(links.events.withLock { $0.last } == .gaveUp)
        #expect(await !session.isUsable)
        // Nothing is left behind.
        try FileManager.default.removeItem(atPath: Self.spool(session.record))
    }

    @Test(arguments: shells) func `more output than the host keeps`(shell: String) async throws {
        let cutter = Cutter(base: LocalTransport())
        var options = HostSession.Options()
        options.acknowledgesResults = false
        let session = try await Self.session(shell, on: cutter, options: options)
        let counter = Counter()
        var call = Call("dd if=/dev/zero bs=65536 count=800 2>/dev/null; echo end")
        call.outputLimit = 100
        try await #expect(session.call(call) { await counter.add($0) }.text.hasSuffix("\0end\n"))
        #expect(await counter.bytes[.stdout] == 800 * 65536 + 4)
        // What is kept is the beginning and what has not been received.
        let kept =
            try run("/usr/bin/du", "-sk", Self.spool(session.record)).stdout.split(separator: "\t").first.flatMap {
                Int($0)
            } ?? .max
        #expect(kept < 20_000, "\(kept) KiB")
        await session.acknowledge(through: 1)
        try await #expect(session.run("echo alive").text == "alive\n")
        await session.close()
    }

    @Test(arguments: shells) func `what is printed with nobody there is cut in the middle`(shell: String) async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var options = HostSession.Options()
        options.acknowledgesResults = false
        options.shell = shell
        let first = try await Self.session(shell, on: LocalTransport(), options: options)
        let left = Task {
            var call = Call(
                "echo begun; while [ ! -e '\(folder)/go' ]; do sleep 0.05; done; dd if=/dev/zero bs=65536 count=1600 2>/dev/null; echo end; touch '\(folder)/done'"
            )
            call.ownProcessGroup = true
            return try await first.call(call) { _ in
                _ = FileManager.default.createFile(atPath: folder + "/begun", contents: nil)
            }
        }
        try await #expect(eventually { exists(folder + "/begun") })
        await first.leave()
        await #expect(throws: Unreachable.self) { try await left.value }
        try await #expect(eventually { Self.said(Self.spool(first.record) + "/a") == "-" })
        _ = FileManager.default.createFile(atPath: folder + "/go", contents: nil)
        // It waits for nobody.
        try await #expect(eventually { exists(folder + "/done") })
        let second = try await HostSession(
            returningTo: first.record, on: OneTransport(transport: LocalTransport()), options: options)
        var earlier = Call("echo not run again")
        earlier.number = 1
        let result = try await second.call(earlier)
        #expect(result.text.hasPrefix("begun\n\0"))
        #expect(result.text.contains("left out"))
        #expect(result.text.hasSuffix("\0end\n"))
        #expect(result.stdout.count < 40 << 20)
        await second.close()
    }

    /// Of this user.
    static let lockName =
        "comfyfleet-lock-\(getuid())" + (ProcessInfo.processInfo.environment["HOME"] ?? "").replacing("/", with: "-")

    @Test func `one run holds the host, and says so`() async throws {
        var options = HostSession.Options()
        options.lock = HostLock(run: "run-a", holder: "run-a of ann@controller since 10:00")
        let first = try await Self.session("sh", on: LocalTransport(), options: options)
        _ = try await first.run("true")
        // The same run may come again.
        let same = try await Self.session("sh", on: LocalTransport(), options: options)
        _ = try await same.run("true")
        await same.close()
        options.lock = HostLock(run: "run-b", holder: "run-b of bob")
        let other = try await Self.session("sh", on: LocalTransport(), options: options)
        let error = await #expect(throws: Unreachable.self) { try await other.run("true") }
        #expect(error?.reason == .locked)
        #expect(error?.message.contains("run-a of ann@controller since 10:00") == true, "\(String(describing: error))")
        // Waiting, it gets its turn.
        options.lockWait = .seconds(60)
        let waiting = try await Self.session("sh", on: LocalTransport(), options: options)
        let turn = Task { try await waiting.run("echo mine") }
        try await Task.sleep(for: .milliseconds(300))
        // Taking the lock changes nothing in what the greeting says of the host.
        try await #expect(first.identity().system == "Linux")
        await first.close()
        try await #expect(turn.value.text == "mine\n")
        await waiting.close()
        try await #expect(
            eventually {
                try FileManager.default.contentsOfDirectory(atPath: "/dev/shm").allSatisfy { $0 != Self.lockName }
            })
    }

    /// A shell whose calls look for locks in a folder of the test's own, besides the host's.
    private struct Elsewhere: HostShell {
        let base: HostSession
        let folder: String
        func call(_ call: Call, onOutput: (@Sendable (OutputChunk) async -> Void)?) async throws -> CallResult {
            var call = call
            call.environment = [(name: "TMPDIR", value: folder), (name: "HOME", value: "/made/up")]
            return try await base.call(call, onOutput: onOutput)
        }
    }

    @Test(arguments: shells) func `what others leave beside a lock neither hides it nor makes one up`(
        shell: String
    ) async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let own = "\(getuid())-made-up"
        for (name, text) in [
            ("a", ""), ("b", "run-b 1 none somebody\r\n"), ("c", "run-c self none somebody\n"),
            ("d\ngone\t-\t\t.profile\t# 1 none x", ""), (own, "run-e 1 none run-e of ann\n"),
        ] {
            #expect(
                FileManager.default.createFile(atPath: "\(folder)/comfyfleet-lock-\(name)", contents: Data(text.utf8)))
        }
        let session = try await Self.session(shell, on: LocalTransport())
        let found = try await HostLocks.list(in: Elsewhere(base: session, folder: folder)).filter {
            $0.path.hasPrefix(folder) || !$0.path.hasPrefix("/")
        }
        #expect(Set(found.map(\.path)) == Set(["a", "b", "c", own].map { "\(folder)/comfyfleet-lock-\($0)" }))
        #expect(found.filter { $0.state != .foreign }.map(\.run) == ["run-e"])
        await session.close()
    }

    /// A host whose home folder and temporary folder are on a disk that another machine has, too, and that has no other
    /// place.
    private struct Sharing: Transport {
        let folder: String
        func open(_ command: String) async throws -> any CommandStream {
            let mounts = ["/dev/shm", "/tmp", "/var/tmp"].map { "mount -t tmpfs -o size=1m none \($0)" }.joined(
                separator: "; ")
            return try await LocalTransport().open(
                "exec unshare -m sh -c \("mount --bind '\(folder)' /mnt; \(mounts); unset XDG_RUNTIME_DIR TMPDIR; export HOME=/mnt; \(command)".singleQuoted)"
            )
        }
        func close() async {}
    }

    /// The first is a machine that was there before, the second this one before it was booted.
    @Test(.enabled(if: getuid() == 0, "mounting takes root"), arguments: shells, [true, false])
    func `the lock of another machine is left alone, one from before a boot is not`(
        shell: String, isElsewhere: Bool
    ) async throws {
        let folder = try temporaryFolder()
        let file = "\(folder)/comfyfleet-lock-\(getuid())-mnt"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let host = try String(contentsOfFile: "/proc/sys/kernel/hostname", encoding: .utf8).trimmingCharacters(
            in: .whitespacesAndNewlines)
        let text =
            "run-x 1 none/00000000-0000-0000-0000-000000000000/\(isElsewhere ? "another-\(host)" : host) run-x of ann"
        #expect(FileManager.default.createFile(atPath: file, contents: Data((text + "\n").utf8)))

        let lookout = try await Self.session(shell, on: Sharing(folder: folder))
        let found = try await HostLocks.list(in: lookout).first { $0.path == "/mnt/comfyfleet-lock-\(getuid())-mnt" }
        #expect(found?.state == (isElsewhere ? FoundLock.State.elsewhere : .gone))
        await lookout.close()

        var options = HostSession.Options()
        options.lock = HostLock(run: "run-y", holder: "run-y of bob")
        let session = try await Self.session(shell, on: Sharing(folder: folder), options: options)
        if isElsewhere {
            let error = await #expect(throws: Unreachable.self) { try await session.run("true") }
            #expect(
                error?.reason == .noRoom && error?.message.contains("is the lock of another machine") == true,
                "\(String(describing: error))")
            #expect(Self.said(file) == text)
        } else {
            try await #expect(session.run("echo mine").text == "mine\n")
            #expect(
                Self.said(file)?.hasPrefix("run-y ") == true
                    && Self.said(file)?.contains("/\(host) run-y of bob") == true)
        }
        await session.close()
    }

    /// A shell whose calls find no programs.
    private struct Poor: HostShell {
        let base: HostSession
        func call(_ call: Call, onOutput: (@Sendable (OutputChunk) async -> Void)?) async throws -> CallResult {
            var call = call
            call.environment = [(name: "PATH", value: "/nowhere")]
            return try await base.call(call, onOutput: onOutput)
        }
    }

    @Test(arguments: ["dash", "bash"]) func `locks that can't be listed are not no locks`(shell: String) async throws {
        let session = try await Self.session(shell, on: LocalTransport())
        let error = await #expect(throws: Unreachable.self) { _ = try await HostLocks.list(in: Poor(base: session)) }
        #expect(
            error?.message.contains("its locks can't be listed (status 127): ") == true
                && error?.message.contains("not found") == true, "\(String(describing: error))")
        await session.close()
    }

    @Test(
        arguments: [
            ("-", "-", false, false), ("", "", nil, false), ("12 34 me", "7 GROUP", true, false),
            ("12 34 me", "7 GROUP GROUP", true, true),
        ] as [(String, String, Bool?, Bool)])
    func `what a lock's session does not know is not made up`(
        attached: String, group: String, isDriven: Bool?, isRunning: Bool
    ) async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = "\(folder)/comfyfleet-lock-\(getuid())-made-up"
        let spool = "\(folder)/comfyfleet-0011"
        try FileManager.default.createDirectory(atPath: spool, withIntermediateDirectories: false)
        for (file, text) in [
            (path, "run-e 1 none run-e of ann"), (spool + "/y", path), (spool + "/a", attached),
            (spool + "/g", group.replacing("GROUP", with: "\(getpgrp())")),
        ] {
            #expect(
                FileManager.default.createFile(atPath: file, contents: Data((text.isEmpty ? "" : text + "\n").utf8)))
        }
        let session = try await Self.session("sh", on: LocalTransport())
        let found = try await HostLocks.list(in: Elsewhere(base: session, folder: folder)).first { $0.path == path }
        #expect(
            found?.run == "run-e" && found?.isDriven == isDriven && found?.processes.isEmpty == !isRunning,
            "\(String(describing: found))")
        await session.close()
    }

    /// An empty file does not say that nobody is there.
    @Test func `where it is not known who is attached nobody takes the place`() async throws {
        var options = HostSession.Options()
        options.acknowledgesResults = false
        let first = try await Self.session("sh", on: LocalTransport(), options: options)
        let links = Links()
        try await #expect(first.run("echo one").text == "one\n")
        await first.leave()
        let file = Self.spool(first.record) + "/a"
        try await #expect(eventually { Self.said(file) == "-" })
        try Data().write(to: URL(fileURLWithPath: file))
        let second = Task { [options] in
            try await HostSession(
                returningTo: first.record, on: OneTransport(transport: LocalTransport()), options: options
            ) { links.note($0) }
        }
        try await #expect(
            eventually {
                links.events.withLock { $0.contains(.notice("waits: another process drives the session of this run")) }
            })
        #expect(Self.said(file) == "")
        try Data("-\n".utf8).write(to: URL(fileURLWithPath: file))
        let session = try await second.value
        try await #expect(session.run("echo two").text == "two\n")
        await session.close()
    }

    @Test func `a lock whose keeper was killed holds nobody`() async throws {
        var options = HostSession.Options()
        options.lock = HostLock(run: "run-c", holder: "run-c")
        let first = try await Self.session("sh", on: LocalTransport(), options: options)
        _ = try? await first.run("kill -9 $$; sleep 5")
        options.lock = HostLock(run: "run-d", holder: "run-d")
        let second = try await Self.session("sh", on: LocalTransport(), options: options)
        try await #expect(second.run("echo mine").text == "mine\n")
        await second.close()
    }

    @Test(arguments: shells, [false, true]) func `a call can't forge its own end`(
        shell: String, ownGroup: Bool
    ) async throws {
        let session = try await Self.session(shell, on: LocalTransport())
        let spool = Self.spool(session.record)
        let ended = HostScript.short("_has_ended")
        _ = try await session.run("echo before")
        var call = Call(
            """
            mark=$(cat \(spool)/k \(spool)/x \(spool)/1.* \(spool)/2.* | tr -c '\\036a-f0-9' '\\n' | grep "$(printf '\\036')" | head -n 1)
            for end in 'e 2 0' 'e 2 0 0' "e 2 0 $mark"; do printf '%s%s\\n' "$mark" "$end"; printf '%s%s\\n' "$mark" "$end" >&2; done
            name=$(cat \(spool)/c* >/dev/null; ls \(spool) | sed -n 's/^c//p')
            for line in '\(ended) 2 0' '\(ended) 2 0 0' "\(HostScript.short("_report_end")) 2 $name 0" "\(HostScript.short("_no_room")) 2 $name" "_h $name" 'echo forged' '_c 3 '$name' x'; do echo "$line" >\(spool)/i; echo "$_K$\(HostScript.short("_said")) $line" >\(spool)/i; done
            echo begun; sleep 0.5; exit 7
            """)
        call.ownProcessGroup = ownGroup
        let proof = session.record.proof.text(of: 2)
        let result = try await session.call(call) { chunk in
            guard String(decoding: chunk.bytes, as: UTF8.self).contains("begun") else { return }
            for name in (try? FileManager.default.contentsOfDirectory(atPath: spool)) ?? [] {
                var status = stat()
                guard stat("\(spool)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
                #expect(
                    FileManager.default.contents(atPath: "\(spool)/\(name)")?.range(of: Data(proof.utf8)) == nil,
                    "\(name)")
            }
        }
        #expect(result.status == 7)
        #expect(
            result.text.contains("e 2 0") && result.text.hasSuffix("begun\n") && !result.text.contains("forged"),
            "\(result.text)")
        // What it wrote to the keeper does no harm to the calls after it.
        try await #expect(session.run("echo after; exit 3").status == 3)
        await session.close()
    }

    @Test func `a login shell that is slow to start says what it has printed`() async throws {
        struct Slow: Transport {
            func open(_ command: String) async throws -> any CommandStream {
                try await LocalTransport().open("echo 'Waiting for the licence server'; sleep 30; \(command)")
            }
            func close() async {}
        }
        var options = HostSession.Options()
        options.startTimeout = .seconds(1)
        options.longestPause = .milliseconds(100)
        let session = try await Self.session("sh", on: Slow(), options: options)
        let error = await #expect(throws: Unreachable.self) { try await session.run("true") }
        #expect(
            error?.reason == .timeout
                && error?.message
                    == "the login shell has not started sh within 1 seconds; it has printed: Waiting for the licence server",
            "\(String(describing: error))")
    }

    // MARK: - Room

    /// Channels that see folders of their own in these places, with so much room, of which a part is used up.
    private struct Cramped: Transport {
        var folders: [String]
        var megabytes = 8, used = 0
        func open(_ command: String) async throws -> any CommandStream {
            let mounts = folders.map {
                "mount -t tmpfs -o size=\(megabytes)m none \($0); dd if=/dev/zero of=\($0)/used bs=1M count=\(used) 2>/dev/null"
            }.joined(separator: "; ")
            return try await LocalTransport().open(
                "exec unshare -m sh -c \("\(mounts); unset XDG_RUNTIME_DIR TMPDIR; export HOME=/root; \(command)".singleQuoted)"
            )
        }
        func close() async {}
        static let everywhere = ["/dev/shm", "/tmp", "/var/tmp", "/root"]
    }
    private static let twentyMegabytes = "dd if=/dev/zero bs=65536 count=320 2>/dev/null; echo end"

    @Test(.enabled(if: getuid() == 0, "mounting takes root"), arguments: shells)
    func `where memory is full the next place is used`(shell: String) async throws {
        var options = HostSession.Options()
        options.lock = HostLock(run: "run-e", holder: "run-e of ann")
        let session = try await Self.session(shell, on: Cramped(folders: ["/dev/shm"], used: 9), options: options)
        let counter = Counter()
        try await #expect(session.call(Call(Self.twentyMegabytes)) { await counter.add($0) }.status == 0)
        #expect(await counter.bytes[.stdout] == 320 * 65536 + 4)
        #expect(exists("/tmp/comfyfleet-\(session.record.spool)"))
        try await #expect(!session.identity().spoolsInMemory)
        // The lock holds the host all the same.
        options.lock = HostLock(run: "run-f", holder: "run-f of bob")
        let other = try await Self.session(shell, on: LocalTransport(), options: options)
        let error = await #expect(throws: Unreachable.self) { try await other.run("true") }
        #expect(
            error?.reason == .locked && error?.message.contains("run-e of ann") == true, "\(String(describing: error))")
        await session.close()
        try await #expect(eventually { !exists("/tmp/comfyfleet-\(session.record.spool)") })
    }

    @Test(.enabled(if: getuid() == 0, "mounting takes root"), arguments: shells)
    func `where room is little everywhere all of a long output comes`(shell: String) async throws {
        let session = try await Self.session(shell, on: Cramped(folders: Cramped.everywhere))
        let counter = Counter()
        try await #expect(session.call(Call(Self.twentyMegabytes)) { await counter.add($0) }.status == 0)
        #expect(await counter.bytes[.stdout] == 320 * 65536 + 4)
        await session.close()
    }

    @Test(.enabled(if: getuid() == 0, "mounting takes root"), arguments: shells)
    func `without room anywhere the call fails and says so`(shell: String) async throws {
        let none = try await Self.session(shell, on: Cramped(folders: Cramped.everywhere, used: 9))
        let error = await #expect(throws: Unreachable.self) { try await none.run("true") }
        #expect(
            error?.reason == .noRoom && error?.message.contains("no space left on device") == true
                && error?.message.contains("/dev/shm") == true, "\(String(describing: error))")
    }

    /// The host waits ten seconds for room before it gives up.
    @Test(.enabled(if: getuid() == 0, "mounting takes root")) func `without room any more the call fails and says so`()
        async throws
    {
        try await sideBySide(shells, atOnce: shells.count) { shell in
            try await sideBySide([false, true], atOnce: 2) { ownGroup in
                let session = try await Self.session(shell, on: Cramped(folders: Cramped.everywhere))
                var call = Call("dd if=/dev/zero of=/dev/shm/used bs=1M 2>/dev/null; \(Self.twentyMegabytes); sleep 60")
                call.ownProcessGroup = ownGroup
                let endless = call
                let error = await #expect(throws: Unreachable.self, "\(shell), \(ownGroup)") {
                    try await session.call(endless)
                }
                #expect(
                    error?.reason == .noRoom && error?.message.contains("/dev/shm: no space left on device") == true,
                    "\(shell), \(ownGroup): \(String(describing: error))")
                await session.close()
            }
        }
    }

    @Test(.enabled(if: getuid() == 0, "mounting takes root"), arguments: shells)
    func `in a full place the session's own files are still written`(shell: String) async throws {
        let session = try await Self.session(shell, on: Cramped(folders: Cramped.everywhere))
        let write = HostScript.short("_write")
        // Something else takes each page that is given back.
        var call = Call(
            """
            spool=$(echo /dev/shm/comfyfleet-*)
            dd if=/dev/zero of=/dev/shm/used bs=4096 2>/dev/null
            while :; do cat /dev/zero >>/dev/shm/used; done 2>/dev/null & filler=$!
            { echo x >/dev/shm/none; } 2>/dev/null; [ -s /dev/shm/none ] || echo full
            . $spool/x; _d=$spool
            for file in a g p f1 f2 r1 r2; do
            read -r was <$spool/$file; \(write) $file '1 2 3'; read -r is <$spool/$file; \(write) $file "$was"; read -r again <$spool/$file
            [ -n "$was" ] && [ "$is" = '1 2 3' ] && [ "$again" = "$was" ] || echo "$file: $was, $is, $again"
            done
            kill $filler; rm /dev/shm/used
            """)
        call.ownProcessGroup = true
        try await #expect(session.call(call).text == "full\n")
        // The keeper writes it when the call's end is on its way.
        try await #expect(
            session.run(
                "for _ in 1 2 3 4 5 6 7 8 9; do read -r group <$(echo /dev/shm/comfyfleet-*/g); [ \"$group\" != - ] || break; sleep 0.2; done; echo \"$group\""
            ).text == "-\n")
        await session.close()
    }

    @Test func `a host with nothing but busybox`() async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try run("/bin/busybox", "--install", "-s", folder)
        try FileManager.default.createSymbolicLink(atPath: folder + "/busybox", withDestinationPath: "/bin/busybox")
        struct Bare: Transport {
            let folder: String
            func open(_ command: String) async throws -> any CommandStream {
                try await LocalTransport().open("PATH='\(folder)'; \(command)")
            }
            func close() async {}
        }
        let cutter = Cutter(base: Bare(folder: folder))
        let session = try await Self.session("busybox sh", on: cutter)
        try await #expect(session.run("cat; echo out; echo err >&2; exit 3", stdin: "in\n").text == "in\nout\n")
        let large = [UInt8](repeating: 7, count: 3_000_000)
        for ownGroup in [false, true] {
            var call = Call("wc -c; sleep 1; echo late", stdin: large)
            call.ownProcessGroup = ownGroup
            let result = try await session.call(call) { _ in if ownGroup { await cutter.cut() } }
            #expect(result.text.split(whereSeparator: \.isWhitespace) == ["3000000", "late"])
        }
        await session.close()
        try await #expect(eventually { !exists(Self.spool(session.record)) })
    }
}
