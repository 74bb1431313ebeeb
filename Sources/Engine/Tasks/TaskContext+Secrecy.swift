import Playbook
import Redaction
import Templating
import YAML

/// What of a task is secret, and how it is shown.
extension TaskContext {
    /// `no_log`; a condition that can't be evaluated counts as true.
    var isHidden: Bool {
        guard let noLog = task.keywords.noLog else { return false }
        guard let rendered = try? templar.render(noLog.value, in: scope()) else { return true }
        return ArgumentBinder.bool(rendered) ?? true
    }

    var presentation: ResultPresentation {
        ResultPresentation(
            secrets: batch.secrets, isHidden: isHidden,
            showsDiff: task.keywords.diff == nil ? batch.options.diffMode : scope().diffMode)
    }

    /// A `no_log` task's data is secret: as values, so that it stays hidden where other tasks use it, and in the search
    /// of the run's output.
    func hide(_ result: inout TaskResult, _ locals: ValueMap) {
        guard isHidden else { return }
        let written = NoLog.words(writtenIn: .dict(definition.arguments.value))
        conceal(
            NoLog.texts(inOutputsOf: result.values, besides: written) + NoLog.texts(in: .dict(locals), besides: written)
        )
        result.values = NoLog.secret(result.values)
        // `register` stores the message, too.
        if let message = result.message, result.values["msg"] == nil {
            result.values["msg"] = .string(message, .secret(NoLog.label))
        }
    }

    /// As `register` and a rescue section get it: of a `no_log` task secret, whether its module ran or something before
    /// it failed. Results of a loop's items one by one, since how each ended is not secret.
    func registered(_ result: TaskResult) -> ValueMap {
        let registered = result.registered
        guard isHidden else { return registered }
        var secret = NoLog.secret(registered)
        if definition.loop != nil, let items = registered["results"]?.list {
            secret["results"] = .list(
                items.map { item in item.map.map { .dict(NoLog.secret($0)) } ?? item.with(.secret(NoLog.label)) })
        }
        return secret
    }

    /// - Parameter late: those that came of templates of all arguments are among them.
    func hide(_ arguments: ValueMap, late: Bool = false) {
        guard isHidden else { return }
        let written = NoLog.words(writtenIn: .dict(definition.arguments.value))
        if late, !definition.lateArguments.isEmpty {
            let own = definition.arguments.value
            conceal(
                arguments.pairs.filter { own[$0.key] == nil }.flatMap { NoLog.texts(in: $0.value, besides: written) })
        }
        conceal(
            definition.arguments.value.pairs.filter { Templar.holdsTemplate($0.value) }.flatMap { key, _ in
                arguments[key].map { NoLog.texts(in: $0, besides: written) } ?? []
            })
    }

    /// What is secret in a module's arguments joins the search: modules make texts of it that know nothing.
    ///
    /// - Returns: whether something in them is secret and can't be searched for: a boolean, a small number, a user's
    ///   name.
    func conceal(secretsIn arguments: ValueMap) -> Bool {
        var holdsOther = false
        func conceal(_ value: Value) {
            switch value {
            case .list(let items), .set(let items): items.forEach(conceal)
            case .dict(let map): map.pairs.values.forEach(conceal)
            default:
                // What a `no_log` task gave has joined by rules of its own: not each word of it is hidden everywhere.
                // What was made of it has not.
                let isNoLog = value.provenance.label == NoLog.label
                guard let label = value.provenance.label, !isNoLog || value.provenance.isDerived else { return }
                let text = ArgumentBinder.text(value)
                // Of a file that a small secret was put into, each line would be hidden everywhere.
                let isLongEnough = value.string != nil && !isNoLog || text.utf8.count >= 4
                let isSearchable =
                    value.provenance.isSearched && value.bool == nil && isLongEnough
                    && (!text.contains("\n") || batch.secrets.holds(text) != nil)
                if isSearchable { join(JoinedSecret(text: Secret(text), label: label)) } else { holdsOther = true }
            }
        }
        arguments.pairs.values.forEach(conceal)
        return holdsOther
    }

    /// The same value, of which a text is about to be made that knows nothing: of a command, an environment, a name, a
    /// path, an option or a message. What is secret in it joins the search first.
    /// Whoever makes such a text of a rendered value asks for the value here.
    func spelled(_ value: Value) -> Value {
        _ = conceal(secretsIn: ["made": value])
        return value
    }

    func conceal(_ texts: [Secret<String>]) {
        conceal(joined: texts.map { JoinedSecret(text: $0, label: NoLog.label) })
    }

    /// They join the search, here and in every process that resumes the run.
    func conceal(joined secrets: [JoinedSecret]) {
        for secret in secrets {
            batch.fleet.notes?.areNeeded(for: secret.text)
            batch.secrets.insert(secret.text, label: secret.label)
        }
        if !secrets.isEmpty { trace?.note(hidden: secrets) }
    }

    /// As `conceal`, for what the vault may hold as it is.
    private func join(_ secret: JoinedSecret) {
        if batch.fleet.notes?.areNeeded(for: secret.text) ?? false { trace?.note(hidden: [secret]) }
        batch.secrets.insert(secret.text, label: secret.label)
    }
}
