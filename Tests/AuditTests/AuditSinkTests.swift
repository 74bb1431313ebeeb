import Foundation
import Glibc
import Redaction
import Synchronization
import TestSupport
import Testing
import YAML

@testable import Audit

/// A datagram socket that a log daemon would have.
private final class Receiver: Sendable {
    let path: String
    private let descriptor: Int32

    init(in folder: String, kind: __socket_type = SOCK_DGRAM) throws {
        path = folder + "/log.socket"
        descriptor = socket(AF_UNIX, Int32(kind.rawValue), 0)
        var address = sockaddr_un()
        var time = timeval(tv_sec: 10, tv_usec: 0)
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
        if kind == SOCK_STREAM { try #require(listen(descriptor, 1) == 0) }
    }
    deinit { close(descriptor) }

    func next() -> String {
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    /// What was handed over as a file.
    func nextFile() -> String {
        var control = [UInt8](repeating: 0, count: 64)
        var byte: UInt8 = 0
        return control.withUnsafeMutableBytes { control in
            withUnsafeMutablePointer(to: &byte) { byte in
                var part = iovec(iov_base: byte, iov_len: 1)
                return withUnsafeMutablePointer(to: &part) { part in
                    var header = msghdr()
                    header.msg_iov = part
                    header.msg_iovlen = 1
                    header.msg_control = control.baseAddress
                    header.msg_controllen = control.count
                    guard recvmsg(descriptor, &header, 0) >= 0, header.msg_controllen >= 20 else { return "no file" }
                    let file = control.load(fromByteOffset: 16, as: Int32.self)
                    defer { close(file) }
                    let size = Int(lseek(file, 0, SEEK_END))
                    var bytes = [UInt8](repeating: 0, count: size)
                    return pread(file, &bytes, size, 0) == size ? String(decoding: bytes, as: UTF8.self) : ""
                }
            }
        }
    }

    func acceptAndRead() -> String {
        let connection = accept(descriptor, nil, nil)
        defer { close(connection) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(connection, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}

@Suite(.timeLimit(.minutes(2))) struct AuditSinkTests {
    private let warnings = Warnings()
    private final class Warnings: Sendable {
        let said = Mutex([String]())
        func add(_ text: RedactedText) { said.withLock { $0.append(text.description) } }
    }

    private func log(
        _ trail: TemporaryTrail, _ kind: AuditSink.Kind, required: Bool = false, timeLimit: Duration = .seconds(10)
    ) -> AuditLog {
        var sink = AuditSink(name: "ops", kind: kind)
        (sink.isRequired, sink.timeLimit) = (required, timeLimit)
        return AuditLog(path: trail.path, sinks: AuditSinks([sink], secrets: SecretSet(), warn: warnings.add))
    }

    @Test func `the journal gets the trail's lines, by its own protocol`() throws {
        let trail = try TemporaryTrail()
        let receiver = try Receiver(in: trail.folder)
        try log(trail, .journald(socket: receiver.path), required: true).append([
            AuditLog.Entry("run.started", [("hosts", .int(3))]), AuditLog.Entry("run.finished"),
        ])
        let lines = try trail.lines()
        for (line, event) in zip(lines, ["run.started", "run.finished"]) {
            let fields = receiver.next().split(separator: "\n").map(String.init)
            #expect(
                fields == [
                    "MESSAGE=\(line)", "PRIORITY=5", "SYSLOG_FACILITY=10", "SYSLOG_IDENTIFIER=comfyfleet",
                    "COMFYFLEET_EVENT=\(event)",
                ])
        }
        // Too long for a datagram: handed over as a file.
        try log(trail, .journald(socket: receiver.path), required: true).append([
            AuditLog.Entry("long", [("hosts", .list((0..<400_000).map { .int($0) }))])
        ])
        #expect(receiver.nextFile().hasPrefix("MESSAGE=\(try trail.lines()[2])\n"))
    }

    @Test func `the system's log gets them with a priority and a time, over datagrams or a stream`() throws {
        let trail = try TemporaryTrail()
        let receiver = try Receiver(in: trail.folder)
        try log(trail, .syslog(socket: receiver.path), required: true).append([AuditLog.Entry("run.started")])
        let message = receiver.next()
        let line = try trail.lines()[0]
        #expect(
            message.wholeMatch(
                of: try Regex(#"<85>[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} comfyfleet\[\#(getpid())\]: .*"#)) != nil
                && message.hasSuffix(line), "\(message)")
        let other = try TemporaryTrail()
        let stream = try Receiver(in: other.folder, kind: SOCK_STREAM)
        try log(other, .syslog(socket: stream.path), required: true).append([AuditLog.Entry("run.started")])
        #expect(stream.acceptAndRead().hasSuffix(try other.lines()[0] + "\n"))
    }

    @Test func `a second file is a copy, for this user alone`() throws {
        let trail = try TemporaryTrail()
        let copy = trail.folder + "/copy/audit.log"
        let log = log(trail, .file(copy), required: true)
        for event in ["one", "two"] as [RedactedText] { try log.append([AuditLog.Entry(event)]) }
        #expect(try String(contentsOfFile: copy, encoding: .utf8) == String(decoding: trail.bytes(), as: UTF8.self))
        #expect(try AuditReader(path: copy).verify().entries == 2)
        #expect(try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int == 0o600)
    }

    @Test func `a command gets them on standard input`() throws {
        let trail = try TemporaryTrail()
        try log(trail, .command(["/bin/sh", "-c", "cat >> \(trail.folder)/shipped"]), required: true).append([
            AuditLog.Entry("one"), AuditLog.Entry("two"),
        ])
        #expect(
            try String(contentsOfFile: trail.folder + "/shipped", encoding: .utf8)
                == String(decoding: trail.bytes(), as: UTF8.self))
    }

    /// Sinks that cannot take an entry, and a word of the reason.
    private static let broken: [(kind: AuditSink.Kind, said: String)] = [
        (.journald(socket: "/nonexistent/socket"), "No such file"), (.syslog(socket: "/etc/passwd"), "refused"),
        (.file("/dev/full"), "audit trail cannot be kept here"), (.file("/proc/none/audit.log"), "cannot be"),
        (.command(["/bin/sh", "-c", "exit 3"]), "ended with 3"), (.command(["/nonexistent/ship"]), "cannot be started"),
        (.command(["sleep", "600"]), "longer than"),
    ]

    @Test(arguments: broken.indices) func `one that must not fail stops what the entry is needed for`(index: Int) throws
    {
        let (kind, said) = Self.broken[index]
        let trail = try TemporaryTrail()
        let log = log(trail, kind, required: true, timeLimit: .seconds(1))
        for _ in 0..<2 {
            let failure = #expect(throws: AuditFailure.self) { try log.append([AuditLog.Entry("one")]) }
            #expect(
                failure?.description.contains("audit sink 'ops'") == true && failure?.problem.contains(said) == true,
                "\(failure.map(\.description) ?? "")")
        }
        #expect(warnings.said.withLock { $0.isEmpty })
    }

    @Test(arguments: broken.indices) func `one that may fail is reported once, and the trail has every entry`(
        index: Int
    ) throws {
        let (kind, said) = Self.broken[index]
        let trail = try TemporaryTrail()
        let log = log(trail, kind, timeLimit: .seconds(1))
        for _ in 0..<3 { try log.append([AuditLog.Entry("one")]) }
        let told = warnings.said.withLock { $0 }
        #expect(told.count == 1 && told.first?.contains(said) == true, "\(told)")
        #expect(try trail.lines().count == 3 && trail.reader.verify().broken == nil)
    }

    /// What a sink's command writes down, once it is let go on.
    private func slowSink(_ trail: TemporaryTrail) -> AuditSink.Kind {
        .command([
            "/bin/sh", "-c",
            "touch \(trail.folder)/begun; while [ ! -e \(trail.folder)/go ]; do sleep 0.02; done; cat >> \(trail.folder)/shipped",
        ])
    }

    private func wait(for path: String) async throws {
        for _ in 0..<1200 where !FileManager.default.fileExists(atPath: path) {
            try await Task.sleep(for: .milliseconds(25))
        }
        try #require(FileManager.default.fileExists(atPath: path))
    }

    @Test func `a slow sink keeps nobody from writing entries, and a task that is cancelled waits for it`() async throws
    {
        let trail = try TemporaryTrail()
        let slow = log(trail, slowSink(trail), required: true, timeLimit: .seconds(60))
        let delivering = Task { try await slow.appendOffPool([AuditLog.Entry("one")]) }
        try await wait(for: trail.folder + "/begun")
        delivering.cancel()
        let others = trail.log
        try await offPool { try others.append([AuditLog.Entry("two")]) }
        #expect(try trail.lines().count == 2 && !FileManager.default.fileExists(atPath: trail.folder + "/shipped"))
        #expect(FileManager.default.createFile(atPath: trail.folder + "/go", contents: nil))
        try await delivering.value
        #expect(try String(contentsOfFile: trail.folder + "/shipped", encoding: .utf8) == trail.lines()[0] + "\n")
    }

    @Test func `several who write at once pass their entries on in the order of the trail`() async throws {
        let trail = try TemporaryTrail()
        let path = trail.path
        let kind = AuditSink.Kind.command(["/bin/sh", "-c", "sleep 0.0$(($$ % 5)); cat >> \(trail.folder)/shipped"])
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Each has the trail's file open for itself, as another process has.
            for writer in 0..<4 {
                let log = log(trail, kind, required: true)
                group.addTask {
                    try await offPool {
                        for number in 0..<4 {
                            try log.append([
                                AuditLog.Entry("entry", [("writer", .int(writer)), ("number", .int(number))])
                            ])
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(
            try String(contentsOfFile: trail.folder + "/shipped", encoding: .utf8)
                == String(contentsOfFile: path, encoding: .utf8))
    }

    @Test func `who does not finish passing entries on is waited for so long, and no longer`() throws {
        let trail = try TemporaryTrail()
        #expect(FileManager.default.createFile(atPath: trail.folder + "/queue", contents: nil))
        func place(_ bytes: Range<Int>) -> DeliveryTurn {
            let file = open(trail.folder + "/queue", O_RDWR)
            defer { close(file) }
            return DeliveryTurn(file, bytes)
        }
        var first: DeliveryTurn? = place(0..<4)
        let second = place(4..<6)
        let third = place(6..<10)
        #expect(first?.wait(atMost: .zero) == true)
        #expect(!second.wait(atMost: .milliseconds(20)) && !third.wait(atMost: .milliseconds(20)))
        withExtendedLifetime(first) {}
        first = nil
        defer { withExtendedLifetime(second) {} }
        #expect(second.wait(atMost: .milliseconds(20)) && !third.wait(atMost: .milliseconds(20)))
    }

    @Test func `the settings are read, and every mistake in them is reported with its place`() throws {
        let text = """
            sinks:
              log: {syslog: yes, required: yes}
              journal: {journald: /run/other.socket}
              copy: {file: /mnt/archive/audit.log, timeout: 30}
              ship: {command: [/usr/local/bin/ship, --fast]}
            """
        let sinks = try AuditSinkFile.parse(Array(text.utf8), path: "config/audit.yml").sinks
        #expect(
            sinks.map(\.name) == ["log", "journal", "copy", "ship"]
                && sinks.map(\.isRequired) == [true, false, false, false])
        #expect(
            sinks.map(\.kind) == [
                .syslog(socket: "/dev/log"), .journald(socket: "/run/other.socket"), .file("/mnt/archive/audit.log"),
                .command(["/usr/local/bin/ship", "--fast"]),
            ])
        #expect(sinks[2].timeLimit == .seconds(30))
        let wrong = "sinks:\n  a: {sylog: yes}\n  b: {file: x, syslog: yes}\n  c: {file: x, timeout: 0}\nmore: 1\n"
        let problems = try #require(
            #expect(throws: Diagnostics.self) { try AuditSinkFile.parse(Array(wrong.utf8), path: "config/audit.yml") }
        ).all.map(\.description)
        for said in [
            "config/audit.yml:2:7: unknown key 'sylog'", "config/audit.yml:3:3: audit sink 'b' needs one of",
            "config/audit.yml:4:", "config/audit.yml:5:1: unknown key 'more'",
        ] {
            #expect(problems.contains { $0.hasPrefix(said) }, "\(said) in \(problems)")
        }
        #expect(try AuditSinkFile.load("/nonexistent/audit.yml").sinks.isEmpty)
    }

    @Test func `the trail's file may be named with the home folder`() {
        #expect(
            AuditLog.path(in: ["COMFYVN_SECURITY_LOG_FILE": "~/audit.log", "HOME": "/home/ops"])
                == "/home/ops/audit.log")
        #expect(AuditLog.path(in: ["COMFYVN_SECURITY_LOG_FILE": "/var/log/~", "HOME": "/home/ops"]) == "/var/log/~")
    }
}
