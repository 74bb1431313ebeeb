import Credentials
import Inventory
import Playbook
import Templating
import YAML

/// The variables that a task sees on one host: layers, of which the first that knows a name wins. Nothing is merged, so
/// a scope costs the same however many variables there are.
///
/// Highest first: the loop's variables, magic variables, extra variables (`-e`), what `set_fact` and `register` set,
/// the task's and its
/// blocks' `vars` (with `include_vars` over them), the roles' `vars`, the play's `vars_files` and `vars`, facts, the
/// inventory, the defaults of the task's role and of the play's roles.
struct TaskScope: VariableScope {
    let host: HostMemory
    let fleet: FleetVariables
    let play: PlayVariables
    var checkMode: Bool
    var diffMode: Bool
    /// The task's role, for `role_path` and `role_name`.
    var role: Role?
    /// Folders that the task's files are searched in.
    var searchPath: [String] = []
    /// The loop's variables, and a result under judgement.
    var locals = ValueMap()
    private let layers: [ValueMap]
    /// Of each layer; nil for facts, which say nothing of a connection.
    private let sources: [ConnectionOverrides.Source?]
    private let facts: ValueMap

    init(
        host: HostMemory, fleet: FleetVariables, play: PlayVariables, hostFiles: [ValueMap], taskVariables: ValueMap,
        parameters: ValueMap = [:], roleDefaults: ValueMap = [:], locals: ValueMap = [:], checkMode: Bool,
        diffMode: Bool
    ) {
        self.host = host
        self.fleet = fleet
        self.play = play
        self.locals = locals
        self.checkMode = checkMode
        self.diffMode = diffMode
        let learned = host.snapshot
        facts = learned.facts
        var layers: [ValueMap] = []
        layers.reserveCapacity(8)
        var sources: [ConnectionOverrides.Source?] = []
        sources.reserveCapacity(8)
        func add(_ values: ValueMap, _ source: ConnectionOverrides.Source?) {
            guard !values.isEmpty else { return }
            layers.append(values)
            sources.append(source)
        }
        add(fleet.extra, .extra)
        add(parameters, .task)
        add(learned.registered, .facts)
        add(learned.files, .facts)
        add(taskVariables, .task)
        let exposed = play.exposed
        add(exposed.variables, .roles)
        add(play.roleVariables, .roles)
        for values in hostFiles { add(values, .files) }
        for values in play.files { add(values, .files) }
        add(play.variables, .play)
        add(learned.injected, nil)
        add(learned.inventory, .inventory)
        add(roleDefaults, .roleDefaults)
        add(exposed.defaults, .roleDefaults)
        add(play.roleDefaults, .roleDefaults)
        self.layers = layers
        self.sources = sources
    }

    func variable(named name: String) -> Value? {
        if let value = locals[name] { return value }
        if let value = magic(name) { return value }
        for layer in layers {
            if let value = layer[name] { return value }
        }
        return nil
    }

    /// A variable of a connection, and where it stands; null is as if it were not there.
    func connectionVariable(named name: String) -> (value: Value, source: ConnectionOverrides.Source)? {
        if let value = locals[name], !value.isNull { return (value, .task) }
        for (layer, source) in zip(layers, sources) {
            if let source, let value = layer[name], !value.isNull { return (value, source) }
        }
        return nil
    }

    var variableNames: [String] {
        var names = Set(locals.names).union(Self.magicNames).union(fleet.constants.names)
        for layer in layers { names.formUnion(layer.names) }
        return names.sorted()
    }

    private static let magicNames: Set<String> = [
        "inventory_hostname", "inventory_hostname_short", "groups", "group_names", "hostvars", "omit", "ansible_facts",
        "play_hosts", "ansible_play_hosts", "ansible_play_hosts_all", "ansible_play_batch", "ansible_play_name",
        "ansible_check_mode", "ansible_diff_mode", "playbook_dir", "role_path", "role_name", "ansible_role_name",
        "ansible_search_path", "ansible_collection_name",
    ]

    private func magic(_ name: String) -> Value? {
        guard Self.magicNames.contains(name) else { return fleet.constants[name] }
        switch name {
        case "inventory_hostname": return .string(host.name)
        case "inventory_hostname_short": return .string(Inventory.shortName(of: host.name))
        case "groups": return fleet.groups
        case "group_names": return .list(host.groupNames.map { .string($0) })
        case "hostvars": return fleet.hostvars()
        case "omit": return .omit
        case "ansible_facts": return .dict(facts)
        case "ansible_play_hosts": return play.active.play
        case "ansible_play_batch", "play_hosts": return play.active.batch
        case "ansible_play_hosts_all": return .list(play.allHosts.map { .string($0) })
        case "ansible_play_name": return .string(play.name)
        case "ansible_check_mode": return .bool(checkMode)
        case "ansible_diff_mode": return .bool(diffMode)
        case "playbook_dir": return .string(play.directory)
        case "role_path": return role.map { .string($0.path) }
        case "role_name": return role.map { .string($0.shortName) }
        case "ansible_role_name": return role.map { .string($0.name) }
        case "ansible_search_path": return .list(searchPath.map { .string($0) })
        case "ansible_collection_name": return role?.collection.map { .string($0) }
        default: return nil
        }
    }
}

extension ValueMap {
    func overlaid(by other: ValueMap) -> ValueMap {
        if other.isEmpty { return self }
        var map = self
        map.merge(other)
        return map
    }
}
