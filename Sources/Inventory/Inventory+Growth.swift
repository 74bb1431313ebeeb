import YAML

/// Hosts and groups that come while a run goes on: `add_host` and `group_by`.
extension Inventory {
    /// A host as a task adds it: one that is new, or one that joins groups and gets variables.
    package struct Addition: Sendable, Hashable {
        package var host: String
        package var variables: ValueMap
        package var groups: [String]
        /// Groups above those.
        package var parents: [String]
        package init(_ host: String, variables: ValueMap = [:], groups: [String] = [], parents: [String] = []) {
            self.host = host
            self.variables = variables
            self.groups = groups
            self.parents = parents
        }
    }

    /// Whether it would change anything.
    package func lacks(_ addition: Addition) -> Bool {
        guard let number = graph.host(named: addition.host) else { return true }
        let host = graph.hosts[number]
        for (key, value) in addition.variables.pairs where host.variables[key] != value { return true }
        for name in addition.groups {
            guard let group = graph.group(named: name), host.groups.contains(group) else { return true }
            for name in addition.parents {
                guard let parent = graph.group(named: name), graph.groups[parent].children.contains(group) else {
                    return true
                }
            }
        }
        return false
    }

    /// - Returns: the hosts that have come, or that have other groups or variables now.
    /// - Throws: groups that would be below themselves, and files of variables that can't be read.
    package mutating func add(_ addition: Addition) throws(Diagnostics) -> [Host] {
        guard lacks(addition) else { return [] }
        var changed: Set<Int>
        do throws(InventoryGraph.Refusal) { changed = try graph.add(addition) } catch {
            throw Diagnostics([Diagnostic(error.problem, at: nil, remedy: error.remedy)])
        }
        if let number = graph.host(named: addition.host) { changed.insert(number) }
        // Files that were read are not read again.
        var merge = VariableMerge(graph, files: files)
        let known = merge.errors.count
        var result: [Host] = []
        for number in changed.sorted() {
            let host = merge.host(number)
            if hosts[host.name] == nil { mentionedHosts.append(host.name) }
            hosts[host.name] = host
            result.append(host)
        }
        files = merge.files
        isGrowing = true
        if merge.errors.count > known { throw Diagnostics(Array(merge.errors.dropFirst(known))) }
        return result
    }

    /// As its sources are now (`meta: refresh_inventory`), with what was added to it.
    /// - Returns: the hosts that have come, or that have other groups or variables now.
    package mutating func refresh(adding additions: [Addition]) throws(Diagnostics) -> [Host] {
        guard let rereading else { return [] }
        var fresh = try rereading()
        fresh.selections = selections
        for addition in additions { _ = try fresh.add(addition) }
        let changed = fresh.hosts.values.filter { host in
            hosts[host.name].map { $0.groupNames != host.groupNames || $0.variables != host.variables } ?? true
        }
        self = fresh
        isGrowing = true
        return changed.sorted { $0.name < $1.name }
    }

    /// To be called after additions, before `groups` and `hostOrder` are looked at.
    package mutating func settle() {
        guard isGrowing else { return }
        isGrowing = false
        groups = [:]
        listGroups()
    }

    mutating func listGroups() {
        groups.reserveCapacity(graph.groups.count)
        for (index, group) in graph.groups.enumerated() {
            groups[group.name] = Group(
                name: group.name, hosts: group.hosts.map { graph.hosts[$0].name },
                children: group.children.map { graph.groups[$0].name },
                allHosts: graph.allHosts(of: index).map { graph.hosts[$0].name })
        }
        groupOrder = graph.groups.map(\.name)
        hostOrder = groups["all"]?.allHosts ?? []
    }
}
