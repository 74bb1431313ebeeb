import Playbook
import Redaction
import Runs
import YAML

/// Between what the engine knows of a task and what the journal keeps of it.
package enum TaskMemory {
    // MARK: What a host learned

    /// - Parameter hidden: what joined the search while the task ran.
    /// - Returns: nil when there is nothing to keep.
    static func value(_ updates: [VariableUpdate], hidden: [JoinedSecret], included: [Inclusion] = []) -> Value? {
        guard !updates.isEmpty || !hidden.isEmpty || !included.isEmpty else { return nil }
        let learned = updates.map { Value.dict(kept($0)) }
        return .dict([
            "learned": .list(learned), "hidden": .list(hidden.map(kept)), "included": .list(included.map(\.value)),
        ])
    }

    private static func kept(_ update: VariableUpdate) -> ValueMap {
        func names(_ names: [String]) -> Value { .list(names.map { .string($0) }) }
        switch update {
        case .variables(let values): return ["variables": .dict(values)]
        case .facts(let values): return ["facts": .dict(values)]
        case .files(let values): return ["files": .dict(values)]
        case .inventory(let added):
            return [
                "added": .string(added.host), "values": .dict(added.variables), "groups": names(added.groups),
                "parents": names(added.parents),
            ]
        case .inventoryAgain: return ["inventory_again": .bool(true)]
        case .nothingAnyMore: return [:]
        case .of(let host, let update):
            var map = kept(update)
            map["host"] = .string(host)
            return map
        }
    }

    /// - Parameter host: the task's.
    static func updates(_ value: Value, of host: String) -> [VariableUpdate] {
        (value.map?["learned"]?.list ?? []).compactMap(\.map).map { entry in
            let update = update(entry, of: host)
            return entry["host"]?.string.map { .of(host: $0, update) } ?? update
        }
    }

    private static func update(_ entry: ValueMap, of host: String) -> VariableUpdate {
        func names(_ key: String) -> [String] { entry[key]?.list?.compactMap(\.string) ?? [] }
        if let values = entry["variables"]?.map { return .variables(values) }
        if let values = entry["facts"]?.map { return .facts(values) }
        if let values = entry["files"]?.map { return .files(values) }
        if entry["inventory_again"] != nil { return .inventoryAgain }
        // Without a name: what earlier versions wrote of `group_by`.
        if entry["added"] != nil || entry["groups"] != nil {
            return .inventory(
                .init(
                    entry["added"]?.string ?? host, variables: entry["values"]?.map ?? [:], groups: names("groups"),
                    parents: names("parents")))
        }
        return .nothingAnyMore
    }

    static func included(_ value: Value) -> [Inclusion] {
        (value.map?["included"]?.list ?? []).compactMap(Inclusion.init)
    }

    static func hidden(_ value: Value) -> [JoinedSecret] { (value.map?["hidden"]?.list ?? []).compactMap(secret) }

    /// Of a `no_log` task the text alone; all else with its label.
    private static func kept(_ secret: JoinedSecret) -> Value {
        let text = Value.string(secret.text.reveal())
        return secret.label == NoLog.label ? text : .list([text, .string(secret.label)])
    }

    private static func secret(_ kept: Value) -> JoinedSecret? {
        if let text = kept.string { return JoinedSecret(text: Secret(text), label: NoLog.label) }
        guard let parts = kept.list, parts.count == 2, let text = parts[0].string, let label = parts[1].string else {
            return nil
        }
        return JoinedSecret(text: Secret(text), label: label)
    }

    // MARK: Results of items

    static func value(_ result: TaskResult, hidden: [JoinedSecret]) -> Value {
        var map: ValueMap = ["values": .dict(result.values), "hidden": .list(hidden.map(kept))]
        for (name, flag) in flags where result[keyPath: flag] { map[name] = .bool(true) }
        if let message = result.message { map["message"] = .string(message) }
        return .dict(map)
    }

    static func result(_ value: Value) -> TaskResult? {
        guard let map = value.map, let values = map["values"]?.map else { return nil }
        var result = TaskResult()
        result.values = values
        for (name, flag) in flags { result[keyPath: flag] = map[name]?.bool ?? false }
        result.message = map["message"]?.string
        return result
    }

    private static var flags: [(String, WritableKeyPath<TaskResult, Bool>)] {
        [
            ("changed", \.changed), ("failed", \.failed), ("skipped", \.skipped), ("unreachable", \.unreachable),
            ("ran", \.hasRun), ("gathered", \.factsAreGathered),
        ]
    }

    // MARK: Which task

    /// Tells tasks of a playbook apart.
    package static func mark(of task: PlannedTask) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in "\(task.title)\u{0}\(task.definition.module.name)".utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return Int(hash & 0xffff_ffff)
    }
}

extension TaskOutcome.Kind {
    /// In the journal.
    package var word: String {
        switch self {
        case .done: "done"
        case .failed: "failed"
        case .unreachable: JournalReplay.lost
        case .endRole: "end_role"
        case .endHost: "end_host"
        case .endBatch: "end_batch"
        case .endPlay: "end_play"
        case .flushHandlers: "flush_handlers"
        case .clearHostErrors: "clear_host_errors"
        case .interrupted: "interrupted"
        }
    }

    init?(word: String) {
        guard let kind = Self.all.first(where: { $0.word == word }) else { return nil }
        self = kind
    }
    private static let all: [Self] = [
        .done, .failed, .unreachable, .endRole, .endHost, .endBatch, .endPlay, .flushHandlers, .clearHostErrors,
        .interrupted,
    ]
}
