import Foundation
import TestSupport
import Testing

@testable import SSH

@Suite struct KnownHostsTests {
    static let ed = key("ssh-ed25519", 1), otherEd = key("ssh-ed25519", 2), ecdsa = key("ecdsa-sha2-nistp256", 3),
        rsa = key("ssh-rsa", 4)

    static func key(_ type: String, _ number: UInt8) -> HostKey {
        var blob = WireWriter()
        blob.text(type)
        blob.string([UInt8](repeating: number, count: 32))
        return HostKey(blob: blob.bytes)!
    }
    static func line(_ hosts: String, _ key: HostKey) -> String {
        "\(hosts) \(key.type) \(key.base64) comment with spaces\n"
    }
    func known(_ text: String) -> KnownHosts {
        var known = KnownHosts()
        known.add(Array(text.utf8), file: "known")
        return known
    }
    func place(_ line: Int) -> KnownHosts.Place { KnownHosts.Place(file: "known", line: line) }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String, text: String, host: String, port: Int
        let expected: KnownHosts.Verdict
        var testDescription: String { name }
        init(_ name: String, _ text: String, _ host: String, _ port: Int, _ expected: KnownHosts.Verdict) {
            (self.name, self.text, self.host, self.port, self.expected) = (name, text, host, port, expected)
        }
        init(_ name: String, _ text: String, _ host: String, _ expected: KnownHosts.Verdict) {
            self.init(name, text, host, 22, expected)
        }
    }
    static func at(_ line: Int) -> KnownHosts.Place { KnownHosts.Place(file: "known", line: line) }
    static let nothing = KnownHosts.Verdict.unknown(otherTypes: [], authorities: [])

    @Test(arguments: [
        Case("plain", line("a", ed), "a", .trusted(at(1))),
        Case("comments and blank lines count as lines", "# a\n\n" + line("a", ed), "a", .trusted(at(3))),
        Case("carriage returns", line("a", ed).replacingOccurrences(of: "\n", with: "\r\n"), "a", .trusted(at(1))),
        Case(
            "leading blanks and tabs", "  \t" + line("a", ed).replacingOccurrences(of: " ", with: "\t"), "a",
            .trusted(at(1))),
        Case("case of names does not matter", line("Host.Example", ed), "hOST.example", .trusted(at(1))),
        Case("several names", line("b,a,10.0.0.1", ed), "10.0.0.1", .trusted(at(1))),
        Case("not a prefix", line("ab", ed), "a", nothing),
        Case("star", line("*.lab", ed), "gpu.lab", .trusted(at(1))),
        Case("star does not match the bare domain", line("*.lab", ed), "lab", nothing),
        Case("question mark", line("gpu-0?", ed), "gpu-07", .trusted(at(1))),
        Case("question mark is exactly one", line("gpu-0?", ed), "gpu-0", nothing),
        Case("negation", line("*.lab,!bad.lab", ed), "bad.lab", nothing),
        Case("negation spares others", line("*.lab,!bad.lab", ed), "good.lab", .trusted(at(1))),
        Case("negation alone matches nothing", line("!bad.lab", ed), "good.lab", nothing),
        Case("port", line("[a]:2222", ed), "a", 2222, .trusted(at(1))),
        Case("another port is unknown", line("[a]:2222", ed), "a", 22, nothing),
        Case("the bare name's very key on another port", line("a", ed), "a", 2222, .trusted(at(1))),
        Case(
            "another key than the bare name's on another port is unknown, not changed", line("a", otherEd), "a", 2222,
            nothing),
        Case(
            "an entry for the port goes before the bare name", line("a", ed) + line("[a]:2222", otherEd), "a", 2222,
            .changed(known: [at(2)], fingerprints: [otherEd.fingerprint])),
        Case("wildcard with port", line("[127.*]:2222", ed), "127.0.3.4", 2222, .trusted(at(1))),
        Case("IPv6 with port", line("[2001:db8::1]:2222", ed), "2001:db8::1", 2222, .trusted(at(1))),
        Case("changed", line("a", otherEd), "a", .changed(known: [at(1)], fingerprints: [otherEd.fingerprint])),
        Case("any of several keys", line("a", otherEd) + line("a", ed), "a", .trusted(at(2))),
        Case(
            "changed names every entry of the type", line("a", otherEd) + line("a", ecdsa) + line("*", otherEd), "a",
            .changed(known: [at(1), at(3)], fingerprints: [otherEd.fingerprint, otherEd.fingerprint])),
        Case(
            "another type is unknown, and says so", line("a", ecdsa) + line("a", rsa), "a",
            .unknown(otherTypes: [at(1), at(2)], authorities: [])),
        Case("revoked", "@revoked " + line("*", ed), "a", .revoked(at(1))),
        Case("revoked goes before trusted", line("a", ed) + "@revoked " + line("a", ed), "a", .revoked(at(2))),
        Case("another key is revoked", "@revoked " + line("a", otherEd) + line("a", ed), "a", .trusted(at(2))),
        Case(
            "an authority is no key", "@cert-authority " + line("*", ed), "a",
            .unknown(otherTypes: [], authorities: [at(1)])),
        Case("an unknown marker is skipped", "@who " + line("a", ed), "a", nothing),
        Case("short lines are skipped", "a\na ssh-ed25519\n" + line("a", ed), "a", .trusted(at(3))),
        Case(
            "hashed", "|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= ssh-ed25519 \(ed.base64)\n",
            "192.168.1.61", .trusted(at(1))),
        Case(
            "hashed name of another",
            "|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= ssh-ed25519 \(ed.base64)\n", "192.168.1.62",
            nothing),
        Case("damaged hash", "|1|F1E1KeoE|3988 ssh-ed25519 \(ed.base64)\n" + line("a", ed), "a", .trusted(at(2))),
        Case("no newline at the end", String(line("a", ed).dropLast()), "a", .trusted(at(1))),
        Case("an empty file", "", "a", nothing),
    ]) func verdict(_ test: Case) {
        #expect(known(test.text).verdict(host: test.host, port: test.port, key: Self.ed) == test.expected)
    }

    @Test func namesHashedBySshKeygenAreFound() async throws {
        let folder = try temporaryFolder("known")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let text = Self.line("gpu.lab", Self.ed) + Self.line("[gpu.lab]:2222", Self.otherEd)
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/known"))
        try await offPool { try run("/usr/bin/ssh-keygen", "-q", "-H", "-f", folder + "/known") }
        let known = try KnownHosts(files: [folder + "/known", folder + "/missing"])
        #expect(
            known.verdict(host: "gpu.lab", port: 22, key: Self.ed) == .trusted(.init(file: folder + "/known", line: 1)))
        #expect(
            known.verdict(host: "gpu.lab", port: 2222, key: Self.otherEd)
                == .trusted(.init(file: folder + "/known", line: 2)))
        #expect(known.keyTypes(host: "gpu.lab", port: 22) == ["ssh-ed25519"])
        #expect(!known.knows(host: "gpu", port: 22))
    }

    @Test func fingerprintsAreThoseOfSshKeygen() async throws {
        let folder = try temporaryFolder("fingerprint")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await offPool { try run("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder + "/key") }
        let text = try String(contentsOfFile: folder + "/key.pub", encoding: .utf8).split(separator: " ")[1]
        let key = try #require(Crypto.decodeBase64(text).flatMap(HostKey.init(blob:)))
        #expect(
            try await offPool { try run("/usr/bin/ssh-keygen", "-l", "-f", folder + "/key.pub") }.stdout.contains(
                key.fingerprint + " "))
    }

    @Test func garbageIsSkippedAndReported() {
        var generator = SystemRandomNumberGenerator()
        let noise = (0..<20_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        var known = KnownHosts()
        known.add(noise, file: "noise")
        #expect(known.verdict(host: "a", port: 22, key: Self.ed) == Self.nothing)
        known.add(Array("one two three\n".utf8), file: "words")
        #expect(known.problems.contains { $0.place == .init(file: "words", line: 1) })
    }

    /// Patterns that make a naive matcher take exponential time.
    @Test func starsAreMatchedInBoundedTime() {
        let pattern = Array(String(repeating: "*a", count: 40).utf8) + [UInt8(ascii: "b")]
        #expect(!HostPatterns.matches(pattern, [UInt8](repeating: UInt8(ascii: "a"), count: 2000)))
    }
}
