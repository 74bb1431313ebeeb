import Playbook
import YAML

/// Keeps a group.
struct Group: Module {
    static let spec = ModuleSpec(
        "group", summary: "Keeps a group.",
        options: [
            .init("name", .string, required: true, help: "The group."),
            .init(
                "state", .string, choices: ["absent", "present"], default: .string("present"),
                help: "Whether it shall be there."),
            .init("gid", .int, help: "Its number."),
            .init("non_unique", .bool, default: .bool(false), help: "Let the number be another's, too."),
            .init("system", .bool, default: .bool(false), help: "Make a new one a system group."),
        ])
    static let reference = ModuleReference(
        example: """
            - group: name=render gid=992
            """,
        returns: [
            .init("name", "The group."),
            .init("state", "As it was given."),
            .init("gid", "Its number."),
            .init("system", "As it was given."),
        ])

    private let name: String, state: String
    private let gid: Int?
    private let sharesNumber: Bool, isSystem: Bool

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        name = try arguments.required("name")
        state = try arguments.required("state")
        gid = arguments.int("gid")
        sharesNumber = arguments.bool("non_unique")
        isSystem = arguments.bool("system")
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        var result = ModuleResult()
        result.values = ["name": .string(name), "state": .string(state)]
        let found = try await number(on: host)
        let number = (gid.map { ["-g", String($0)] } ?? []) + (gid != nil && sharesNumber ? ["-o"] : [])
        let script: ShellScript? =
            switch (state, found) {
            case ("absent", nil): nil
            case ("absent", _): "groupdel -- \(name)"
            case (_, nil): "groupadd \(number + (isSystem ? ["-r"] : [])) -- \(name)"
            case (_, let found): gid == nil || gid == found ? nil : "groupmod \(number) -- \(name)"
            }
        if let script {
            result.changed = true
            try await host.change("change the group \(name)") { host in
                let done = try await host.attempt(script)
                if done.status != 0 {
                    throw ModuleFailure(
                        done.errorOutput.isEmpty ? done.complaint : done.errorOutput,
                        ["name": .string(name), "rc": .int(Int(done.status))])
                }
            }
        }
        guard state == "present" else { return result }
        result.values["system"] = .bool(isSystem)
        let now = script == nil ? found : try await self.number(on: host)
        if let now { result.values["gid"] = .int(now) }
        return result
    }

    private func number(on host: ManagedHost) async throws -> Int? {
        let entry = try await host.observe("getent group \(name) || grep \("^\(name):") /etc/group; :").output
        return entry.split(separator: ":", omittingEmptySubsequences: false).dropFirst(2).first.flatMap { Int($0) }
    }
}
