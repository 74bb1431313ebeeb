import Inventory
import Playbook
import Templating
import YAML

/// A play made ready before the first connection: its hosts, its program, and all that can be known and checked without
/// them.
struct PlannedPlay: Sendable {
    /// Its name rendered where that needs no host.
    let play: Play
    let program: PlayProgram
    let hosts: [String]
    private let pattern: String
    private let order: Play.Order
    /// Warnings of the hosts pattern.
    let warnings: [Diagnostic]
    let files: [ValueMap]
    /// Where they lie.
    let filePaths: [String]
    let filesByHost: [Located<Value>]
    let batchSizes: [Int]
    let policy: PlayMachine.Policy
    let includes: IncludedFiles
    /// The playbook's.
    let folder: String

    var title: String { play.name ?? play.hosts.value.string ?? "play" }

    /// - Parameter start: where the run begins, as far as the plays before have not come to it.
    /// - Throws: `Diagnostics` with all that is wrong with the play.
    init(
        _ play: Play, of playbook: Playbook, from start: StartingPoint, inventory: Inventory, options: RunOptions,
        library: any ModuleLibrary, templar: Templar
    ) throws(Diagnostics) {
        folder = play.folder
        var files: [ValueMap] = []
        var filePaths: [String] = []
        var filesByHost: [Located<Value>] = []
        for file in play.variableFiles {
            // A name that needs no host is read now; any other waits for its host's facts.
            let names = PlayScope(extra: options.extraVariables, play: play, files: files, folder: folder)
            if let rendered = try? templar.render(file.value, in: names) {
                let path = try VariableFile.find(templar.spelled(rendered), in: folder, mark: file.mark)
                files.insert(
                    try VariableFile.load(path, mark: file.mark, vault: templar.environment.ansibleVault), at: 0)
                filePaths.append(path)
            } else {
                filesByHost.append(file)
            }
        }
        self.files = files
        self.filePaths = filePaths
        self.filesByHost = filesByHost
        let scope = PlayScope(extra: options.extraVariables, play: play, files: files, folder: folder)
        func render(_ value: Located<Value>, _ key: String) throws(Diagnostics) -> Value {
            do { return try templar.render(value.value, in: scope) } catch {
                throw Diagnostics([
                    Diagnostic(
                        "'\(key)' cannot be rendered: \(error.message)", at: value.mark,
                        remedy: "it may use extra variables and the play's own, not a host's")
                ])
            }
        }
        /// Of the kind that the keyword takes; nil where it isn't said, or is omitted.
        func value(_ located: Located<Value>?, _ key: String) throws(Diagnostics) -> Value? {
            guard let located else { return nil }
            let value = try render(located, key)
            if let problem = KeywordSpec.named(key)?.problem(with: value) {
                throw Diagnostics([Diagnostic(problem, at: located.mark)])
            }
            return value.isNull || value == .omit ? nil : value
        }
        let known: @Sendable (Value) -> Value? = { try? templar.render($0, in: scope) }
        var named = play
        if let name = play.name, let rendered = known(.string(name, .trusted)) {
            named.name = ArgumentBinder.text(templar.spelled(rendered))
        }
        self.play = named
        let gathersFacts = try value(play.gatherFacts, "gather_facts").flatMap(ArgumentBinder.bool) ?? true
        let program = PlayProgram(
            play, tags: options.tags, from: start,
            factGathering: gathersFacts ? library.type(named: "setup")?.spec : nil, render: known)
        let source = PlaybookParser.NameSource(
            extraVariables: options.extraVariables, variables: scope.layers, templar: templar)
        includes = IncludedFiles(library, for: play, of: playbook, names: source, render: known)
        self.program = program
        if let tag = program.unknownTags.first {
            throw Diagnostics([
                Diagnostic(
                    "the tag '\(tag.value)' cannot be rendered", at: tag.mark,
                    remedy: "it may use extra variables and the play's own, not a host's")
            ])
        }

        let pattern = try templar.spelled(render(play.hosts, "hosts"))
        let names = (pattern.list ?? [pattern]).compactMap(\.string)
        self.pattern = names.joined(separator: ",")
        let selection = try inventory.select(self.pattern, limit: options.limit)
        let order = try value(play.order, "order")?.string.flatMap(Play.Order.init(rawValue:)) ?? .inventory
        self.order = order
        hosts = order.arranged(selection.hosts)
        warnings = selection.warnings

        var sizes: [Int] = []
        for entry in play.serial {
            let rendered = try render(entry, "serial")
            for part in rendered.list ?? [rendered] where part != .omit {
                guard let size = SerialBatches.size(part, of: selection.hosts.count) else {
                    throw Diagnostics([
                        Diagnostic(
                            "'serial' must be a count or a percentage", at: entry.mark,
                            remedy: "write 5, \"20%\" or a list of them")
                    ])
                }
                sizes.append(size)
            }
        }
        batchSizes = sizes

        let strategy = try value(play.strategy, "strategy")?.string.flatMap(Play.Strategy.init(named:)) ?? .linear
        if strategy != .linear,
            let task = program.references.map({ program[$0] }).first(where: { $0.definition.module.runsOnce })
        {
            throw Diagnostics([
                Diagnostic(
                    "the \(task.definition.module.name) module bypasses the host loop, which is not supported in the \(strategy.rawValue) strategy",
                    at: task.definition.mark, remedy: "add the hosts in a play with the strategy linear")
            ])
        }
        var policy = PlayMachine.Policy(strategy: strategy, forks: max(1, options.forks))
        policy.maxFailPercentage = try value(play.maxFailPercentage, "max_fail_percentage").flatMap(
            KeywordSpec.percentage)
        policy.apply(program.references, of: program)
        self.policy = policy
    }

    /// Its hosts when it begins: others than before where hosts have joined groups meanwhile.
    func hosts(of roster: Roster, limit: String?) -> [String] {
        guard roster.hasGrown, let selection = try? roster.inventory.select(pattern, limit: limit) else { return hosts }
        return order.arranged(selection.hosts)
    }
}

extension Play.Order {
    func arranged(_ hosts: [String]) -> [String] {
        switch self {
        case .inventory: hosts
        case .reverseInventory: hosts.reversed()
        case .sorted: hosts.sorted()
        case .reverseSorted: hosts.sorted(by: >)
        case .shuffle: hosts.shuffled()
        }
    }
}

/// Variables of a play before there is a host.
private struct PlayScope: VariableScope {
    let extra: ValueMap
    let play: Play
    let files: [ValueMap]
    let folder: String

    func variable(named name: String) -> Value? {
        if name == "playbook_dir" { return .string(AbsolutePath.of(folder)) }
        if name == "omit" { return .omit }
        if let value = extra[name] { return value }
        for layer in layers { if let value = layer[name] { return value } }
        return nil
    }
    /// Without the extra variables, the highest first.
    var layers: [ValueMap] { files + [play.roleVariables, play.variables, play.roleDefaults] }
    var variableNames: [String] {
        extra.names + files.flatMap(\.names) + play.variables.names + play.roleDefaults.names
    }
}
