import Support
import YAML

/// `config/audit.yml`, checked: where entries go besides the trail's file.
///
///     sinks:
///       log: {syslog: yes, required: yes}
///       copy: {file: /mnt/archive/comfyfleet.log}
package struct AuditSinkFile: Sendable {
    package static let defaultPath = "config/audit.yml"
    /// In the order of the file.
    package var sinks: [AuditSink]

    /// Reads the file; without one there are no sinks.
    ///
    /// - Throws: `Diagnostics` with everything that is wrong.
    package static func load(_ path: String = defaultPath) throws(Diagnostics) -> AuditSinkFile {
        let bytes: [UInt8]?
        do throws(FileProblem) { bytes = try PrivateFile.read(path, for: .settings, limit: 1 << 20) } catch {
            throw Diagnostics([Diagnostic(error)])
        }
        return try bytes.map { bytes throws(Diagnostics) in try parse(bytes, path: path) } ?? AuditSinkFile(sinks: [])
    }

    static func parse(_ text: [UInt8], path: String) throws(Diagnostics) -> AuditSinkFile {
        let document = try YAMLParser.parse(text, file: path)
        var reader = AuditSinkReader()
        reader.problems = document.warnings
        let sinks = reader.sinks(document.root)
        guard reader.problems.isEmpty else { throw Diagnostics(reader.problems) }
        return AuditSinkFile(sinks: sinks)
    }
}

/// One reading of the file; collects every problem.
private struct AuditSinkReader {
    var problems: [Diagnostic] = []

    private mutating func report(_ problem: String, at mark: SourceMark, _ remedy: String? = nil) {
        problems.append(Diagnostic(problem, at: mark, remedy: remedy))
    }

    mutating func sinks(_ root: Node) -> [AuditSink] {
        if root.value.isNull { return [] }
        guard let entries = root.entries else {
            report("a file of audit sinks is a mapping", at: root.mark, "begin with 'sinks:'")
            return []
        }
        for entry in entries where entry.key.value.string != "sinks" {
            report(
                "unknown key '\(entry.key.value.string ?? "")' in a file of audit sinks", at: entry.key.mark,
                "there is 'sinks'")
        }
        guard let node = root["sinks"], !node.value.isNull else { return [] }
        guard let sinks = node.entries else {
            report("'sinks' is a mapping of names to sinks", at: node.mark)
            return []
        }
        return sinks.compactMap { sink($0) }
    }

    private mutating func sink(_ entry: Node.Entry) -> AuditSink? {
        guard let name = entry.key.value.string, !name.isEmpty, let keys = entry.value.entries else {
            report("an audit sink has a name and a mapping", at: entry.key.mark, "write  NAME: {file: PATH}")
            return nil
        }
        var kinds: [AuditSink.Kind] = []
        var isRequired = false
        var timeLimit = Duration.seconds(10)
        let before = problems.count
        for key in keys {
            let value = key.value.value
            switch key.key.value.string ?? "" {
            case "journald":
                if let socket = socket(key, AuditSink.journalSocket) { kinds.append(.journald(socket: socket)) }
            case "syslog": if let socket = socket(key, AuditSink.syslogSocket) { kinds.append(.syslog(socket: socket)) }
            case "file":
                if let path = value.string, !path.isEmpty {
                    kinds.append(.file(path))
                } else {
                    report("'file' is a path", at: key.value.mark)
                }
            case "command":
                let words = (key.value.items ?? [key.value]).map(\.value.string)
                if !words.isEmpty, words.allSatisfy({ $0?.isEmpty == false }) {
                    kinds.append(.command(words.compactMap { $0 }))
                } else {
                    report("'command' is a program, or a list of a program and its arguments", at: key.value.mark)
                }
            case "required":
                if let flag = value.bool {
                    isRequired = flag
                } else {
                    report("'required' is yes or no", at: key.value.mark)
                }
            case "timeout":
                if let seconds = value.int, (1...300).contains(seconds) {
                    timeLimit = .seconds(seconds)
                } else {
                    report("'timeout' is a number of seconds from 1 to 300", at: key.value.mark)
                }
            case let other:
                report(
                    "unknown key '\(other)' in audit sink '\(name)'", at: key.key.mark,
                    "there are: journald, syslog, file, command, required, timeout")
            }
        }
        guard kinds.count == 1 else {
            // A misspelt key has been reported.
            if problems.count == before || kinds.count > 1 {
                report(
                    "audit sink '\(name)' needs one of 'journald', 'syslog', 'file' and 'command'", at: entry.key.mark)
            }
            return nil
        }
        var sink = AuditSink(name: name, kind: kinds[0])
        (sink.isRequired, sink.timeLimit) = (isRequired, timeLimit)
        return sink
    }

    /// `yes` for the usual one, or a path.
    private mutating func socket(_ key: Node.Entry, _ usual: String) -> String? {
        if key.value.value.bool == true { return usual }
        if let path = key.value.value.string, path.hasPrefix("/") { return path }
        report("'\(key.key.value.string ?? "")' is yes, or the path of a socket", at: key.value.mark)
        return nil
    }
}
