import Glibc
import Support
import YAML

extension Lookups {
    /// Lookups that read files or run commands on the machine that runs the playbook.
    static let fileLookups: [String: Body] = [
        "file": { call throws(TemplateError) in
            try call.check(["lstrip", "rstrip"])
            var result: [Object] = []
            for term in call.terms {
                let name = try call.text(term)
                guard let path = SearchPath.find(name, in: call.context.environment.searchPath, subfolder: "files")
                else { throw .other("the file '\(name)' was not found") }
                let (text, provenance) = try call.context.textFile(path)
                result.append(
                    .string(
                        PythonText.trimmed(
                            text, left: try call.flag("lstrip"), right: try call.flag("rstrip", default: true)),
                        provenance))
            }
            return result
        },
        "unvault": { call throws(TemplateError) in
            var result: [Object] = []
            for term in call.terms {
                let name = try call.text(term)
                guard let path = SearchPath.find(name, in: call.context.environment.searchPath, subfolder: "files")
                else { throw .other("the file '\(name)' was not found") }
                let (text, provenance) = try call.context.textFile(path)
                result.append(.string(text, provenance))
            }
            return result
        },
        "template": { call throws(TemplateError) in try renderTemplates(call) },
        "fileglob": { call throws(TemplateError) in
            var result: [String] = []
            for term in call.terms {
                let pattern = try call.text(term)
                if pattern.hasPrefix("/") {
                    result += FileGlob.files(pattern)
                    continue
                }
                for folder in call.context.environment.searchPath {
                    let found = ["\(folder)/files/\(pattern)", "\(folder)/\(pattern)"].lazy.map(FileGlob.files)
                    if let files = found.first(where: { !$0.isEmpty }) {
                        result += files
                        break
                    }
                }
            }
            return result.map { .string($0) }
        },
        "first_found": { call throws(TemplateError) in try firstFound(call) },
        "pipe": { call throws(TemplateError) in
            var result: [Object] = []
            for term in call.terms {
                let text = try ShellCommand.output(call.text(term), name: "pipe")
                result.append(.string(PythonText.trimmed(text, left: false)))
            }
            return result
        },
        "lines": { call throws(TemplateError) in
            var result: [Object] = []
            for term in call.terms {
                for line in PythonText.splitLines(try ShellCommand.output(call.text(term), name: "lines")) {
                    result.append(.string(line))
                }
            }
            return result
        },
    ]

    private static func renderTemplates(_ call: Call) throws(TemplateError) -> [Object] {
        try call.check([
            "convert_data", "variable_start_string", "variable_end_string", "comment_start_string",
            "comment_end_string", "jinja2_native", "template_vars", "trim_blocks", "lstrip_blocks",
        ])
        let context = call.context
        var options = TemplateFileOptions()
        for (name, value) in call.options {
            switch name {
            case "variable_start_string": options.variableStart = try value.text(context)
            case "variable_end_string": options.variableEnd = try value.text(context)
            case "comment_start_string": options.commentStart = try value.text(context)
            case "comment_end_string": options.commentEnd = try value.text(context)
            case "trim_blocks": options.trimBlocks = try value.isTrue(context)
            case "lstrip_blocks": options.lstripBlocks = try value.isTrue(context)
            default: break
            }
        }
        var result: [Object] = []
        for term in call.terms {
            let name = try call.text(term)
            guard let path = SearchPath.find(name, in: context.environment.searchPath, subfolder: "templates") else {
                throw .other("the template file \(name) could not be found")
            }
            let frame = Frame(parent: nil)
            if case .dict(let extra)? = call.option("template_vars") {
                for (key, value) in try extra.pairs(context) { frame[try key.object.text(context)] = value }
            }
            do throws(TemplateError) {
                let outer = context.templateFolders
                context.templateFolders = context.environment.foldersOfTemplate(path)
                defer { context.templateFolders = outer }
                let (text, provenance) = try context.templateFile(path)
                result.append(
                    try context.renderFileValue(text, options, frame).concealed(as: provenance, context))
            } catch {
                var error = error
                if error.line > 0 { error.message = "in \(path):\(error.line):\(error.column): " + error.message }
                error.line = 0
                throw error
            }
        }
        return result
    }

    /// The first of several files that exists.
    private static func firstFound(_ call: Call) throws(TemplateError) -> [Object] {
        let context = call.context
        var skips = try call.flag("skip")
        var candidates: [String] = []
        func texts(_ object: Object?) throws(TemplateError) -> [String] {
            guard let object, !object.isNone else { return [] }
            if case .string(let text, _) = object {
                return text.split { ",;".contains($0) }.map { call.part(PythonText.trimmed(String($0)), of: object) }
            }
            var result: [String] = []
            for item in try Filters.flattened(object.definedItems(context), nil, skipsNulls: true, context) {
                result.append(try item.text(context))
            }
            return result
        }
        func add(_ files: [String], _ folders: [String]) {
            candidates += folders.isEmpty ? files : folders.flatMap { folder in files.map { folder + "/" + $0 } }
        }
        for term in try Filters.flattened(call.terms, nil, skipsNulls: true, context) {
            if case .dict(let dict) = term {
                if let value = try dict.value("skip", context) { skips = try value.isTrue(context) }
                add(try texts(dict.value("files", context)), try texts(dict.value("paths", context)))
            } else {
                add(try texts(term), try texts(call.option("paths")))
            }
        }
        // As in Ansible, where options name the files, each is looked for in all folders before the next one.
        if let files = call.option("files") {
            let folders = try texts(call.option("paths"))
            for file in try texts(files) { add([file], folders) }
        }
        let environment = context.environment
        for candidate in candidates {
            if let path = SearchPath.find(candidate, in: environment.searchPath, subfolder: environment.foundKind) {
                return [.string(path)]
            }
        }
        if skips { return [] }
        throw .other("No file was found when using first_found.")
    }
}

/// A command of `lookup('pipe')`, run by the shell: with an environment that has nothing of the vault, and limits of
/// time and output.
enum ShellCommand {
    static func output(_ text: String, name: String) throws(TemplateError) -> String {
        let command = ShortCommand(["/bin/sh", "-c", text])
        let outcome: ShortCommand.Outcome
        do throws(ShortCommand.Failure) { outcome = try command.run() } catch {
            switch error {
            case .notStarted(let code): throw .other("cannot start the command: \(String(cString: strerror(code)))")
            case .timedOut:
                throw .other("the command was stopped: it took longer than \(command.timeLimit.components.seconds) s")
            case .tooMuchOutput:
                throw .other("the command was stopped: it printed more than \(command.outputLimit >> 20) MiB")
            case .cancelled: throw .other("the command was stopped with the task")
            }
        }
        guard outcome.status == 0 else {
            let errors = PythonText.trimmed(String(decoding: outcome.errors, as: UTF8.self))
            throw .other("the command returned \(outcome.status)" + (errors.isEmpty ? "" : ": \(errors)"))
        }
        return String(decoding: outcome.output, as: UTF8.self)
    }
}
