import Support
import Vault
import YAML

/// What earlier processes have written down of a run. A value that grows entry by entry; `RunJournal` writes what it
/// reads.
package struct JournalReplay: Sendable {
    package struct Batch: Sendable {
        package var number: Int
        package var playbook: Int, play: Int
        package var hosts: [String]
        /// In the order in which they were taken in.
        package var steps: [Step] = []
    }
    package enum Step: Sendable, Hashable {
        case ended(JournalEntry.Ending)
        case revived([String])
    }
    /// A durable shell on a host.
    package struct Session: Sendable, Hashable {
        /// Which host, how it is reached, and whom it belongs to, in the engine's words.
        package var identity: String
        /// Its name on the host.
        package var record: String
        /// The last number of a call that was written down.
        package var lastCall = 0
        package init(identity: String, record: String) {
            self.identity = identity
            self.record = record
        }
    }
    /// A journal that is damaged, or of a newer format; one that holds none of this run; or a sealed text that can't be
    /// opened.
    package struct Unreadable: Error, Sendable, CustomStringConvertible {
        package var description: String
        /// What can be done about it, where there is something.
        package var remedy: String?
        package init(description: String, remedy: String? = nil) {
            self.description = description
            self.remedy = remedy
        }
    }

    /// How many processes have worked on it.
    package private(set) var processes = 0
    /// The command line's arguments, of the first process.
    package private(set) var arguments: [String] = []
    /// Those that a client gave beside the command line: data.
    package private(set) var variables: ValueMap = [:]
    package private(set) var batches: [Batch] = []
    /// By their numbers, from 0.
    package private(set) var sessions: [Session] = []
    /// Calls of tasks that have not ended, in their order.
    package private(set) var calls: [AttemptID: [JournalEntry.SentCall]] = [:]
    /// Results of items, of tasks that have not ended; sealed until they are asked for.
    private var items: [TaskID: [Int: String]] = [:]
    private var notes: [AttemptID: String] = [:]
    /// Tasks that were ended in the middle when an earlier process was asked to stop, and have not been begun anew.
    package private(set) var cutOff: Set<TaskID> = []
    /// Vault values that have joined the run.
    package private(set) var secrets: [[String]] = []
    /// Of the last process, when it came to its end.
    package private(set) var exitCode: Int?
    /// Of the journal: a process that resumes the run seals with it, too.
    package let seal: StateSeal

    package init(seal: StateSeal) { self.seal = seal }

    /// The journal in the folder; a torn line is left out.
    ///
    /// - Throws: `RunFolderError`, `Unreadable`.
    package init(_ folder: RunFolder, keys: JournalKeys) throws {
        let bytes: [UInt8]
        do throws(FileProblem) { bytes = try PrivateFile.read(folder.journalPath, limit: .max) ?? [] } catch {
            throw RunFolderError(error)
        }
        try self.init(bytes, seal: { keys.seal($0) })
    }

    /// A journal's bytes.
    ///
    /// - Parameter find: gives the key with a fingerprint; nil when it is not there.
    /// - Throws: `Unreadable`.
    package init(_ bytes: [UInt8], seal find: (_ fingerprint: String) -> StateSeal?) throws {
        let lines = JournalReader.lines(of: bytes)
        guard let first = lines.firstIndex(where: { !$0.isEmpty }) else {
            throw Unreadable(description: "nothing was written down before the run ended")
        }
        var reader = JournalReader()
        guard case .opened(_, _, let key, _) = try Self.entry(lines[first], number: first + 1, &reader) else {
            throw Self.damaged(first + 1, "a journal begins with the process that has written it")
        }
        guard let seal = find(key) else {
            throw Unreadable(
                description:
                    "the run's journal key (fingerprint \(key)) is not in \(VaultFiles().journalKeys), or is stored there under a key that is not configured"
            )
        }
        self.init(seal: seal)
        reader = JournalReader()
        for (index, line) in lines.enumerated() where !line.isEmpty {
            let entry = try Self.entry(line, number: index + 1, &reader)
            try take(entry)
        }
    }

    /// - Parameter number: of the line, from 1.
    private static func entry(
        _ line: ArraySlice<UInt8>, number: Int, _ reader: inout JournalReader
    ) throws(Unreadable) -> JournalEntry {
        do throws(JournalProblem) { return try reader.entry(line) } catch {
            switch error {
            case .damaged(let what): throw damaged(number, what)
            case .unknownFormat(let format, let program):
                let writer = program.map { "comfyfleet \($0)" }
                throw Unreadable(
                    description:
                        "line \(number) of journal.jsonl is of format \(format), written by \(writer ?? "a newer comfyfleet"); this program reads formats up to \(JournalFormat.written.rawValue)",
                    remedy: "resume the run with \(writer ?? "the comfyfleet that has written it"), or a newer one")
            }
        }
    }

    private static func damaged(_ number: Int, _ what: String) -> Unreadable {
        Unreadable(
            description: "line \(number) of journal.jsonl is damaged: \(what)",
            remedy: "put the file back as it was, from a backup, or run the playbook anew")
    }

    package mutating func take(_ entry: JournalEntry) throws {
        switch entry {
        case .opened(_, _, let key, let arguments):
            guard key == seal.fingerprint else {
                throw Unreadable(
                    description: "the run was sealed under two keys (fingerprints \(seal.fingerprint) and \(key))")
            }
            processes += 1
            exitCode = nil
            if processes == 1 { try takeCommand(arguments) }
        case .batch(let number, let playbook, let play, let hosts):
            batches.append(Batch(number: number, playbook: playbook, play: play, hosts: try texts(hosts)))
        case .session(let number, let identity):
            let words = try texts(identity)
            guard number == sessions.count, words.count == 2 else {
                throw Unreadable(description: "the journal's sessions are not in order")
            }
            sessions.append(Session(identity: words[0], record: words[1]))
        case .call(let act, let call):
            if sessions.indices.contains(call.session) {
                sessions[call.session].lastCall = max(sessions[call.session].lastCall, call.number)
            }
            var sent = calls[act] ?? []
            // A call that was written down and never sent is written down again.
            sent.removeAll { $0.ordinal >= call.ordinal }
            calls[act] = sent + [call]
        case .item(let place, let item, let result):
            items[place, default: [:]][item] = result
            for act in calls.keys where act.task == place && act.item == item { calls[act] = nil }
        case .note(let act, let note): notes[act] = note
        case .again(let act):
            calls[act] = nil
            cutOff.remove(act.task)
        case .cutOff(let place): cutOff.insert(place)
        case .ended(let ending):
            guard let index = batches.firstIndex(where: { $0.number == ending.place.batch }) else {
                throw Unreadable(description: "the journal has a task of a batch that has not begun")
            }
            batches[index].steps.append(.ended(ending))
            cutOff.remove(ending.place)
            // What a host that was lost was at may still be there when it is found again.
            if ending.ending != Self.lost { forget(ending.place) }
        case .revived(let hosts):
            let names = try texts(hosts)
            for index in batches.indices { batches[index].steps.append(.revived(names)) }
        case .secret(let path): secrets.append(try texts(path))
        case .closed(let code): exitCode = code
        }
    }

    /// The ending of a task whose host could not be reached any more.
    package static let lost = "unreachable"

    private mutating func forget(_ place: TaskID) {
        items[place] = nil
        for act in calls.keys where act.task == place { calls[act] = nil }
        for act in notes.keys where act.task == place { notes[act] = nil }
    }

    // MARK: Sealed texts

    package func opened(_ token: String) throws -> Value {
        do { return try StoredValue.value(try seal.open(token)) } catch {
            throw Unreadable(description: "a sealed part of the journal can't be opened")
        }
    }

    /// A command line and a client's variables as one value for the journal: texts, and a mapping after them where
    /// there are variables.
    package static func command(_ arguments: [String], _ variables: ValueMap) -> Value {
        .list(arguments.map { .string($0) } + (variables.isEmpty ? [] : [.dict(variables)]))
    }

    private mutating func takeCommand(_ token: String) throws {
        arguments = try texts(token)
        variables = try opened(token).list?.last?.map ?? [:]
    }

    private func texts(_ token: String) throws -> [String] {
        guard let texts = try opened(token).list?.compactMap(\.string) else {
            throw Unreadable(description: "a sealed part of the journal is not what it should be")
        }
        return texts
    }

    /// Results of the items that have ended, of a task that has not.
    package func results(of place: TaskID) throws -> [Int: Value] { try (items[place] ?? [:]).mapValues(opened) }

    package func note(of act: AttemptID) throws -> Value? { try notes[act].map(opened) }

    /// The last session that was opened for an identity.
    package func session(of identity: String) -> Int? { sessions.lastIndex { $0.identity == identity } }
}
