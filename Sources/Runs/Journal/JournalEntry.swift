import YAML

/// A task on one host of a batch.
public struct TaskPlace: Sendable, Hashable {
    /// Number of the batch in the run, from 1.
    public var batch: Int
    /// Place of the host in the batch, from 0.
    public var host: Int
    /// Number of the task in the batch, from 1.
    public var task: Int
    public init(batch: Int, host: Int, task: Int) { self.batch = batch; self.host = host; self.task = task }
}

/// One time that a task's module runs: for an item of its loop (0 without one), in one of its tries.
public struct ActPlace: Sendable, Hashable {
    public var task: TaskPlace
    public var item: Int
    public var attempt: Int
    public init(task: TaskPlace, item: Int, attempt: Int) { self.task = task; self.item = item; self.attempt = attempt }
}

/// What a process writes down of a run, so that another one can go on with it: numbers, words of this program, and sealed texts. No name and no value stands in it in the clear.
public enum JournalEntry: Sendable, Hashable {
    /// A process begins to work on the run. `key`: fingerprint of the key that sealed texts are under. `arguments`: of the command line, sealed.
    case opened(process: Int, key: String, arguments: String)
    /// A batch begins. `playbook` and `play` count from 0; `hosts`: sealed list of their names.
    case batch(number: Int, playbook: Int, play: Int, hosts: String)
    /// A shell is about to be opened. Its identity and its name on the host are sealed; calls refer to its number.
    case session(number: Int, identity: String)
    /// A call is about to be sent.
    case call(ActPlace, SentCall)
    /// An item of a loop has ended; its result is sealed.
    case item(TaskPlace, item: Int, result: String)
    /// What a module noted for a process that comes after this one, sealed.
    case note(ActPlace, String)
    /// The module begins anew, as what it had begun was cut off: its earlier calls are void.
    case again(ActPlace)
    case ended(Ending)
    /// The task was ended in the middle because the run was to stop.
    case cutOff(TaskPlace)
    /// Hosts that had failed go on from the task that failed; sealed list of names.
    case revived(String)
    /// A vault value joined the run; sealed path.
    case secret(String)
    /// The process is done with the run.
    case closed(exitCode: Int)

    public struct SentCall: Sendable, Hashable {
        /// Counts the calls of its act, from 0.
        public var ordinal: Int
        /// Number of the session in this journal.
        public var session: Int
        /// The call's number in that session.
        public var number: Int
        /// Of the script.
        public var digest: String
        public init(ordinal: Int, session: Int, number: Int, digest: String) {
            self.ordinal = ordinal; self.session = session; self.number = number; self.digest = digest
        }
    }

    public struct Ending: Sendable, Hashable {
        public var place: TaskPlace
        /// How the task ended for the host's way through the play, in the engine's words.
        public var ending: String
        /// What it counts as.
        public var status: String?
        public var changed: Bool
        /// Handlers, by number.
        public var notified: [Int]
        /// Tells tasks apart: a playbook that was changed is found out by it.
        public var mark: Int
        /// What the host learned, sealed; nil for nothing.
        public var learned: String?
        public init(place: TaskPlace, ending: String, status: String?, changed: Bool, notified: [Int], mark: Int, learned: String?) {
            self.place = place; self.ending = ending; self.status = status; self.changed = changed; self.notified = notified; self.mark = mark; self.learned = learned
        }
    }
}

// MARK: - Lines

