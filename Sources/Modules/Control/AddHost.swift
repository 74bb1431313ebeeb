import Playbook
import YAML

/// Adds a host to the inventory of the run. The engine does it; nothing is sent to a host.
struct AddHost: Module {
    static let spec: ModuleSpec = {
        var spec = ModuleSpec(
            "add_host", summary: "Adds a host to the inventory of the run, for plays that follow and for delegation.",
            options: [
                .init("name", .raw, help: "The host; with `:PORT` behind it also its ansible_ssh_port."),
                .init("hostname", .raw, help: "The same as name."),
                .init(
                    "groups", .raw,
                    help: "Groups that it joins, a list or a text with commas; they are made where there are none."),
                .init("groupname", .raw, help: "The same as groups."),
            ], acceptsAnyKey: true)
        spec.runsOnce = true
        return spec
    }()
    static let reference = ModuleReference(
        notes:
            "The first host of a batch runs it, for all of them; loop over the hosts to add. What is no option is a variable of the host. Groups that come so have their files of group_vars, too.",
        example: """
            - add_host:
                name: "{{ item.name }}"
                groups: [gpu, fresh]
                ansible_host: "{{ item.address }}"
              loop: "{{ created }}"
            """,
        returns: [.init("add_host", "host_name, groups and host_vars.")])

    private let name: String
    private let groups: [String]
    private let variables: ValueMap

    init(arguments: ValueMap) throws {
        let given = ["name", "hostname", "host"].lazy.compactMap { arguments[$0] }.first {
            !$0.isNull && $0 != .string("")
        }
        guard let given else { throw ModuleFailure("name, host or hostname needs to be provided") }
        guard !given.provenance.isSecret else {
            throw ModuleFailure("the host's name is a secret value: hosts are named in the output")
        }
        var variables = arguments
        for name in ["name", "hostname", "groups", "groupname"] { variables[name] = nil }
        let (name, port) = Self.parted(ArgumentBinder.text(given))
        if let port { variables["ansible_ssh_port"] = .int(port) }
        self.name = name
        self.variables = variables
        let groups = ["groups", "groupname", "group"].lazy.compactMap { arguments[$0] }.first { !$0.isNull }
        switch groups {
        case nil: self.groups = []
        case .list(let items): self.groups = try items.map(Self.group)
        case .string(let text, _):
            self.groups = text.split(separator: ",").map { Self.trimmed(String($0)) }.filter { !$0.isEmpty }
        case let other?: self.groups = [try Self.group(other)]
        }
    }

    private static func group(_ value: Value) throws -> String {
        guard value.list == nil, value.map == nil else { throw ModuleFailure("Groups must be specified as a list.") }
        return trimmed(ArgumentBinder.text(value))
    }

    private static func trimmed(_ text: String) -> String {
        var part = Substring(text)
        while part.first?.isWhitespace == true { part.removeFirst() }
        while part.last?.isWhitespace == true { part.removeLast() }
        return String(part)
    }

    /// `h9:2222` and `[2001:db8::1]:2222`; an address of IPv6 has no port without brackets.
    static func parted(_ text: String) -> (name: String, port: Int?) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), port > 0 else {
            return (text, nil)
        }
        let rest = text[..<colon]
        if rest.hasPrefix("["), rest.hasSuffix("]") { return (String(rest.dropFirst().dropLast()), port) }
        return rest.contains(":") ? (text, nil) : (String(rest), port)
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        var result = ModuleResult()
        result.values["add_host"] = .dict([
            "host_name": .string(name), "groups": .list(groups.map { .string($0) }), "host_vars": .dict(variables),
        ])
        return result
    }
}
