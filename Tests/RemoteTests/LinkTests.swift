import Credentials
import Foundation
import Glibc
import SSH
import TestSupport
import Testing

@testable import Remote

/// A real sshd at the other end, by both ways to it.
enum Link: String, CaseIterable {
    case libssh2, openssh

    func connect(_ fleet: LoopbackFleet, _ address: String = "127.0.1.1") async throws -> any Transport {
        var settings = OpenSSHTransportTests.settings(fleet)
        settings.address = address
        switch self {
        case .openssh: return try OpenSSHTransport(settings)
        case .libssh2:
            return try await SSHTransport.connect(
                settings, shared: .init(hostKeys: try HostKeyStore(files: [fleet.knownHosts])))
        }
    }
}

@Suite struct LinkTests {
    @Test(arguments: Link.allCases, shells) func `calls of all kinds`(link: Link, shell: String) async throws {
        try await LoopbackFleet.with { fleet in
            let transport = try await link.connect(fleet)
            try await HostSession.with(shell, options: EndingTests.options, on: transport) { session in
                let result = try await session.run("cat; echo err >&2; exit 3", stdin: "in\0")
                #expect(result.text == "in\0" && result.errorText == "err\n" && result.status == 3)

                var call = Call("wc -c; printenv A", stdin: [UInt8](repeating: 0, count: 20_000_000))
                call.environment = [("A", "it's")]
                for ownGroup in [false, true] {
                    call.ownProcessGroup = ownGroup
                    try await #expect(
                        session.call(call).text.split(whereSeparator: \.isWhitespace) == ["20000000", "it's"])
                }

                let counter = Counter()
                var flood = Call("dd if=/dev/zero bs=65536 count=800 2>/dev/null; echo end")
                flood.outputLimit = 1000
                try await #expect(session.call(flood) { await counter.add($0) }.text.hasSuffix("\0end\n"))
                #expect(await counter.bytes[.stdout] == 800 * 65536 + 4)

                let ended = try await session.timeOut(Call("trap '' TERM; sleep 1000 & echo $!; sleep 1000")) {
                    !$0.text.isEmpty
                }
                #expect(ended.timedOut)
                if let pid = Int32(ended.text.dropLast()) {
                    #expect(!isAlive(pid))
                } else {
                    Issue.record("no pid: \(ended.text)")
                }
                try await #expect(session.run("echo alive").text == "alive\n")
            }
            await transport.close()
        }
    }

    @Test(arguments: Link.allCases) func `files`(link: Link) async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let content = FileTransferTests.content(5_000_001)
        try content.write(to: URL(fileURLWithPath: folder + "/local"))
        try await LoopbackFleet.with { fleet in
            let transport = try await link.connect(fleet)
            try await HostSession.with("sh", on: transport) { session in
                try await session.upload(folder + "/local", to: folder + "/remote")
                try await session.download(folder + "/remote", to: folder + "/back")
                #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/back")) == content)
            }
            await transport.close()
        }
    }

    @Test(arguments: Link.allCases) func `many hosts at once`(link: Link) async throws {
        let hosts = link == .libssh2 ? 100 : 20
        try await LoopbackFleet.with { fleet in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for address in LoopbackFleet.addresses(hosts) {
                    group.addTask {
                        let host = HostConnection(transport: try await link.connect(fleet, address))
                        let shell = try await host.shell()
                        for number in 0..<20 {
                            try await #expect(
                                shell.run("echo \(number); cat", stdin: address).text == "\(number)\n\(address)")
                        }
                        await host.close()
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
