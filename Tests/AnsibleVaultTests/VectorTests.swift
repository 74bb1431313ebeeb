import Foundation
import Redaction
import TestSupport
import Testing
import YAML

@testable import AnsibleVault

/// What real ansible-vault (2.19.14) has written: `Fixtures/ansible-vault/vectors.json`.
@Suite struct VectorTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let name: String, password: Secret<[UInt8]>, id: String?, plain: [UInt8], text: [UInt8]
        var testDescription: String { name }
    }

    static let vectors: [Vector] = {
        let path = Fixtures.folder + "/ansible-vault/vectors.json"
        guard let data = FileManager.default.contents(atPath: path), let list = try? JSON.parse(Array(data)).list else {
            return []
        }
        return list.compactMap { item in
            guard let map = item.map, let plain = map["plain"]?.string.flatMap({ Data(base64Encoded: $0) }) else {
                return nil
            }
            return Vector(
                name: map["name"]?.string ?? "", password: Secret(Array((map["password"]?.string ?? "").utf8)),
                id: map["id"]?.string, plain: Array(plain), text: Array((map["text"]?.string ?? "").utf8))
        }
    }()

    @Test func `there are vectors`() { #expect(Self.vectors.count == 10) }

    @Test(arguments: vectors) func `what Ansible encrypted is read`(_ vector: Vector) throws {
        let text = try VaultText(vector.text)
        #expect(text.id == vector.id)
        #expect(try VaultCipher.decrypt(text, vector.password) == vector.plain)
        #expect(try VaultCipher.decrypt(text, Secret(Array("other".utf8))) == nil)
    }

    @Test(arguments: vectors) func `the same salt makes the same bytes as Ansible's`(_ vector: Vector) throws {
        let text = try VaultText(vector.text)
        let own = try VaultCipher.encrypt(vector.plain, vector.password, id: vector.id, salt: text.salt)
        #expect(own.bytes == vector.text)
    }

    @Test func `a changed byte is found`() throws {
        let text = try VaultText(Self.vectors[5].text)
        var ciphertext = text.ciphertext
        ciphertext[0] ^= 1
        let changed = VaultText(id: nil, salt: text.salt, code: text.code, ciphertext: ciphertext)
        #expect(try VaultCipher.decrypt(changed, Self.vectors[5].password) == nil)
    }

    @Test func `the default name is not written`() throws {
        let password = Secret(Array("p".utf8))
        let own = try VaultCipher.encrypt([1], password, id: "default")
        #expect(String(decoding: own.bytes, as: UTF8.self).hasPrefix("$ANSIBLE_VAULT;1.1;AES256\n"))
        let named = try VaultCipher.encrypt([1], password, id: "dev")
        #expect(String(decoding: named.bytes, as: UTF8.self).hasPrefix("$ANSIBLE_VAULT;1.2;AES256;dev\n"))
        #expect(own.salt != named.salt)
    }

    @Test func `lines may be indented, and end as on Windows`() throws {
        let vector = Self.vectors[4]
        let lines = String(decoding: vector.text, as: UTF8.self).split(separator: "\n").map { "   " + $0 + " " }
        let text = try VaultText(
            Array(("$ANSIBLE" + lines.joined(separator: "\r\n").drop { $0 == " " }.dropFirst(8)).utf8))
        #expect(try VaultCipher.decrypt(text, vector.password) == vector.plain)
    }
}
