import YAML

/// Something about a task that Ansible would only meet when the task runs: an option that its module does not have, a
/// filter that there isn't, a module that ComfyFleet does not have.
///
/// It is no error of the playbook: the task carries it. Before the first connection `TaskProblems` (Engine) refuses the
/// run for it where the task must run, and warns of it elsewhere; a host that comes to the task fails with its text.
package struct TaskProblem: Sendable, Hashable {
    /// What it is about; the name of a rule in the output of `comfyfleet lint`.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The module, which ComfyFleet does not have.
        case module
        /// An option of the module, by name; its value; options that are missing or exclude each other.
        case option, value, arguments
        case filter, test, lookup
        /// The syntax of a template or a condition.
        case template
        /// A keyword's value, or a keyword that is not supported.
        case keyword
        /// A handler that is notified, and that there isn't.
        case handler
        case file, role
    }

    /// Who meets it.
    package enum Moment: Sendable, Hashable {
        /// The module can't be called: the task fails with it in the module's place (`TaskContext.carriedFault`).
        case call
        /// Whoever renders or binds what is wrong finds it again, and fails the task with it.
        case rendering
        /// As `rendering`, if anybody uses what is wrong: a variable, say.
        case use
    }

    package let diagnostic: Diagnostic
    package let kind: Kind
    /// The name that it is about: `community.general.nmcli`, `apt.foo`, `ipaddr`; empty where there is none.
    package let subject: String
    package var moment: Moment
    /// Whether Ansible does what the playbook asks for, and ComfyFleet does not: a `rescue` or `ignore_errors` around
    /// the task is then no reason to begin the run.
    package let isUnsupported: Bool

    package init(
        _ diagnostic: Diagnostic, _ kind: Kind, of subject: String = "", met moment: Moment = .rendering,
        isUnsupported: Bool = false
    ) {
        self.diagnostic = diagnostic
        self.kind = kind
        self.subject = subject
        self.moment = moment
        self.isUnsupported = isUnsupported
    }

    /// As the task fails with it.
    package var text: String {
        diagnostic.remedy.map { "\(diagnostic.problem); \($0)" } ?? diagnostic.problem
    }
}

extension PlaybookReader {
    /// What Ansible meets only when the task runs that is being read. Outside of tasks, and of what these inherit, it
    /// is an error.
    mutating func meet(
        _ problem: String, at mark: SourceMark, _ remedy: String? = nil, as kind: TaskProblem.Kind,
        of subject: String = "", met moment: TaskProblem.Moment = .rendering, isUnsupported: Bool = false
    ) {
        let diagnostic = Diagnostic(problem, at: mark, remedy: remedy)
        guard carried != nil else {
            problems.append(diagnostic)
            return
        }
        let met = TaskProblem(diagnostic, kind, of: subject, met: moment, isUnsupported: isUnsupported)
        carried?.append(met)
        found.append(met)
    }

    /// Reads a task, or what tasks inherit.
    /// - Returns: with it, what tasks are to carry.
    mutating func carrying<Result>(_ read: (inout Self) -> Result) -> (Result, [TaskProblem]) {
        let outer = carried
        carried = []
        let result = read(&self)
        defer { carried = outer }
        return (result, carried ?? [])
    }

    /// Reads variables: what is wrong with them is met by whoever uses them.
    mutating func carryingVariables<Result>(_ read: (inout Self) -> Result) -> (Result, [TaskProblem]) {
        let before = found.count
        let (result, met) = carrying(read)
        for index in before..<found.count { found[index].moment = .use }
        return (
            result,
            met.map { problem in
                var problem = problem
                problem.moment = .use
                return problem
            }
        )
    }
}
