import Foundation
import Glibc
import TestSupport
import Testing

@testable import Remote

/// Sessions that nothing is asked of.
@Suite struct RestTests {
    private static var options: HostSession.Options {
        var options = HostSession.Options()
        options.restsAfter = .milliseconds(50)
        options.longestPause = .milliseconds(100)
        return options
    }

    private static func number(in file: String, of record: SessionRecord) -> Int? {
        (try? String(contentsOfFile: DurabilityTests.spool(record) + "/" + file, encoding: .utf8)).flatMap {
            $0.split(separator: " ").first.flatMap { Int($0) }
        }
    }

    /// Processes of the session: those of the keeper's side, and of the attached shell's.
    private static func processes(of record: SessionRecord) throws -> [Int] {
        let sides = [number(in: "p", of: record), number(in: "a", of: record)].compactMap(\.self)
        return try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int($0) }.filter { process in
            // What stands behind the name: state, parent, group, session.
            let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
            let words = stat?.split(separator: ")").last?.split(separator: " ") ?? []
            return words.count > 3 && words[0] != "Z" && sides.contains(Int(words[3]) ?? -1)
        }
    }

    /// How often the processes have been woken.
    private static func wakeUps(of processes: [Int]) -> Int {
        processes.reduce(0) { sum, process in
            let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
            return status.split(separator: "\n").filter { $0.contains("ctxt_switches") }.reduce(sum) {
                $0 + ($1.split(separator: "\t").last.flatMap { Int($0) } ?? 0)
            }
        }
    }

    private static func restsSoon(_ session: HostSession) async throws -> Bool {
        try await eventually { try processes(of: session.record).count <= 3 }
    }

    @Test(arguments: shells) func `a session at rest is three processes that wait`(shell: String) async throws {
        var options = Self.options
        options.acknowledgesResults = false
        let session = try await DurabilityTests.session(shell, on: LocalTransport(), options: options)
        try await #expect(session.run("echo 1; echo one >&2").text == "1\n")
        try await #expect(Self.restsSoon(session))
        let processes = try Self.processes(of: session.record)
        #expect(processes.count == 3)
        let before = Self.wakeUps(of: processes)
        try await Task.sleep(for: .seconds(1))
        #expect(Self.wakeUps(of: processes) == before)

        // What calls print comes as ever, also of one that another process began.
        for number in 2...5 {
            let result = try await session.run("cat; echo \(number); echo e\(number) >&2", stdin: "in ")
            #expect(result.text == "in \(number)\n" && result.errorText == "e\(number)\n")
            try await #expect(Self.restsSoon(session))
        }
        await session.leave()
        let second = try await HostSession(
            returningTo: session.record, on: OneTransport(transport: LocalTransport()), options: options)
        for number in 2...5 {
            var earlier = Call("echo not run again")
            earlier.number = number
            let result = try await second.call(earlier)
            #expect(result.text == "in \(number)\n" && result.errorText == "e\(number)\n")
        }
        try await #expect(second.run("echo new").text == "new\n")
        await second.close()
        try await #expect(eventually { !exists(DurabilityTests.spool(session.record)) })
    }

    @Test(arguments: shells) func `what was left behind can print while its session rests`(shell: String) async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let session = try await DurabilityTests.session(shell, on: LocalTransport(), options: Self.options)
        _ = try await session.run(
            "( while [ ! -e '\(folder)/go' ]; do sleep 0.05; done; dd if=/dev/zero bs=65536 count=160 2>/dev/null; touch '\(folder)/done'; sleep 1000 ) & echo $! >'\(folder)/pid'"
        )
        // The sleep, its shell, and who reads two streams.
        try await #expect(eventually { try Self.processes(of: session.record).allSatisfy { !Self.isTail($0) } })
        _ = FileManager.default.createFile(atPath: folder + "/go", contents: nil)
        try await #expect(eventually { exists(folder + "/done") })
        for number in 0..<3 {
            try await #expect(session.run("echo \(number)").text == "\(number)\n")
            try await Task.sleep(for: .milliseconds(200))
        }
        _ = try? run("/bin/sh", "-c", "kill $(cat '\(folder)/pid')")
        await session.close()
    }

    private static func isTail(_ process: Int) -> Bool {
        (try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)) == "tail\n"
    }

    @Test(arguments: shells) func `who is killed while a session rests is missed`(shell: String) async throws {
        let session = try await DurabilityTests.session(shell, on: LocalTransport(), options: Self.options)
        _ = try await session.run("true")
        try await #expect(Self.restsSoon(session))
        // The attached shell: the session comes back to its spool.
        kill(Int32(try #require(Self.number(in: "a", of: session.record))), SIGKILL)
        try await #expect(session.run("echo alive").text == "alive\n")
        try await #expect(Self.restsSoon(session))
        kill(Int32(try #require(Self.number(in: "p", of: session.record))), SIGKILL)
        let error = await #expect(throws: Unreachable.self) { try await session.run("true") }
        #expect(error?.reason == .gone)
        await session.close()
        try await #expect(eventually { !exists(DurabilityTests.spool(session.record)) })
    }
}
