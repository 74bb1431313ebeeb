import YAML

/// Format 1, which this program writes: a JSON object in a line, with the entry's type, and every member of that type
/// by its full name. What is changed in one of the two
/// functions is changed in the other, in docs/run-folder.md, and in the golden journal; what an older program would
/// read wrongly takes a new number of the format.
extension JournalEntry {
    /// The value of `type`.
    private enum Kind: String {
        case opened, batch, session, call, item, note, again, ended
        case cutOff = "cut_off"
        case revived, secret, closed
    }

    /// With its line end. It is read by this program alone, and exactly as it was written: what hosts, playbooks and
    /// people said is sealed in it, and nothing is searched for
    /// in what is left, numbers, digests and this program's own words.
    package var line: String {
        var line: Line
        switch self {
        case .opened(let process, let program, let key, let arguments):
            line = Line(.opened)
            line.put("format", JournalFormat.written.rawValue)
            line.put("program", program)
            line.put("process", process)
            line.put("key", key)
            line.put("arguments", arguments)
        case .batch(let number, let playbook, let play, let hosts):
            line = Line(.batch)
            line.put("batch", number)
            line.put("playbook", playbook)
            line.put("play", play)
            line.put("hosts", hosts)
        case .session(let number, let identity):
            line = Line(.session)
            line.put("session", number)
            line.put("identity", identity)
        case .call(let act, let call):
            line = Line(.call, act)
            line.put("ordinal", call.ordinal)
            line.put("session", call.session)
            line.put("number", call.number)
            line.put("digest", call.digest)
        case .item(let place, let item, let result):
            line = Line(.item, place)
            line.put("item", item)
            line.put("result", result)
        case .note(let act, let note):
            line = Line(.note, act)
            line.put("note", note)
        case .again(let act): line = Line(.again, act)
        case .ended(let end):
            line = Line(.ended, end.place)
            line.put("ending", end.ending)
            line.put("status", end.status)
            line.put("changed", end.changed)
            line.put("notified", end.notified)
            line.put("mark", end.mark)
            line.put("learned", end.learned)
        case .cutOff(let place): line = Line(.cutOff, place)
        case .revived(let hosts):
            line = Line(.revived)
            line.put("hosts", hosts)
        case .secret(let path):
            line = Line(.secret)
            line.put("path", path)
        case .closed(let code):
            line = Line(.closed)
            line.put("exit_code", code)
        }
        return line.text + "}\n"
    }

    init(_ members: JournalMembers) throws(JournalProblem) {
        let type = try members.text("type")
        guard let kind = Kind(rawValue: type) else { throw .damaged("there is no entry of the type '\(type)'") }
        switch kind {
        case .opened:
            // Which one it is was looked at before; a line without it is none of this format.
            _ = try members.int("format")
            self = .opened(
                process: try members.int("process"), program: try members.optionalText("program"),
                key: try members.text("key"), arguments: try members.text("arguments"))
        case .batch:
            self = .batch(
                number: try members.int("batch"), playbook: try members.int("playbook"), play: try members.int("play"),
                hosts: try members.text("hosts"))
        case .session: self = .session(number: try members.int("session"), identity: try members.text("identity"))
        case .call:
            let call = SentCall(
                ordinal: try members.int("ordinal"), session: try members.int("session"),
                number: try members.int("number"), digest: try members.text("digest"))
            self = .call(try AttemptID(members), call)
        case .item: self = .item(try TaskID(members), item: try members.int("item"), result: try members.text("result"))
        case .note: self = .note(try AttemptID(members), try members.text("note"))
        case .again: self = .again(try AttemptID(members))
        case .ended:
            self = .ended(
                Ending(
                    place: try TaskID(members), ending: try members.text("ending"),
                    status: try members.optionalText("status"), changed: try members.bool("changed"),
                    notified: try members.ints("notified"), mark: try members.int("mark"),
                    learned: try members.optionalText("learned")))
        case .cutOff: self = .cutOff(try TaskID(members))
        case .revived: self = .revived(try members.text("hosts"))
        case .secret: self = .secret(try members.text("path"))
        case .closed: self = .closed(exitCode: try members.int("exit_code"))
        }
    }

    /// A line as it is put together.
    private struct Line {
        private(set) var text: String

        init(_ kind: Kind) { text = "{\"type\":" + JSON.quoted(kind.rawValue) }
        init(_ kind: Kind, _ place: TaskID) {
            self.init(kind)
            put("batch", place.batch)
            put("host", place.host)
            put("task", place.task)
        }
        init(_ kind: Kind, _ act: AttemptID) {
            self.init(kind, act.task)
            put("item", act.item)
            put("attempt", act.attempt)
        }

        mutating func put(_ name: String, _ number: Int) { put(name, json: String(number)) }
        mutating func put(_ name: String, _ flag: Bool) { put(name, json: flag ? "true" : "false") }
        mutating func put(_ name: String, _ text: String?) { put(name, json: text.map { JSON.quoted($0) } ?? "null") }
        mutating func put(_ name: String, _ numbers: [Int]) {
            put(name, json: "[" + numbers.map { String($0) }.joined(separator: ",") + "]")
        }

        private mutating func put(_ name: String, json: String) { text += ",\"" + name + "\":" + json }
    }
}

extension TaskID {
    fileprivate init(_ members: JournalMembers) throws(JournalProblem) {
        self.init(batch: try members.int("batch"), host: try members.int("host"), task: try members.int("task"))
    }
}

extension AttemptID {
    fileprivate init(_ members: JournalMembers) throws(JournalProblem) {
        self.init(task: try TaskID(members), item: try members.int("item"), attempt: try members.int("attempt"))
    }
}
