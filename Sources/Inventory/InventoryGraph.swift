import YAML

/// Groups, hosts and their own variables while the sources are read; nothing is merged yet.
package struct InventoryGraph: Sendable {
    struct Host {
        let name: String
        let mark: SourceMark?
        var variables: ValueMap = [:]
        /// Groups that list it, not their parents.
        var groups: [Int] = []
    }
    struct Group {
        let name: String
        let mark: SourceMark?
        var variables: ValueMap = [:]
        var priority = 1
        var hosts: [Int] = []
        var hostSet: Set<Int> = []
        var children: [Int] = []
        var parents: [Int] = []
    }
    /// Why the sources' content makes no sense; the caller knows the place.
    struct Refusal: Error {
        let problem: String
        var remedy: String?
        init(_ problem: String, remedy: String? = nil) {
            self.problem = problem
            self.remedy = remedy
        }
    }

    private(set) var groups: [Group] = []
    private(set) var hosts: [Host] = []
    private var groupNumbers: [String: Int] = [:]
    private var hostNumbers: [String: Int] = [:]
    var warnings: [Diagnostic] = []
    /// Files that were read, in order.
    var sources: [String] = []
    /// Folders beside which group_vars and host_vars may lie, one for each source, in order.
    var folders: [String] = []
    /// That of the default inventory, when it was read.
    var projectFolder: String?

    static let all = 0, ungrouped = 1

    init() {
        groups = [Group(name: "all", mark: nil), Group(name: "ungrouped", mark: nil)]
        groupNumbers = ["all": Self.all, "ungrouped": Self.ungrouped]
        link(parent: Self.all, child: Self.ungrouped)
    }

    func group(named name: String) -> Int? { groupNumbers[name] }
    func host(named name: String) -> Int? { hostNumbers[name] }

    // MARK: What sources say

    mutating func addGroup(_ name: String, at mark: SourceMark?) throws(Refusal) -> Int {
        guard !name.isEmpty else { throw Refusal("a group without a name") }
        if let known = groupNumbers[name] { return known }
        if !Self.isVariableName(name) {
            warnings.append(
                Diagnostic(
                    "the group name '\(name)' is no variable name, so that templates cannot use it as one", at: mark,
                    remedy: "letters, digits and '_' are safe"))
        }
        groupNumbers[name] = groups.count
        groups.append(Group(name: name, mark: mark))
        return groups.count - 1
    }

    /// A host's port counts where it is first mentioned.
    mutating func addHost(_ name: String, port: Int?, to group: Int, at mark: SourceMark?) throws(Refusal) -> Int {
        guard !name.isEmpty else { throw Refusal("a host without a name") }
        let number: Int
        if let known = hostNumbers[name] {
            number = known
        } else {
            number = hosts.count
            hostNumbers[name] = number
            var host = Host(name: name, mark: mark)
            if let port { host.variables["ansible_port"] = .int(port) }
            hosts.append(host)
        }
        add(host: number, to: group)
        return number
    }

    private mutating func add(host: Int, to group: Int) {
        guard groups[group].hostSet.insert(host).inserted else { return }
        groups[group].hosts.append(host)
        hosts[host].groups.append(group)
    }

    private mutating func remove(host: Int, from group: Int) {
        guard groups[group].hostSet.remove(host) != nil else { return }
        groups[group].hosts.removeAll { $0 == host }
        hosts[host].groups.removeAll { $0 == group }
    }

    /// - Throws: when the edge would close a loop.
    mutating func addChild(_ child: Int, to parent: Int) throws(Refusal) {
        guard child != parent else { throw Refusal("the group '\(groups[child].name)' is its own child") }
        guard !groups[parent].children.contains(child) else { return }
        guard !ancestors(of: [parent]).contains(child) else {
            throw Refusal("the group '\(groups[child].name)' as a child of '\(groups[parent].name)' closes a loop")
        }
        link(parent: parent, child: child)
    }

    /// As in Ansible, a name that is no group may be a host's.
    mutating func addChild(named name: String, to parent: Int) throws(Refusal) {
        if let group = groupNumbers[name] { return try addChild(group, to: parent) }
        guard let host = hostNumbers[name] else { throw Refusal("'\(name)' is no group and no host") }
        add(host: host, to: parent)
    }

    private mutating func link(parent: Int, child: Int) {
        groups[parent].children.append(child)
        groups[child].parents.append(parent)
    }

    /// As in Ansible, a name that is a group's and a host's means the group.
    mutating func setVariable(_ key: Value, to value: Value, ofHost host: Int) throws(Refusal) {
        if let group = groupNumbers[hosts[host].name] { return try setVariable(key, to: value, ofGroup: group) }
        hosts[host].variables[key] = value
    }

    mutating func setVariables(_ map: ValueMap, ofHost host: Int) throws(Refusal) {
        if groupNumbers[hosts[host].name] == nil, hosts[host].variables.isEmpty {
            hosts[host].variables = map
            return
        }
        for (key, value) in map.pairs { try setVariable(key, to: value, ofHost: host) }
    }

    mutating func setVariable(_ key: Value, to value: Value, ofGroup group: Int) throws(Refusal) {
        guard key == .string("ansible_group_priority") else {
            groups[group].variables[key] = value
            return
        }
        let priority: Int? =
            switch value {
            case .int(let number, _): number
            case .bool(let flag, _): flag ? 1 : 0
            case .double(let number, _): Int(exactly: number.rounded(.towardZero))
            case .string(let text, _): Int(text.filter { !$0.isWhitespace && $0 != "_" })
            default: nil
            }
        guard let priority else { throw Refusal("ansible_group_priority is not an integer") }
        groups[group].priority = priority
    }

    // MARK: What comes during a run

    /// - Returns: hosts that are below other groups now.
    mutating func add(_ addition: Inventory.Addition) throws(Refusal) -> Set<Int> {
        var changed: Set<Int> = []
        // A new host belongs to `all` itself, and stands before those that the sources have in its groups.
        let host =
            if let known = hostNumbers[addition.host] { known } else {
                try addHost(addition.host, port: nil, to: Self.all, at: nil)
            }
        hosts[host].variables.merge(addition.variables)
        for name in addition.groups {
            let group = try addGroup(name, at: nil)
            for name in addition.parents where name != "all" {
                let parent = try addGroup(name, at: nil)
                if !groups[parent].children.contains(group) {
                    try addChild(group, to: parent)
                    changed.formUnion(allHosts(of: group))
                }
                if groups[parent].parents.isEmpty { try addChild(parent, to: Self.all) }
            }
            if groups[group].parents.isEmpty, group != Self.all { try addChild(group, to: Self.all) }
            add(host: host, to: group)
        }
        let others = hosts[host].groups.filter { $0 != Self.all && $0 != Self.ungrouped }
        if others.isEmpty { add(host: host, to: Self.ungrouped) } else { remove(host: host, from: Self.ungrouped) }
        return changed
    }

    // MARK: The whole

    /// To be called when all sources are read: every group descends from `all`, hosts of no group belong to
    /// `ungrouped`, and credentials are known as secret.
    mutating func complete() throws(Diagnostics) {
        for number in groups.indices {
            groups[number].variables = CredentialVariables.known(in: groups[number].variables)
        }
        for number in hosts.indices { hosts[number].variables = CredentialVariables.known(in: hosts[number].variables) }
        for number in groups.indices where number != Self.all && groups[number].parents.isEmpty {
            do throws(Refusal) { try addChild(number, to: Self.all) } catch {
                throw Diagnostics([Diagnostic(error.problem, at: groups[number].mark)])
            }
        }
        for number in hosts.indices {
            let others = ancestors(of: hosts[number].groups).subtracting([Self.all])
            if others.contains(Self.ungrouped) {
                if others.count > 1 { remove(host: number, from: Self.ungrouped) }
            } else if others.isEmpty {
                add(host: number, to: Self.ungrouped)
            }
        }
        for host in hosts {
            guard let group = groupNumbers[host.name] else { continue }
            warnings.append(
                Diagnostic(
                    "'\(host.name)' is the name of a group and of a host", at: host.mark ?? groups[group].mark,
                    remedy: "rename one of them"))
        }
    }

    /// The groups and all that they descend from.
    func ancestors(of start: [Int]) -> Set<Int> {
        var seen: Set<Int> = []
        var waiting = start
        while let group = waiting.popLast() {
            if seen.insert(group).inserted { waiting += groups[group].parents }
        }
        return seen
    }

    /// A group's hosts, then those of its children, then those of their children, each once.
    func allHosts(of group: Int) -> [Int] {
        var order: [Int] = []
        var seenHosts: Set<Int> = []
        var seenGroups: Set<Int> = [group]
        var level = [group]
        while !level.isEmpty {
            for group in level {
                for host in groups[group].hosts where seenHosts.insert(host).inserted { order.append(host) }
            }
            level = level.flatMap { groups[$0].children }.filter { seenGroups.insert($0).inserted }
        }
        return order
    }

    /// How far each group is from `all`, by the longest way.
    func depths() -> [Int] {
        var depths = [Int](repeating: 0, count: groups.count)
        var waitingParents = groups.map(\.parents.count)
        var ready = groups.indices.filter { groups[$0].parents.isEmpty }
        while let group = ready.popLast() {
            for child in groups[group].children {
                depths[child] = max(depths[child], depths[group] + 1)
                waitingParents[child] -= 1
                if waitingParents[child] == 0 { ready.append(child) }
            }
        }
        return depths
    }

    private static func isVariableName(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, first.properties.generalCategory != .decimalNumber else {
            return false
        }
        // Letters of any script, as Python's `\w` takes them.
        return name.unicodeScalars.allSatisfy {
            $0 == "_" || $0.properties.isAlphabetic || $0.properties.numericType != nil
        }
    }
}

extension UInt8 {
    var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
