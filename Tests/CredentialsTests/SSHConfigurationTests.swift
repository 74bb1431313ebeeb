import Foundation
import TestSupport
import Testing

@testable import Credentials

/// What the configuration says is what `ssh -G` says of it.
@Suite struct SSHConfigurationTests {
    private static let files: [(name: String, text: String)] = [
        (
            "hosts",
            """
            # a comment
            Host lab-three
                HostName 127.77.0.3
                User gpuops   # who
                IdentitiesOnly yes
            Host=lab-*
                Port = 2222
                User nobody
            Host gpu[1] "gpu two" !gpu3 gpu*
                HostName %h.lab.example
                ProxyJump ann@gate:2200,inner
            Host *
                ConnectTimeout 1m30s
                ServerAliveInterval 5
            """
        ),
        (
            "matches",
            """
            User early
            Match host *.lab.example user early
                Port 2022
            Host web
                HostName web.lab.example
            Match originalhost web
                ProxyCommand sh -c "nc '%h' %p" # not a comment
            Match host web.lab.example
                HostKeyAlias the-web
            Match user someone
                Port 99
            Match !host web.lab.example all
                StrictHostKeyChecking accept-new
            """
        ),
        (
            "final",
            """
            Host a
                HostName b.example
            Match final host b.example
                Port 77
            Match all
                UserKnownHostsFile /tmp/one "/tmp/two words"
            """
        ),
        (
            "first",
            """
            Host one
              Port 1
              Port 2
              ProxyJump none
            Host *
              Port 3
              ProxyCommand nc %h %p
              proxyjump later
              StrictHostKeyChecking no
            """
        ),
    ]

