import YAML

/// Format 0, which comfyfleet 0.1.0 has written before formats had numbers: an entry's first member, or which members
/// there are, says what it is, and names are short. It is
/// only read; docs/run-folder.md says until when.
///
/// `x`: the sealed text. `b`, `h`, `t`, `i`, `a`: batch, host, task, item, attempt. Of calls `s`, `k`, `d`: session,
/// ordinal, digest. Of endings `m`: the mark.
extension JournalEntry {
    /// Nil for what is no entry.
    init?(format0 map: ValueMap) {
        func int(_ name: String) -> Int? { map[name]?.int }
        func text(_ name: String) -> String? { map[name]?.string }
        let token = text("x")
        var place: TaskID? {
            guard let batch = int("b"), let host = int("h"), let task = int("t") else { return nil }
            return TaskID(batch: batch, host: host, task: task)
        }
        var act: AttemptID? {
            guard let place, let item = int("i"), let attempt = int("a") else { return nil }
            return AttemptID(task: place, item: item, attempt: attempt)
        }
        if let process = int("opened"), let key = text("key"), let token {
            self = .opened(process: process, program: nil, key: key, arguments: token)
        } else if let number = int("batch"), let playbook = int("playbook"), let play = int("play"), let token {
            self = .batch(number: number, playbook: playbook, play: play, hosts: token)
        } else if let number = int("session"), let token {
            self = .session(number: number, identity: token)
        } else if let number = int("call"), let session = int("s"), let ordinal = int("k"), let digest = text("d"),
            let act
        {
            self = .call(act, SentCall(ordinal: ordinal, session: session, number: number, digest: digest))
        } else if let item = int("item"), let place, let token {
            self = .item(place, item: item, result: token)
        } else if int("note") != nil, let act, let token {
            self = .note(act, token)
        } else if int("again") != nil, let act {
            self = .again(act)
        } else if let ending = text("ended"), let place, let changed = map["changed"]?.bool, let mark = int("m") {
            self = .ended(
                Ending(
                    place: place, ending: ending, status: text("status"), changed: changed,
                    notified: map["notified"]?.list?.compactMap(\.int) ?? [], mark: mark, learned: token))
        } else if int("cut") != nil, let place {
            self = .cutOff(place)
        } else if int("revived") != nil, let token {
            self = .revived(token)
        } else if int("secret") != nil, let token {
            self = .secret(token)
        } else if let code = int("closed") {
            self = .closed(exitCode: code)
        } else {
            return nil
        }
    }
}
