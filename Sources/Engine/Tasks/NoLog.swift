import Playbook
import Redaction
import YAML

/// `no_log`: which texts of a task's data join the run's secrets.
///
/// Not all of them do: hiding `present` or a folder's name everywhere would make a run's output unreadable. It is what came out of a
/// template, a loop, or the task's output, as far as it is text of some length.
enum NoLog {
    private static let outputs = ["stdout", "stderr", "content", "msg", "ansible_facts"]
    private static let shortest = 4

    static func texts(inOutputsOf result: ValueMap) -> [Secret<String>] { outputs.flatMap { result[$0].map(texts) ?? [] } }

    static func texts(in value: Value) -> [Secret<String>] {
        switch value {
        case .string(let text) where text.utf8.count >= shortest: [Secret(text)]
        case .int(let number) where number > 9999: [Secret(String(number))]
        case .list(let items), .set(let items): items.flatMap(texts)
        case .dict(let map): map.pairs.values.flatMap(texts)
        default: []
        }
    }
}
