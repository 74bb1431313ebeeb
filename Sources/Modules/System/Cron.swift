import Playbook
import Remote
import YAML

/// Keeps a job, or a variable, in a user's crontab or in a file below /etc/cron.d.
struct Cron: Module {
    static let times = ["annually", "daily", "hourly", "monthly", "reboot", "weekly", "yearly"]
    static let spec = ModuleSpec(
        "cron", summary: "Keeps a job in a crontab.",
        options: [
            .init("name", .string, required: true, help: "What the job is known by; with env the variable's name."),
            .init("job", .string, aliases: ["value"], help: "The command; with env the variable's value."),
            .init(
                "state", .string, choices: ["absent", "present"], default: .string("present"),
                help: "Whether it shall be there."),
            .init("user", .string, help: "Whose crontab, or whom the job of a cron_file runs as."),
            .init("cron_file", .path, help: "File below /etc/cron.d, or its whole path; absent removes the file."),
            .init("minute", .string, default: .string("*"), help: "0-59, lists, ranges, */5."),
            .init("hour", .string, default: .string("*"), help: "0-23."),
            .init("day", .string, aliases: ["dom"], default: .string("*"), help: "Of the month, 1-31."),
            .init("month", .string, default: .string("*"), help: "1-12 or names."),
            .init("weekday", .string, aliases: ["dow"], default: .string("*"), help: "0-6, Sunday first, or names."),
            .init("special_time", .string, choices: times, help: "In place of the five."),
            .init("disabled", .bool, default: .bool(false), help: "Keep the job, but as a comment."),
            .init("env", .bool, default: .bool(false), help: "A variable instead of a job."),
            .init("insertafter", .string, help: "Put a new variable after this one."),
            .init("insertbefore", .string, help: "Put a new variable before this one."),
            .init("backup", .bool, default: .bool(false), help: "Keep a copy of the crontab in /tmp."),
        ], mutuallyExclusive: [["insertafter", "insertbefore"]])
    static let reference = ModuleReference(
        notes: "A job is known by the comment before it, `#Ansible: NAME`, which both tools read.",
        example: """
            - cron:
                name: prune the model cache
                special_time: daily
                job: /opt/comfy/bin/prune --days 30
            """,
        returns: [
            .init("jobs", "Names of all jobs in the table."),
            .init("envs", "Names of all variables in the table."),
            .init("cron_file", "The file below /etc/cron.d."),
            .init("backup_file", "The copy of what was replaced."),
        ])

