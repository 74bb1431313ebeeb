import Foundation
import Redaction
import Testing
import YAML

@testable import Audit

/// A trail in a folder of its own, removed with it.
final class TemporaryTrail: Sendable {
    let folder: String
    var path: String { folder + "/logs/security.log" }
    var log: AuditLog { AuditLog(path: path) }
    var reader: AuditReader { AuditReader(path: path) }

    init() throws {
        folder = NSTemporaryDirectory() + "/audit-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func bytes() throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }
    func write(_ bytes: some Sequence<UInt8>) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }
    func lines() throws -> [String] {
        String(decoding: try bytes(), as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

@Suite struct AuditLogTests {
    @Test func anEntryHasTheOriginalsFieldsAndTheChains() throws {
        let trail = try TemporaryTrail()
        let secrets = SecretSet()
        secrets.insert(Secret(#"to"ken"#), label: "demo.token")
        try trail.log.append([
            AuditLog.Entry(
                "secrets.read",
                [
                    ("provider", .text("demo")), ("present", .bool(true)), ("keys", .list([.text("token")])),
                    ("overrides", .list([])),
                ]),
            AuditLog.Entry(
                "run.started",
                [
                    ("note", .text(RedactedText(#"é "to"ken" \#u{1b}[0m"#, secrets: secrets))), ("hosts", .int(3)),
                    ("limit", .null),
                ]),
        ])
        let lines = try trail.lines()
        let first = try #require(try JSON.parse(Array(lines[0].utf8)).map)
        #expect(
            first.names == [
                "timestamp", "event", "logger", "provider", "present", "keys", "overrides", "previous", "hash",
            ])
        #expect(first["keys"] == .list([.string("token")]))
        #expect(first["logger"] == .string("comfyvn.security.secrets"))
        #expect(first["timestamp"]?.string?.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/#) != nil)
        #expect(first["previous"] == .string(String(repeating: "0", count: 64)))
        let second = try #require(try JSON.parse(Array(lines[1].utf8)).map)
        #expect(second["note"] == .string(#"é "«redacted:demo.token»" ␛[0m"#))
        #expect(second["previous"] == first["hash"])
        let status = try FileManager.default.attributesOfItem(atPath: trail.path)
        #expect(status[.posixPermissions] as? Int == 0o600)
    }

    /// The formula that the doc comment of `AuditChain` promises, with the tools that it names.
    @Test func aShellCanCheckALine() throws {
        let trail = try TemporaryTrail()
        try trail.log.append([AuditLog.Entry("run.started", [("who", .text("operator"))])])
        let shell = Process()
        let output = Pipe()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", #"sed 's/,"hash":"[0-9a-f]*"}$/}/' "$0" | tr -d '\n' | sha256sum"#, trail.path]
        shell.standardOutput = output
        try shell.run()
        let digest = String(decoding: try #require(try output.fileHandleForReading.readToEnd()), as: UTF8.self).prefix(
            64)
        shell.waitUntilExit()
        #expect(try trail.reader.verify().head?.description == String(digest))
    }

    @Test func linesOfAnotherProgramStayAndAreFollowed() throws {
        let trail = try TemporaryTrail()
        try trail.log.append([AuditLog.Entry("a")])
        try trail.write(
            Array("{\"event\": \"secrets.read\", \"provider\": \"demo\"}\n{\"event\": \"secrets.update\"}\n".utf8))
        try trail.log.append([AuditLog.Entry("b")])
        try trail.log.append([AuditLog.Entry("c")])
        var found = try trail.reader.verify()
        #expect(found.earlierLines == 2 && found.entries == 2 && found.broken == nil)
        try trail.write(
            Array(
                String(decoding: try trail.bytes(), as: UTF8.self).replacing("secrets.update", with: "secrets.upgrade")
                    .utf8))
        found = try trail.reader.verify()
        #expect(found.broken?.line == 3)
    }

    @Test func aLongLineIsReadBackWhole() throws {
        let trail = try TemporaryTrail()
        for count in [10, 3_000, 9_000, 50_000, 1] {
            try trail.log.append([AuditLog.Entry("run.started", [("hosts", .list((0..<count).map { .int($0) }))])])
        }
        let found = try trail.reader.verify()
        #expect(found.entries == 5 && found.broken == nil)
    }

    @Test func recordsAreFilteredAndLimited() throws {
        let trail = try TemporaryTrail()
        try trail.log.append(
            (0..<300).map { AuditLog.Entry($0 % 3 == 0 ? "secrets.read" : "run.host", [("n", .int($0))]) })
        func numbers(_ event: String?, _ limit: Int?) throws -> [Int] {
            try trail.reader.records(event: event, limit: limit, secrets: SecretSet()).compactMap {
                $0.fields["n"]?.int
            }
        }
        #expect(try numbers("secrets", 2) == [294, 297])
        #expect(try numbers("secrets.read", nil).count == 100)
        #expect(try numbers("secret", nil) == [])
        #expect(try numbers(nil, 3) == [297, 298, 299])
        #expect(try numbers(nil, nil).count == 300)
    }

    @Test func whatCannotBeWrittenSaysWhatToDo() throws {
        let trail = try TemporaryTrail()
        try FileManager.default.createDirectory(atPath: trail.path, withIntermediateDirectories: true)
        #expect(throws: AuditFailure.self) { try trail.log.append([AuditLog.Entry("a")]) }
        let belowAFile = AuditLog(path: "/etc/passwd/security.log")
        let failure = #expect(throws: AuditFailure.self) { try belowAFile.append([AuditLog.Entry("a")]) }
        #expect(
            failure?.description
                == "/etc/passwd/security.log: the audit trail cannot be opened: Not a directory; name another file in COMFYVN_SECURITY_LOG_FILE if this one cannot be repaired"
        )
        #expect(throws: AuditFailure.self) { try AuditLog(path: "/dev/null").append([AuditLog.Entry("a")]) }
        #expect(throws: AuditFailure.self) { try AuditReader(path: trail.folder + "/none").verify() }
    }
}
