import Foundation
import OracleCorpus
import TestSupport
import Testing

@testable import Vault

@Suite struct FernetTests {
    @Test func everyCaseOfTheFernetCorpus() async throws {
        let file = try #require(try CorpusFile.all(in: Fixtures.oracle).first { $0.name == "fernet" })
        let outcomes = try await file.run()
        #expect(outcomes.count > 60)
        for outcome in outcomes where !outcome.passed {
            Issue.record("\(outcome.id): expected \(outcome.expected), got \(outcome.actual)")
        }
    }

    @Test(arguments: [0, 1, 15, 16, 17, 1000, 1 << 20]) func roundTrip(size: Int) throws {
        let fernet = try Fernet(key: try Fernet.generateKey())
        let plaintext = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(try fernet.decrypt(try fernet.encrypt(plaintext, time: 1_700_000_000)) == plaintext)
    }

    /// Every byte is under the signature: a token with any one character changed does not open.
    @Test func everyChangedCharacterIsRefused() throws {
        let fernet = try Fernet(key: try Fernet.generateKey())
        let token = Array(try fernet.encrypt(Array("a secret of some length".utf8), time: 1).utf8)
        for position in token.indices where token[position] != UInt8(ascii: "=") {
            // Flips the highest of the character's six bits, which always are part of a byte.
            var changed = token
            let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
            let digit = try #require(alphabet.firstIndex(of: token[position]))
            changed[position] = alphabet[digit ^ 32]
            #expect(throws: Fernet.Failure.invalidToken) {
                try fernet.decrypt(String(decoding: changed, as: UTF8.self))
            }
        }
    }

    @Test func everyCutIsRefused() throws {
        let fernet = try Fernet(key: try Fernet.generateKey())
        let token = try fernet.encrypt(Array("a secret".utf8), time: 1)
        for length in 0..<token.count {
            #expect(throws: Fernet.Failure.invalidToken) { try fernet.decrypt(String(token.prefix(length))) }
        }
    }

    @Test func twoEncryptionsDiffer() throws {
        let fernet = try Fernet(key: try Fernet.generateKey())
        #expect(try fernet.encrypt([1], time: 1) != fernet.encrypt([1], time: 1))
    }

    /// RFC 4648, section 10, in the URL-safe alphabet, and what is no base64.
    @Test func base64() {
        for (plain, encoded) in [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            #expect(Base64URL.encode(plain.utf8) == encoded)
            #expect(Base64URL.decode(encoded.utf8) == Array(plain.utf8))
        }
        #expect(Base64URL.encode([0xfb, 0xff]) == "-_8=")
        for text in ["Z", "Zg", "Zg=", "Zg===", "Z===", "Zm9v\n", "Z g=", "+/8=", "Zg==Zg=="] {
            #expect(Base64URL.decode(text.utf8) == nil, "\(text)")
        }
        #expect(Base64URL.decode("+/8=".utf8, standardToo: true) == [0xfb, 0xff])
    }

    /// Both ways with the package that the original uses, where it is installed.
    @Test(.enabled(if: Python.hasCryptography, "python3 has no package 'cryptography' here"))
    func agreesWithPython() throws {
        let key = try Fernet.generateKey()
        let fernet = try Fernet(key: key)
        let ours = try fernet.encrypt(Array("übergrößenträger".utf8), time: 1_700_000_000)
        let said = try Python.run(
            """
            import sys; from cryptography.fernet import Fernet
            key, token = sys.stdin.read().split()
            f = Fernet(key); print(f.extract_timestamp(token.encode())); print(f.decrypt(token.encode()).decode()); print(f.encrypt(b"from Python").decode())
            """, input: "\(key) \(ours)"
        ).split(separator: "\n")
        try #require(said.count == 3)
        #expect(said[0] == "1700000000")
        #expect(said[1] == "übergrößenträger")
        #expect(try fernet.decrypt(String(said[2])) == Array("from Python".utf8))
    }
}

enum Python {
    static let hasCryptography = (try? run("import cryptography.fernet")) != nil

    static func run(_ program: String, input: String = "") throws -> String {
        try TestSupport.run("/usr/bin/env", "python3", "-c", program, input: input).stdout
    }
}
