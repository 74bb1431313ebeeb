import Settings
import YAML

extension Playbook {
    /// With what settings say where plays say nothing.
    package func defaulting(to settings: AnsibleConfiguration) -> Playbook {
        var playbook = self
        for index in playbook.plays.indices { playbook.plays[index].apply(settings) }
        return playbook
    }
}

extension Play {
    fileprivate mutating func apply(_ settings: AnsibleConfiguration) {
        func located(_ value: Value) -> Located<Value> { Located(value, at: mark) }
        if settings.gathering == .explicit { gatherFacts = gatherFacts ?? located(.bool(false)) }
        if let name = settings.given(\.strategy) { strategy = strategy ?? located(.string(name)) }
        if settings.anyErrorsFatal { keywords.anyErrorsFatal = keywords.anyErrorsFatal ?? located(.bool(true)) }
        if settings.noLog { keywords.noLog = keywords.noLog ?? located(.bool(true)) }
        if settings.taskTimeout > 0 { keywords.timeout = keywords.timeout ?? located(.int(settings.taskTimeout)) }
    }
}
