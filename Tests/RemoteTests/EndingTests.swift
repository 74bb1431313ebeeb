import Foundation
import Glibc
import TestSupport
import Testing

@testable import Remote

/// Timeouts and cancellation: what a call started is gone from the host.
@Suite struct EndingTests {
    static var options: HostSession.Options {
        var options = HostSession.Options()
        options.killGrace = .milliseconds(300)
        options.patience = .milliseconds(500)
        return options
    }

    /// Children and grandchildren, one of which ignores TERM; writes their pids, then waits.
    static func family(_ folder: String) -> String {
        "trap '' TERM; sh -c 'sleep 1000 & sleep 1000 & echo $! $$; wait' > '\(folder)/pids' & sleep 1000"
    }

    static func pids(_ folder: String) async throws -> [Int32] {
        try await #expect(eventually { written(folder).count == 2 })
        return written(folder)
    }

    private static func written(_ folder: String) -> [Int32] {
        (try? String(contentsOfFile: folder + "/pids", encoding: .utf8))?.split(whereSeparator: \.isWhitespace)
            .compactMap { Int32($0) } ?? []
    }

    @Test(arguments: shells) func `a timeout ends grandchildren`(shell: String) async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await HostSession.with(shell, options: Self.options) { session in
            let result = try await session.timeOut(Call("echo begun; " + Self.family(folder))) { _ in
                Self.written(folder).count == 2
            }
            #expect(result.timedOut)
            #expect(result.status > 128)
            #expect(result.text == "begun\n")
            for pid in try await Self.pids(folder) { #expect(!isAlive(pid)) }
            try await #expect(session.run("echo alive").text == "alive\n")
        }
    }

    @Test(arguments: shells) func `a cancelled call is ended on the host`(shell: String) async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await HostSession.with(shell, options: Self.options) { session in
            let task = Task {
                var call = Call(Self.family(folder))
                call.ownProcessGroup = true
                return try await session.call(call)
            }
            let pids = try await Self.pids(folder)
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            for pid in pids { #expect(!isAlive(pid)) }
            try await #expect(session.run("echo alive").text == "alive\n")
        }
    }

    @Test(arguments: shells) func `TERM lets a call tidy up`(shell: String) async throws {
        var options = Self.options
        options.killGrace = .seconds(60)
        try await HostSession.with(shell, options: options) { session in
            let result = try await session.timeOut(Call("trap 'echo tidy; exit 5' TERM; echo begun; sleep 1000 & wait"))
            { !$0.text.isEmpty }
            #expect(result.text == "begun\ntidy\n")
            #expect(result.status == 5)
            #expect(result.timedOut)
        }
    }

    @Test(arguments: shells) func `a cancelled observation is waited for`(shell: String) async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var options = Self.options
        options.patience = .seconds(60)
        try await HostSession.with(shell, options: options) { session in
            let task = Task {
                try await session.run("touch '\(folder)/begun'; while [ ! -e '\(folder)/go' ]; do sleep 0.05; done")
            }
            try await #expect(eventually { exists(folder + "/begun") })
            task.cancel()
            _ = FileManager.default.createFile(atPath: folder + "/go", contents: nil)
            await #expect(throws: CancellationError.self) { try await task.value }
            try await #expect(session.run("echo alive").text == "alive\n")
        }
    }

    @Test(arguments: shells) func `an observation that hangs costs the session`(shell: String) async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await HostSession.with(shell, options: Self.options) { session in
            let task = Task { try await session.run("touch '\(folder)/begun'; sleep 1000") }
            try await #expect(eventually { exists(folder + "/begun") })
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(await !session.isUsable)
        }
    }

    @Test func `cancelled before its turn, a call does not run`() async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await HostSession.with("sh") { session in
            let first = Task {
                try await session.run("touch '\(folder)/begun'; while [ ! -e '\(folder)/go' ]; do sleep 0.05; done")
            }
            try await #expect(eventually { exists(folder + "/begun") })
            let second = Task { try await session.run("touch '\(folder)/second'") }
            second.cancel()
            await #expect(throws: CancellationError.self) { try await second.value }
            _ = FileManager.default.createFile(atPath: folder + "/go", contents: nil)
            _ = try await first.value
            _ = try await session.run("true")
            #expect(!exists(folder + "/second"))
        }
    }

    @Test(arguments: shells) func `an upload can be cancelled`(shell: String) async throws {
        var options = Self.options
        options.patience = .seconds(60)
        try await HostSession.with(shell, options: options) { session in
            for ownGroup in [false, true] {
                let task = Task {
                    var call = Call("cat > /dev/null", stdin: .file(.init(path: "/dev/zero")))
                    call.ownProcessGroup = ownGroup
                    return try await session.call(call)
                }
                // Any moment will do; by now it is most likely in the middle.
                try await Task.sleep(for: .milliseconds(200))
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
            }
        }
    }

    @Test func `closing ends what still runs`() async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await HostSession.with("sh") { session in
            let task = Task { try await session.run("echo $$ $$ > '\(folder)/pids'; sleep 1000") }
            let pid = try #require(try await Self.pids(folder).first)
            await session.close()
            await #expect(throws: Unreachable.self) { try await task.value }
            try await #expect(eventually { !isAlive(pid) })
        }
    }
}
