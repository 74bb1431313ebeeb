import Foundation
import Glibc
import TestSupport
import Testing
import YAML

@testable import AnsibleVault

@Suite struct PasswordFileTests {
    private func read(_ text: String, name: String = "pw", mode: mode_t = 0o600, id: String = "dev") throws -> String {
        let folder = FileManager.default.temporaryDirectory.path + "/password-file-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/" + name
        try Data(text.utf8).write(to: URL(filePath: path))
        chmod(path, mode)
        return String(decoding: try PasswordFile.read(path, id: id, keyring: .empty).reveal(), as: UTF8.self)
    }

    @Test func `space around a password is none of it`() throws {
        #expect(try read(" secret one \n\n") == "secret one")
    }
    @Test func `a program prints it, and a client is told the name`() throws {
        #expect(try read("#!/bin/sh\necho \"got:$*\"\n", mode: 0o700) == "got:")
        #expect(try read("#!/bin/sh\necho \"got:$*\"\n", name: "pw-client.sh", mode: 0o700) == "got:--vault-id dev")
    }
    @Test func `a program's spaces stay`() throws {
        #expect(try read("#!/bin/sh\necho ' a '\n", mode: 0o700) == " a ")
    }
    @Test func `what is wrong is said in Ansible's words`() throws {
        func problem(_ body: () throws -> String) -> String {
            do { return "no error: \(try body())" } catch { return "\(error)" }
        }
        #expect(problem { try read("\n") }.contains("Invalid vault password was provided from file"))
        #expect(problem { try read("#!/bin/sh\nexit 3\n", mode: 0o700) }.contains("returned non-zero (3)"))
        #expect(
            problem { try read("#!/bin/sh\nexit 2\n", name: "x-client", mode: 0o700) }.contains(
                "did not find a secret for vault-id=dev"))
        #expect(problem { try read("x", mode: 0o666) }.contains("others may write to it"))
        #expect(
            problem {
                String(decoding: try PasswordFile.read("/no/such", id: "x", keyring: .empty).reveal(), as: UTF8.self)
            }.contains("The vault password file /no/such was not found"))
    }
}
