import Foundation
import Templating
import YAML

/// What `comfyfleet lint` finds in playbooks and roles, without an inventory: what Ansible, too, would refuse, and what
/// would be wrong when a task runs.
package struct Lint: Sendable {
    package struct Finding: Sendable, Hashable {
        package enum Severity: String, Sendable, CaseIterable { case error, warning }
        package var severity: Severity
        /// The name of a `TaskProblem.Kind`; `playbook` for what is refused when it is read, and `note` for what is of no
        /// consequence.
        package let rule: String
        package let subject: String
        package let diagnostic: Diagnostic
    }
    /// How many tasks would run, each counted once, however many plays import it.
    package struct Tasks: Sendable, Equatable {
        package var native = 0
        /// Their module is Ansible's or the site's own, and ComfyFleet does not have it.
        package var missingModule = 0
        /// Something else of them is wrong, or not supported.
        package var faulty = 0
        package var all: Int { native + missingModule + faulty }
    }

    package private(set) var findings: [Finding] = []
    package private(set) var tasks = Tasks()
    /// What was read by itself, and what was found while it was read.
    package struct Item: Sendable {
        package enum Kind: String, Sendable { case playbook, role, tasks }
        package let kind: Kind
        package let path: String
        package var errors = 0, problems = 0
    }
    package private(set) var items: [Item] = []
    private let parser: PlaybookParser
    private let isStrict: Bool
    private var seen: Set<Finding> = []
    private var counted: Set<SourceMark> = []
    /// Files that were read, by their whole paths.
    private var files: Set<String> = []
    package var fileCount: Int { files.count }

    /// - Parameters:
    ///   - paths: where roles and collections are looked for that do not lie beside what is read.
    ///   - isStrict: whether what would only be wrong when a task runs is an error, too.
    package init(catalog: any ModuleCatalog, paths: ContentPaths = ContentPaths(), isStrict: Bool = false) {
        parser = PlaybookParser(catalog: catalog, paths: paths)
        self.isStrict = isStrict
    }

    package var errorCount: Int { findings.count { $0.severity == .error } }

    // MARK: Reading

    /// - Parameter path: a playbook, a file of tasks, a role, or a folder with any of them.
    /// - Throws: `Diagnostics` where there is no such file or folder.
    package mutating func read(_ path: String) throws(Diagnostics) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Diagnostics([Diagnostic("there is no file or folder '\(path)'", at: nil, remedy: "check the path")])
        }
        guard isFolder.boolValue else { return read(file: path) }
        let found = LintTargets(in: path)
        for playbook in found.playbooks { read(playbook: playbook) }
        for role in found.roles { read(role: role) }
        for file in found.taskFiles where !files.contains(AbsolutePath.of(file)) { read(tasks: file) }
    }

    /// What the file is, its content says: a play is a mapping with `hosts`, or an import of a playbook.
    private mutating func read(file path: String) {
        LintTargets.Kind(ofFile: path) == .tasks ? read(tasks: path) : read(playbook: path)
    }

    private mutating func read(playbook path: String) {
        items.append(Item(kind: .playbook, path: path))
        do throws(Diagnostics) {
            let (playbook, errors) = try parser.survey(path: path)
            take(errors, playbook.problems, playbook.warnings, of: playbook.files)
            count(playbook.plays.flatMap(\.allTasks), in: path)
        } catch { take(error.all, [], [], of: []) }
    }

    private mutating func read(role folder: String) {
        items.append(Item(kind: .role, path: folder))
        take(parser.survey(role: folder), in: folder + "/tasks/main.yml")
    }

    private mutating func read(tasks path: String) {
        items.append(Item(kind: .tasks, path: path))
        take(parser.survey(tasks: path), in: path)
    }

    private mutating func take(_ surveyed: PlaybookParser.SurveyedTasks, in path: String) {
        take(surveyed.errors, surveyed.problems, surveyed.warnings, of: surveyed.files)
        count(surveyed.tasks, in: path)
    }

    private mutating func take(
        _ errors: [Diagnostic], _ problems: [TaskProblem], _ warnings: [Diagnostic], of files: [SourceFile]
    ) {
        if let last = items.indices.last {
            items[last].errors += errors.count
            items[last].problems += problems.count
        }
        for file in files { self.files.insert(AbsolutePath.of(file.path)) }
        for error in errors { add(Finding(severity: .error, rule: "playbook", subject: "", diagnostic: error)) }
        for problem in problems {
            add(
                Finding(
                    severity: isStrict ? .error : .warning, rule: problem.kind.rawValue, subject: problem.subject,
                    diagnostic: problem.diagnostic))
        }
        for warning in warnings { add(Finding(severity: .warning, rule: "note", subject: "", diagnostic: warning)) }
    }

    private mutating func add(_ finding: Finding) {
        if seen.insert(finding).inserted { findings.append(finding) }
    }

    /// - Parameter playbook: the playbook that includes are looked for from.
    private mutating func count(_ definitions: [TaskDefinition], in playbook: String) {
        for task in definitions where counted.insert(task.mark).inserted {
            let problems = (task.problems + task.keywords.problems).filter { $0.moment != .use }
            if problems.contains(where: { $0.kind == .module }) {
                tasks.missingModule += 1
            } else if problems.isEmpty {
                tasks.native += 1
            } else {
                tasks.faulty += 1
            }
            if task.isInclude { follow(task, in: playbook) }
        }
    }

    /// An include's file, where its name is written out.
    private mutating func follow(_ include: TaskDefinition, in playbook: String) {
        let arguments = include.arguments.value
        guard include.module.name == "include_tasks", let name = (arguments["file"] ?? arguments["_raw_params"]),
            let text = name.string, !Templar.holdsTemplate(name)
        else { return }
        let includer = PlaybookParser.Includer(
            include, playbook: playbook, root: FilePath.folder(of: playbook))
        do throws(Diagnostics) {
            let path = try parser.file(named: text, includedBy: includer)
            guard !files.contains(AbsolutePath.of(path)) else { return }
            take(parser.survey(tasks: path, includedBy: includer), in: playbook)
        } catch {
            // The include fails on a host that comes to it.
            take(
                [], error.all.map { TaskProblem($0, .file, of: text) }, [], of: [])
        }
    }
}

