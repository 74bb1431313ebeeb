import Foundation
import TestSupport
import YAML

@testable import Runs
@testable import Vault

/// A run that two processes have worked on, with every type of entry: what the golden journals in
/// `Tests/Fixtures/journals` tell, each in its format.
enum GoldenRun {
    static let formats = [0, 1]
    private static let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

    static func bytes(format: Int) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: Fixtures.folder + "/journals/format-\(format).jsonl")))
    }

    static func seal() throws -> StateSeal { StateSeal(try VaultKey(key, source: .given)) }

    /// As a process that resumes the run reads it.
    static func earlier(_ bytes: [UInt8]) throws -> JournalReplay {
        let seal = try seal()
        return try JournalReplay(bytes, seal: { $0 == seal.fingerprint ? seal : nil })
    }

    static func read(_ bytes: [UInt8]) throws -> [JournalEntry] {
        var reader = JournalReader()
        var entries: [JournalEntry] = []
        for line in JournalReader.lines(of: bytes) { entries.append(try reader.entry(line)) }
        return entries
    }

    static func written(_ entries: [JournalEntry]) -> [UInt8] { entries.flatMap { Array($0.line.utf8) } }

    /// A token as the golden journals have it: of one second, with a vector of its own.
    static func sealed(_ number: UInt8, _ value: Value) throws -> String {
        try Fernet(key: key).seal(
            StoredValue.bytes(value), time: 1_800_000_000, iv: [UInt8](repeating: number, count: 16))
    }
    private static func sealed(_ number: UInt8, _ texts: [String]) throws -> String {
        try sealed(number, .list(texts.map { .string($0) }))
    }

    static let firstOfTwo = TaskID(batch: 1, host: 0, task: 1), firstOfOther = TaskID(batch: 1, host: 1, task: 1)
    static let loop = TaskID(batch: 1, host: 0, task: 2)
    static let item0 = AttemptID(task: loop, item: 0, attempt: 1), item1 = AttemptID(task: loop, item: 1, attempt: 1)

    /// - Parameter program: of both processes; format 0 does not tell.
    static func entries(program: String?) throws -> [JournalEntry] {
        let fingerprint = try seal().fingerprint
        let command = try sealed(
            1, JournalReplay.command(["run", "site.yml", "-i", "inventory.yml"], ["release": .string("1.2")]))
        let learned: ValueMap = [
            "learned": .list([.dict(["variables": .dict(["built": .bool(true)])])]), "hidden": .list([]),
            "included": .list([]),
        ]
        let result: ValueMap = ["values": .dict(["rc": .int(0)]), "hidden": .list([])]
        let note: ValueMap = ["begun": .string("d-17")]
        func call(_ place: TaskID, _ item: Int, session: Int, number: Int, _ digest: String) -> JournalEntry {
            .call(
                AttemptID(task: place, item: item, attempt: 1),
                JournalEntry.SentCall(ordinal: 0, session: session, number: number, digest: digest))
        }
        func ended(
            _ place: TaskID, _ ending: String, _ status: String?, changed: Bool = false, notified: [Int] = [],
            mark: Int = 378_065_703, learned: String? = nil
        ) -> JournalEntry {
            .ended(
                JournalEntry.Ending(
                    place: place, ending: ending, status: status, changed: changed, notified: notified, mark: mark,
                    learned: learned))
        }
        var entries: [JournalEntry] = []
        entries.append(.opened(process: 4711, program: program, key: fingerprint, arguments: command))
        entries.append(.batch(number: 1, playbook: 0, play: 0, hosts: try sealed(2, ["gpu-1", "gpu-2"])))
        entries.append(.secret(try sealed(3, ["huggingface", "token"])))
        entries.append(.session(number: 0, identity: try sealed(4, ["gpu-1 root", "cf-01"])))
        entries.append(.session(number: 1, identity: try sealed(5, ["gpu-2 root", "cf-02"])))
        entries.append(call(firstOfTwo, 0, session: 0, number: 1, "a2742c4c9c1bef81"))
        entries.append(call(firstOfOther, 0, session: 1, number: 1, "a2742c4c9c1bef81"))
        entries.append(
            ended(
                firstOfTwo, "done", "changed", changed: true, notified: [0, 2], learned: try sealed(6, .dict(learned))))
        entries.append(ended(firstOfOther, "failed", "failed"))
        entries.append(call(loop, 0, session: 0, number: 2, "076a13b8dc361f10"))
        entries.append(.note(item0, try sealed(7, .dict(note))))
        entries.append(.item(loop, item: 0, result: try sealed(8, .dict(result))))
        entries.append(call(loop, 1, session: 0, number: 3, "e0c0ecaafc4e578c"))
        entries.append(.cutOff(loop))
        entries.append(.closed(exitCode: 130))
        entries.append(.opened(process: 4712, program: program, key: fingerprint, arguments: try sealed(9, ["resume"])))
        entries.append(.revived(try sealed(10, ["gpu-2"])))
        entries.append(call(firstOfOther, 0, session: 1, number: 2, "a2742c4c9c1bef81"))
        entries.append(ended(firstOfOther, "done", "ok"))
        entries.append(.again(item1))
        entries.append(call(loop, 1, session: 0, number: 4, "e0c0ecaafc4e578c"))
        entries.append(ended(TaskID(batch: 1, host: 1, task: 2), "end_host", nil, mark: 1_766_200_743))
        return entries
    }
}
