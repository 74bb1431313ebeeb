import Playbook
import Synchronization
import YAML

/// Reads what includes name, each file once for all hosts of a play.
final class IncludedFiles: Sendable {
    private struct Key: Hashable {
        /// The include's; where is looked follows from its role and from what has brought it.
        let include: SourceMark
        let role: Role?
        let trail: IncludeTrail
        let source: Inclusion.Source
        /// Variables of the include's loop, where names of imports in it are templates.
        var locals = ValueMap()
    }
    /// What roles that were included set for the whole play.
    struct Exposed: Sendable {
        var defaults = ValueMap()
        var variables = ValueMap()
    }
    private let parser: PlaybookParser
    /// The file of the play's playbook, and the folder of the run's.
    private let playbook: String, root: String
    /// A value that needs no host, rendered; nil when it can't be.
    private let render: @Sendable (Value) -> Value?
    private let read = Mutex([Key: Result<IncludedSteps, Diagnostics>]())
    private let shared = Mutex(Exposed())

    /// - Parameter names: for imports in the files.
    init(
        _ catalog: any ModuleCatalog, for play: Play, of playbook: Playbook, names: PlaybookParser.NameSource,
        render: @escaping @Sendable (Value) -> Value?
    ) {
        parser = PlaybookParser(catalog: catalog, names: names, paths: playbook.contentPaths)
        self.playbook = play.mark.file
        root = FilePath.folder(of: playbook.path)
        self.render = render
    }

    var exposed: Exposed { shared.withLock { $0 } }

    private func includer(_ include: TaskDefinition, locals: ValueMap = [:]) -> PlaybookParser.Includer {
        .init(include, playbook: playbook, root: root, locals: locals)
    }

    /// The file of tasks that an include names.
    func path(of name: String, for include: TaskDefinition) throws(Diagnostics) -> String {
        try parser.file(named: name, includedBy: includer(include))
    }

    /// - Throws: `Diagnostics` with everything that is wrong with it.
    func steps(of inclusion: Inclusion, for include: TaskDefinition) throws(Diagnostics) -> Included {
        var key = Key(
            include: include.mark, role: include.role, trail: include.trail, source: inclusion.source)
        var byItem = key
        byItem.locals = inclusion.locals
        // Read under the lock: the hosts of a step come to the same file at the same time.
        let steps = read.withLock { read in
            if let known = read[key] ?? read[byItem] { return known }
            let steps = Result { () throws(Diagnostics) in
                try self.steps(of: inclusion.source, includer: includer(include, locals: inclusion.locals))
            }
            let isShared = (try? steps.get())?.dependsOnNames == false
            if !isShared { key = byItem }
            read[key] = steps
            return steps
        }
        let known = try steps.get()
        if !known.defaults.isEmpty || !known.variables.isEmpty {
            shared.withLock { shared in
                shared.defaults.merge(known.defaults)
                shared.variables.merge(known.variables)
            }
        }
        return Included(inclusion, steps: known.steps, handlers: known.handlers)
    }

    /// For the journal: what a task had brought in, by what the journal keeps of it; nil where that can't be read any
    /// more.
    func recalled(_ learned: Value?) -> (PlannedTask) -> [Included]? {
        { task in
            let inclusions = learned.map(TaskMemory.included) ?? []
            let read = inclusions.compactMap { try? self.steps(of: $0, for: task.definition) }
            return read.count == inclusions.count ? read : nil
        }
    }

    private func steps(
        of source: Inclusion.Source, includer: PlaybookParser.Includer
    ) throws(Diagnostics) -> IncludedSteps {
        let steps =
            switch source {
            case .file(let path, let name): try parser.tasks(path: path, named: name, includedBy: includer)
            case .role(let name, let from, let validates, let isPublic, let allowsDuplicates):
                try parser.role(
                    named: name, from: from, validates: validates, isPublic: isPublic,
                    allowsDuplicates: allowsDuplicates, includedBy: includer)
            }
        for part in steps.steps.flatMap(\.parts) + steps.handlers.map({ Located($0.keywords, at: $0.mark) }) {
            try check(part)
        }
        return steps
    }

    /// What must be known without a host.
    private func check(_ part: Located<TaskKeywords>) throws(Diagnostics) {
        let remedy = "it may use extra variables and the play's own, not a host's"
        for tag in part.value.tags where render(.string(tag, .trusted)) == nil {
            throw Diagnostics([Diagnostic("the tag '\(tag)' cannot be rendered", at: part.mark, remedy: remedy)])
        }
    }
}

extension Step {
    /// The keywords of every task and block, where these stand.
    fileprivate var parts: [Located<TaskKeywords>] {
        switch self {
        case .task(let task): [Located(task.keywords, at: task.mark)]
        case .block(let block):
            [Located(block.keywords, at: block.mark)] + (block.tasks + block.rescue + block.always).flatMap(\.parts)
        }
    }
}
