import Playbook
import Redaction
import YAML

/// `no_log`: which parts of a task's data join the run's secrets.
///
/// Not all of them do: hiding `present` or a folder's name everywhere would make a run's output unreadable. It is what came out of a
/// template, a loop, or the task's output, as far as it is text of some length.
enum NoLog {
    private static let outputs = ["stdout", "stderr", "content", "msg", "ansible_facts"]
    private static let shortest = 4

    static func hide(outputsOf result: ValueMap, in secrets: SecretSet) {
        for name in outputs { if let value = result[name] { hide(value, in: secrets) } }
    }

    static func hide(_ value: Value, in secrets: SecretSet) {
        switch value {
        case .string(let text) where text.utf8.count >= shortest: secrets.insert(Secret(text), label: "no_log")
        case .int(let number) where number > 9999: secrets.insert(Secret(String(number)), label: "no_log")
        case .list(let items), .set(let items): for item in items { hide(item, in: secrets) }
        case .dict(let map): for item in map.pairs.values { hide(item, in: secrets) }
        default: break
        }
    }
}
