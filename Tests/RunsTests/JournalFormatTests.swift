import Foundation
import TestSupport
import Testing
import Vault
import YAML

@testable import Runs

/// The journal's contract, which docs/run-folder.md has: what was written once is read, whatever has become of its end,
/// and what is not understood is refused.
struct JournalFormatTests {
    private static let newer = #"{"format":2,"program":"0.9.0","is":["something","else"]}"# + "\n"

    // MARK: Golden journals

    @Test(arguments: GoldenRun.formats) func `a golden journal tells what it always has`(_ format: Int) throws {
        #expect(
            try GoldenRun.read(GoldenRun.bytes(format: format))
                == GoldenRun.entries(program: format == 0 ? nil : "0.1.0"))
    }

    @Test func `what is written is the golden journal`() throws {
        let written = GoldenRun.written(try GoldenRun.entries(program: "0.1.0"))
        #expect(
            String(decoding: written, as: UTF8.self) == String(decoding: try GoldenRun.bytes(format: 1), as: UTF8.self))
        #expect(
            JournalFormat.written.rawValue == GoldenRun.formats.last,
            "a new format has a golden journal, and those before it stay")
    }

    @Test(arguments: GoldenRun.formats) func `a run goes on from a golden journal`(_ format: Int) throws {
        let earlier = try GoldenRun.earlier(GoldenRun.bytes(format: format))
        #expect(earlier.processes == 2 && earlier.exitCode == nil)
        #expect(earlier.arguments == ["run", "site.yml", "-i", "inventory.yml"])
        #expect(earlier.variables.names == ["release"] && earlier.variables["release"]?.string == "1.2")
        #expect(earlier.secrets == [["huggingface", "token"]])
        #expect(earlier.sessions.map(\.record) == ["cf-01", "cf-02"] && earlier.sessions.map(\.lastCall) == [4, 2])
        #expect(earlier.session(of: "gpu-2 root") == 1)
        let batch = try #require(earlier.batches.first)
        #expect(
            earlier.batches.count == 1 && batch.number == 1 && batch.playbook == 0 && batch.play == 0
                && batch.hosts == ["gpu-1", "gpu-2"])
        #expect(batch.steps.count == 5 && batch.steps[2] == .revived(["gpu-2"]))
        guard case .ended(let first) = batch.steps[0], case .ended(let last) = batch.steps[4] else {
            throw NotAsWritten()
        }
        #expect(
            first.notified == [0, 2] && first.changed && first.status == "changed" && last.status == nil
                && last.ending == "end_host")
        let learned = try earlier.opened(try #require(first.learned))
        #expect(learned.map?["learned"]?.list?.first?.map?["variables"]?.map?["built"]?.bool == true)
        #expect(earlier.calls.mapValues { $0.map(\.number) } == [GoldenRun.item1: [4]])
        #expect(try earlier.results(of: GoldenRun.loop)[0]?.map?["values"]?.map?["rc"]?.int == 0)
        #expect(try earlier.note(of: GoldenRun.item0)?.map?["begun"]?.string == "d-17")
        #expect(earlier.cutOff.isEmpty)
    }

    @Test func `a journal of the older format is continued in the newer one`() throws {
        let seal = try GoldenRun.seal()
        let third: [JournalEntry] = [
            .opened(
                process: 4713, program: "0.2.0", key: seal.fingerprint,
                arguments: try GoldenRun.sealed(9, .list([.string("resume")]))), .cutOff(GoldenRun.loop),
            .closed(exitCode: 130),
        ]
        let bytes = try GoldenRun.bytes(format: 0) + GoldenRun.written(third)
        #expect(try GoldenRun.read(bytes) == GoldenRun.entries(program: nil) + third)
        let earlier = try GoldenRun.earlier(bytes)
        #expect(earlier.processes == 3 && earlier.exitCode == 130 && earlier.cutOff == [GoldenRun.loop])
        // The older format does not come back.
        let fourth = Array(#"{"opened":4714,"key":"\#(seal.fingerprint)","x":""}"#.utf8) + [10]
        #expect(throws: JournalProblem.self) { try GoldenRun.read(bytes + fourth) }
    }

    // MARK: Round trips

    @Test func `every entry comes back as it was`() throws {
        var entries = try GoldenRun.entries(program: nil)
        entries.append(.opened(process: -1, program: "1.0 \"\\\n\té😀", key: "", arguments: ""))
        entries.append(
            .ended(
                JournalEntry.Ending(
                    place: TaskID(batch: .max, host: 0, task: .min), ending: "", status: "", changed: true,
                    notified: [0, -1, .max], mark: 0, learned: "")))
        entries.append(
            .ended(
                JournalEntry.Ending(
                    place: GoldenRun.loop, ending: "lost", status: nil, changed: false, notified: [], mark: .max,
                    learned: nil)))
        entries.append(.closed(exitCode: .min))
        let written = GoldenRun.written(entries)
        #expect(try GoldenRun.read(written) == entries)
        #expect(written.count { $0 == 10 } == entries.count, "an entry is one line")
    }

    // MARK: What cannot be read

    @Test func `a newer format is refused, with the program that goes on`() throws {
        let newer = Array(Self.newer.utf8)
        let journals: [[UInt8]] = [[], try GoldenRun.bytes(format: 0), try GoldenRun.bytes(format: 1)]
        for before in journals {
            let error = try #require(throws: JournalReplay.Unreadable.self) { try GoldenRun.earlier(before + newer) }
            #expect(
                error.description.contains("format 2") && error.description.contains("comfyfleet 0.9.0")
                    && error.description.contains("up to 1"), "\(error)")
            #expect(error.remedy == "resume the run with comfyfleet 0.9.0, or a newer one")
        }
        let nameless = try #require(throws: JournalReplay.Unreadable.self) {
            try GoldenRun.earlier(Array("{\"format\":3}\n".utf8))
        }
        #expect(
            nameless.description.contains("format 3")
                && nameless.remedy?.contains("the comfyfleet that has written it") == true)
        // Cut off, it was never acted on.
        let cut = try GoldenRun.bytes(format: 1) + newer.dropLast()
        #expect(try GoldenRun.earlier(cut).processes == 2)
    }

    @Test(arguments: ["0", "-1", "\"1\"", "1.5", "null", "true", "99999999999999999999"])
    func `a format that no program has is damage`(_ format: String) throws {
        let line = Array("{\"type\":\"closed\",\"format\":\(format),\"exit_code\":0}\n".utf8)
        #expect(throws: JournalProblem.self) { try GoldenRun.read(line) }
        let error = try #require(throws: JournalReplay.Unreadable.self) {
            try GoldenRun.earlier(try GoldenRun.bytes(format: 1) + line)
        }
        #expect(error.description.contains("line 23 of journal.jsonl is damaged"), "\(error)")
    }

    @Test(arguments: GoldenRun.formats) func `a line that was cut off is left out, wherever that was`(
        _ format: Int
    ) throws {
        let bytes = try GoldenRun.bytes(format: format)
        let entries = try GoldenRun.read(bytes)
        var start = 0
        for (index, line) in JournalReader.lines(of: bytes).enumerated() {
            for kept in [0, 1, line.count / 2, line.count] {
                let torn = Array(bytes[..<(start + kept)])
                #expect(try GoldenRun.read(torn) == Array(entries[..<index]))
                if index > 0 {
                    _ = try GoldenRun.earlier(torn)
                } else {
                    let error = try #require(throws: JournalReplay.Unreadable.self) { try GoldenRun.earlier(torn) }
                    #expect(error.description.contains("nothing was written down"))
                }
            }
            // A disk that has the file's length and not yet its end.
            let zeros = Array(bytes[..<start]) + [UInt8](repeating: 0, count: line.count)
            #expect(try GoldenRun.read(zeros) == Array(entries[..<index]))
            start += line.count + 1
        }
        #expect(start == bytes.count)
    }

    @Test(arguments: GoldenRun.formats) func `a line that is damaged is refused, with its number`(_ format: Int) throws
    {
        let lines = String(decoding: try GoldenRun.bytes(format: format), as: UTF8.self).split(separator: "\n").map {
            String($0)
        }
        for index in lines.indices {
            for damage in [
                "x", "{}", "[1]", "null", "\u{0}\u{0}\u{0}", String(lines[index].dropLast(5)), "\(lines[index])}",
                #"{"type":"unheard of"}"#,
            ] {
                try expectDamage(of: index, in: lines, damage)
            }
        }
    }

    @Test func `no member may be missing, or be of another type`() throws {
        let lines = String(decoding: try GoldenRun.bytes(format: 1), as: UTF8.self).split(separator: "\n").map {
            String($0)
        }
        for index in lines.indices {
            for name in try #require(try JSON.parse(Array(lines[index].utf8)).map).names {
                try expectDamage(
                    of: index, in: lines, lines[index].replacingOccurrences(of: "\"\(name)\":", with: "\"other\":"))
                try expectDamage(
                    of: index, in: lines,
                    lines[index].replacingOccurrences(of: "\"\(name)\":", with: "\"\(name)\":{},\"was\":"))
            }
        }
    }

    @Test func `docs name every type and member`() throws {
        let repository = URL(fileURLWithPath: Fixtures.folder).deletingLastPathComponent().deletingLastPathComponent()
        let document = try String(contentsOf: repository.appendingPathComponent("docs/run-folder.md"), encoding: .utf8)
        for line in JournalReader.lines(of: try GoldenRun.bytes(format: 1)) {
            let map = try #require(try JSON.parse(Array(line)).map)
            let type = try #require(map["type"]?.string)
            let row = try #require(document.split(separator: "\n").first { $0.hasPrefix("| `\(type)` |") }, "\(type)")
            // Those that many types have stand once, above the table.
            for name in map.names
            where !["type", "batch", "host", "task", "item", "attempt"].contains(name) || type == name {
                #expect(row.contains("`\(name)`"), "\(type): \(name)")
            }
        }
    }

    private func expectDamage(of index: Int, in lines: [String], _ damage: String) throws {
        var lines = lines
        lines[index] = damage
        let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
        let error = try #require(throws: JournalReplay.Unreadable.self, "\(damage)") { try GoldenRun.earlier(bytes) }
        #expect(
            error.description.hasPrefix("line \(index + 1) of journal.jsonl is damaged") && error.remedy != nil,
            "\(error)")
    }

    @Test func `a journal begins with its process`() throws {
        let bytes = GoldenRun.written([.closed(exitCode: 0)])
        #expect(throws: JournalReplay.Unreadable.self) { try GoldenRun.earlier(bytes) }
        #expect(throws: JournalReplay.Unreadable.self) { try GoldenRun.earlier([]) }
        let error = try #require(throws: JournalReplay.Unreadable.self) {
            try JournalReplay(GoldenRun.bytes(format: 0), seal: { _ in nil })
        }
        #expect(error.description.contains("905f28def18eaac0"))
    }

    // MARK: On the disk

    @Test func `what a killed process left of a line is cut off before another one writes`() throws {
        let parent = try temporaryFolder("journal")
        defer { try? FileManager.default.removeItem(atPath: parent) }
        let folder = try RunFolder.create(for: "x", in: parent)
        let seal = try GoldenRun.seal()
        let entries = try GoldenRun.entries(program: "0.1.0")
        // Up to the second process.
        for part in [entries[..<15], entries[15...]] {
            let journal = try RunJournal(folder, seal: seal)
            for entry in part { try journal.append(entry) }
            let torn =
                try RunArchive.bytes(of: folder.journalPath)
                + Array(JournalEntry.again(GoldenRun.item0).line.utf8.dropLast(9))
            try Data(torn).write(to: URL(fileURLWithPath: folder.journalPath))
        }
        #expect(try GoldenRun.read(RunArchive.bytes(of: folder.journalPath)) == entries)
        #expect(try GoldenRun.earlier(RunArchive.bytes(of: folder.journalPath)).processes == 2)
        let golden = try GoldenRun.bytes(format: 1)
        #expect(try RunArchive.bytes(of: folder.journalPath).prefix(golden.count) == golden[...])
    }
}

private struct NotAsWritten: Error {}
