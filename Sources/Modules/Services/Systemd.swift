import Playbook
import YAML

/// Keeps a systemd unit running, enabled or masked.
struct Systemd: Module {
    static let spec = ModuleSpec(
        "systemd", aliases: ["systemd_service"], summary: "Keeps a systemd unit running, enabled or masked.",
        options: [
            .init("name", .string, aliases: ["service", "unit"], help: "The unit; .service may be left out."),
            .init(
                "state", .string, choices: ["reloaded", "restarted", "started", "stopped"],
                help: "What shall be; reloaded and restarted always act."),
            .init("enabled", .bool, help: "Whether it starts with the host."),
            .init("masked", .bool, help: "Whether it is made impossible to start."),
            .init(
                "daemon_reload", .bool, aliases: ["daemon-reload"], default: .bool(false),
                help: "Let systemd read the unit files anew before."),
            .init(
                "daemon_reexec", .bool, aliases: ["daemon-reexec"], default: .bool(false),
                help: "Restart systemd itself before."),
            .init("force", .bool, help: "Replace links that are in the way."),
            .init("no_block", .bool, default: .bool(false), help: "Don't wait for the unit."),
            .init(
                "scope", .string, choices: ["system", "user", "global"], default: .string("system"),
                help: "Whose units."),
        ])
    static let reference = ModuleReference(
        notes: "With nothing to change it is one `systemctl show`.",
        example: """
            - systemd:
                name: comfyui
                state: started
                enabled: true
                daemon_reload: true
            """,
        returns: [
            .init("name", "The unit."),
            .init("state", "started or stopped, where a state was asked for."),
            .init("enabled", "Where it was asked for."),
            .init("status", "The unit's properties, as they were found."),
        ])

    let desired: DesiredService
    private let masked: Bool?
    private let reloads: Bool, reexecs: Bool
    private let control: [String]
    private let force: [String]

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        desired = DesiredService(
            name: arguments.string("name"), state: arguments.string("state"), enabled: arguments.optionalBool("enabled")
        )
        masked = arguments.optionalBool("masked")
        reloads = arguments.bool("daemon_reload")
        reexecs = arguments.bool("daemon_reexec")
        let scope = try arguments.required("scope")
        control =
            ["systemctl"] + (scope == "system" ? [] : ["--" + scope])
            + (arguments.bool("no_block") ? ["--no-block"] : [])
        force = arguments.bool("force") ? ["--force"] : []
        if desired.name == nil, desired.state != nil || desired.enabled != nil || masked != nil {
            throw ModuleFailure("name is required when state, enabled or masked is given")
        }
        if let name = desired.name, name.hasPrefix("-") || name.isEmpty {
            throw ModuleFailure("'\(name)' is not a unit's name")
        }
    }

    /// For `service` on a host with systemd.
    init(_ desired: DesiredService) {
        self.desired = desired
        masked = nil
        reloads = false
        reexecs = false
        control = ["systemctl"]
        force = []
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        var result = ModuleResult()
        result.values["name"] = desired.name.map { .string($0) } ?? .null
        if reloads || reexecs {
            let verb = reexecs ? "daemon-reexec" : "daemon-reload"
            try await host.change("let systemd read its units anew (\(verb))", "\(control) \(verb)")
        }
        guard let name = desired.name else {
            result.values["status"] = .dict([:])
            return result
        }
        let shown = try await host.observe("\(control) show -p \(UnitStatus.names.joined(separator: ",")) -- \(name)")
        guard shown.status == 0 else {
            throw ModuleFailure("Unable to ask systemd for the unit \(name): \(shown.complaint)")
        }
        return try await apply(UnitStatus(shown.output), name, result, on: host)
    }

    /// What a unit's status leaves to do.
    func apply(
        _ status: UnitStatus, _ name: String, _ result: ModuleResult, on host: ManagedHost
    ) async throws -> ModuleResult {
        var result = result
        result.values["status"] = status.registered
        guard status.exists || masked == true else {
            throw ModuleFailure("Could not find the requested service \(name): host", ["name": .string(name)])
        }
        func act(_ verb: String, _ options: [String] = []) async throws {
            result.changed = true
            let done = try await host.change("\(verb) \(name)") {
                try await $0.attemptLong("\(control) \(verb) \(options) -- \(name) </dev/null")
            }
            guard let done, done.status != 0 else { return }
            var message =
                "Unable to \(verb) service \(name): \(done.errorOutput.isEmpty ? done.complaint : Lines.withoutEmptyEnd(done.errorOutput))"
            let journal = try await lastWords(of: name, on: host)
            if !journal.isEmpty {
                message += "\nthe last lines of its journal:\n" + journal.map { "  " + $0 }.joined(separator: "\n")
            }
            throw ModuleFailure(message, ["name": .string(name), "rc": .int(Int(done.status))])
        }
        if let masked, masked != status.isMasked { try await act(masked ? "mask" : "unmask") }
        if let enabled = desired.enabled {
            if enabled != status.isEnabled { try await act(enabled ? "enable" : "disable", force) }
            result.values["enabled"] = .bool(enabled)
        }
        if let action = desired.action(isRunning: status.isRunning, isStopping: status.isStopping) {
            try await act(action)
        }
        if let state = desired.state { result.values["state"] = .string(state == "stopped" ? "stopped" : "started") }
        return result
    }

    /// Why a unit does not start, its journal says, and not systemctl. Nothing where there is no journal, or the task's
    /// user may not read it.
    private func lastWords(of name: String, on host: ManagedHost) async throws -> [String] {
        let unit = control.contains("--user") ? "--user-unit" : "--unit"
        // Since its last start: what an earlier one said is no cause. (By the invocation's number the words of
        // processes that ended soon would be missing.)
        let read = try await host.observe(
            """
            export LC_ALL=C TZ=UTC
            cf_t=$(\(control) show -p InactiveExitTimestamp --value -- \(name))
            journalctl --quiet --no-pager --output=cat --lines=10 \(unit) \(name) --since "${cf_t:-today}" </dev/null 2>/dev/null
            """)
        return Lines.split(read.output).filter { !$0.allSatisfy(\.isWhitespace) }
    }
}

/// State and start at boot, for every service manager.
struct DesiredService: Sendable, Hashable {
    var name: String?
    var state: String?
    var enabled: Bool?

    /// The verb that brings the state; nil when it is there.
    func action(isRunning: Bool, isStopping: Bool = false) -> String? {
        switch state {
        case "started": isRunning ? nil : "start"
        case "stopped": isRunning || isStopping ? "stop" : nil
        case "restarted": "restart"
        case "reloaded": isRunning ? "reload" : "start"
        default: nil
        }
    }
}
