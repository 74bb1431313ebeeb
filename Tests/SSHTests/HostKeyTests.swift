import Foundation
import SSH
import TestSupport
import Testing

/// Host keys of a real server.
@Suite(.timeLimit(.minutes(2))) struct HostKeyTests {
    private func connect(
        _ fleet: LoopbackFleet, _ hostKeys: HostKeyStore, address: String = "127.0.1.1"
    ) async -> SSHError? {
        await sshError {
            let connection = try await SSHConnection.connect(to: try await fleet.target(address), hostKeys: hostKeys)
            await connection.close()
        }
    }
    private func write(_ text: String, _ fleet: LoopbackFleet, _ name: String) throws -> String {
        let path = "\(fleet.folder)/\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test func unknownChangedAndRevokedKeysAreRefused() async throws {
        try await LoopbackFleet.with { fleet in
            let unknown = await connect(fleet, HostKeyStore(KnownHosts()))
            #expect(unknown?.code == .hostKeyUnknown)
            #expect(unknown?.message.contains("SHA256:") == true)
            #expect(unknown?.remedy?.contains("--accept-new-host-keys") == true)

            let fingerprint = try await offPool { try run("/usr/bin/ssh-keygen", "-lf", fleet.identity + ".pub") }
                .stdout.split(separator: " ")[1]
            let foreign = try String(contentsOfFile: fleet.identity + ".pub", encoding: .utf8).split(separator: " ")
                .prefix(2).joined(separator: " ")
            let changed = try write("# first\n[127.0.1.1]:\(fleet.port) \(foreign)\n", fleet, "changed")
            let error = await connect(fleet, try HostKeyStore(files: [changed]))
            #expect(error?.code == .hostKeyChanged)
            #expect(error?.message.contains("CHANGED") == true)
            #expect(error?.message.contains(changed + ":2") == true)
            #expect(error?.message.contains(fingerprint) == true)
            #expect(error?.message.components(separatedBy: "SHA256:").count == 3)

            let revoked = try write("@revoked * \(try fleet.hostKey())\n", fleet, "revoked")
            let refusal = await connect(fleet, try HostKeyStore(files: [fleet.knownHosts, revoked]))
            #expect(refusal?.code == .hostKeyRevoked)
            #expect(refusal?.message.contains(revoked + ":1") == true)
        }
    }

    /// Only the ECDSA key is known; the server would rather show its ed25519 key.
    @Test func theServerIsAskedForTheKeyThatIsKnown() async throws {
        try await LoopbackFleet.with { fleet in
            let known = try write("[127.0.1.1]:\(fleet.port) \(try fleet.hostKey("ecdsa"))\n", fleet, "ecdsa-only")
            #expect(await connect(fleet, try HostKeyStore(files: [known])) == nil)
        }
    }

    @Test func newKeysAreKeptOnceWhenThatIsAskedFor() async throws {
        try await LoopbackFleet.with { fleet in
            // In a folder that is not there yet.
            let file = fleet.folder + "/config/accepted"
            let store = try HostKeyStore(files: [file], acceptNewInto: file)
            let errors = await withTaskGroup(of: SSHError?.self) { group in
                for address in LoopbackFleet.addresses(10) + LoopbackFleet.addresses(10) {
                    group.addTask { await connect(fleet, store, address: address) }
                }
                return await group.reduce(into: [SSHError]()) { if let error = $1 { $0.append(error) } }
            }
            #expect(errors.isEmpty)
            let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
            #expect(lines.count == 10)
            #expect(lines.allSatisfy { $0.hasPrefix("[127.0.1.") && $0.contains(" ssh-ed25519 ") })
            #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
            #expect(
                try FileManager.default.attributesOfItem(atPath: fleet.folder + "/config")[.posixPermissions] as? Int
                    == 0o700)
            // From now on it is known, and strictly checked.
            #expect(await connect(fleet, try HostKeyStore(files: [file])) == nil)
            #expect(
                await connect(fleet, try HostKeyStore(files: [file]), address: "127.0.9.9")?.code == .hostKeyUnknown)
        }
    }

    @Test func aChangedKeyIsNeverAccepted() async throws {
        try await LoopbackFleet.with { fleet in
            let foreign = try String(contentsOfFile: fleet.identity + ".pub", encoding: .utf8).split(separator: " ")
                .prefix(2).joined(separator: " ")
            let file = try write("[127.0.1.1]:\(fleet.port) \(foreign)", fleet, "changed")
            let before = try Data(contentsOf: URL(fileURLWithPath: file))
            #expect(await connect(fleet, try HostKeyStore(files: [file], acceptNewInto: file))?.code == .hostKeyChanged)
            #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == before)
            // A line without an end is not run into.
            #expect(
                await connect(fleet, try HostKeyStore(files: [file], acceptNewInto: file), address: "127.0.1.2") == nil)
            #expect(try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").count == 2)
        }
    }
}
