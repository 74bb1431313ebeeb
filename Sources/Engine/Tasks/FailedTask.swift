import Playbook
import Templating
import YAML

/// `ansible_failed_task`: the task whose failure a rescue section has taken, with its keywords as they were for the host.
struct FailedTask: Sendable {
    let context: TaskContext
    private var definition: TaskDefinition { context.definition }
    private var keywords: TaskKeywords { context.task.keywords }

    init(_ context: TaskContext) { self.context = context }

    var value: Value {
        var values = ValueMap()
        values["name"] = definition.name.map { known(.string($0, .trusted)) } ?? .string("")
        values["action"] = .string(definition.module.name)
        values["_resolved_action"] = .string("\(definition.module.collection).\(definition.module.name)")
        values["args"] = .dict(known(definition.arguments.value))
        values["tags"] = .list(keywords.tags.map { .string($0) })
        values["when"] = conditions(keywords.when)
        values["changed_when"] = conditions(definition.changedWhen ?? [])
        values["failed_when"] = conditions(definition.failedWhen ?? [])
        values["until"] = conditions(definition.until ?? [])
        values["vars"] = .dict(known(keywords.variables))
        values["environment"] = .list(keywords.environment.map { known($0.value) })
        values["notify"] = keywords.notify.isEmpty ? .null : .list(keywords.notify.map { known($0.value) })
        values["register"] = definition.register.map { .string($0) } ?? .null
        values["loop"] = said(definition.loop)
        values["loop_with"] = definition.loopLookup.map { .string($0) } ?? .null
        values["retries"] = said(definition.retries)
        values["delay"] = said(definition.delay, or: .int(5))
        values["delegate_to"] = said(keywords.delegateTo)
        values["become"] = said(keywords.become, or: .bool(false))
        values["become_user"] = said(keywords.becomeUser)
        values["connection"] = said(keywords.connection, or: .string("ssh"))
        values["ignore_errors"] = said(keywords.ignoreErrors)
        values["ignore_unreachable"] = said(keywords.ignoreUnreachable)
        values["run_once"] = said(keywords.runOnce)
        values["no_log"] = .bool(context.isHidden)
        values["any_errors_fatal"] = said(keywords.anyErrorsFatal, or: .bool(false))
        values["check_mode"] = .bool(context.scope().checkMode)
        values["diff"] = .bool(context.scope().diffMode)
        values["throttle"] = said(keywords.throttle, or: .int(0))
        values["timeout"] = said(keywords.timeout, or: .int(0))
        if context.isHidden {
            for name in ["args", "vars", "environment"] { values[name] = values[name]?.with(.secret(NoLog.label)) }
        }
        return .dict(values)
    }

    private func said(_ value: Located<Value>?, or fallback: Value = .null) -> Value {
        value.map { known($0.value) } ?? fallback
    }

    /// Conditions stay what they are; nobody is to evaluate them again.
    private func conditions(_ conditions: [Located<Value>]) -> Value { .list(conditions.map(\.value.untrusted)) }

    private func known(_ map: ValueMap) -> ValueMap {
        ValueMap(map.pairs.mapValues { known($0) }.filter { $0.value != .omit })
    }

    /// Rendered where that can be; else its text, as data.
    private func known(_ value: Value) -> Value {
        (try? context.templar.render(value, in: context.scope())) ?? value.untrusted
    }
}
