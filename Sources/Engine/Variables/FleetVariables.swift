import Credentials
import Inventory
import Synchronization
import Templating
import YAML

/// Variables that hold for a whole run: the hosts, their groups, extra variables, and `hostvars`.
final class FleetVariables: Sendable {
    private let hosts: [String: HostMemory]
    /// Those that tasks have added, and addresses that tasks were delegated to.
    private let added = Mutex([String: HostMemory]())
    let extra: ValueMap
    /// Connection variables among the extra ones that are templates: they may see a task's variables.
    let connectionTemplates: [String]
    /// Constants of the run, such as `ansible_version`.
    let constants: ValueMap
    let roster: Roster
    var groups: Value { roster.groups }
    let templar: Templar
    /// nil where nothing is written down.
    let notes: SecretNotes?
    private let hostVariables = Mutex(HostVariables())
    /// Called with each host that comes or changes, so that connections are made as it is now.
    private let onHost: @Sendable (Inventory.Host) -> Void
    /// Called with what is wrong with the files of variables of a group that has come.
    private let onProblem: @Sendable (Diagnostics) -> Void

    private struct HostVariables: Sendable {
        var maps = ValueMap()
        var versions: [String: Int] = [:]
        /// Hosts whose variables look at other hosts' (those of the group `all` make it all hosts).
        var lookingAround: [String]?
    }
    /// Templates that go from host to host further than this show the last ones as they stand.
    private static let furthestLook = 4

    init(
        _ inventory: Inventory, extra: ValueMap, constants: ValueMap, templar: Templar, notes: SecretNotes? = nil,
        onHost: @escaping @Sendable (Inventory.Host) -> Void = { _ in },
        onProblem: @escaping @Sendable (Diagnostics) -> Void = { _ in }
    ) {
        self.onHost = onHost
        self.onProblem = onProblem
        let roster = Roster(inventory)
        self.roster = roster
        var hosts: [String: HostMemory] = [:]
        for (name, host) in inventory.hosts {
            hosts[name] = HostMemory(host)
        }
        // A play may name localhost without an inventory's word: it is this machine.
        if hosts["localhost"] == nil {
            hosts["localhost"] = HostMemory(inventory.unlisted(named: "localhost"))
        }
        self.hosts = hosts
        self.extra = CredentialVariables.known(in: extra)
        connectionTemplates = HostMemory.Learned.templates(in: self.extra)
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

    /// One of the inventory's, or any other: a name that nobody has listed has the variables of the group `all`.
    func host(_ name: String) -> HostMemory {
        if let host = hosts[name] { return host }
        return added.withLock { added in
            if let host = added[name] { return host }
            let entry = roster.entry(name)
            let host = HostMemory(entry)
            added[name] = host
            onHost(entry)
            return host
        }
    }

    /// A connection variable of the inventory as the host sees it without any task, as the credentials have it; nil
    /// where its template needs more.
    func inventoryValue(of name: String, _ value: Value, for host: HostMemory) -> Value? {
        let scope = InventoryScope(host: roster.entry(host.name), extra: extra)
        return (try? templar.render(value, in: scope)).map { CredentialVariables.known($0, as: name) }
    }

    // MARK: What tasks change

    /// - Parameter host: the task's.
    func apply(_ update: VariableUpdate, on host: HostMemory) {
        switch update {
        case .of(let name, let update): apply(update, on: self.host(name))
        case .inventory(let addition): grow { () throws(Diagnostics) in try roster.add(addition) }
        case .inventoryAgain: grow { () throws(Diagnostics) in try roster.refresh() }
        default: host.apply(update)
        }
    }

    private func grow(_ change: () throws(Diagnostics) -> [Inventory.Host]) {
        do throws(Diagnostics) {
            for entry in try change() {
                if let known = hosts[entry.name] {
                    known.move(to: entry)
                } else {
                    added.withLock { added in
                        if let known = added[entry.name] {
                            known.move(to: entry)
                        } else {
                            added[entry.name] = HostMemory(entry)
                        }
                    }
                }
                onHost(entry)
            }
        } catch { onProblem(error) }
        hostVariables.withLock { $0.lookingAround = nil }
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
            let order = roster.inventory.hostOrder
            let names = order.contains("localhost") ? order : order + ["localhost"]
            for name in names {
                let host = self.host(name)
                let learned = host.snapshot
                guard cache.versions[name] != learned.version else { continue }
                cache.versions[name] = learned.version
                cache.maps[name] = .dict(variables(of: host, learned, hostvars: cache.maps))
                changed = true
            }
            guard changed else { return .dict(cache.maps) }
            let lookingAround =
                cache.lookingAround
                ?? names.filter { HostScope.mentionsHostvars(.dict(self.host($0).inventory)) }
            cache.lookingAround = lookingAround
            for _ in 0..<Self.furthestLook where !lookingAround.isEmpty {
                let before = cache.maps
                for name in lookingAround {
                    let host = self.host(name)
                    cache.maps[name] = .dict(variables(of: host, host.snapshot, hostvars: before))
                }
                if cache.maps == before { break }
            }
            return .dict(cache.maps)
        }
    }

    private func variables(of host: HostMemory, _ learned: HostMemory.Learned, hostvars: ValueMap) -> ValueMap {
        let scope = HostScope(host: host, learned: learned, fleet: self, hostvars: hostvars)
        var map = ValueMap()
        for (key, value) in learned.inventory.pairs {
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
        map["group_names"] = .list(learned.groupNames.map { .string($0) })
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
        case "group_names": return .list(learned.groupNames.map { .string($0) })
        case "ansible_facts": return .dict(learned.facts)
        case "hostvars": return .dict(hostvars)
        default: break
        }
        if let value = fleet.extra[name] { return value }
        if let value = learned.registered[name] { return value }
        if let value = learned.files[name] { return value }
        if let value = learned.injected[name] { return value }
        return learned.inventory[name]
    }

    var variableNames: [String] {
        learned.inventory.names + learned.injected.names + learned.files.names + learned.registered.names
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
