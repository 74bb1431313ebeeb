import Playbook
import Redaction
import YAML

/// `no_log`: what of a task's data is secret.
///
/// As values, all of its result but how it ended. Output is searched for what came out of a template, a loop or the
/// task's output: each text, and the longer words of it, since
/// others print them one by one. Words that stand in the playbook as they are (`--password`) are no secret, and hiding
/// `present` or a folder's name everywhere would make a run's
/// output unreadable.
enum NoLog {
    private static let outputs = ["stdout", "stderr", "content", "msg", "ansible_facts", "cmd"]
    private static let shortest = 4, shortestWord = 8
    /// How the task ended, which its `no_log` summary shows, too.
    private static let endings: Set<String> = ["changed", "failed", "skipped", "unreachable", "rc", "attempts"]
    static let label = "no_log"

    static func texts(inOutputsOf result: ValueMap, besides written: Set<Substring>) -> [Secret<String>] {
        outputs.flatMap { name in result[name].map { texts(in: $0, besides: written) } ?? [] }
    }

    static func texts(in value: Value, besides written: Set<Substring>) -> [Secret<String>] {
        switch value {
        case .string(let text, _) where text.utf8.count >= shortest:
            let words = words(of: text).filter { $0.utf8.count >= shortestWord && !written.contains($0) }
            return written.contains(text[...])
                ? [] : [Secret(text)] + words.filter { $0 != text }.map { Secret(String($0)) }
        case .int(let number, _) where number > 9999: return [Secret(String(number))]
        case .list(let items), .set(let items): return items.flatMap { texts(in: $0, besides: written) }
        case .dict(let map): return map.pairs.values.flatMap { texts(in: $0, besides: written) }
        default: return []
        }
    }

    /// The result with all of it known to be secret, at any depth.
    static func secret(_ result: ValueMap) -> ValueMap {
        var secret = result
        for (key, value) in result.pairs where !endings.contains(key.string ?? "") {
            secret[key] = value.with(.secret(label))
        }
        return secret
    }

    /// Words of arguments as the playbook has them.
    static func words(writtenIn arguments: Value) -> Set<Substring> {
        switch arguments {
        case .string(let text, _): Set(words(of: text))
        case .list(let items): items.reduce(into: []) { $0.formUnion(words(writtenIn: $1)) }
        case .dict(let map): map.pairs.values.reduce(into: []) { $0.formUnion(words(writtenIn: $1)) }
        default: []
        }
    }

    private static func words(of text: String) -> [Substring] {
        text.split { $0.isWhitespace || $0 == "'" || $0 == "\"" }
    }
}
