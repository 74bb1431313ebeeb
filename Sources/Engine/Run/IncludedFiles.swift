import Playbook
import Synchronization
import YAML

/// Reads what includes name, each file once for all hosts of a play.
final class IncludedFiles: Sendable {
    private struct Key: Hashable {
        /// The include's, whose role and place decide where is looked.
        let include: SourceMark
        let source: Inclusion.Source
    }
    private let parser: PlaybookParser
    /// The playbook's path.
    private let playbook: String
    /// Whether a keyword can be known without a host.
    private let isKnown: @Sendable (Value) -> Bool
    private let read = Mutex([Key: Result<IncludedSteps, Diagnostics>]())

    init(_ catalog: any ModuleCatalog, playbook: String, isKnown: @escaping @Sendable (Value) -> Bool) {
        parser = PlaybookParser(catalog: catalog)
        self.playbook = playbook
        self.isKnown = isKnown
    }

    /// The file of tasks that an include names.
    func path(of name: String, for include: TaskDefinition) throws(Diagnostics) -> String {
        try parser.file(named: name, includedBy: .init(include, playbook: playbook))
    }

    /// - Throws: `Diagnostics` with everything that is wrong with it.
    func steps(of inclusion: Inclusion, for include: TaskDefinition) throws(Diagnostics) -> Included {
        let key = Key(include: include.mark, source: inclusion.source)
        // Read under the lock: the hosts of a step come to the same file at the same time.
        let steps = read.withLock { read in
            if let known = read[key] { return known }
            let steps = Result { () throws(Diagnostics) in try self.steps(of: inclusion.source, includer: .init(include, playbook: playbook)) }
            read[key] = steps
            return steps
        }
        let known = try steps.get()
        return Included(inclusion, steps: known.steps, handlers: known.handlers)
    }

    /// For the journal: what a task had brought in, by what the journal keeps of it; nil where that can't be read any more.
    func recalled(_ learned: Value?) -> (PlannedTask) -> [Included]? {
        { task in
            let inclusions = learned.map(TaskMemory.included) ?? []
            let read = inclusions.compactMap { try? self.steps(of: $0, for: task.definition) }
            return read.count == inclusions.count ? read : nil
        }
    }

    private func steps(of source: Inclusion.Source, includer: PlaybookParser.Includer) throws(Diagnostics) -> IncludedSteps {
        let steps = switch source {
        case .file(let path): try parser.tasks(path: path, includedBy: includer)
        case .role(let name, let from, let validates): try parser.role(named: name, from: from, validates: validates, includedBy: includer)
        }
        for task in steps.steps.flatMap(\.allTasks) + steps.handlers {
            for (key, keyword) in [("run_once", task.keywords.runOnce), ("throttle", task.keywords.throttle), ("any_errors_fatal", task.keywords.anyErrorsFatal)] {
                guard let keyword, !isKnown(keyword.value) else { continue }
                throw Diagnostics([Diagnostic("'\(key)' cannot be rendered", at: keyword.mark, remedy: "it may use extra variables and the play's own, not a host's")])
            }
        }
        return steps
    }
}
