import Foundation
import Redaction
import TestSupport
import Testing
import YAML

@testable import Runs

struct RunRecorderTests {
    @Test func aRunLeavesItsJournalHostLogsAndSummary() throws {
        try withFolder { parent in
            let secrets = SecretSet()
            secrets.insert(Secret("hunter2-hunter2"), label: "vault.token")
            let folder = try RunFolder.create(for: "site install.yml", in: parent)
            let recorder = try RunRecorder(folder, secrets: secrets)
            try folder.write(RunRecord(), secrets: secrets)
            for event in story(secrets) { try recorder.record(event) }

            let events = try RunArchive.events(of: folder)
            #expect(events.map { $0["seq"] } == (1...events.count).map { .int($0) })
            #expect(
                events.map { $0["event"]?.string } == [
                    "run.started", "task.started", "host.task.started", "host.output", "host.task.finished",
                    "host.unreachable", "run.finished",
                ])
            #expect(events[4]["result"]?.map?["stdout"] == .string("\"quoted\" «redacted:vault.token»"))
            let log = try text(folder.hostLogPath("gpu-1"))
            #expect(log.contains("task 1: Install"))
            #expect(log.contains("using «redacted:vault.token»"))
            #expect(log.contains("failed after 1.50 s, status 3: no\nlast words"))
            let entry = try RunArchive(parent: parent).run("last")
            #expect(entry.folder.id == folder.id)
            #expect(entry.summary?["exit_code"] == .int(6))
            #expect(entry.summary?["hosts"]?.map?["gpu-1"]?.map?["failed"] == .int(1))
            for path in try files(below: folder.path) {
                #expect(try !text(path).contains("hunter2"), "\(path)")
            }
        }
    }

    @Test func aFloodIsWrittenAsItComes() async throws {
        try await withFolder { parent in
            let folder = try RunFolder.create(for: "x", in: parent)
            let recorder = try RunRecorder(folder, secrets: SecretSet())
            for number in 1...512 {
                try recorder.record(Self.piece(number))
                await recorder.room()
            }
            // All but what may wait in memory; a piece is 64 KiB, and stands in both files.
            #expect(try RunArchive.events(of: folder).count >= 512 - 64)
            let log = try text(folder.hostLogPath("h"))
            #expect(log.utf8.count >= (512 - 64) << 16 && log.hasPrefix("0123456789abcde\n0"))
        }
    }

    @Test(.timeLimit(.minutes(1))) func whoWaitsForADiskThatHangsCanBeCancelled() async throws {
        try await withFolder { parent in
            let folder = try RunFolder.create(for: "x", in: parent)
            let recorder = try RunRecorder(folder, secrets: SecretSet())
            do {
                recorder.queue.suspend()
                defer { recorder.queue.resume() }
                for number in 1...80 { try recorder.record(Self.piece(number)) }
                let waiting = Task { await recorder.room() }
                for _ in 0..<1000 where !recorder.isWaitedFor { try await Task.sleep(for: .milliseconds(10)) }
                try #require(recorder.isWaitedFor)
                #expect(try RunArchive.events(of: folder).isEmpty)
                waiting.cancel()
                await waiting.value
                #expect(!recorder.isWaitedFor)
                // Who is cancelled already does not wait at all.
                let late = Task {
                    while !Task.isCancelled { await Task.yield() }
                    await recorder.room()
                }
                late.cancel()
                await late.value
            }
            // The writer goes on, and makes room for who comes now.
            await recorder.room()
            try recorder.record(
                RunEvent(
                    sequence: 81, time: 0,
                    kind: .runFinished(RunSummary(hosts: [], exitCode: 0, duration: 1, note: nil))))
            #expect(try RunArchive.events(of: folder).count == 81)
            #expect(try text(folder.hostLogPath("h")).utf8.count == 80 << 16)
        }
    }

    private static func piece(_ number: Int) -> RunEvent {
        RunEvent(
            sequence: number, time: 0,
            kind: .hostOutput(host: "h", task: 1, stream: "stdout", text: .repeating("0123456789abcde\n", count: 4096)))
    }

    @Test func aJournalThatCannotBeWrittenIsAnErrorFromThenOn() throws {
        try withFolder { parent in
            let folder = try RunFolder.create(for: "x", in: parent)
            let recorder = try RunRecorder(folder, secrets: SecretSet())
            // Where the host's log should be there is a folder.
            try FileManager.default.createDirectory(
                atPath: folder.hostLogPath("gpu-1"), withIntermediateDirectories: false)
            let events = story(SecretSet())
            #expect(throws: RunFolderError.self) { for event in events { try recorder.record(event) } }
            #expect(throws: RunFolderError.self) { try recorder.record(events[0]) }
        }
    }

    @Test func onlyTheOwnerCanReadIt() throws {
        try withFolder { parent in
            let folder = try RunFolder.create(for: "x", in: parent)
            let recorder = try RunRecorder(folder, secrets: SecretSet())
            for event in story(SecretSet()) { try recorder.record(event) }
            for path in try [folder.path, folder.hostsPath] + files(below: folder.path) {
                let mode = try #require(
                    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
                ).intValue
                #expect(mode & 0o077 == 0, "\(path)")
            }
        }
    }

    @Test func aTornLastLineIsLeftOut() throws {
        try withFolder { parent in
            let folder = try RunFolder.create(for: "x", in: parent)
            let recorder = try RunRecorder(folder, secrets: SecretSet())
            for event in story(SecretSet()) { try recorder.record(event) }
            let whole = try RunArchive.bytes(of: folder.eventsPath)
            let count = try RunArchive.events(of: folder).count
            for cut in [1, 2, 10] {
                try Data(whole.dropLast(cut)).write(to: URL(filePath: folder.eventsPath))
                #expect(try RunArchive.events(of: folder).count == (cut == 1 ? count : count - 1))
            }
        }
    }

    @Test(arguments: [
        "../../etc/passwd", "a/b", ".hidden", "host name", "ünicode", "a\nb", String(repeating: "x", count: 500),
    ])
    func hostNamesCannotLeaveTheFolder(_ host: String) {
        let folder = RunFolder(id: "r", path: "/runs/r")
        let path = folder.hostLogPath(host)
        let name = path.dropFirst("/runs/r/hosts/".count)
        #expect(path.hasPrefix("/runs/r/hosts/"))
        #expect(
            !name.contains("/") && !name.hasPrefix(".") && name.utf8.count < 255
                && name.utf8.allSatisfy { $0 > 32 && $0 < 127 })
        #expect(path != folder.hostLogPath(host + "!"))
    }

    @Test func aFileInTheFolderOfRunsPlaceIsAnErrorThatNamesIt() throws {
        try withFolder { parent in
            try Data().write(to: URL(filePath: parent + "/runs"))
            let error = try #require(throws: RunFolderError.self) {
                try RunFolder.create(for: "x", in: parent + "/runs")
            }
            #expect(error.description.contains(parent + "/runs"))
        }
    }

    @Test func `what a killed process left of a file is no part of the next one`() throws {
        try withFolder { parent in
            let folder = try RunFolder.create(for: "x", in: parent)
            for draft in [".new", ".tmp"] {
                try Data("{\"half\": ".utf8).write(to: URL(filePath: folder.summaryPath + draft))
            }
            try folder.write(.object(["exit_code": .int(0)]), to: folder.summaryPath)
            #expect(try text(folder.summaryPath) == "{\"exit_code\":0}\n")
        }
    }

    @Test func anIdMayBeShortenedButNotAmbiguous() throws {
        try withFolder { parent in
            for id in ["20260101-000000-a-0001", "20260101-000000-a-0002", "20260102-000000-b-0001"] {
                try FileManager.default.createDirectory(atPath: "\(parent)/\(id)", withIntermediateDirectories: true)
                try Data().write(to: URL(filePath: "\(parent)/\(id)/events.jsonl"))
            }
            let archive = RunArchive(parent: parent)
            #expect(
                archive.runs().map(\.folder.id) == [
                    "20260102-000000-b-0001", "20260101-000000-a-0002", "20260101-000000-a-0001",
                ])
            #expect(try archive.run("20260102").folder.id == "20260102-000000-b-0001")
            #expect(throws: RunFolderError.self) { try archive.run("20260101") }
            #expect(throws: RunFolderError.self) { try archive.run("2025") }
        }
    }

    private func story(_ secrets: SecretSet) -> [RunEvent] {
        var counts = HostCounts()
        counts.failed = 1
        var lost = HostCounts()
        lost.unreachable = 1
        let result = RedactedJSON.object(["stdout": .text(RedactedText("\"quoted\" hunter2-hunter2", secrets: secrets))]
        ).encoded()
        let kinds: [RunEvent.Kind] = [
            .runStarted(
                RunHeader(
                    id: "r", playbook: "p.yml", folder: "f", hosts: ["gpu-1", "gpu-2"], tasks: 1, checkMode: false)),
            .taskStarted(.init(id: 1, name: "Install", module: "shell", place: "p.yml:3:5", isHandler: false)),
            .hostTaskStarted(host: "gpu-1", task: 1),
            .hostOutput(
                host: "gpu-1", task: 1, stream: "stdout", text: RedactedText("using hunter2-hunter2", secrets: secrets)),
            .hostTaskFinished(
                host: "gpu-1", task: 1,
                outcome: .init(
                    status: .failed, message: "no", returnCode: 3, tail: "last words", result: result, duration: 1.5)),
            .hostUnreachable(host: "gpu-2", task: 1, message: "refused"),
            .runFinished(RunSummary(hosts: [("gpu-1", counts), ("gpu-2", lost)], exitCode: 6, duration: 2, note: nil)),
        ]
        return kinds.enumerated().map { RunEvent(sequence: $0 + 1, time: 1_795_465_495.25, kind: $1) }
    }

    private func text(_ path: String) throws -> String {
        String(decoding: try RunArchive.bytes(of: path), as: UTF8.self)
    }

    private func files(below folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).map { folder + "/" + $0 }.filter {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: $0, isDirectory: &isFolder) && !isFolder.boolValue
        }
    }

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/runs-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/runs-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }
}
