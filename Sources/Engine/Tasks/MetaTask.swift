import YAML

extension TaskRun {
    /// `meta` steers the run itself; nothing is told of it, as nothing happens on the host.
    func performMeta() async -> Ended {
        do {
            if try failing(task.keywords.when, in: scope()) != nil { return Ended(ending: .done) }
        } catch {
            return fail(error.message)
        }
        let action = task.definition.arguments.value["_raw_params"]?.string ?? ""
        switch action {
        case "flush_handlers": return Ended(ending: .flushHandlers)
        case "end_host": return Ended(ending: .endHost)
        case "end_batch": return Ended(ending: .endBatch)
        case "end_play": return Ended(ending: .endPlay)
        case "clear_facts":
            var lessons: [Lesson] = []
            learn(.nothingAnyMore, &lessons)
            return Ended(ending: .done, lessons: lessons)
        case "reset_connection": await batch.connections.reset(host.name)
        case "noop": break
        default: return fail("meta: '\(action)' is not supported")
        }
        return Ended(ending: .done)
    }

    private func fail(_ message: String) -> Ended {
        batch.events.emit(.hostTaskStarted(host: host.name, task: id))
        return end(.failure(message), [], [], after: 0)
    }
}
