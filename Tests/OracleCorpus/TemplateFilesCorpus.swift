import Foundation
import Templating
import YAML

/// `templatefiles.json`: whole files as the template module renders them.
struct TemplateFilesCorpus: Corpus {
    let name = "templatefiles"

    func run(_ document: Value) throws -> [CaseOutcome] {
        try cases(document, keys: ["template", "vars", "options", "files", "result", "error", "message"]).map(outcome)
    }

    private func outcome(_ oracle: OracleCase) throws -> CaseOutcome {
        var variables = oracle["vars"]?.map ?? [:]
        variables["ansible_managed"] = .string("Ansible managed")
        let folder = NSTemporaryDirectory() + "comfyfleet-templates-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, content) in (oracle["files"]?.map ?? [:]).pairs {
            guard let name = name.string, let content = content.string else {
                throw CorpusError("case \(oracle.id) has a file that is no text")
            }
            let file = URL(fileURLWithPath: folder + "/" + name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(content.utf8).write(to: file)
        }
        var environment = TemplateEnvironment()
        environment.searchPath = [folder]
        environment.templateFolders = [folder]
        let expected = oracle.isError ? "error" : JSON.text(oracle["result"] ?? .null)
        var actual: String
        var said = ""
        do throws(TemplateError) {
            let options = try options(oracle)
            let text = try Templar(environment: environment).renderFile(
                oracle["template"]?.string ?? "", options: options, in: CorpusScope(variables)
            ).text
            actual = JSON.text(.string(text))
        } catch {
            actual = "error"
            said = " (\(error.kind.rawValue) \(error.line):\(error.column): \(error.message))"
        }
        return CaseOutcome(id: oracle.id, passed: expected == actual, expected: expected, actual: actual + said)
    }

    private func options(_ oracle: OracleCase) throws(TemplateError) -> TemplateFileOptions {
        var options = TemplateFileOptions()
        for (name, value) in (oracle["options"]?.map ?? [:]).pairs {
            switch (name.string, value) {
            case ("trim_blocks", .bool(let flag, _)): options.trimBlocks = flag
            case ("lstrip_blocks", .bool(let flag, _)): options.lstripBlocks = flag
            case ("newline_sequence", .string(let text, _)):
                options.newlineSequence = text.replacing("\\r", with: "\r").replacing("\\n", with: "\n")
            case ("variable_start_string", .string(let text, _)): options.variableStart = text
            case ("variable_end_string", .string(let text, _)): options.variableEnd = text
            case ("block_start_string", .string(let text, _)): options.blockStart = text
            case ("block_end_string", .string(let text, _)): options.blockEnd = text
            case ("comment_start_string", .string(let text, _)): options.commentStart = text
            case ("comment_end_string", .string(let text, _)): options.commentEnd = text
            default: throw TemplateError(.other, "an option that the runner does not know: \(JSON.text(name))")
            }
        }
        return options
    }
}
