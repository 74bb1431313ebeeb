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
    let roster: Roster
    var groups: Value { roster.groups }
    let templar: Templar
    /// nil where nothing is written down.
    let notes: SecretNotes?
    private let hostVariables = Mutex(HostVariables())

    private struct HostVariables: Sendable {
        var maps = ValueMap()
        var versions: [String: Int] = [:]
        /// Hosts whose variables look at other hosts' (those of the group `all` make it all hosts).
        var lookingAround: [String]?
    }
    /// Templates that go from host to host further than this show the last ones as they stand.
    private static let furthestLook = 4

    init(_ inventory: Inventory, extra: ValueMap, constants: ValueMap, templar: Templar, notes: SecretNotes? = nil) {
        let roster = Roster(inventory)
        self.roster = roster
        var hosts: [String: HostMemory] = [:]
        for (name, host) in inventory.hosts {
            hosts[name] = HostMemory(name: name, groupNames: host.groupNames, inventory: host.variables, roster: roster)
        }
        // A play may name localhost without an inventory's word: it is this machine.
        if hosts["localhost"] == nil {
            hosts["localhost"] = HostMemory(
                name: "localhost", groupNames: [], inventory: ["ansible_connection": .string("local")], roster: roster)
        }
        self.hosts = hosts
        order = inventory.hostOrder
        self.extra = CredentialVariables.known(in: extra)
        self.constants = constants
        var templar = templar
        if let notes {
            templar.environment.joining = { text, label in
                if notes.areNeeded(for: text) { notes.shared.note(hidden: [JoinedSecret(text: text, label: label)]) }
            }
        }
        self.templar = templar
        self.notes = notes
    }

    /// A host that has left the inventory since the run began has no variables.
    func host(_ name: String) -> HostMemory {
        hosts[name] ?? HostMemory(name: name, groupNames: [], inventory: [:], roster: roster)
    }

    /// `hostvars`: inventory variables, facts and registered results of every host.
    ///
    /// Kept between uses, so that one use costs the hosts that have learned something since the last. Templates in a
    /// host's
    /// variables are rendered as that host sees them. Where those look at `hostvars` in turn, they are rendered again
    /// with what came out,
    /// until nothing changes any more.
    func hostvars() -> Value {
        hostVariables.withLock { cache in
            var changed = false
            let names = order.contains("localhost") ? order : order + ["localhost"]
            for name in names {
                guard let host = hosts[name] else { continue }
                let learned = host.snapshot
                guard cache.versions[name] != learned.version else { continue }
                cache.versions[name] = learned.version
                cache.maps[name] = .dict(variables(of: host, learned, hostvars: cache.maps))
                changed = true
            }
            guard changed else { return .dict(cache.maps) }
            let lookingAround =
                cache.lookingAround
                ?? names.filter { name in hosts[name].map { HostScope.mentionsHostvars(.dict($0.inventory)) } ?? false }
            cache.lookingAround = lookingAround
            for _ in 0..<Self.furthestLook where !lookingAround.isEmpty {
                let before = cache.maps
                for name in lookingAround {
                    if let host = hosts[name] {
                        cache.maps[name] = .dict(variables(of: host, host.snapshot, hostvars: before))
                    }
                }
                if cache.maps == before { break }
            }
            return .dict(cache.maps)
        }
    }

    private func variables(of host: HostMemory, _ learned: HostMemory.Learned, hostvars: ValueMap) -> ValueMap {
        let scope = HostScope(host: host, learned: learned, fleet: self, hostvars: hostvars)
        var map = ValueMap()
        for (key, value) in host.inventory.pairs {
            map[key] = Templar.holdsTemplate(value) ? (try? templar.render(value, in: scope)) ?? value.untrusted : value
        }
        map.merge(learned.injected)
        map["ansible_facts"] = .dict(learned.facts)
        for (key, value) in learned.files.pairs {
            map[key] = Templar.holdsTemplate(value) ? (try? templar.render(value, in: scope)) ?? value.untrusted : value
        }
        map.merge(learned.registered)
        map.merge(extra)
        // Whoever gave them: the other hosts see them.
        for name in CredentialVariables.names { map[name] = map[name].map { CredentialVariables.known($0, as: name) } }
        map["inventory_hostname"] = .string(host.name)
        map["inventory_hostname_short"] = .string(Inventory.shortName(of: host.name))
        map["group_names"] = .list(host.groupNames.map { .string($0) })
        map["groups"] = groups
        return map
    }
}

/// A host as `hostvars` sees it: no play around it.
struct HostScope: VariableScope {
    let host: HostMemory
    let learned: HostMemory.Learned
    let fleet: FleetVariables
    let hostvars: ValueMap

    func variable(named name: String) -> Value? {
        switch name {
        case "inventory_hostname": return .string(host.name)
        case "inventory_hostname_short": return .string(Inventory.shortName(of: host.name))
        case "groups": return fleet.groups
        case "group_names": return .list(host.groupNames.map { .string($0) })
        case "ansible_facts": return .dict(learned.facts)
        case "hostvars": return .dict(hostvars)
        default: break
        }
        if let value = fleet.extra[name] { return value }
        if let value = learned.registered[name] { return value }
        if let value = learned.files[name] { return value }
        if let value = learned.injected[name] { return value }
        return host.inventory[name]
    }

    var variableNames: [String] {
        host.inventory.names + learned.injected.names + learned.files.names + learned.registered.names
    }

    static func mentionsHostvars(_ value: Value) -> Bool {
        switch value {
        case .string(let text, let provenance): provenance.isTrusted && text.contains("hostvars") && text.contains("{")
        case .list(let items): items.contains(where: mentionsHostvars)
        case .dict(let map): map.pairs.values.contains(where: mentionsHostvars)
        default: false
        }
    }
}
