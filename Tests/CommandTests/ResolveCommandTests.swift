import Foundation
import TestSupport
import Testing
import YAML

@Suite(.timeLimit(.minutes(5))) struct ResolveCommandTests {
    /// A user, a port and an identity that must not be in any report.
    static let marks = ["marked-user", "/marked/identity", "marked-passphrase"]

    @Test func `a fleet that would connect, probed`() async throws {
        try await LoopbackFleet.with { fleet in
            try await Workplace.with { place in
                try place.inventory(fleet, hosts: 5)
                let report = try await place.comfyfleet("resolve", "-i", "inventory.yml", "--probe")
                #expect(report.status == 0, "\(report.stdout)\(report.stderr)")
                #expect(
                    report.stdout.contains("5 hosts, and all would connect")
                        && report.stdout.contains("5 connected and logged in"))
                #expect(report.stdout.contains("gpu-[1:5]") && report.stdout.contains("ansible_ssh_private_key_file"))
                #expect(!report.stdout.contains(fleet.identity) && !report.stdout.contains(String(fleet.port)))
            }
        }
    }

    @Test func `a host that is down is unreachable, a bad configuration comes before that`() async throws {
        try await Workplace.with { place in
            let port = try freePort()
            try run("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", place.folder + "/key")
            let known = try place.read("key.pub").split(separator: " ").prefix(2).joined(separator: " ")
            try place.write("config/known_hosts", "[127.0.0.1]:\(port) \(known)\n")
            try place.write(
                "inventory.yml",
                "all: {hosts: {down: {ansible_host: 127.0.0.1, ansible_port: \(port), ansible_user: u, ansible_private_key_file: key}}}\n"
            )
            #expect(try await place.comfyfleet("resolve", "-i", "inventory.yml").status == 0)
            let probed = try await place.comfyfleet("resolve", "-i", "inventory.yml", "--probe", "--format", "json")
            #expect(probed.status == 4, "\(probed.stdout)\(probed.stderr)")
            #expect(try JSON.parse(Array(probed.stdout.utf8)).map?["summary"]?.map?["unreachable"] == .int(1))
        }
    }

    @Test func `every problem is told with its layer and never with a value, in each format`() async throws {
        try await Workplace.with { place in
            #expect(try await place.comfyfleet("vault", "init").status == 0)
            for (name, phrase) in [("open", ""), ("locked", "right"), ("good", "")] {
                try run("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", phrase, "-f", "\(place.folder)/\(name)")
            }
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: place.folder + "/open")
            try place.write(
                "vault.json",
                """
                {"remote_installer": {"defaults": {"user": "marked-user", "port": 2222}, "hosts": {
                  "missing": {"identity": "/marked/identity"}, "open": {"identity": "\(place.folder)/open"}, "locked": {"identity": "\(place.folder)/locked"},
                  "wrong": {"identity": "\(place.folder)/locked", "passphrase": "marked-passphrase"}, "garbage": {"identity": "vault.json"},
                  "port": {"port": 70000, "identity": "good"}, "good": {"identity": "good"}}}}
                """, mode: 0o600)
            #expect(try await place.comfyfleet("vault", "import", "vault.json").status == 0)
            let key = try place.read("good.pub").split(separator: " ").prefix(2).joined(separator: " ")
            let hosts = ["missing", "open", "locked", "wrong", "garbage", "port", "good"]
            try place.write(
                "config/known_hosts", hosts.flatMap { ["[\($0)]:2222 \(key)\n", "\($0) \(key)\n"] }.joined())
            try place.write(
                "inventory.ini", (hosts + ["unknown ansible_private_key_file=good"]).joined(separator: "\n") + "\n")
            var recorded = 0
            for format in ["table", "json", "csv"] {
                let report = try await place.comfyfleet("resolve", "-i", "inventory.ini", "--format", format)
                #expect(report.status == 1, "\(format): \(report.stdout)\(report.stderr)")
                for said in [
                    "identity from hosts.missing: there is no such file",
                    "identity from hosts.open: the file is open to others (mode 0644)",
                    "identity from hosts.locked: the key is encrypted",
                    "identity from hosts.wrong: the passphrase does not open the key",
                    "identity from hosts.garbage: the file is no private key",
                    "port from hosts.port: it is not a number",
                    "the host's key is not in known_hosts",
                ] {
                    #expect(report.stdout.contains(said), "\(format): \(said) is not in \(report.stdout)")
                }
                for mark in Self.marks { #expect(!report.stdout.contains(mark), "\(format)") }
                if format == "json" {
                    let list = try #require(try JSON.parse(Array(report.stdout.utf8)).map?["hosts"]?.list)
                    #expect(
                        list.filter { $0.map?["would_connect"] == .bool(true) }.compactMap { $0.map?["host"]?.string }
                            == ["good"])
                }
                let trail = try place.read("logs/security.log")
                let entries = trail.components(separatedBy: "credentials.resolved").count - 1
                #expect(entries > recorded && Self.marks.allSatisfy { !trail.contains($0) }, "\(format)")
                recorded = entries
            }
        }
    }
}