    private let arguments: Arguments
    private let name: String
    private let isPresent: Bool, isVariable: Bool
    /// The whole path.
    private let file: String?

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        self.arguments = arguments
        name = try arguments.required("name")
        isPresent = arguments.string("state") == "present"
        isVariable = arguments.bool("env")
        file = try arguments.path("cron_file").map { Path.join("/etc/cron.d", $0) }
        if arguments.string("special_time") != nil, Self.fields.contains(where: { arguments.string($0) != "*" }) {
            throw ModuleFailure("You cannot combine special_time with any of the time or day/date parameters.")
        }
        // A line end would make the rest a line of its own.
        for option in Self.fields + ["name", "user"]
        where arguments.string(option)?.contains(where: \.isNewline) == true {
            throw ModuleFailure("'\(option)' holds a line end")
        }
        if isVariable, name.contains(" ") { throw ModuleFailure("Invalid name for environment variable") }
        guard isPresent else { return }
        if file != nil, arguments.string("user") == nil {
            throw ModuleFailure("To use cron_file=... parameter you must specify user=... as well")
        }
        guard arguments.string("job") != nil else {
            throw ModuleFailure("You must specify 'job' to install a new cron job or variable")
        }
        if !isVariable, arguments.string("insertafter") != nil || arguments.string("insertbefore") != nil {
            throw ModuleFailure("Insertafter and insertbefore parameters are valid only with env=yes")
        }
    }
    private static let fields = ["minute", "hour", "day", "month", "weekday"]

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let seen = try await observe(on: host)
        var result = ModuleResult()
        var table = CronTable(seen.text)
        if !isPresent {
            if isVariable { table.removeVariable(name) } else { table.removeJob(name) }
        }
        // A file of which nothing is left goes; what else is in it stays.
        if file != nil, !isPresent, table.text.isEmpty {
            result.changed = seen.status != nil
            result.values = ["cron_file": .string(arguments.string("cron_file") ?? ""), "state": .string("absent")]
            if result.changed {
                result.diff = [
                    Difference(
                        before: .string(seen.text), after: .string(""), beforeHeader: place, afterHeader: "/dev/null")
                ]
                if let backup = try await keep(seen.text, on: host) { result.values["backup_file"] = .string(backup) }
                try await host.change("remove \(place)", "rm -f -- \(file ?? "")")
            }
            return result
        }
        if isPresent, isVariable {
            let declaration = "\(name)=\"\(arguments.string("job") ?? "")\""
            try table.set(
                declaration, of: name, after: arguments.string("insertafter"), before: arguments.string("insertbefore"))
        } else if isPresent {
            table.set(line, for: name)
        }
        // A crontab without a line end at its end is corrected, too: cron ignores its last line.
        result.changed = table.text != seen.text
        result.values = [
            "jobs": .list(table.jobs.map { .string($0) }), "envs": .list(table.variables.map { .string($0) }),
        ]
        if let cronFile = arguments.string("cron_file") { result.values["cron_file"] = .string(cronFile) }
        guard result.changed else { return result }
        result.diff = [
            Difference(before: .string(seen.text), after: .string(table.text), beforeHeader: place, afterHeader: place)
        ]
        if let backup = try await keep(seen.text, on: host) { result.values["backup_file"] = .string(backup) }
        try await write(table.text, replacing: seen.status, on: host)
        return result
    }

    private var place: String { file ?? "crontab" + (arguments.string("user").map { " of \($0)" } ?? "") }
    private var whose: [String] { arguments.string("user").map { ["-u", $0] } ?? [] }

    private var line: String {
        let time =
            arguments.string("special_time").map { "@" + $0 }
            ?? Self.fields.map { arguments.string($0) ?? "*" }.joined(separator: " ")
        let user = file == nil ? "" : (arguments.string("user") ?? "") + " "
        let job = (arguments.string("job") ?? "").trimmingLineEnds
        return "\(arguments.bool("disabled") ? "#" : "")\(time) \(user)\(job)"
    }

    private func observe(on host: ManagedHost) async throws -> (text: String, status: FileStatus?) {
        if let file {
            let answer = try await host.observe("cf_stat \(file)\n[ ! -f \(file) ] || cat -- \(file)")
            let parts = answer.stdout.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
            guard answer.status == 0, parts.count == 2,
                let status = PathStatus(record: String(decoding: parts[0], as: UTF8.self))
            else {
                throw ModuleFailure("cannot read \(file): \(answer.complaint)")
            }
            return (String(decoding: parts[1], as: UTF8.self), status.reached)
        }
        let answer = try await host.observe("crontab -l \(whose)")
        // 1: there is none yet.
        guard
            answer.status == 0
                || answer.status == 1 && answer.stdout.isEmpty && answer.errorOutput.contains("no crontab")
        else {
            throw ModuleFailure("Unable to read crontab: \(answer.complaint)", answer.registered)
        }
        return (answer.output, nil)
    }

    private func write(_ text: String, replacing status: FileStatus?, on host: ManagedHost) async throws {
        guard let file else {
            try await host.change("write the \(place)", "crontab \(whose) -", stdin: .bytes(Array(text.utf8)))
            return
        }
        var attributes = FileAttributes.Resolved(umask: 0o022)
        attributes.mode = .bits(0o644)
        try await host.change("write \(file)") { [attributes] in
            _ = try await FileWriter().write(
                .content(FileContent(Array(text.utf8))), to: file, replacing: status, attributes: attributes, on: $0)
        }
    }

    private func keep(_ text: String, on host: ManagedHost) async throws -> String? {
        guard arguments.bool("backup") else { return nil }
        return try await host.change(
            "keep a copy of the \(place)",
            "umask 077; cf_copy=$(mktemp /tmp/crontab.XXXXXXXX) && cat >\"$cf_copy\" && printf %s \"$cf_copy\"",
            stdin: .bytes(Array(text.utf8)))?.output
    }
}

/// A crontab's lines.
struct CronTable: Sendable {
    private static let marker = "#Ansible: "
    private var lines: [String]

    init(_ text: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
    }

    var text: String { lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n" }
    var jobs: [String] { lines.compactMap(Self.jobName) }
    var variables: [String] { lines.compactMap(Self.variableName) }

    private static func jobName(_ line: String) -> String? {
        line.hasPrefix(marker) ? String(line.dropFirst(marker.count)) : nil
    }
    /// What stands before a `=` without a space.
    private static func variableName(_ line: String) -> String? {
        guard let equals = line.firstIndex(of: "="), equals > line.startIndex,
            !line[..<equals].contains(where: \.isWhitespace)
        else { return nil }
        return String(line[..<equals])
    }

    /// The job's line is the one after its comment. A line that is the job already, without a comment, gets one.
    mutating func set(_ job: String, for name: String) {
        let comment = Self.marker + name
        if let index = lines.indices.dropLast().first(where: { lines[$0] == comment }) {
            lines[index + 1] = job
        } else if let index = lines.firstIndex(of: job), index == 0 || Self.jobName(lines[index - 1]) == nil {
            lines.insert(comment, at: index)
        } else {
            lines += [comment, job]
        }
    }

    mutating func removeJob(_ name: String) {
        while let index = lines.firstIndex(of: Self.marker + name) {
            lines.removeSubrange(index..<min(index + 2, lines.count))
        }
    }

    /// A new variable comes first, since those below it see it, or beside another.
    mutating func set(_ declaration: String, of name: String, after: String?, before: String?) throws {
        if let index = lines.firstIndex(where: { Self.variableName($0) == name }) {
            lines[index] = declaration
            return
        }
        var place = 0
        if let other = after ?? before {
            guard let index = lines.firstIndex(where: { Self.variableName($0) == other }) else {
                throw ModuleFailure("Variable named '\(other)' not found.")
            }
            place = after == nil ? index : index + 1
        }
        lines.insert(declaration, at: place)
    }

    mutating func removeVariable(_ name: String) { lines.removeAll { Self.variableName($0) == name } }
}

extension String {
    fileprivate var trimmingLineEnds: String {
        var text = Lines.withoutEmptyEnd(self)[...]
        while let first = text.unicodeScalars.first, first == "\n" || first == "\r" {
            text.unicodeScalars.removeFirst()
        }
        return String(text)
    }
}
