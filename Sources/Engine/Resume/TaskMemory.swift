import Playbook
import Redaction
import Runs
import YAML

/// Between what the engine knows of a task and what the journal keeps of it.
package enum TaskMemory {
    // MARK: What a host learned

    /// - Parameter hidden: texts that `no_log` tasks have made secrets of the run.
    /// - Returns: nil when there is nothing to keep.
    static func value(_ updates: [VariableUpdate], hidden: [Secret<String>], included: [Inclusion] = []) -> Value? {
        guard !updates.isEmpty || !hidden.isEmpty || !included.isEmpty else { return nil }
        let learned = updates.map { update in
            switch update {
            case .variables(let values): Value.dict(["variables": .dict(values)])
            case .facts(let values): Value.dict(["facts": .dict(values)])
            case .files(let values): Value.dict(["files": .dict(values)])
            case .groups(let names): Value.dict(["groups": .list(names.map { .string($0) })])
            case .nothingAnyMore: Value.dict([:])
            }
        }
        return .dict(["learned": .list(learned), "hidden": .list(hidden.map { .string($0.reveal()) }), "included": .list(included.map(\.value))])
    }

    static func updates(_ value: Value) -> [VariableUpdate] {
        (value.map?["learned"]?.list ?? []).map { entry in
            if let values = entry.map?["variables"]?.map { return .variables(values) }
            if let values = entry.map?["facts"]?.map { return .facts(values) }
            if let values = entry.map?["files"]?.map { return .files(values) }
            if let names = entry.map?["groups"]?.list { return .groups(names.compactMap(\.string)) }
            return .nothingAnyMore
        }
    }

    static func included(_ value: Value) -> [Inclusion] { (value.map?["included"]?.list ?? []).compactMap(Inclusion.init) }

    static func hidden(_ value: Value) -> [Secret<String>] { (value.map?["hidden"]?.list ?? []).compactMap { $0.string.map { Secret($0) } } }

    // MARK: Results of items

    static func value(_ result: TaskResult, hidden: [Secret<String>]) -> Value {
        var map: ValueMap = ["values": .dict(result.values), "hidden": .list(hidden.map { .string($0.reveal()) })]
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
        [("changed", \.changed), ("failed", \.failed), ("skipped", \.skipped), ("unreachable", \.unreachable), ("ran", \.hasRun), ("gathered", \.factsAreGathered)]
    }

    // MARK: Which task

    /// Tells tasks of a playbook apart.
    package static func mark(of task: PlannedTask) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in "\(task.title)\u{0}\(task.definition.module.name)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
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
        case .endHost: "end_host"
        case .endBatch: "end_batch"
        case .endPlay: "end_play"
        case .flushHandlers: "flush_handlers"
        case .interrupted: "interrupted"
        }
    }

    init?(word: String) {
        guard let kind = Self.all.first(where: { $0.word == word }) else { return nil }
        self = kind
    }
    private static let all: [Self] = [.done, .failed, .unreachable, .endHost, .endBatch, .endPlay, .flushHandlers, .interrupted]
}