extension JournalEntry {
    /// One line of the journal, with its line end. It is read by this program alone, and exactly as it was written: what hosts, playbooks and
    /// people said is sealed in it, and nothing is searched for in what is left, numbers, digests and this program's own words.
    var line: String {
        var members: [Member]
        func sealed(_ token: String) -> Member { .init("x", .text(token)) }
        switch self {
        case .opened(let process, let key, let arguments):
            members = [.init("opened", .int(process)), .init("key", .text(key)), sealed(arguments)]
        case .batch(let number, let playbook, let play, let hosts):
            members = [.init("batch", .int(number)), .init("playbook", .int(playbook)), .init("play", .int(play)), sealed(hosts)]
        case .session(let number, let identity):
            members = [.init("session", .int(number)), sealed(identity)]
        case .call(let act, let call):
            members = [.init("call", .int(call.number)), .init("s", .int(call.session)), .init("k", .int(call.ordinal)), .init("d", .text(call.digest))] + Self.members(act)
        case .item(let place, let item, let result):
            members = [.init("item", .int(item))] + Self.members(place) + [sealed(result)]
        case .note(let act, let note):
            members = [.init("note", .int(0))] + Self.members(act) + [sealed(note)]
        case .again(let act):
            members = [.init("again", .int(0))] + Self.members(act)
        case .ended(let end):
            members = [.init("ended", .text(end.ending)), .init("status", end.status.map(Field.text) ?? .null), .init("changed", .bool(end.changed))] + Self.members(end.place)
            if !end.notified.isEmpty { members.append(.init("notified", .list(end.notified.map(Field.int)))) }
            members.append(.init("m", .int(end.mark)))
            if let learned = end.learned { members.append(sealed(learned)) }
        case .cutOff(let place): members = [.init("cut", .int(0))] + Self.members(place)
        case .revived(let hosts): members = [.init("revived", .int(0)), sealed(hosts)]
        case .secret(let path): members = [.init("secret", .int(0)), sealed(path)]
        case .closed(let code): members = [.init("closed", .int(code))]
        }
        return "{" + members.map { JSON.quoted($0.name) + ":" + $0.field.text }.joined(separator: ",") + "}\n"
    }

    private struct Member {
        var name: String, field: Field
        init(_ name: String, _ field: Field) { (self.name, self.field) = (name, field) }
    }
    private enum Field {
        case text(String), int(Int), bool(Bool), list([Field]), null
        var text: String {
            switch self {
            case .text(let text): JSON.quoted(text)
            case .int(let number): String(number)
            case .bool(let flag): flag ? "true" : "false"
            case .list(let fields): "[" + fields.map(\.text).joined(separator: ",") + "]"
            case .null: "null"
            }
        }
    }

    private static func members(_ place: TaskPlace) -> [Member] {
        [.init("b", .int(place.batch)), .init("h", .int(place.host)), .init("t", .int(place.task))]
    }
    private static func members(_ act: ActPlace) -> [Member] {
        members(act.task) + [.init("i", .int(act.item)), .init("a", .int(act.attempt))]
    }

    /// Nil for what is no line of a journal.
    init?(line: some Collection<UInt8>) {
        guard let map = (try? JSON.parse(Array(line), file: "journal"))?.map else { return nil }
        func int(_ name: String) -> Int? { map[name]?.int }
        func text(_ name: String) -> String? { map[name]?.string }
        let token = text("x")
        var place: TaskPlace? {
            guard let batch = int("b"), let host = int("h"), let task = int("t") else { return nil }
            return TaskPlace(batch: batch, host: host, task: task)
        }
        var act: ActPlace? {
            guard let place, let item = int("i"), let attempt = int("a") else { return nil }
            return ActPlace(task: place, item: item, attempt: attempt)
        }
        if let process = int("opened"), let key = text("key"), let token { self = .opened(process: process, key: key, arguments: token)
        } else if let number = int("batch"), let playbook = int("playbook"), let play = int("play"), let token { self = .batch(number: number, playbook: playbook, play: play, hosts: token)
        } else if let number = int("session"), let token { self = .session(number: number, identity: token)
        } else if let number = int("call"), let session = int("s"), let ordinal = int("k"), let digest = text("d"), let act {
            self = .call(act, SentCall(ordinal: ordinal, session: session, number: number, digest: digest))
        } else if let item = int("item"), let place, let token { self = .item(place, item: item, result: token)
        } else if int("note") != nil, let act, let token { self = .note(act, token)
        } else if int("again") != nil, let act { self = .again(act)
        } else if let ending = text("ended"), let place, let changed = map["changed"]?.bool, let mark = int("m") {
            self = .ended(Ending(place: place, ending: ending, status: text("status"), changed: changed, notified: map["notified"]?.list?.compactMap(\.int) ?? [], mark: mark, learned: token))
        } else if int("cut") != nil, let place { self = .cutOff(place)
        } else if int("revived") != nil, let token { self = .revived(token)
        } else if int("secret") != nil, let token { self = .secret(token)
        } else if let code = int("closed") { self = .closed(exitCode: code)
        } else { return nil }
    }
}
