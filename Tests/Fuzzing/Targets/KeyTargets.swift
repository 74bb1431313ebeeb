import Foundation
import Redaction

@testable import SSH

extension FuzzTarget {
    static let keys: [FuzzTarget] = [
        FuzzTarget(
            "known-hosts",
            samples: [
                "host,10.0.0.1 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n",
                "|1|AAAAAAAAAAAAAAAAAAAAAAAAAAA=|AAAAAAAAAAAAAAAAAAAAAAAAAAA= ssh-rsa AAAAB3NzaC1yc2E=\n",
                "@cert-authority *.x ssh-ed25519 AAAA\n@revoked * ssh-rsa AAAA\n",
                "[h]:2222,!a*,b? ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==\n", "# comment\n",
            ],
            words: [
                "|1|", "|", "@revoked ", "@cert-authority ", "*", "?", "!", ",", "[", "]:22 ", "ssh-rsa ", "AAAA", "=",
                "\n", " ",
            ]
        ) { bytes in
            var hosts = KnownHosts()
            hosts.add(bytes, file: "known_hosts")
            guard
                let key = HostKey(
                    blob: Array("\0\0\0\u{b}ssh-ed25519\0\0\0\u{20}".utf8) + [UInt8](repeating: 7, count: 32))
            else { return }
            for host in ["host", "10.0.0.1", "h", "::1"] { _ = hosts.verdict(host: host, port: 2222, key: key) }
            _ = HostKey(blob: bytes)?.fingerprint
        },
        FuzzTarget(
            "key-file", bytes: keyFiles,
            words: [
                "-----BEGIN OPENSSH PRIVATE KEY-----\n", "-----BEGIN RSA PRIVATE KEY-----\n",
                "Proc-Type: 4,ENCRYPTED\n", "DEK-Info: AES-128-CBC,", "\n-----END ", "b3BlbnNzaC1rZXktdjEA", "AAAA",
                "/////", "=",
            ]
        ) { bytes in
            _ = try? IdentityFile.parse(bytes, passphrase: nil)
            // Deriving a key takes a tenth of a second, so most inputs go without.
            if bytes.count.isMultiple(of: 16) { _ = try? IdentityFile.parse(bytes, passphrase: Secret("passphrase")) }
            // The format within, without its armour: the base64 of what was changed is rarely right.
            for text in [
                bytes, Array(Data(base64Encoded: body(of: bytes), options: .ignoreUnknownCharacters) ?? Data()),
            ] {
                guard let format = OpenSSHKeyFormat(text) else { continue }
                if !format.isEncrypted { _ = try? format.privateKey(passphrase: []) }
            }
        },
    ]

    private static func body(of bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("-----") }.joined()
    }

    /// Made anew by ssh-keygen where it is at hand: keys of no use to anybody.
    private static let keyFiles: [[UInt8]] = {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "fuzz-keys-\(ProcessInfo.processInfo.processIdentifier)")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var files: [[UInt8]] = []
        for (index, options) in [
            ["-t", "ed25519"], ["-t", "ecdsa"], ["-t", "rsa", "-b", "1024"], ["-t", "rsa", "-b", "1024", "-m", "PEM"],
            ["-t", "ecdsa", "-m", "PKCS8"],
        ].enumerated() {
            for passphrase in ["", "passphrase"] {
                let path = folder.appendingPathComponent("\(index)\(passphrase)").path
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "/usr/bin/ssh-keygen")
                process.arguments = ["-q", "-a", "1", "-N", passphrase, "-f", path] + options
                process.standardError = FileHandle.nullDevice
                guard (try? process.run()) != nil else { continue }
                process.waitUntilExit()
                guard let file = FileManager.default.contents(atPath: path) else { continue }
                files.append(Array(file))
                if let inner = Data(base64Encoded: body(of: Array(file)), options: .ignoreUnknownCharacters) {
                    files.append(Array(inner))
                }
            }
        }
        return files
    }()
}
