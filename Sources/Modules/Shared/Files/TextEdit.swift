import Playbook
import Templating
import YAML

/// A file of lines that is read from the host, edited on the controller, and written back: what lineinfile, blockinfile
/// and replace share.
struct TextEdit: Sendable {
    static let options: [ModuleSpec.Option] = FileWriter.options + FileAttributes.options

    let attributes: FileAttributes
    let writer: FileWriter

    init(_ arguments: Arguments) throws {
        attributes = FileAttributes(arguments)
        writer = try FileWriter(arguments)
    }

    struct Seen: Sendable {
        /// The file that a link leads to.
        var path: String
        /// As the task names it; a backup's name begins with it.
        var name: String
        var status: FileStatus?
        var attributes: FileAttributes.Resolved
        var text = ""
        /// Bytes that are no UTF-8 are kept as they are: the text then holds one character for each.
        var encoding = Encoding.utf8
    }
    enum Encoding: Sendable { case utf8, bytes }

    /// Status and content in one call.
    func observe(_ path: String, on host: ManagedHost) async throws -> Seen {
        let path = try await host.resolve(path)
        let answer = try await host.observe(
            "cf_stat \(path)\n\(shell: attributes.observation)[ ! -f \(path) ] || cat -- \(path)")
        // The content, which may hold NULs, is everything after the fourth.
        let parts = answer.stdout.split(separator: 0, maxSplits: 4, omittingEmptySubsequences: false)
        guard answer.status == 0, parts.count == 5,
            let status = PathStatus(record: String(decoding: parts[0], as: UTF8.self))
        else {
            throw ModuleFailure("cannot read \(path): \(answer.complaint)", ["path": .string(path)])
        }
        let resolved = try attributes.resolved(
            parts[1..<4].map { String(decoding: $0, as: UTF8.self) }, seen: status.reached, path: path)
        var seen = Seen(
            path: status.realPath ?? status.danglingPath ?? path, name: path, status: status.reached,
            attributes: resolved)
        guard seen.status?.kind != .directory else {
            throw ModuleFailure("Path \(path) is a directory !", ["rc": .int(256)])
        }
        if let text = String(validating: parts[4], as: UTF8.self) {
            seen.text = text
        } else {
            seen.text = String(String.UnicodeScalarView(parts[4].map { Unicode.Scalar($0) }))
            seen.encoding = .bytes
        }
        return seen
    }

    /// Writes what changed, then looks after owner and mode.
    /// - Parameter message: what changed in the text; nil when nothing did.
    func finish(
        _ seen: Seen, _ text: String, message: String?, makesFolder: Bool, backupKey: String, on host: ManagedHost
    ) async throws -> ModuleResult {
        var result = ModuleResult()
        result.message = message ?? ""
        result.changed = message != nil
        if backupKey == "backup" { result.values["backup"] = .string("") }
        result.diff = [
            Difference(
                before: .string(seen.text), after: .string(text), beforeHeader: "\(seen.path) (content)",
                afterHeader: "\(seen.path) (content)")
        ]
        var status = seen.status
        var fresh = seen.attributes
        if message != nil {
            let bytes =
                seen.encoding == .utf8
                ? Array(text.utf8) : text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
            // Owner and mode are a step of their own, as the message and the diff say.
            fresh.uid = nil
            fresh.gid = nil
            fresh.mode = nil
            fresh.missing = nil
            let written = try await host.change("write \(seen.path)") { host in
                if makesFolder { try await FolderMaker(attributes: fresh).make(Path.folder(seen.path), on: host) }
                return try await writer.write(
                    .content(FileContent(bytes)), to: seen.path, named: seen.name, replacing: seen.status,
                    attributes: fresh, on: host)
            }
            status = written?.status ?? status
            if let backup = written?.backup { result.values[backupKey] = .string(backup) }
        }
        guard let status else { return result }
        let change = try seen.attributes.change(for: status, path: seen.path, checkMode: host.checkMode)
        if !change.isEmpty {
            result.changed = true
            result.message = (message.map { $0 + " and " } ?? "") + "ownership, perms or SE linux context changed"
            result.diff.append(
                Difference(
                    before: .dict(change.before), after: .dict(change.after),
                    beforeHeader: "\(seen.path) (file attributes)", afterHeader: "\(seen.path) (file attributes)"))
            try await host.change("set the attributes of \(seen.path)", change.script(seen.path))
        }
        return result
    }

    /// Lines with their ends; only a line feed ends one.
    static func lines(_ text: String) -> [String] {
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            line.append(scalar)
            if scalar == "\n" {
                lines.append(String(line))
                line = String.UnicodeScalarView()
            }
        }
        if !line.isEmpty { lines.append(String(line)) }
        return lines
    }

    static func endsLine(_ text: String) -> Bool { text.utf8.last == UInt8(ascii: "\n") }

    static func expression(_ pattern: String, _ options: PythonRegex.Options = []) throws -> PythonRegex {
        do { return try PythonRegex(pattern, options) } catch {
            throw ModuleFailure("the regular expression '\(pattern)' is not valid: \(error.message)")
        }
    }
}