// MARK: Causes

extension Lint {
    /// Findings that one change would deal with.
    package struct Cause: Sendable {
        package let severity: Finding.Severity
        package let rule: String, subject: String
        package var findings: [Finding]
        /// What they have in common.
        package var text: String {
            let problem = findings.first?.diagnostic.problem ?? ""
            switch rule {
            case _ where findings.count == 1: return problem
            case "module": return "the module '\(subject)', which ComfyFleet does not have"
            case "option": return "the option '\(subject)'"
            case "value": return "a value of '\(subject)'"
            case "arguments": return "arguments of '\(subject)'"
            case "keyword": return "the keyword '\(subject)'"
            case "filter", "test", "lookup": return "the \(rule) '\(subject)'"
            case "template": return "templates that can't be read"
            case "handler": return "handlers that there aren't"
            case "file", "role": return "\(rule) '\(subject)'"
            default: return problem
            }
        }
    }

    /// Errors first, then what is most frequent.
    package var causes: [Cause] {
        struct Key: Hashable {
            let severity: Finding.Severity
            let rule: String, subject: String
        }
        var order: [Key] = []
        var groups: [Key: [Finding]] = [:]
        for finding in findings {
            let isOwn = ["playbook", "note"].contains(finding.rule)
            let key = Key(
                severity: finding.severity, rule: finding.rule,
                subject: isOwn ? finding.diagnostic.problem : finding.subject)
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(finding)
        }
        let numbered = order.enumerated().map { number, key in
            (
                number,
                Cause(
                    severity: key.severity, rule: key.rule, subject: groups[key]?.first?.subject ?? "",
                    findings: groups[key] ?? [])
            )
        }
        return numbered.sorted { first, second in
            let (a, b) = (first.1, second.1)
            if a.severity != b.severity { return a.severity == .error }
            return (b.findings.count, first.0) < (a.findings.count, second.0)
        }.map(\.1)
    }
}
