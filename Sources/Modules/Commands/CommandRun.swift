import Playbook
import Remote
import YAML

/// What `command` and `shell` have in common: where to run, whether to run, what to feed, and what comes back.
struct CommandRun: Sendable {
    static let options: [ModuleSpec.Option] = [
        .init("chdir", .path, help: "Folder to run in."),
        .init("creates", .path, help: "Don't run when this exists (a file name or a pattern)."),
        .init("removes", .path, help: "Don't run unless this exists (a file name or a pattern)."),
        .init("stdin", .string, help: "Text to feed to standard input."),
        .init(
            "stdin_add_newline", .bool, default: .bool(true), help: "End the text for standard input with a line end."),
        .init(
            "strip_empty_ends", .bool, default: .bool(true), help: "Take line ends off the end of stdout and stderr."),
    ]

    let folder: String?
    let creates: String?, removes: String?
    let input: String?
    let addsLineEnd: Bool, stripsEnds: Bool

    init(_ arguments: Arguments) throws {
        folder = try arguments.path("chdir")
        creates = try arguments.path("creates")
        removes = try arguments.path("removes")
        input = arguments.string("stdin")
        addsLineEnd = arguments.bool("stdin_add_newline")
        stripsEnds = arguments.bool("strip_empty_ends")
    }

    /// Whether a second run would find that nothing is to be done.
    var isRepeatable: Bool { creates != nil || removes != nil }

    private static let lostFolder = "comfyfleet: cannot change to the folder "

    private var enterFolder: ShellScript {
        guard let folder else { return "" }
        return
            "cd -- \(shell: .expanding(folder)) 2>/dev/null || { printf '%s\\n' \(Self.lostFolder + folder) >&2; exit 1; }\n"
    }

    /// - Parameters:
    ///   - command: starts the program in a subshell, so that this script's shell can tell how it ended.
    ///   - shown: the result's `cmd`.
    func run(_ command: ShellScript, shown: Value, program: [String], on host: ManagedHost) async throws -> ModuleResult
    {
        var result = ModuleResult()
        let begin = WallClock.now()
        result.values = [
            "cmd": shown, "stdout": .string(""), "stderr": .string(""), "rc": .int(0), "start": .null, "end": .null,
            "delta": .null,
        ]
        result.message = ""

        if let reason = try await reasonNotToRun(on: host) {
            result.message = "\(host.checkMode ? "Would" : "Did") not run command since \(reason.condition)"
            result.values["stdout"] = .string(reason.output)
            return finished(result)
        }
        if host.checkMode, folder != nil {
            // A folder that is missing is reported beforehand, too.
            guard try await host.observe(enterFolder).status == 0 else {
                throw ModuleFailure("Unable to change directory before execution: \(folder ?? "")")
            }
        }
        let clock = ContinuousClock()
        let started = clock.now
        let ended = try await host.change("run the command") { host in
            let script: ShellScript = "\(shell: enterFolder)\(shell: command)\nexit $?\n"
            return try await host.attemptLong(
                script, stdin: .bytes(Array((input.map { $0 + (addsLineEnd ? "\n" : "") } ?? "").utf8)))
        }
        guard let ended else {
            // What creates or removes did not rule out would run; without them nobody can tell what a command would
            // change.
            result.message = "Command would have run if not in check mode"
            if creates == nil, removes == nil { result.skipped = true } else { result.changed = true }
            return finished(result)
        }
        guard let out = String(validating: ended.stdout, as: UTF8.self),
            let err = String(validating: ended.stderr, as: UTF8.self)
        else {
            throw ModuleFailure(
                "the command's output is not UTF-8 text", ["cmd": shown, "rc": .int(Int(ended.status))])
        }
        if err.hasPrefix(Self.lostFolder) {
            throw ModuleFailure("Unable to change directory before execution: \(folder ?? "")")
        }
        if Self.didNotStart(ended.status, err) {
            result.failed = true
            result.message = "Error executing command."
            let complaint = Lines.split(err).first ?? ""
            result.explanation =
                complaint.firstRange(of: "exec: ").map { String(complaint[$0.upperBound...]) } ?? complaint
            result.values = [
                "cmd": .string(program.map(ShellScript.quoted).joined(separator: " ")),
                "rc": .int(ended.status == 126 ? 13 : 2),
                "stdout": .string(""), "stderr": .string(""), "exception": .string(Lines.withoutEmptyEnd(err)),
            ]
            return finished(result)
        }
        let death = SignalDeath(status: ended.status, errorOutput: err)
        let status = death.map { -$0.signal } ?? ended.status
        result.changed = true
        result.failed = status != 0
        if result.failed { result.message = "non-zero return code" }
        result.values["rc"] = .int(Int(status))
        result.values["stdout"] = .string(stripsEnds ? Lines.withoutEmptyEnd(out) : out)
        result.values["stderr"] = .string(
            stripsEnds ? Lines.withoutEmptyEnd(death?.errorOutput ?? err) : death?.errorOutput ?? err)
        result.values["start"] = .string(begin.text)
        result.values["end"] = .string(WallClock.now().text)
        result.values["delta"] = .string(WallClock.text(clock.now - started))
        return finished(result)
    }

