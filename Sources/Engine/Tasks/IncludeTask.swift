import Modules
import Playbook
import YAML

/// `include_tasks` and `include_role`: what a host takes in when it comes to them. They are done here, and nothing is
/// sent to the host.
struct IncludeTask: Sendable {
    let context: TaskContext
    private var batch: BatchContext { context.batch }
    private var task: PlannedTask { context.task }
    private var definition: TaskDefinition { context.definition }

    init(_ context: TaskContext) { self.context = context }

    func perform() -> TaskOutcome {
        let report = TaskReport(context)
        report.start()
        let started = ContinuousClock().now
        var included: [Included] = []
        var result = include(&included, report)
        result.hasRun = true
        var outcome = report.complete(result, updates: [], since: started)
        // A host that has failed takes nothing in; where the failure does not count, it takes what could be read.
        if outcome.kind == .done { outcome.included = included }
        return outcome
    }

    private func include(_ included: inout [Included], _ report: TaskReport) -> TaskResult {
        guard visitsAround < Self.deepest else {
            return .failure(
                "includes that are \(Self.deepest) deep: '\(task.title)' seems to include itself without an end")
        }
        guard let loop = definition.loop else { return include(item: 0, locals: [:], &included) }
        let items: LoopItems
        do { items = try LoopItems(of: loop, in: context) } catch {
            if let condition = try? context.failing(task.keywords.when, in: context.scope()) {
                return .skip(because: condition)
            }
            return .failure(error)
        }
        var results: [TaskResult] = []
        for index in items.values.indices {
            let locals = items.locals(at: index)
            var result = include(item: index, locals: locals, &included)
            for (key, value) in locals.pairs { result.values[key] = value }
            result.values["ansible_loop_var"] = .string(items.control.variable)
            if let name = items.control.indexVariable { result.values["ansible_index_var"] = .string(name) }
            report.finish(items.label(at: index, locals), locals, result, after: 0)
            results.append(result)
        }
        return .loop(results)
    }

    private func include(item: Int, locals: ValueMap, _ included: inout [Included]) -> TaskResult {
        let scope = context.scope(locals)
        do {
            if let condition = try context.failing(task.keywords.when, in: scope) { return .skip(because: condition) }
        } catch { return .failure(TaskFault("Error while evaluating conditional: ", error)) }
        if let fault = context.carriedFault ?? context.keywordFault(in: scope) { return .failure(fault) }
        do {
            let given = try ModuleArguments(context).rendered(in: scope)
            // Names of files and roles stand in messages, also of what they bring in.
            _ = context.conceal(secretsIn: given)
            let arguments = try ModuleArguments(context).bound(given)
            let source = try self.source(of: arguments)
            included.append(
                try batch.includes.steps(of: Inclusion(source, item: item, locals: locals), for: definition))
            var result = TaskResult()
            result.saysFailed = false
            switch source {
            case .file(let path, _): result.included = AbsolutePath.of(path)
            case .role(let name, _, _, _, _): result.included = name
            }
            switch source {
            case .file:
                result.values["include"] = arguments["file"] ?? arguments["_raw_params"]
                result.values["include_args"] = .dict([:])
            case .role: result.values["include_args"] = .dict(given)
            }
            return result
        } catch let problem as Diagnostics {
            return .failure("\(problem)")
        } catch let fault as TaskFault {
            return .failure(fault)
        } catch {
            return .failure("\(error)")
        }
    }

    private func source(of arguments: ValueMap) throws -> Inclusion.Source {
        if definition.module.name == "include_tasks" {
            guard let name = (arguments["file"] ?? arguments["_raw_params"])?.string, !name.isEmpty else {
                throw TaskFault("include_tasks names no file")
            }
            return .file(try batch.includes.path(of: name, for: definition), named: name)
        }
        var from: [String: String] = [:]
        for part in ["tasks", "vars", "defaults", "handlers"] {
            if let file = arguments["\(part)_from"]?.string, file != "main" { from[part] = file }
        }
        guard let name = arguments["name"]?.string, !name.isEmpty else { throw TaskFault("include_role names no role") }
        return .role(
            name: name, from: from, validates: arguments["rolespec_validate"]?.bool ?? true,
            isPublic: arguments["public"]?.bool ?? false,
            allowsDuplicates: arguments["allow_duplicates"]?.bool ?? true)
    }

    /// A file that includes itself may mean to, with a condition that ends it.
    private static let deepest = 100
    private var visitsAround: Int { task.depth }
}
