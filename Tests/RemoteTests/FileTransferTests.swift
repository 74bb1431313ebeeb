import Foundation
import Glibc
import TestSupport
import Testing

@testable import Remote

@Suite struct FileTransferTests {
    static func content(_ size: Int) -> Data {
        Data((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 11) })
    }

    @Test(arguments: shells, [0, 1, 524_288, 3_000_001]) func `both ways`(shell: String, size: Int) async throws {
        let folder = try temporaryFolder("it's a")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let content = Self.content(size)
        try content.write(to: URL(fileURLWithPath: folder + "/local"))
        try await HostSession.with(shell) { session in
            // Nothing there; a part; the same; something longer; something else of the same size.
            for earlier in [
                nil, content.prefix(size / 3), content, content + Data("more".utf8), Data(repeating: 1, count: size),
            ] {
                for path in ["remote", "back"] {
                    try? FileManager.default.removeItem(atPath: "\(folder)/\(path)")
                    try earlier?.write(to: URL(fileURLWithPath: "\(folder)/\(path)"))
                }
                try await session.upload(folder + "/local", to: folder + "/remote")
                #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/remote")) == content)
                try await session.download(folder + "/remote", to: folder + "/back")
                #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/back")) == content)
            }
        }
    }

    @Test func `a new file is private`() async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Self.content(10).write(to: URL(fileURLWithPath: folder + "/local"))
        try await HostSession.with("sh") { session in
            try await session.upload(folder + "/local", to: folder + "/remote")
            try await session.download(folder + "/remote", to: folder + "/back")
            for name in ["remote", "back"] {
                var status = stat()
                #expect(stat("\(folder)/\(name)", &status) == 0)
                #expect(status.st_mode & 0o777 == 0o600)
            }
        }
    }

    @Test func `what can't be copied is told`() async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await HostSession.with("sh") { session in
            await #expect(throws: InvalidCall.self) { try await session.upload(folder + "/missing", to: folder + "/x") }
            await #expect(throws: TransferFailure.self) {
                try await session.upload("/etc/passwd", to: folder + "/no/such/folder")
            }
            await #expect(throws: TransferFailure.self) {
                try await session.download(folder + "/missing", to: folder + "/x")
            }
            await #expect(throws: TransferFailure.self) {
                try await session.download("/etc/passwd", to: folder + "/no/such/folder")
            }
            await #expect(throws: TransferFailure.self) { try await session.download("/etc/passwd", to: "/dev/full") }
            try await #expect(session.run("echo alive").text == "alive\n")
        }
    }
}