    private func finished(_ result: ModuleResult) -> ModuleResult {
        var result = result
        result.values["stdout_lines"] = Lines.list(result.values["stdout"]?.string ?? "")
        result.values["stderr_lines"] = Lines.list(result.values["stderr"]?.string ?? "")
        return result
    }

    private func reasonNotToRun(on host: ManagedHost) async throws -> (condition: String, output: String)? {
        guard creates != nil || removes != nil else { return nil }
        // With an empty IFS an unquoted variable is matched as a pattern, and not parted.
        func probe(_ pattern: String?) -> ShellScript {
            guard let pattern else { return "echo\n" }
            return
                "cf_pattern=\(shell: .expanding(pattern)); set -- $cf_pattern; if [ -e \"$1\" ] || [ -L \"$1\" ]; then echo yes; else echo no; fi\n"
        }
        let found = try await host.observe(
            "\(shell: enterFolder)IFS=\n\(shell: probe(creates))\(shell: probe(removes))")
        guard found.status == 0 else {
            throw ModuleFailure("Unable to change directory before execution: \(folder ?? "")")
        }
        let answers = found.output.split(separator: "\n", omittingEmptySubsequences: false)
        if let creates, answers.first == "yes" { return ("'\(creates)' exists", "skipped, since \(creates) exists") }
        if let removes, answers.dropFirst().first == "no" {
            return ("'\(removes)' does not exist", "skipped, since \(removes) does not exist")
        }
        return nil
    }

    /// Whether the only error output is the shell's, that there is no such program or that it may not be run (dash,
    /// bash and busybox word it alike).
    private static func didNotStart(_ status: Int32, _ errorOutput: String) -> Bool {
        guard status == 126 || status == 127, let first = Lines.split(errorOutput).first else { return false }
        return first.contains("exec: ") && (first.hasSuffix("not found") || first.hasSuffix("Permission denied"))
            || first.hasSuffix(": No such file or directory")
            || first.hasSuffix(": Permission denied") && errorOutput.contains("exec: ")
    }
}

/// A program that a signal ended. Its status alone is that of one that exits with 128 and more, but the shell that
/// waited for it says so on stderr.
struct SignalDeath: Equatable {
    let signal: Int32
    /// Without the shell's word.
    let errorOutput: String

    private static let words: [(signal: Int32, word: String)] = [
        (1, "Hangup"), (3, "Quit"), (4, "Illegal instruction"), (5, "Trace/breakpoint trap"), (6, "Aborted"),
        (7, "Bus error"), (8, "Floating point exception"),
        (9, "Killed"), (10, "User defined signal 1"), (11, "Segmentation fault"), (12, "User defined signal 2"),
        (14, "Alarm clock"), (15, "Terminated"),
    ]

    init?(status: Int32, errorOutput: String) {
        guard let (signal, word) = Self.words.first(where: { $0.signal == status - 128 }), errorOutput.hasSuffix("\n")
        else { return nil }
        var text = errorOutput.dropLast()
        let line = text.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
        // dash and busybox: `Killed`; bash: `…: line 1: 10486 Killed    ( exec … )`, the program's text included.
        let bare = line.hasSuffix(" (core dumped)") ? line.dropLast(" (core dumped)".count) : line
        guard bare == word || bare.contains(": line ") && bare.contains(" \(word) ") else { return nil }
        text = text.dropLast(line.count)
        self.signal = signal
        self.errorOutput = String(text)
    }
}
