import Foundation
import Glibc
import TestSupport
import Testing

/// Disks, folders and files that are not as they should be.
@Suite(.timeLimit(.minutes(5)))
struct BadGroundTests {
    @Test func `a full disk for the audit trail stops the run before it begins`() async throws {
        try await LoopbackFleet.with { fleet in
            try await Workplace.with { place in
                try place.inventory(fleet, hosts: 1)
                try place.write(
                    "touch.yml",
                    "- hosts: gpu\n  gather_facts: no\n  tasks:\n    - command: touch \(place.folder)/touched\n")
                let outcome = try await place.comfyfleet(
                    "run", "touch.yml", "-i", "inventory.yml", environment: ["COMFYVN_SECURITY_LOG_FILE": "/dev/full"])
                #expect(outcome.status == 1, "\(outcome.stdout)\(outcome.stderr)")
                #expect(outcome.stderr.contains("audit"), "\(outcome.stderr)")
                #expect(!FileManager.default.fileExists(atPath: place.folder + "/touched"), "nothing was touched")
            }
        }
    }

    @Test func `a logs folder that can't be written stops the run before it begins`() async throws {
        try await LoopbackFleet.with { fleet in
            try await Workplace.with { place in
                try place.inventory(fleet, hosts: 1)
                try place.write("logs", "a file in the folder's place")
                try place.write(
                    "touch.yml",
                    "- hosts: gpu\n  gather_facts: no\n  tasks:\n    - command: touch \(place.folder)/touched\n")
                let outcome = try await place.comfyfleet("run", "touch.yml", "-i", "inventory.yml")
                #expect(outcome.status == 1, "\(outcome.stdout)\(outcome.stderr)")
                #expect(!FileManager.default.fileExists(atPath: place.folder + "/touched"))
            }
        }
    }

    @Test func `a binary inventory and a garbage playbook are errors with a place`() async throws {
        try await Workplace.with { place in
            try Data((0..<4096).map { _ in UInt8.random(in: 0...255) } + [0]).write(
                to: URL(fileURLWithPath: place.folder + "/binary.yml"))
            let inventory = try await place.comfyfleet("inventory", "list", "-i", "binary.yml")
            #expect(inventory.status == 1 && inventory.stderr.contains("binary.yml"), "\(inventory.stderr)")
            try place.write("inventory.yml", "all: {hosts: {a: {}}}\n")
            try place.write("garbage.yml", "- hosts: all\n\ttasks: [}\n")
            let playbook = try await place.comfyfleet("run", "garbage.yml", "-i", "inventory.yml")
            #expect(playbook.status == 1 && playbook.stderr.contains("garbage.yml:2:"), "\(playbook.stderr)")
        }
    }

    @Test func `a key file that is missing, too open or broken is told with its remedy`() async throws {
        try await LoopbackFleet.with { fleet in
            try await Workplace.with { place in
                try place.inventory(fleet, hosts: 1)
                let text = try place.read("inventory.yml")
                try place.write(
                    "broken", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
                    mode: 0o600)
                for key in ["/nowhere/key", "\(place.folder)/broken"] {
                    try place.write("inventory.yml", text.replacing(fleet.identity, with: key))
                    let outcome = try await place.comfyfleet("exec", "true", "-i", "inventory.yml")
                    #expect(outcome.status == 4 || outcome.status == 1, "\(outcome.stdout)\(outcome.stderr)")
                    #expect(
                        (outcome.stdout + outcome.stderr).contains("identity")
                            || (outcome.stdout + outcome.stderr).contains("key"))
                    let report = try await place.comfyfleet("resolve", "-i", "inventory.yml")
                    #expect(report.status == 1, "\(report.stdout)")
                }
            }
        }
    }

    @Test(arguments: ["cut off", "another key"]) func `a vault that does not open stops the run before it begins`(
        damage: String
    ) async throws {
        try await LoopbackFleet.with { fleet in
            try await Workplace.with { place in
                try place.inventory(fleet, hosts: 2)
                try place.write(
                    "touch.yml",
                    "- hosts: gpu\n  gather_facts: no\n  tasks:\n    - command: touch \(place.folder)/touched\n")
                #expect(try await place.comfyfleet("vault", "init").status == 0)
                switch damage {
                case "cut off":
                    try place.write(
                        "config/comfyvn.secrets.json",
                        String(try place.read("config/comfyvn.secrets.json").prefix(100)), mode: 0o600)
                default:
                    try place.write(
                        "config/comfyvn.secrets.key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", mode: 0o600)
                }
                for command in [["run", "touch.yml"], ["exec", "touch \(place.folder)/touched"]] {
                    let outcome = try await place.comfyfleet(command[0], command[1], "-i", "inventory.yml")
                    #expect(outcome.status == 1, "\(outcome.stdout)\(outcome.stderr)")
                    #expect(outcome.stderr.contains("config/comfyvn.secrets.json"), "\(outcome.stderr)")
                }
                #expect(
                    !FileManager.default.fileExists(atPath: place.folder + "/touched")
                        && !FileManager.default.fileExists(atPath: place.folder + "/logs/runs"))
                #expect(
                    try await place.comfyfleet("resolve", "-i", "inventory.yml").status == 1,
                    "the report says it for each host")
            }
        }
    }

    @Test(.enabled(if: geteuid() == 0, "mounting a small disk needs root"))
    func `a disk that fills while exec runs ends it, and the summary says why`() async throws {
        try await LoopbackFleet.with { fleet in
            try await Workplace.with { place in
                try place.inventory(fleet, hosts: 1)
                try place.write("logs/runs/README", "")
                try run("/bin/mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place.folder + "/logs/runs")
                let outcome = try await place.comfyfleet(
                    "exec", "head -c 300000 /dev/zero | tr '\\0' x", "-i", "inventory.yml")
                try run("/bin/umount", place.folder + "/logs/runs")
                #expect(outcome.status == 130, "\(outcome.stderr)")
                #expect(
                    outcome.stdout.contains("can't be recorded") && outcome.stdout.contains("No space left on device"),
                    "\(outcome.stdout.suffix(600))")
            }
        }
    }
}
