import Playbook
import YAML

/// Keeps a service running and enabled, by whichever service manager the host has.
struct Service: Module {
    static let spec = ModuleSpec(
        "service", summary: "Keeps a service running and enabled.",
        options: [
            .init("name", .string, required: true, help: "The service."),
            .init(
                "state", .string, choices: ["reloaded", "restarted", "started", "stopped"],
                help: "What shall be; reloaded and restarted always act."),
            .init("enabled", .bool, help: "Whether it starts with the host."),
            .init(
                "pattern", .string,
                help:
                    "Without a service manager that tells: text in the list of processes by which the service counts as running."
            ),
            .init("arguments", .string, aliases: ["args"], help: "Words for the service's script; systemd has none."),
            .init(
                "runlevel", .string, default: .string("default"),
                help: "OpenRC: the runlevel in which enabled services start."),
            .init(
                "sleep", .int, help: "Seconds between stop and start of a restart, where the service's script does it."),
            .noEffect("use", .string, default: .string("auto"), because: "the host's service manager is found"),
        ])
    static let reference = ModuleReference(
        example: """
            - service:
                name: nvidia-persistenced
                state: started
                enabled: true
            """,
        returns: [
            .init("name", "The service."),
            .init("state", "started or stopped, where a state was asked for."),
            .init("enabled", "Where it was asked for."),
            .init("status", "On hosts with systemd: the unit's properties."),
        ])

    private let desired: DesiredService
    private let name: String
    private let pattern: String?, runlevel: String
    private let words: [String]
    private let pause: Int?

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        name = try arguments.required("name")
        desired = DesiredService(
            name: name, state: arguments.string("state"), enabled: arguments.optionalBool("enabled"))
        pattern = arguments.string("pattern").flatMap { $0.isEmpty ? nil : $0 }
        runlevel = try arguments.required("runlevel")
        words = try arguments.string("arguments").map(CommandLine.split) ?? []
        pause = arguments.int("sleep").flatMap { $0 > 0 ? $0 : nil }
        guard !runlevel.isEmpty, !runlevel.hasPrefix("-") else {
            throw ModuleFailure("'\(runlevel)' is not a runlevel")
        }
        guard !name.isEmpty, !name.hasPrefix("-"), !name.contains("/") else {
            throw ModuleFailure("'\(name)' is not a service's name")
        }
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let shown = try await host.observe(
            """
            if [ -d /run/systemd/system ]; then echo systemd; systemctl show -p \(UnitStatus.names.joined(separator: ",")) -- \(name)
            elif command -v rc-service >/dev/null; then echo openrc
              rc-service -e \(name) && echo exists; rc-service \(name) status >/dev/null 2>&1 && echo running; rc-update show \(runlevel) 2>/dev/null | grep -q \(" *" + name + " *|") && echo enabled
            else echo sysv
              [ -x \("/etc/init.d/" + name) ] && echo exists; \(shell: self.isRunning) && echo running
              for cf_one in /etc/rc[2345].d/S[0-9][0-9]\(name); do [ -e "$cf_one" ] && { echo enabled; break; }; done
            fi
            :

            """)
        let lines = shown.output.split(separator: "\n", omittingEmptySubsequences: false)
        guard shown.status == 0, let manager = lines.first else {
            throw ModuleFailure("cannot ask for the service \(name): \(shown.complaint)")
        }
        var result = ModuleResult()
        result.values["name"] = .string(name)
        if manager == "systemd" {
            return try await Systemd(desired).apply(
                UnitStatus(lines.dropFirst().joined(separator: "\n")), name, result, on: host)
        }
        guard lines.contains("exists") else {
            throw ModuleFailure("Could not find the requested service \(name): host", ["name": .string(name)])
        }
        let isRunning = lines.contains("running")
        let isEnabled = lines.contains("enabled")
        func act(_ verb: String, _ script: ShellScript) async throws {
            result.changed = true
            try await host.change("\(verb) \(name)") { host in
                let done = try await host.attemptLong(script)
                if done.status != 0 {
                    throw ModuleFailure("Unable to \(verb) service \(name): \(done.complaint)", done.registered)
                }
            }
        }
        if let enabled = desired.enabled {
            if enabled != isEnabled {
                let script: ShellScript =
                    manager == "openrc"
                    ? "rc-update \(enabled ? "add" : "del") \(name) \(runlevel)"
                    : "if command -v update-rc.d >/dev/null; then update-rc.d \(name) \(enabled ? "enable" : "disable"); else chkconfig \(name) \(enabled ? "on" : "off"); fi"
                try await act(enabled ? "enable" : "disable", script)
            }
            result.values["enabled"] = .bool(enabled)
        }
        if let verb = desired.action(isRunning: isRunning) {
            func script(_ verb: String) -> ShellScript {
                "\(manager == "openrc" ? ["rc-service", name, verb] + words : ["/etc/init.d/" + name, verb] + words) </dev/null"
            }
            if verb == "restart", let pause {
                try await act(
                    verb, "\(shell: script("stop")); sleep \(unquotedNumber: pause); \(shell: script("start"))")
            } else {
                try await act(verb, script(verb))
            }
        }
        if let state = desired.state { result.values["state"] = .string(state == "stopped" ? "stopped" : "started") }
        return result
    }

    /// Asks a script of System V's, or the list of processes, in which the asking one's own words don't stand.
    var isRunning: ShellScript {
        guard let pattern else { return "\("/etc/init.d/" + name) status >/dev/null 2>&1" }
        return
            "ps -ef | CF_PATTERN=\(pattern) awk 'index($0, ENVIRON[\"CF_PATTERN\"]) { found = 1 } END { exit !found }'"
    }
}
