import Playbook
import Templating
import YAML

/// What the problems that tasks carry mean for a run, before its first connection: those of tasks that must run are
/// errors, the others warnings.
///
/// A task must run when some host is sure to come to it: the play has hosts, the tags and the starting point let it in,
/// no condition and no loop may leave it out, it is neither in a `rescue` nor a handler, and nothing before it ends the
/// play. What an include brings is not known yet, and is never sure. Where a `rescue` or `ignore_errors` waits for the
/// task's failure, only what ComfyFleet lacks is an error: the playbook expects all else.
struct TaskProblems: Sendable {
    private(set) var errors: [Diagnostic] = []
    private var possible: [Possible] = []
    private struct Possible {
        let problem: TaskProblem
        /// Places of the tasks that come to it; none where it is only met when something is used.
        var tasks: Set<SourceMark> = []
    }
    /// Where they are in `errors` and `possible`: a problem of a block is carried by all of its tasks.
    private var refused: Set<Diagnostic> = []
    private var numbers: [Diagnostic: Int] = [:]

    mutating func add(_ play: PlannedPlay) {
        let sure = play.hosts.isEmpty ? [:] : play.program.sureTasks
        for problem in play.play.problems { warn(of: problem, at: nil) }
        for reference in play.program.references {
            let task = play.program[reference]
            for problem in task.problems {
                if problem.moment == .use {
                    warn(of: problem, at: nil)
                } else if let reach = sure[reference], problem.isUnsupported || !reach.isGuarded {
                    if refused.insert(problem.diagnostic).inserted { errors.append(problem.diagnostic) }
                } else {
                    warn(of: problem, at: task.definition.mark)
                }
            }
        }
    }

    private mutating func warn(of problem: TaskProblem, at task: SourceMark?) {
        let number = numbers[problem.diagnostic] ?? possible.count
        if number == possible.count {
            numbers[problem.diagnostic] = number
            possible.append(Possible(problem: problem))
        }
        if let task { possible[number].tasks.insert(task) }
    }

    /// All of them, in the order in which they were met.
    var all: [Diagnostic] {
        errors + possible.map(\.problem.diagnostic).filter { !refused.contains($0) }
    }

    /// More are one line.
    private static let namedOnes = 3

    /// - Parameter playbooks: paths, for the command that names everything.
    func warnings(of playbooks: [String]) -> [Diagnostic] {
        let possible = possible.filter { !refused.contains($0.problem.diagnostic) }
        let left = possible.map(\.problem)
        let tasks = possible.reduce(into: Set()) { $0.formUnion($1.tasks) }
        guard left.count > Self.namedOnes else {
            return left.map {
                Diagnostic(
                    "\($0.diagnostic.problem) (an error where it is reached)", at: $0.diagnostic.mark,
                    remedy: $0.diagnostic.remedy)
            }
        }
        var counts: [(cause: String, count: Int)] = []
        for problem in left {
            let cause = problem.subject.isEmpty ? problem.kind.rawValue : "\(problem.kind.rawValue) \(problem.subject)"
            if let index = counts.firstIndex(where: { $0.cause == cause }) {
                counts[index].count += 1
            } else {
                counts.append((cause, 1))
            }
        }
        let ranked = counts.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }
            .map { $0.element.count == 1 ? $0.element.cause : "\($0.element.cause) ×\($0.element.count)" }
        let causes =
            ranked.prefix(5).joined(separator: ", ") + (ranked.count > 5 ? " and \(ranked.count - 5) more" : "")
        let what =
            tasks.isEmpty
            ? "\(left.count) things that may not be used could not be evaluated here"
            : "\(tasks.count) \(tasks.count == 1 ? "task" : "tasks") that may be skipped could not run here"
        return [
            Diagnostic(
                "\(what) (\(causes))", at: nil, remedy: "see: comfyfleet lint \(playbooks.joined(separator: " "))")
        ]
    }
}

extension PlayProgram {
    /// A task that is sure to run.
    struct Reach: Sendable {
        /// A failure of it is waited for, by a `rescue`, `ignore_errors` or `failed_when`.
        var isGuarded: Bool
    }

    /// Those that every host comes to that gets through all before them.
    var sureTasks: [TaskReference: Reach] {
        var sure: [TaskReference: Reach] = [:]
        var rescues = 0
        var guards = 0
        for instruction in instructions {
            switch instruction {
            case .enterBlock(let number): if blocks[number].rescue != nil { guards += 1 }
            case .mainEnds(let number):
                guard blocks[number].rescue != nil else { break }
                guards -= 1
                rescues += 1
            case .rescueEnds: rescues -= 1
            case .task(let index):
                let task = tasks[index]
                // Hosts may take another way from here on, with a condition or without one.
                if task.endsForHosts { return sure }
                guard rescues == 0, task.runsUnconditionally else { break }
                sure[.task(index)] = Reach(isGuarded: guards > 0 || task.mayFail)
            case .playEnds: return sure
            case .alwaysEnds, .flushHandlers, .inclusionEnds: break
            }
        }
        return sure
    }
}

extension PlannedTask {
    fileprivate var endsForHosts: Bool {
        isMeta
            && definition.arguments.value["_raw_params"]?.string.map {
                $0.hasPrefix("end_") || Templar.holdsTemplate(.string($0, .trusted))
            } ?? false
    }

    fileprivate var runsUnconditionally: Bool {
        guard keywords.when.allSatisfy({ Self.always(holds: $0.value) }) else { return false }
        guard let loop = definition.loop else { return true }
        // Only a list that is written out is known not to be empty.
        return (definition.loopLookup == nil || definition.loopLookup == "items") && loop.value.list?.isEmpty == false
    }

    private static func always(holds condition: Value) -> Bool {
        switch condition {
        case .bool(let flag, _): flag
        case .string(let text, _): ["true", "True"].contains(text)
        default: false
        }
    }

    /// Whether its failure is no end.
    fileprivate var mayFail: Bool {
        if definition.failedWhen != nil { return true }
        guard let flag = keywords.ignoreErrors else { return false }
        return Templar.holdsTemplate(flag.value) || ArgumentBinder.bool(flag.value) == true
    }
}
