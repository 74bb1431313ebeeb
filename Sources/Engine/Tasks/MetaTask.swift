import YAML

/// `meta` steers the run itself; it has no event, as nothing happens on the host.
struct MetaTask: Sendable {
    let context: TaskContext

    init(_ context: TaskContext) { self.context = context }

    func perform() async -> TaskOutcome {
        let action = context.definition.arguments.value["_raw_params"]?.string ?? ""
        let host = Self.forAll.contains(action) ? nil : context.host.name
        do {
            let isSkipped = try context.failing(context.task.keywords.when, in: context.scope()) != nil
            context.batch.events.emit(.metaStarted(host: host, context.header, isSkipped: isSkipped))
            if isSkipped { return TaskOutcome(.done) }
        } catch {
            return fail(error.message)
        }
        switch action {
        case "flush_handlers": return TaskOutcome(.flushHandlers)
        case "clear_host_errors": return TaskOutcome(.clearHostErrors)
        case "end_role":
            // What an include brings may belong to no role.
            if context.definition.role == nil { return fail("Cannot execute 'end_role' from outside of a role") }
            if context.task.isHandler { return fail("Cannot execute 'end_role' from a handler") }
            return TaskOutcome(.endRole)
        case "end_host": return TaskOutcome(.endHost)
        case "end_batch": return TaskOutcome(.endBatch)
        case "end_play": return TaskOutcome(.endPlay)
        case "clear_facts":
            var updates: [VariableUpdate] = []
            context.apply(.nothingAnyMore, &updates)
            return TaskOutcome(.done, updates: updates)
        case "reset_connection": await context.batch.connections.reset(context.host.name)
        case "refresh_inventory":
            var updates: [VariableUpdate] = []
            context.apply(.inventoryAgain, &updates)
            return TaskOutcome(.done, updates: updates)
        case "noop": break
        default: return fail("meta: '\(action)' is not supported")
        }
        return TaskOutcome(.done)
    }

    /// What is done once for all hosts.
    private static let forAll: Set<String> = [
        "clear_facts", "clear_host_errors", "end_batch", "end_play", "refresh_inventory",
    ]

    private func fail(_ message: String) -> TaskOutcome {
        let report = TaskReport(context)
        report.start()
        return report.finish(.failure(message))
    }
}
