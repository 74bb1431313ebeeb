import Inventory
import Playbook
import Templating
import YAML

/// A play made ready before the first connection: its hosts, its program, and all that can be known and checked without them.
struct PlannedPlay: Sendable {
    let play: Play
    let program: PlayProgram
    let hosts: [String]
    private let pattern: String
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
    init(_ play: Play, of playbook: Playbook, from start: StartingPoint, inventory: Inventory, options: RunOptions, library: any ModuleLibrary, templar: Templar) throws(Diagnostics) {
        self.play = play
        folder = playbook.path.lastIndex(of: "/").map { String(playbook.path[..<$0]) } ?? "."
        var files: [ValueMap] = [], filePaths: [String] = [], filesByHost: [Located<Value>] = []
        for file in play.variableFiles {
            // A name that needs no host is read now; any other waits for its host's facts.
            let names = PlayScope(extra: options.extraVariables, play: play, files: files, folder: folder)
            if let rendered = try? templar.render(file.value, in: names) {
                let path = try VariableFile.find(rendered, in: folder, mark: file.mark)
                files.insert(try VariableFile.load(path, mark: file.mark), at: 0)
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
                throw Diagnostics([Diagnostic("'\(key)' cannot be rendered: \(error.message)", at: value.mark, remedy: "it may use extra variables and the play's own, not a host's")])
            }
        }
        let known: @Sendable (Value) -> Value? = { try? templar.render($0, in: scope) }
        let program = PlayProgram(play, tags: options.tags, from: start, factGathering: play.gatherFacts ? library.type(named: "setup")?.spec : nil, render: known)
        includes = IncludedFiles(library, playbook: playbook.path) { known($0) != nil }
        self.program = program

        let pattern = try render(play.hosts, "hosts")
        let names = (pattern.list ?? [pattern]).compactMap(\.string)
        self.pattern = names.joined(separator: ",")
        let selection = try inventory.select(self.pattern, limit: options.limit)
        hosts = play.order.arranged(selection.hosts)
        warnings = selection.warnings

        var sizes: [Int] = []
        for entry in play.serial {
            let rendered = try render(entry, "serial")
            for value in rendered.list ?? [rendered] {
                guard let size = SerialBatches.size(value, of: selection.hosts.count) else {
                    throw Diagnostics([Diagnostic("'serial' must be a count or a percentage", at: entry.mark, remedy: "write 5, \"20%\" or a list of them")])
                }
                sizes.append(size)
            }
        }
        batchSizes = sizes

        var policy = PlayMachine.Policy(strategy: play.strategy, forks: max(1, options.forks), anyErrorsFatal: play.anyErrorsFatal)
        if let limit = play.maxFailPercentage {
            guard let percentage = Self.number(try render(limit, "max_fail_percentage")) else {
                throw Diagnostics([Diagnostic("'max_fail_percentage' must be a number", at: limit.mark, remedy: "write 0 to 100")])
            }
            policy.maxFailPercentage = percentage
        }
        for reference in program.references {
            let keywords = program[reference].keywords
            for (key, keyword) in [("run_once", keywords.runOnce), ("throttle", keywords.throttle), ("any_errors_fatal", keywords.anyErrorsFatal)] {
                if let keyword { _ = try render(keyword, key) }
            }
        }
        policy.apply(program.references, of: program)
        self.policy = policy
    }

    /// Its hosts when it begins: others than before where hosts have joined groups meanwhile.
    func hosts(of roster: Roster, limit: String?) -> [String] {
        guard roster.hasGrown, let selection = try? roster.inventory.select(pattern, limit: limit) else { return hosts }
        return play.order.arranged(selection.hosts)
    }

    private static func number(_ value: Value) -> Double? {
        switch value {
        case .int(let number, _): Double(number)
        case .double(let number, _): number
        case .string(let text, _): Double(text)
        default: nil
        }
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
        for layer in [extra] + files + [play.roleVariables, play.variables, play.roleDefaults] {
            if let value = layer[name] { return value }
        }
        return nil
    }
    var variableNames: [String] { extra.names + files.flatMap(\.names) + play.variables.names + play.roleDefaults.names }
}
