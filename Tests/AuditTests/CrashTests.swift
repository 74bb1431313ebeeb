import Foundation
import Glibc
import Redaction
import Testing

@testable import Audit

@Suite struct CrashTests {
    /// What a kill in the middle of a write can leave: every prefix of a batch.
    @Test func anEntryAfterAnyTornWriteContinuesTheChain() throws {
        for earlier in 0...1 {
            let trail = try TemporaryTrail()
            if earlier == 1 { try trail.log.append([AuditLog.Entry("first")]) }
            let before = earlier == 1 ? try trail.bytes() : []
            try trail.log.append([AuditLog.Entry("second", [("a", .text("é"))]), AuditLog.Entry("third")])
            let whole = try trail.bytes()
            for length in before.count...whole.count {
                try trail.write(whole[..<length])
                try trail.log.append([AuditLog.Entry("after")])
                let now = try trail.bytes()
                #expect(now.starts(with: whole[..<length]), "nothing that was there is removed")
                let found = try trail.reader.verify()
                #expect(found.broken == nil && !found.endsUnfinished, "cut at \(length)")
                let isTorn =
                    length > before.count && whole[length - 1] != UInt8(ascii: "\n")
                    && (length == whole.count || whole[length] != UInt8(ascii: "\n"))
                #expect(found.unfinishedLines.count == (isTorn ? 1 : 0), "cut at \(length)")
            }
        }
    }

    @Test func aTornLineCannotBeForgedLater() throws {
        let trail = try TemporaryTrail()
        try trail.log.append([AuditLog.Entry("first")])
        try trail.write(try trail.bytes() + Array("{\"timest".utf8))
        #expect(try trail.reader.verify().endsUnfinished)
        try trail.log.append([AuditLog.Entry("second")])
        #expect(try trail.reader.verify().unfinishedLines == [2])
        let text = String(decoding: try trail.bytes(), as: UTF8.self)
        try trail.write(text.replacing("{\"timest\n", with: "{\"timess\n").utf8)
        #expect(try trail.reader.verify().broken?.line == 2)
        // Without the first entry the torn line would follow nothing.
        try trail.write(text.split(separator: "\n").dropFirst().joined(separator: "\n").utf8 + [UInt8(ascii: "\n")])
        #expect(try trail.reader.verify().broken?.line == 1)
    }

    /// Writers that are killed while they write, and others that go on at the same time.
    @Test(.timeLimit(.minutes(2))) func killedWritersLoseNothingThatWasAcknowledged() async throws {
        let trail = try TemporaryTrail()
        let path = trail.path
        for round in 0..<4 {
            async let first: Void = killedWriter(path, "r\(round)a", afterMilliseconds: 7 + 13 * round)
            async let second: Void = killedWriter(path, "r\(round)b", afterMilliseconds: 11 + 11 * round)
            async let third: Void = patientWriter(path, "r\(round)c")
            _ = await (first, second, third)
        }
        let found = try trail.reader.verify()
        #expect(found.broken == nil, "\(found)")
        let logged = Set(try trail.reader.records(secrets: SecretSet()).compactMap { $0.fields["id"]?.string })
        var acknowledged = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: trail.folder) where name.hasPrefix("ack-") {
            for id in try String(contentsOfFile: trail.folder + "/" + name, encoding: .utf8).split(separator: "\n") {
                acknowledged += 1
                #expect(logged.contains(String(id)))
            }
        }
        #expect(acknowledged > 80)
    }

    private func killedWriter(_ path: String, _ name: String, afterMilliseconds delay: Int) async {
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = path as String, name = name as String, delay = delay as Int] in
            let writer = AcknowledgingWriter(path: path, name: name)
            Thread.detachNewThread {
                while !writer.hasAcknowledged { usleep(1000) }
                usleep(useconds_t(delay * 1000))
                kill(getpid(), SIGKILL)
            }
            try writer.write(entries: 1_000_000)
        }
    }

    private func patientWriter(_ path: String, _ name: String) async {
        await #expect(processExitsWith: .success) { [path = path as String, name = name as String] in
            try AcknowledgingWriter(path: path, name: name).write(entries: 20)
        }
    }

    /// A disk that takes no more in the middle of a batch.
    @Test func aFullDiskKeepsWhatWasAcknowledged() async throws {
        let trail = try TemporaryTrail()
        let path = trail.path
        await #expect(processExitsWith: .success) { [path = path as String] in
            signal(SIGXFSZ, SIG_IGN)
            let log = AuditLog(path: path)
            try log.append([AuditLog.Entry("first")])
            var limit = rlimit(rlim_cur: 1_000, rlim_max: 1_000)
            setrlimit(__rlimit_resource_t(1), &limit)  // RLIMIT_FSIZE
            let failure = #expect(throws: AuditFailure.self) {
                try log.append((0..<20).map { AuditLog.Entry("more", [("n", .int($0))]) })
            }
            #expect(failure?.remedy?.hasPrefix("make room") == true)
            try log.append([AuditLog.Entry("fits")])
        }
        let found = try trail.reader.verify()
        #expect(found.entries == 2 && found.broken == nil && found.unfinishedLines == [])
    }

    @Test func aReadOnlyFolderIsAnError() async throws {
        let trail = try TemporaryTrail()
        let folder = trail.folder
        await #expect(processExitsWith: .success) { [folder = folder as String] in
            try FileManager.default.createDirectory(atPath: folder + "/closed", withIntermediateDirectories: false)
            chmod(folder + "/closed", 0o555)
            // Root may write anywhere.
            if geteuid() == 0 {
                setegid(65534)
                seteuid(65534)
            }
            let failure = #expect(throws: AuditFailure.self) {
                try AuditLog(path: folder + "/closed/security.log").append([AuditLog.Entry("a")])
            }
            #expect(failure?.problem == "the audit trail cannot be created: Permission denied")
        }
    }
}

/// Appends, and notes elsewhere what was acknowledged.
struct AcknowledgingWriter {
    let path: String, name: String
    private var acknowledgements: String { String(path.dropLast("/logs/security.log".count)) + "/ack-" + name }

    var hasAcknowledged: Bool {
        var status = stat()
        return stat(acknowledgements, &status) == 0 && status.st_size > 0
    }

    func write(entries: Int) throws {
        let log = AuditLog(path: path)
        let acknowledged = open(acknowledgements, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        for number in 0..<entries {
            let id = "\(name)-\(number)"
            try log.append([
                AuditLog.Entry(
                    "test.entry",
                    [
                        ("id", .text(RedactedText(id, secrets: SecretSet()))),
                        ("padding", .text(.repeating("x", count: number % 700))),
                    ])
            ])
            _ = (id + "\n").withCString { Glibc.write(acknowledged, $0, strlen($0)) }
        }
    }
}
