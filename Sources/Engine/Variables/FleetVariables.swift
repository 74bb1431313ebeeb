import Inventory
import Synchronization
import Templating
import YAML

/// Variables that hold for a whole run: the hosts, their groups, extra variables, and `hostvars`.
final class FleetVariables: Sendable {
    let hosts: [String: HostMemory]
    let order: [String]
    let extra: ValueMap
    /// Constants of the run, such as `ansible_version`.
    let constants: ValueMap
    let groups: Value
    let templar: Templar
    private let hostVariables = Mutex(HostVariables())

    private struct HostVariables: Sendable {
        var maps = ValueMap()
        var versions: [String: Int] = [:]
    }

    init(_ inventory: Inventory, extra: ValueMap, constants: ValueMap, templar: Templar) {
        var hosts: [String: HostMemory] = [:]
        for (name, host) in inventory.hosts { hosts[name] = HostMemory(name: name, groupNames: host.groupNames, inventory: host.variables) }
        // A play may name localhost without an inventory's word: it is this machine.
        if hosts["localhost"] == nil {
            hosts["localhost"] = HostMemory(name: "localhost", groupNames: [], inventory: ["ansible_connection": .string("local")])
        }
        self.hosts = hosts
        order = inventory.hostOrder
        self.extra = extra
        self.constants = constants
        self.templar = templar
        var groups = ValueMap()
        for (name, group) in inventory.groups.sorted(by: { $0.key < $1.key }) {
            groups[name] = .list(group.allHosts.map { .string($0) })
        }
        self.groups = .dict(groups)
    }

    /// A host that has left the inventory since the run began has no variables.
    func host(_ name: String) -> HostMemory { hosts[name] ?? HostMemory(name: name, groupNames: [], inventory: [:]) }

    /// `hostvars`: inventory variables, facts and registered results of every host.
    ///
    /// Kept between uses, so that one use costs the hosts that have learned something since the last. Templates in a host's
    /// variables are rendered as that host sees them; inside of those, `hostvars` shows templates as they stand.
    func hostvars() -> Value {
        hostVariables.withLock { cache in
            for name in order { refresh(name, in: &cache) }
            if cache.maps["localhost"] == nil, !order.contains("localhost") { refresh("localhost", in: &cache) }
            return .dict(cache.maps)
        }
    }

    private func refresh(_ name: String, in cache: inout HostVariables) {
        guard let host = hosts[name] else { return }
        let learned = host.snapshot
        guard cache.versions[name] != learned.version else { return }
        cache.versions[name] = learned.version
        let scope = HostScope(host: host, learned: learned, fleet: self)
        var map = ValueMap()
        for (key, value) in host.inventory.pairs {
            map[key] = HostScope.holdsTemplate(value) ? (try? templar.render(value, in: scope)) ?? value : value
        }
        map.merge(learned.injected)
        map["ansible_facts"] = .dict(learned.facts)
        map.merge(learned.registered)
        map.merge(extra)
        map["inventory_hostname"] = .string(name)
        map["inventory_hostname_short"] = .string(HostScope.shortName(name))
        map["group_names"] = .list(host.groupNames.map { .string($0) })
        map["groups"] = groups
        cache.maps[name] = .dict(map)
    }
}

/// A host as `hostvars` sees it: no play around it.
struct HostScope: VariableScope {
    let host: HostMemory
    let learned: HostMemory.Learned
    let fleet: FleetVariables

    func variable(named name: String) -> Variable? {
        switch name {
        case "inventory_hostname": return Variable(.string(host.name), isTemplate: false)
        case "inventory_hostname_short": return Variable(.string(Self.shortName(host.name)), isTemplate: false)
        case "groups": return Variable(fleet.groups, isTemplate: false)
        case "group_names": return Variable(.list(host.groupNames.map { .string($0) }), isTemplate: false)
        case "ansible_facts": return Variable(.dict(learned.facts), isTemplate: false)
        case "hostvars":
            var maps = ValueMap()
            for (name, host) in fleet.hosts { maps[name] = .dict(host.inventory) }
            return Variable(.dict(maps), isTemplate: false)
        default: break
        }
        if let value = fleet.extra[name] { return Variable(value, isTemplate: true) }
        if let value = learned.registered[name] ?? learned.injected[name] { return Variable(value, isTemplate: false) }
        return host.inventory[name].map { Variable($0, isTemplate: true) }
    }

    var variableNames: [String] { host.inventory.names + learned.injected.names + learned.registered.names }

    static func shortName(_ name: String) -> String { name.split(separator: ".").first.map(String.init) ?? name }

    static func holdsTemplate(_ value: Value) -> Bool {
        switch value {
        case .string(let text): text.contains("{{") || text.contains("{%")
        case .list(let items): items.contains(where: holdsTemplate)
        case .dict(let map): map.pairs.values.contains(where: holdsTemplate)
        default: false
        }
    }
}
