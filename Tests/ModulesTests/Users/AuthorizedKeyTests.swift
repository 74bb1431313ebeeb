import Foundation
import TestSupport
import Testing
import YAML

@testable import Modules

@Suite struct AuthorizedKeyTests {
    private static let one =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK1111111111111111111111111111111111111111111 one@host"
    private static let two = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC2 two words"

    @Test func `a line's parts`() throws {
        let line = try #require(AuthorizedLine("from=\"1.2.3.4\",command=\"a b\" \(Self.two)"))
        #expect(
            line.options == "from=\"1.2.3.4\",command=\"a b\"" && line.type == "ssh-rsa" && line.comment == "two words"
                && line.text.hasSuffix(Self.two))
        for text in ["# \(Self.one)", "", "junk", "ssh-rsa", "a b c"] { #expect(AuthorizedLine(text) == nil) }
        #expect(throws: ModuleFailure.self) { try AuthorizedLine.list("\(Self.one)\njunk") }
    }

    @Test func `keys come, change their options and go`() async throws {
        try await ModuleBench.local { bench in
            let path = bench.folder + "/keys"
            func arguments(_ more: ValueMap) -> ValueMap {
                var arguments: ValueMap = [
                    "user": .string(NSUserName()), "path": .string(path), "manage_dir": .bool(false),
                ]
                arguments.merge(more)
                return arguments
            }
            func text() async throws -> String { try await bench.sh("cat \(path)") }
            let first = try await bench.settles("ansible.posix.authorized_key", arguments(["key": .string(Self.one)]))
            #expect(
                first.values["keyfile"] == .string(path) && first.values["mode"] == "0600"
                    && first.values["key_options"] == .null)
            try await bench.sh("printf '# c\\n\\nfrom=\"1.2.3.4\" %s\\nbad line\\n' '\(Self.two)' >>\(path)")
            _ = try await bench.settles("authorized_key", arguments(["key": .string(Self.two)]))
            #expect(try await text() == "\(Self.one)\n# c\n\nbad line\n\(Self.two)\n")
            _ = try await bench.settles("authorized_key", arguments(["key": .string(Self.one), "comment": "new c"]))
            _ = try await bench.settles(
                "authorized_key", arguments(["key": .string(Self.two), "key_options": "no-pty,command=\"a b\""]))
            #expect(try await text().hasSuffix("new c\nno-pty,command=\"a b\" \(Self.two)\n"))
            _ = try await bench.settles(
                "authorized_key",
                arguments(["key": .string("# ours\n\(Self.one)\n\n\(Self.two)"), "exclusive": .bool(true)]))
            let exclusive = try await text()
            #expect(
                exclusive.split(separator: "\n").contains { $0 == Self.two }
                    && exclusive.split(separator: "\n").count == 2, "\(exclusive)")
            _ = try await bench.settles("authorized_key", arguments(["key": .string(Self.two), "state": "absent"]))
            #expect(try await !text().contains("two words"))
            await #expect(throws: ModuleFailure.self) {
                try await bench.run("authorized_key", arguments(["key": "junk"]))
            }
            await #expect(throws: ModuleFailure.self) {
                try await bench.run("authorized_key", ["user": "no-such-user-here", "key": .string(Self.one)])
            }
        }
    }

    @Test(.enabled(if: Machines.unavailable == nil, "\(Machines.unavailable ?? "")"))
    func `a user's folder is made and owned`() async throws {
        try await ModuleBench.machine { bench in
            try await bench.sh("useradd -m fresh")
            let settled = try await bench.settles("authorized_key", ["user": "fresh", "key": .string(Self.one)])
            #expect(
                settled.values["keyfile"] == "/home/fresh/.ssh/authorized_keys" && settled.values["owner"] == "fresh")
            #expect(
                try await bench.sh("stat -c '%a %U' /home/fresh/.ssh /home/fresh/.ssh/authorized_keys")
                    == "700 fresh\n600 fresh\n")
            try await bench.sh("chmod 755 /home/fresh/.ssh")
            _ = try await bench.settles("authorized_key", ["user": "fresh", "key": .string(Self.one)])

            // What the machine has.
            let packages = try await bench.run("package_facts", [:]).facts["packages"]?.map
            #expect(
                try await packages?["openssh-server"]?.list?.first?.map?["version"]?.string
                    == bench.sh("dpkg-query -W -f '${Version}' openssh-server"))
            #expect(packages?["openssh-server"]?.list?.first?.map?["source"] == "apt")
            let services = try await bench.run("service_facts", [:]).facts["services"]?.map
            #expect(
                services?["ssh.service"]
                    == .dict(["name": "ssh.service", "state": "running", "status": "enabled", "source": "systemd"]))
        }
    }
}

@Suite struct YumRepositoryTests {
    @Test func `a section comes, changes and goes, and the others stay`() async throws {
        try await ModuleBench.local { bench in
            let path = bench.folder + "/gpu.repo"
            func desired(_ name: String, _ more: ValueMap) -> ValueMap {
                var desired: ValueMap = ["name": .string(name), "file": "gpu", "reposdir": .string(bench.folder)]
                desired.merge(more)
                return desired
            }
            let cuda: ValueMap = [
                "description": "CUDA repo", "baseurl": .texts("http://a/b", "http://c/d"), "gpgcheck": .bool(true),
                "enabled": .bool(false), "exclude": .texts("x", "y"), "priority": "5",
            ]
            let added = try await bench.settles("yum_repository", desired("cuda", cuda))
            #expect(added.values == ["repo": "cuda", "state": "present"])
            let section =
                "[cuda]\nbaseurl = http://a/b\n\thttp://c/d\nenabled = 0\nexclude = x y\ngpgcheck = 1\nname = CUDA repo\npriority = 5\n\n"
            #expect(try await bench.sh("stat -c %a \(path); cat \(path)") == "644\n" + section)
            _ = try await bench.settles(
                "yum_repository", desired("other", ["description": "O", "metalink": "http://m"]))
            #expect(try await bench.sh("cat \(path)") == section + "[other]\nmetalink = http://m\nname = O\n\n")
            _ = try await bench.settles(
                "yum_repository", desired("cuda", ["description": "CUDA", "baseurl": .texts("http://a/b")]))
            _ = try await bench.settles("yum_repository", desired("cuda", ["state": "absent"]))
            #expect(try await bench.sh("cat \(path)") == "[other]\nmetalink = http://m\nname = O\n\n")
            _ = try await bench.settles("yum_repository", desired("other", ["state": "absent"]))
            #expect(!FileManager.default.fileExists(atPath: path))
            for more in [
                ["baseurl": .texts("http://a")], ["description": "x"],
                ["description": "a\nb", "baseurl": .texts("http://a")],
            ] as [ValueMap] {
                await #expect(throws: ModuleFailure.self) { try await bench.run("yum_repository", desired("x", more)) }
            }
        }
    }
}
