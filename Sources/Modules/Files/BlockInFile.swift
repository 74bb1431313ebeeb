import Playbook
import Templating
import YAML

/// Keeps a block of lines between two marker lines in a file.
struct BlockInFile: Module {
    static let spec = ModuleSpec(
        "blockinfile", summary: "Keeps a block of lines between markers in a file.",
        options: [
            .init("path", .path, aliases: ["dest", "destfile", "name"], required: true, help: "The file."),
            .init(
                "block", .string, aliases: ["content"], default: .string(""),
                help: "The lines; empty takes the block away."),
            .init(
                "state", .string, choices: ["absent", "present"], default: .string("present"),
                help: "Whether it shall be there."),
            .init(
                "marker", .string, default: .string("# {mark} ANSIBLE MANAGED BLOCK"),
                help: "Marker lines; {mark} stands for the two words."),
            .init("marker_begin", .string, default: .string("BEGIN"), help: "Word of the first marker."),
            .init("marker_end", .string, default: .string("END"), help: "Word of the last marker."),
            .init(
                "insertafter", .string, help: "Where to put a new block: after the last line that this finds, or EOF."),
            .init("insertbefore", .string, help: "Where to put it: before the last line that this finds, or BOF."),
            .init("prepend_newline", .bool, default: .bool(false), help: "An empty line before the block."),
            .init("append_newline", .bool, default: .bool(false), help: "An empty line after the block."),
            .init("create", .bool, default: .bool(false), help: "Make the file when it is missing."),
        ] + TextEdit.options, mutuallyExclusive: [["insertbefore", "insertafter"]])
    static let reference = ModuleReference(
        example: """
            - blockinfile:
                path: /etc/hosts
                marker: "# {mark} comfyfleet nodes"
                block: |
                  10.0.0.5 gpu-05
                  10.0.0.6 gpu-06
            """,
        returns: [.init("backup_file", "The copy of what was replaced.")])

    private let path: String
    private let edit: TextEdit
    private let desired: DesiredBlock
    private let creates: Bool, isPresent: Bool

    struct DesiredBlock: Sendable {
        /// Empty: no block.
        var lines: [String]
        var begin: String, end: String
        var expression: PythonRegex?
        var isAfter = true, atBeginning = false
        var emptyBefore = false, emptyAfter = false
    }

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        path = try arguments.requiredPath("path")
        edit = try TextEdit(arguments)
        creates = arguments.bool("create")
        isPresent = arguments.string("state") == "present"
        var block = isPresent ? try arguments.required("block") : ""
        if !block.isEmpty, !TextEdit.endsLine(block) { block += "\n" }
        let marker = try arguments.required("marker")
        func line(_ word: String) throws -> String {
            marker.replacing("{mark}", with: try arguments.required(word)) + "\n"
        }
        var desired = DesiredBlock(
            lines: TextEdit.lines(block), begin: try line("marker_begin"), end: try line("marker_end"))
        if let after = arguments.string("insertafter"), after != "EOF" {
            desired.expression = try TextEdit.expression(after)
        }
        if let before = arguments.string("insertbefore") {
            desired.isAfter = false
            if before == "BOF" {
                desired.atBeginning = true
            } else {
                desired.expression = try TextEdit.expression(before)
            }
        }
        desired.emptyBefore = arguments.bool("prepend_newline") && isPresent
        desired.emptyAfter = arguments.bool("append_newline") && isPresent
        self.desired = desired
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let seen = try await edit.observe(path, on: host)
        guard seen.status != nil || creates else {
            throw ModuleFailure("Path \(path) does not exist !", ["rc": .int(257)])
        }
        if seen.status == nil, !isPresent {
            var result = ModuleResult()
            result.message = "File \(seen.name) not present"
            return result
        }
        let edited = try Self.place(TextEdit.lines(seen.text), desired).joined()
        var message: String?
        if seen.status == nil {
            message = "File created"
        } else if edited != seen.text {
            message = desired.lines.isEmpty ? "Block removed" : "Block inserted"
        }
        return try await edit.finish(
            seen, edited, message: message, makesFolder: seen.status == nil, backupKey: "backup_file", on: host)
    }

    static func place(_ lines: [String], _ desired: DesiredBlock) throws -> [String] {
        var lines = lines
        var position: Int
        if let begin = lines.lastIndex(of: desired.begin), let end = lines.lastIndex(of: desired.end) {
            lines.removeSubrange(min(begin, end)...max(begin, end))
            position = min(begin, end)
        } else if let expression = desired.expression {
            position =
                try lines.lastIndex { try expression.firstMatch(in: $0) != nil }.map { desired.isAfter ? $0 + 1 : $0 }
                ?? lines.count
        } else {
            position = desired.atBeginning ? 0 : lines.count
        }
        if position > 0, !TextEdit.endsLine(lines[position - 1]) { lines[position - 1] += "\n" }
        if desired.emptyBefore, position > 0, lines[position - 1] != "\n" {
            lines.insert("\n", at: position)
            position += 1
        }
        let block = desired.lines.isEmpty ? [] : [desired.begin] + desired.lines + [desired.end]
        lines.insert(contentsOf: block, at: position)
        let next = position + block.count
        if desired.emptyAfter, next < lines.count, lines[next] != "\n" { lines.insert("\n", at: next) }
        return lines
    }
}
