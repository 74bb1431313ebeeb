import Foundation
import TestSupport
import Testing
import YAML

@testable import Playbook

/// The table of keywords, the reader and inheritance say the same: a keyword that one of them lacks fails here.
struct KeywordTests {
    @Test func `the reader takes every keyword where the table has it, and nowhere else`() throws {
        let bench = try Bench()
        defer { bench.remove() }
        for spec in KeywordSpec.all {
            for level in KeywordSpec.Level.allCases {
                let text = Bench.playbook(spec, at: level)
                if spec.levels.contains(level) {
                    do { _ = try bench.read(text) } catch {
                        Issue.record("'\(spec.name)' at \(level.rawValue) is refused: \(error)\n\(text)")
                    }
                } else if Bench.refuses(level), !KeywordSpec.names(at: level).contains(spec.name) {
                    #expect(throws: Diagnostics.self, "'\(spec.name)' at \(level.rawValue) is taken:\n\(text)") {
                        try bench.read(text)
                    }
                }
            }
        }
    }

    @Test func `what is inherited is kept by the reader, each keyword in a place of its own`() throws {
        let bench = try Bench()
        defer { bench.remove() }
        var places: [String] = []
        for spec in KeywordSpec.inheritedOnes {
            let block = try #require(try bench.block(spec), "\(spec.name)")
            let changed = Self.changed(block.keywords)
            #expect(changed.count == 1, "'\(spec.name)' sets \(changed)")
            places += changed
        }
        let all = Mirror(reflecting: TaskKeywords()).children.compactMap(\.label)
        // `defaults` is what a role brings, `problems` what will be wrong with the others.
        #expect(places.sorted() == all.filter { !["defaults", "problems"].contains($0) }.sorted())
    }

    @Test func `parts inside inherit as the table says`() throws {
        let bench = try Bench()
        defer { bench.remove() }
        let mark = SourceMark(file: "x.yml", line: 1, column: 1)
        for spec in KeywordSpec.inheritedOnes {
            let outer = try #require(try bench.block(spec), "\(spec.name)").keywords
            #expect(String(describing: TaskKeywords().inheriting(outer)) == String(describing: outer), "\(spec.name)")
            guard let slot = spec.slot else { continue }
            var own = TaskKeywords()
            own[keyPath: slot] = Located(.string("own"), at: mark)
            #expect(own.inheriting(outer)[keyPath: slot]?.value == .string("own"), "\(spec.name)")
        }
        var inner = TaskKeywords()
        var outer = TaskKeywords()
        (inner.tags, outer.tags) = (["b", "c"], ["a", "b"])
        (inner.variables, outer.variables) = (["x": .int(1)], ["x": .int(2), "y": .int(3)])
        (inner.when, outer.when) = ([Located(.string("inner"), at: mark)], [Located(.string("outer"), at: mark)])
        let merged = inner.inheriting(outer)
        #expect(merged.tags == ["a", "b", "c"])
        #expect(merged.variables["x"] == .int(1) && merged.variables["y"] == .int(3))
        #expect(merged.when.map(\.value) == [.string("outer"), .string("inner")])
    }

    @Test func `module_defaults hold for the tasks of a block`() throws {
        let bench = try Bench()
        defer { bench.remove() }
        let tasks = try bench.read(
            "- {hosts: all, tasks: [{module_defaults: {copy: {mode: \"0600\"}}, block: [{copy: {content: a, dest: /a}}]}]}"
        ).plays[0].allTasks
        #expect(tasks[0].arguments.value["mode"] == .string("0600"))
    }

    @Test func `every name is there once, but for those of vars_prompt`() {
        let names = KeywordSpec.all.filter { !$0.levels.contains(.prompt) }.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(Set(names).isDisjoint(with: KeywordSpec.refused.filter { $0.levels != [.prompt] }.map(\.name)))
        #expect(
            KeywordSpec.all.allSatisfy {
                !$0.help.isEmpty && !$0.help.contains("\n") && !$0.help.contains("|") && !$0.levels.isEmpty
            })
    }

    @Test func `templates give what the keyword takes`() {
        func problem(_ name: String, _ value: Value) -> String? { KeywordSpec.named(name)?.problem(with: value) }
        for value in [Value.bool(true), .string("no"), .int(1), .null, .omit] { #expect(problem("diff", value) == nil) }
        for value in [Value.int(3), .double(0.5), .string("5"), .string(" 5 "), .null, .omit] {
            #expect(problem("timeout", value) == nil)
        }
        for value in [Value.int(3), .string("30%"), .string("30")] {
            #expect(problem("max_fail_percentage", value) == nil)
        }
        #expect(
            problem("strategy", .string("ansible.builtin.free")) == nil && problem("loop_var", .string("thing")) == nil)
        #expect(problem("diff", .string("maybe")) == "'diff' is yes or no, and its template gives 'maybe'")
        #expect(
            problem("diff", .string("maybe", .secret("vault.x")))
                == "'diff' is yes or no, and its template gives a secret value")
        #expect(problem("timeout", .list([])) == "'timeout' is a number, and its template gives a list")
        #expect(
            problem("timeout", .bool(true)) != nil && problem("order", .string("by_size")) != nil
                && problem("loop_var", .string("a b")) != nil)
    }

    @Test func `a template among tags is one tag, whatever commas are in it`() throws {
        let bench = try Bench()
        defer { bench.remove() }
        let play = try bench.read("- {hosts: all, tags: \"a, {{ list | join(',') }},b\"}").plays[0]
        #expect(play.keywords.tags == ["a", "{{ list | join(',') }}", "b"])
    }

    @Test func `docs keywords md is made from the table`() throws {
        #expect(try GeneratedDocument.difference("keywords.md", from: KeywordDocument.markdown) == nil)
    }

    /// The properties of keywords that say something.
    private static func changed(_ keywords: TaskKeywords) -> [String] {
        zip(Mirror(reflecting: keywords).children, Mirror(reflecting: TaskKeywords()).children)
            .filter { pair in String(describing: pair.0.value) != String(describing: pair.1.value) }
            .compactMap { pair in pair.0.label }
    }
}

