import Playbook
import Remote
import YAML

/// Reboots the host, and goes on when it is back.
struct Reboot: Module {
    static let spec = ModuleSpec(
        "reboot", summary: "Reboots the host and waits until it is back.",
        options: [
            .init("pre_reboot_delay", .int, default: .int(0), help: "Seconds to wait before the reboot."),
            .init(
                "post_reboot_delay", .int, default: .int(0), help: "Seconds to wait after the host has answered again."),
            .init("reboot_timeout", .int, default: .int(600), help: "Seconds that the host may take."),
            .noEffect("connect_timeout", .int, because: "the credentials' connect_timeout holds"),
            .init(
                "test_command", .string, default: .string("whoami"),
                help: "Has to succeed before the host counts as back."),
            .init(
                "msg", .string, default: .string("Reboot initiated by ComfyFleet"),
                help: "Shown to users who are logged in."),
            .init(
                "boot_time_command", .string, default: .string("cat /proc/sys/kernel/random/boot_id"),
                help: "What it prints is another text after each boot."),
            .init("reboot_command", .string, help: "Instead of shutdown -r."),
            .init(
                "search_paths", .list,
                default: .list(["/sbin", "/bin", "/usr/sbin", "/usr/bin", "/usr/local/sbin"].map { .string($0) }),
                help: "Where shutdown is looked for."),
        ])
    static let reference = ModuleReference(
        notes:
            "The host is back when its boot id is another one and the test command succeeds: a host that only drops its link is distinguished from one that has rebooted. A run that is resumed while the host is down waits for it, and never reboots it again.",
        example: """
            - reboot:
                reboot_timeout: 900
            """,
        returns: [
            .init("rebooted", "Whether the host was rebooted."),
            .init("elapsed", "Seconds until it was back."),
        ])

    private let arguments: Arguments
    private static let pauseBetweenLooks = Duration.seconds(1)

    init(arguments: ValueMap) throws { self.arguments = Arguments(arguments) }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        guard !host.isLocal else {
            throw ModuleFailure(
                "this would reboot the machine that comfyfleet runs on: the connection is local",
                ["rebooted": .bool(false)])
        }
        var result = ModuleResult()
        result.changed = true
        result.values["rebooted"] = .bool(true)
        guard !host.checkMode else { return result }
        let clock = ContinuousClock()
        let started = clock.now
        let end =
            started + .seconds((arguments.int("reboot_timeout") ?? 600) + (arguments.int("pre_reboot_delay") ?? 0))

        let before: String
        if let kept = context.kept?.string {
            before = kept
        } else {
            before = try await boot(on: host)
            try context.keep(.string(before))
        }
        do {
            // Another process may have come so far as to reboot it.
            if try await boot(on: host) == before { try await host.change("reboot the host") { try await reboot($0) } }
        } catch let cut as CutOff { _ = cut } catch let lost as Unreachable where lost.mayComeBack {}
        func elapsed() -> Value { .int(Int((clock.now - started).components.seconds)) }
        while true {
            do {
                if try await boot(on: host) != before, try await isWell(host) { break }
            } catch let cut as CutOff { _ = cut } catch let lost as Unreachable where lost.mayComeBack {}
            guard clock.now < end else {
                throw ModuleFailure(
                    "Timed out waiting for the host to reboot and answer (reboot_timeout=\(arguments.int("reboot_timeout") ?? 600))",
                    ["rebooted": .bool(true), "elapsed": elapsed()])
            }
            try await host.pause(for: Self.pauseBetweenLooks)
        }
        try await host.pause(for: .seconds(arguments.int("post_reboot_delay") ?? 0))
        result.values["elapsed"] = elapsed()
        return result
    }

    /// What changes with each boot.
    private func boot(on host: ManagedHost) async throws -> String {
        let command = try arguments.required("boot_time_command")
        let seen = try await host.observe("eval \(command)")
        guard seen.status == 0, !seen.output.isEmpty else {
            throw ModuleFailure(
                "'\(command)' does not tell when the host has booted: \(seen.complaint)", ["rebooted": .bool(false)])
        }
        return seen.output
    }

    private func isWell(_ host: ManagedHost) async throws -> Bool {
        try await host.observe("eval \(try arguments.required("test_command"))").status == 0
    }

    /// Asks for the reboot; the answer may be interrupted by it.
    private func reboot(_ alteration: ManagedHost.Alteration) async throws {
        let delay = arguments.int("pre_reboot_delay") ?? 0
        let waiting: ShellScript = delay > 0 ? "sleep \(unquotedNumber: delay)\n" : ""
        let asked: CallResult
        if let command = arguments.string("reboot_command") {
            asked = try await alteration.attemptLong("\(shell: waiting)eval \(command)")
        } else {
            let paths = (arguments.strings("search_paths") ?? []).joined(separator: ":")
            asked = try await alteration.attemptLong(
                """
                \(shell: waiting)PATH=$PATH:\(paths)
                if command -v shutdown >/dev/null; then shutdown -r now \(try arguments.required("msg")); else reboot; fi
                """)
        }
        // A shell that the shutdown ends first is no failure.
        guard asked.status == 0 || asked.status > 128 else {
            throw ModuleFailure("could not reboot the host: \(asked.complaint)", ["rebooted": .bool(false)])
        }
    }
}

extension Unreachable {
    /// Of a host that goes down and comes up.
    fileprivate var mayComeBack: Bool {
        switch reason {
        case .resolve, .connect, .timeout, .handshake, .linkLost, .gone, .rebooted, .interrupted, .lostForGood, .become,
            .protocolError, .authentication:
            true
        case .hostKeyUnknown, .hostKeyChanged, .keyFile, .locked, .noRoom: false
        }
    }
}