    private func folder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/ssh-configuration-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    @Test(
        arguments: files.map(\.name),
        [
            "lab-three", "lab-four", "gpu1", "gpu3", "gpu[1]", "gpu two", "web", "web.lab.example", "a", "b.example",
            "one", "other",
        ])
    func itSaysWhatSSHSays(_ file: String, _ host: String) async throws {
        let text = try #require(Self.files.first { $0.name == file }?.text)
        try await folder { folder in
            let path = "\(folder)/config"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let said = try await offPool { try outcome(of: "/usr/bin/ssh", ["-G", "-F", path, host]) }
            // ssh refuses names that a shell would take for more than a name.
            guard said.status == 0 else { return }
            var expected: [String: String] = [:]
            for line in said.stdout.split(separator: "\n") {
                let parts = line.split(separator: " ", maxSplits: 1)
                if parts.count == 2 { expected[String(parts[0])] = String(parts[1]) }
            }
            let configuration = try SSHConfiguration(
                file: path, home: folder, loginName: expected["user"] ?? "")
            let found = configuration.settings(for: host)
            #expect((found.hostName?.value ?? host) == expected["hostname"])
            #expect((found.user?.value ?? expected["user"]) == expected["user"])
            #expect((found.port?.value ?? "22") == expected["port"])
            #expect(found.proxyJump?.value == expected["proxyjump"])
            if expected["proxycommand"] != nil, !host.allSatisfy({ $0.isLetter || $0.isNumber || "-.".contains($0) }) {
                // A shell would take such a name for more than one: later versions of ssh refuse it, too.
                #expect(throws: SSHConfigurationError.self) { _ = try found.proxyCommand?.get() }
            } else if let command = expected["proxycommand"] {
                let raw = try found.proxyCommand?.get().value
                #expect(
                    raw
                        == command.replacing("%h", with: found.hostNameOrName).replacing(
                            "%p", with: expected["port"] ?? ""))
            } else {
                #expect(found.proxyCommand == nil)
            }
            #expect(found.connectTimeout.map { String($0.value) } ?? "none" == expected["connecttimeout"])
            #expect(found.identitiesOnly == (expected["identitiesonly"] == "yes"))
            #expect(found.hostKeyAlias == expected["hostkeyalias"])
            let strict = ["accept-new": "accept-new", "no": "false", "false": "false"]
            #expect(strict[found.strictHostKeyChecking?.value ?? ""] ?? "ask" == expected["stricthostkeychecking"])
            if let files = found.userKnownHostsFiles {
                #expect(files.value.joined(separator: " ") == expected["userknownhostsfile"])
            }
        }
    }

    @Test func filesAreIncludedWhereTheirLineStands() async throws {
        try await folder { folder in
            try FileManager.default.createDirectory(atPath: "\(folder)/.ssh/conf.d", withIntermediateDirectories: true)
            for (name, text) in [
                ("config", "Include conf.d/*.conf\nHost outer\n  Include conf.d/inner\nUser after\nHost *\n  Port 9\n"),
                ("conf.d/1.conf", "Host one\n  User from-one\n"),
                ("conf.d/2.conf", "Host one\n  User late\n  Port 5\n"),
                ("conf.d/inner", "User inside\nHost elsewhere\n  User nobody\n"),
            ] {
                try text.write(toFile: "\(folder)/.ssh/\(name)", atomically: true, encoding: .utf8)
            }
            let configuration = try SSHConfiguration(home: folder, loginName: "ann", system: "\(folder)/none")
            #expect(configuration.settings(for: "one").user?.value == "from-one")
            #expect(configuration.settings(for: "one").port?.value == "5")
            #expect(configuration.settings(for: "outer").user?.value == "inside")
            #expect(configuration.settings(for: "other").user == nil)
            #expect(configuration.settings(for: "other").port?.place.description.hasSuffix("/.ssh/config:6") == true)
            #expect(configuration.aliases == ["one", "outer", "elsewhere"])
        }
    }

    @Test func identitiesAddUpAndKnowTheirTokens() async throws {
        try await folder { folder in
            let path = "\(folder)/config"
            try """
            Host gpu
              IdentityFile ~/keys/%h-%r
              IdentityFile "%d/keys/second key"
            Host *
              IdentityFile /etc/%n_%p
            """.write(toFile: path, atomically: true, encoding: .utf8)
            let configuration = try SSHConfiguration(file: path, home: "/home/ann", loginName: "ann")
            #expect(
                configuration.settings(for: "gpu", user: "ops", port: 2200).identityFiles.map(\.value) == [
                    "/home/ann/keys/gpu-ops", "/home/ann/keys/second key", "/etc/gpu_2200",
                ])
        }
    }

    @Test func commandsAreNeverRunToDecide() async throws {
        try await folder { folder in
            let path = "\(folder)/config"
            try
                "Match exec \"touch \(folder)/ran\"\n  Port 1\nMatch tagged x\n  Port 2\nHost *\n  Port 3\n  Ciphers x\n"
                .write(toFile: path, atomically: true, encoding: .utf8)
            let found = try SSHConfiguration(file: path, home: folder, loginName: "ann").settings(for: "gpu")
            #expect(found.port?.value == "3")
            #expect(found.passedOver.map(\.name) == ["Match exec", "Match tagged", "Ciphers"])
            #expect(found.passedOver.map(\.place.line) == [1, 3, 7])
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/ran"))
        }
    }

    @Test(arguments: [
        ("Host \"a\n", "config:1: a quote is not closed"), ("Port 1\n\nUser\n", "config:3: User has no value"),
        ("Match host\n", "config:1: Match host has no value"),
    ]) func brokenLinesAreToldWithTheirPlace(_ text: String, _ said: String) async throws {
        try await folder { folder in
            let path = "\(folder)/config"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let error = #expect(throws: SSHConfigurationError.self) {
                _ = try SSHConfiguration(file: path, home: folder, loginName: "ann")
            }
            #expect(error?.description.contains(said) == true)
        }
    }

    @Test func aProxyCommandIsNotGivenMoreThanNames() async throws {
        try await folder { folder in
            let path = "\(folder)/config"
            try "Host *\n  ProxyCommand nc %h %p\n".write(toFile: path, atomically: true, encoding: .utf8)
            let configuration = try SSHConfiguration(file: path, home: folder, loginName: "ann")
            #expect(try configuration.settings(for: "gpu1.lab").proxyCommand?.get().value == "nc gpu1.lab 22")
            for name in ["a;touch x", "$(id)", "-oProxyCommand", "a b"] {
                #expect(throws: SSHConfigurationError.self) {
                    _ = try configuration.settings(for: name).proxyCommand?.get()
                }
            }
        }
    }

    @Test(arguments: [("90", 90), ("1m30s", 90), ("2h", 7200), ("1w", 604_800), ("x", nil), ("0", nil), ("", nil)])
    func timesAreReadAsSSHDoes(_ text: String, _ seconds: Int?) {
        #expect(SSHHostSettings.seconds(text) == seconds)
    }
}