/// A folder with a role and the files that imports name, and playbooks with one keyword in one place.
private struct Bench {
    let folder: String

    init() throws {
        folder = try temporaryFolder("keywords")
        for (name, text) in [
            "more.yml": "- command: a\n", "other.yml": "- hosts: all\n", "roles/web/tasks/main.yml": "- command: a\n",
        ] {
            let file = URL(fileURLWithPath: folder + "/" + name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    func read(_ text: String) throws -> Playbook {
        let path = folder + "/site.yml"
        try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: path))
        return try PlaybookParser(catalog: TestCatalog()).parse(path: path)
    }

    func block(_ spec: KeywordSpec) throws -> Block? {
        guard case .block(let block)? = try read(Self.playbook(spec, at: .block)).plays.first?.tasks.first else {
            return nil
        }
        return block
    }

    /// Whether what is no keyword there is an error; in an entry of `roles` it is a variable.
    static func refuses(_ level: KeywordSpec.Level) -> Bool { level != .role }

    static func playbook(_ spec: KeywordSpec, at level: KeywordSpec.Level) -> String {
        let said = "\(spec.name): \(sample(spec, at: level))"
        /// The keyword among the others of its mapping, in the place of one of the same name.
        func mapping(_ others: KeyValuePairs<String, String>) -> String {
            "{"
                + (others.filter { $0.key != spec.name }.map { "\($0.key): \($0.value)" } + [said]).joined(
                    separator: ", ") + "}"
        }
        let call: KeyValuePairs<String, String> =
            spec.name == "action" || spec.name == "local_action" && spec.levels.contains(level) ? [:] : ["command": "a"]
        func play(_ section: String, _ item: String) -> String {
            "- {hosts: all, handlers: [{name: one, command: a}], \(section): [\(item)]}"
        }
        func handlers(_ item: String) -> String { "- {hosts: all, handlers: [{name: one, command: a}, \(item)]}" }
        return switch level {
        case .play: "- " + mapping(["hosts": "all"])
        case .role: play("roles", spec.name == "name" ? mapping([:]) : mapping(["role": "web"]))
        case .block: play("tasks", mapping(["block": "[{command: a}]"]))
        case .task: play("tasks", spec.name == "delay" ? mapping(["command": "a", "retries": "1"]) : mapping(call))
        case .handler:
            handlers(
                spec.name == "delay"
                    ? mapping(["name": "h", "command": "a", "retries": "1"])
                    : mapping(call.isEmpty ? ["name": "h"] : ["name": "h", "command": "a"]))
        case .include where spec.name == "listen": handlers(mapping(["name": "h", "include_tasks": "more.yml"]))
        case .include: play("tasks", spec.name == "action" ? mapping([:]) : mapping(["include_tasks": "more.yml"]))
        case .importing: play("tasks", mapping(["import_tasks": "more.yml"]))
        case .playbook: "- " + mapping(["import_playbook": "other.yml"])
        case .loopControl: play("tasks", "{command: a, loop: [1], loop_control: \(mapping([:]))}")
        case .prompt: "- {hosts: all, vars_prompt: [\(mapping(["name": "x"]))]}"
        }
    }

    private static func sample(_ spec: KeywordSpec, at level: KeywordSpec.Level) -> String {
        switch spec.name {
        case "name" where level == .role: return "web"
        case "action", "local_action":
            return level == .include ? "{module: include_tasks, file: more.yml}" : "{module: command, cmd: a}"
        case "args": return level == .include ? "{}" : "{chdir: /}"
        default: break
        }
        return switch spec.type {
        case .flag: "yes"
        case .number: "5"
        case .percentage: "30%"
        case .text, .anything: "sample"
        case .name: "web"
        case .names: "[one]"
        case .variable: "a_name"
        case .choice(let words, _, _): words.first ?? ""
        case .shares: "[1, 50%]"
        case .pattern: "all"
        case .conditions: "a_name"
        case .variables, .environment: "{A: b}"
        case .files: "[more.yml]"
        case .items: "[1]"
        case .arguments: "{}"
        case .moduleDefaults: "{command: {chdir: /}}"
        case .loopControl: "{pause: 1}"
        case .prompts: "[{name: x}]"
        case .tasks: "[{command: a}]"
        case .handlers: "[{name: h, command: a}]"
        case .roles: "[web]"
        }
    }
}
