import Playbook
import Redaction
import Templating
import YAML

/// Variables, keywords as values, and what `no_log` hides.
extension TaskRun {
    func scope(_ locals: ValueMap = [:], judging result: TaskResult? = nil) -> TaskScope {
        var scope = TaskScope(
            host: host, fleet: batch.fleet, play: batch.play, hostFiles: hostFiles, taskVariables: task.keywords.variables, roleDefaults: task.keywords.defaults,
            locals: task.locals.overlaid(by: locals), checkMode: batch.options.checkMode, diffMode: batch.options.diffMode)
        scope.role = definition.role
        if let loop = definition.loop { scope.writtenItems = loop.value }
        if let checkMode = task.keywords.checkMode { scope.checkMode = flag(checkMode, in: scope) }
        if let diff = task.keywords.diff { scope.diffMode = flag(diff, in: scope) }
        if let result, let name = definition.register { scope.locals[name] = .dict(result.registered) }
        return scope
    }

    /// The first condition that does not hold; nil when all do.
    func failing(_ conditions: [Located<Value>], in scope: TaskScope) throws(TemplateError) -> Value? {
        for condition in conditions {
            if case .list(let parts) = condition.value {
                for part in parts where try !templar.condition(part, in: scope) { return part }
            } else if try !templar.condition(condition.value, in: scope) {
                return condition.value
            }
        }
        return nil
    }

    func flag(_ value: Located<Value>?, in scope: @autoclosure () -> TaskScope) -> Bool {
        guard let value, let rendered = try? templar.render(value.value, in: scope()) else { return false }
        return ArgumentBinder.bool(rendered) ?? false
    }

    func number(_ value: Located<Value>?, in scope: @autoclosure () -> TaskScope) -> Double? {
        guard let value, let rendered = try? templar.render(value.value, in: scope()) else { return nil }
        switch rendered {
        case .int(let number): return Double(number)
        case .double(let number): return number
        case .string(let text): return Double(text)
        default: return nil
        }
    }

    func text(_ value: Located<Value>, in scope: TaskScope) throws -> String? {
        do { return try templar.render(value.value, in: scope).string } catch { throw TaskFault(error.message) }
    }

    static func lines(_ text: String) -> Value {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Value.string(String($0)) }
        if lines.last == .string("") { lines.removeLast() }
        return .list(lines)
    }

    var isHidden: Bool { flag(task.keywords.noLog, in: scope()) }

    var presentation: ResultPresentation {
        ResultPresentation(secrets: batch.secrets, isHidden: isHidden, showsDiff: task.keywords.diff == nil ? batch.options.diffMode : scope().diffMode)
    }

    /// A `no_log` task's data joins the run's secrets, so that it stays hidden where other tasks use it.
    func hide(_ result: TaskResult, _ locals: ValueMap) {
        if isHidden { conceal(NoLog.texts(inOutputsOf: result.values) + NoLog.texts(in: .dict(locals))) }
    }

    func hide(_ arguments: ValueMap) {
        guard isHidden else { return }
        conceal(definition.arguments.value.pairs.filter { HostScope.holdsTemplate($0.value) }.flatMap { key, _ in arguments[key].map(NoLog.texts) ?? [] })
    }

    func conceal(_ texts: [Secret<String>]) {
        for text in texts { batch.secrets.insert(text, label: "no_log") }
        if !texts.isEmpty { trace?.note(hidden: texts) }
    }
}
