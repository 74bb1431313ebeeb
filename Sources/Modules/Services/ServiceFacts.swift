import Playbook
import YAML

/// The services of a host, as the fact `services`: name to state and status.
struct ServiceFacts: Module {
    static let spec = ModuleSpec("service_facts", summary: "Tells the services of a host.", options: [])
    static let reference = ModuleReference(
        example: """
            - service_facts:
            - debug: msg="{{ ansible_facts.services['nvidia-persistenced.service'].state }}"
            """,
        returns: [.init("ansible_facts", "services: name to name, state, source and, on hosts with systemd, status.")])

    init(arguments: ValueMap) throws {}

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let answer = try await host.observe(
            """
            if [ -d /run/systemd/system ]; then echo systemd; printf '\\000'
              systemctl list-units --no-pager --plain --no-legend --all --type=service; printf '\\000'
              systemctl list-unit-files --no-pager --no-legend --type=service; printf '\\000'
            elif command -v rc-status >/dev/null; then echo openrc; printf '\\000'
              rc-status -a -s -f ini 2>/dev/null; printf '\\000'; printf '\\000'
            else echo sysv; printf '\\000'
              for cf_one in /etc/init.d/*; do
                if [ -x "$cf_one" ]; then
                  if "$cf_one" status >/dev/null 2>&1 </dev/null; then printf '%s running\\n' "${cf_one##*/}"; else printf '%s stopped\\n' "${cf_one##*/}"; fi
                fi
              done; printf '\\000'; printf '\\000'
            fi
            """)
        guard answer.status == 0, answer.records.count == 4 else {
            throw ModuleFailure("cannot ask for the host's services: \(answer.complaint)")
        }
        let manager = Lines.withoutEmptyEnd(answer.records[0])
        var services: [String: ValueMap] = [:]
        for line in answer.records[1].split(separator: "\n") {
            let words = line.split(whereSeparator: { $0.isWhitespace || manager == "openrc" && $0 == "=" }).map(
                String.init)
            if manager == "systemd" {
                guard words.count >= 4, words[0].contains(".service") else { continue }
                // Loaded or not, active or not, and what exactly.
                let state =
                    words[1] == "not-found" || words[2] == "failed"
                    ? "stopped" : words[3] == "running" ? "running" : "stopped"
                services[words[0]] = [
                    "name": .string(words[0]), "state": .string(state),
                    "status": .string(
                        words[1] == "not-found" ? "not-found" : words[2] == "failed" ? "failed" : "unknown"),
                    "source": .string("systemd"),
                ]
            } else if words.count >= 2 {
                services[words[0]] = [
                    "name": .string(words[0]), "state": .string(words[1] == "started" ? "running" : words[1]),
                    "source": .string(manager),
                ]
            }
        }
        for line in answer.records[2].split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            guard words.count >= 2 else { continue }
            if services[words[0]] == nil {
                services[words[0]] = [
                    "name": .string(words[0]), "state": .string(words[0].contains("@.") ? "unknown" : "inactive"),
                    "source": .string("systemd"),
                ]
            }
            // A service that has failed is reported so.
            if services[words[0]]?["status"] != .string("failed") { services[words[0]]?["status"] = .string(words[1]) }
        }
        var facts = ValueMap()
        for (name, service) in services.sorted(by: { $0.key < $1.key }) { facts[name] = .dict(service) }
        var result = ModuleResult()
        result.facts = ["services": .dict(facts)]
        return result
    }
}
