import Foundation
import Redaction
import TestSupport
import Testing

@testable import SSH

@Suite struct IdentityTests {
    /// `ssh-keygen`'s arguments for a kind of file, and the type of the key in it.
    struct Kind: Sendable, CustomTestStringConvertible {
        let type: String, arguments: [String], passphrase: String
        var testDescription: String {
            ([type] + arguments + (passphrase.isEmpty ? [] : ["encrypted"])).joined(separator: " ")
        }
    }
    static let kinds: [Kind] = [
        ("ssh-ed25519", ["-t", "ed25519"]), ("ecdsa-sha2-nistp256", ["-t", "ecdsa", "-b", "256"]),
        ("ecdsa-sha2-nistp384", ["-t", "ecdsa", "-b", "384"]),
        ("ecdsa-sha2-nistp521", ["-t", "ecdsa", "-b", "521"]), ("ssh-rsa", ["-t", "rsa", "-b", "2048"]),
    ].flatMap { type, arguments in
        ["", "correct horse"].flatMap { passphrase in
            [[], ["-m", "PKCS8"], ["-m", "PEM"]].filter { type != "ssh-ed25519" || $0.isEmpty }.map { format in
                Kind(
                    type: type,
                    arguments: arguments + format + (format.isEmpty && !passphrase.isEmpty ? ["-a", "2"] : []),
                    passphrase: passphrase)
            }
        }
    }

    private func withKey<Result>(_ kind: Kind, _ body: (String) async throws -> Result) async throws -> Result {
        let folder = try temporaryFolder("key")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let made = try await offPool {
            try outcome(
                of: "/usr/bin/ssh-keygen", ["-q", "-N", kind.passphrase, "-f", folder + "/key"] + kind.arguments)
        }
        try #require(made.status == 0, "\(made.stderr)")
        return try await body(folder + "/key")
    }

    @Test(arguments: kinds) func everyKindOfFileIsRead(_ kind: Kind) async throws {
        try await withKey(kind) { path in
            let passphrase = kind.passphrase.isEmpty ? nil : Secret(kind.passphrase)
            let key = try IdentityFile.load(path, passphrase: passphrase)
            #expect(key.type == kind.type)
            let publicText = try String(contentsOfFile: path + ".pub", encoding: .utf8).split(separator: " ")[1]
            #expect(Crypto.base64(key.publicBlob) == publicText)

            let description = try IdentityFile.inspect(path).get()
            #expect(description.isEncrypted == !kind.passphrase.isEmpty)
            #expect(description.openMode == nil)
            if let type = description.type { #expect(type == kind.type) }

            if passphrase != nil {
                #expect(throws: IdentityFile.Failure.encrypted) { _ = try IdentityFile.load(path, passphrase: nil) }
                #expect(throws: IdentityFile.Failure.wrongPassphrase) {
                    _ = try IdentityFile.load(path, passphrase: Secret("battery"))
                }
            }
        }
    }

    @Test func modesAreSeen() async throws {
        try await withKey(Self.kinds[0]) { path in
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            #expect(
                try IdentityFile.inspect(path).get()
                    == .init(type: "ssh-ed25519", isEncrypted: false, openMode: 0o644, isUsable: true))
        }
        #expect(throws: IdentityFile.Failure.missing) { try IdentityFile.inspect("/nowhere/at/all").get() }
        #expect(throws: IdentityFile.Failure.damaged) { try IdentityFile.inspect("/etc/passwd").get() }
    }

    /// A file cut short or with a changed byte is an error or a key, never a crash.
    @Test(arguments: [kinds[0], kinds[1], kinds[2]]) func damagedFilesAreErrors(_ kind: Kind) async throws {
        try await withKey(kind) { path in
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
            for count in stride(from: 0, to: bytes.count - 40, by: 7) {
                #expect(throws: IdentityFile.Failure.self) {
                    try IdentityFile.parse(Array(bytes[..<count]), passphrase: Secret("x"))
                }
            }
            var generator = SystemRandomNumberGenerator()
            for _ in 0..<200 {
                var changed = bytes
                changed[Int.random(in: 40..<bytes.count - 40, using: &generator)] = UInt8.random(
                    in: 33...126, using: &generator)
                _ = try? IdentityFile.parse(changed, passphrase: nil)
            }
        }
    }

    @Test func keysThatCanNotBeUsedSayWhy() throws {
        var blob = WireWriter()
        blob.text("sk-ssh-ed25519@openssh.com")
        blob.string([UInt8](repeating: 1, count: 32))
        var secret = WireWriter()
        for _ in 0..<2 { secret.uint32(7) }
        secret.text("sk-ssh-ed25519@openssh.com")
        var file = WireWriter()
        for text in ["none", "none", ""] { file.text(text) }
        file.uint32(1)
        file.string(blob.bytes)
        file.string(secret.bytes)
        let armored =
            "-----BEGIN OPENSSH PRIVATE KEY-----\n\(Crypto.base64(OpenSSHKeyFormat.header + file.bytes))\n-----END OPENSSH PRIVATE KEY-----\n"
        #expect(throws: IdentityFile.Failure.unsupported("sk-ssh-ed25519@openssh.com")) {
            try IdentityFile.parse(Array(armored.utf8), passphrase: nil)
        }
    }

    @Test func oneFileIsReadOnceForManyHosts() async throws {
        try await withKey(Self.kinds[1]) { path in
            let cache = IdentityCache()
            let keys = try await withThrowingTaskGroup(of: PrivateKey.self) { group in
                for _ in 0..<50 { group.addTask { try await cache.key(at: path, passphrase: Secret("correct horse")) } }
                return try await group.reduce(into: [PrivateKey]()) { $0.append($1) }
            }
            #expect(Set(keys.map(ObjectIdentifier.init)).count == 1)
            let error = await sshError { _ = try await cache.key(at: path, passphrase: Secret("battery")) }
            #expect(error?.code == .keyFile)
            #expect(error?.description.contains("battery") == false)
            #expect(error?.description.contains(path) == false)
        }
    }

    /// The vector that bcrypt_pbkdf implementations share (4 rounds), and pi's first digits.
    @Test func bcryptDerivesWhatOthersDo() {
        let key = BcryptPBKDF.derive(passphrase: Array("password".utf8), salt: Array("salt".utf8), rounds: 4, count: 32)
        #expect(
            key.map { String(format: "%02x", $0) }.joined()
                == "5bbf0cc293587f1c3635555c27796598d47e579071bf427e9d8fbe842aba34d9")
        #expect(PiDigits.words.count == 1042)
        #expect(PiDigits.words[0] == 0x243f_6a88)
        #expect(PiDigits.words[1041] == 0x3ac3_72e6)
    }
}
