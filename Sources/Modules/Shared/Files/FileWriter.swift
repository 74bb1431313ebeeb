import Playbook
import Remote
import YAML

/// Puts content in the place of a file on a host: a hidden file in the same folder gets content, owner and mode, and is
/// then renamed,
/// so that the path holds the old content or the new, never a part, and a failure leaves nothing behind.
struct FileWriter: Sendable {
    static let options: [ModuleSpec.Option] = [
        .init(
            "backup", .bool, default: .bool(false), help: "Keep a copy of what is replaced, with the time in its name."),
        .init("validate", .string, help: "Command that must accept the new content; %s stands for the file."),
        .init(
            "unsafe_writes", .bool, default: .bool(false),
            help: "Write into a file that cannot be replaced, such as one that is mounted."),
    ]

    var keepsBackup = false
    /// Where the file cannot be replaced, its content may be.
    var mayWriteInPlace = false
    /// Words of the command, one of which holds `%s`.
    var validate: [String]?

    init() {}
    init(_ arguments: Arguments) throws {
        keepsBackup = arguments.bool("backup")
        mayWriteInPlace = arguments.bool("unsafe_writes")
        validate = try arguments.string("validate").map(CommandLine.split)
    }

    struct Written: Sendable {
        var status: FileStatus
        var backup: String?
    }

    enum Source: Sendable {
        case content(FileContent)
        /// A file on the host.
        case remote(String)
    }

    // MARK: Validation

    private static let rejected: Int32 = 90

    /// Asks the command about the file `$cf_new`.
    private var validation: ShellScript {
        get throws {
            guard let validate else { return "" }
            guard validate.contains(where: { $0.contains("%s") }) else {
                throw ModuleFailure("validate must contain %s: \(validate.joined(separator: " "))")
            }
            var line = ShellScript()
            for word in validate {
                let parts = word.split(separator: "%s", omittingEmptySubsequences: false).map {
                    ShellScript.quoted(String($0))
                }
                line += ShellScript(
                    stringLiteral: " " + (parts.count == 1 ? parts[0] : parts.joined(separator: "\"$cf_new\"")))
            }
            return "(exec\(shell: line)) || { printf '%s' $? >&2; exit \(unquotedNumber: Self.rejected); }\n"
        }
    }

    private func rejection(_ done: CallResult) -> ModuleFailure? {
        guard done.status == Self.rejected, validate != nil else { return nil }
        var errors = done.errorOutput
        let status = String(errors.reversed().prefix { $0.isNumber }.reversed())
        errors.removeLast(status.count)
        return ModuleFailure(
            "failed to validate",
            ["exit_status": .int(Int(status) ?? 1), "stdout": .string(done.output), "stderr": .string(errors)],
            explanation: Lines.split(errors).last(where: { !$0.isEmpty }))
    }

    /// Asks the command about content that is not to be written, in a temporary file that is gone afterwards.
    /// - Throws: as `write` does when the content is refused.
    func checkValidity(of content: [UInt8], on host: ManagedHost) async throws {
        guard validate != nil else { return }
        let validation = try validation
        let done = try await host.observe(
            """
            cf_new=$(umask 077; mktemp "${TMPDIR:-/tmp}/comfyfleet.XXXXXXXX") || exit
            trap 'rm -f -- "$cf_new"' EXIT
            cat >"$cf_new" || exit
            \(shell: validation)
            """, stdin: .bytes(content))
        if let rejection = rejection(done) { throw rejection }
        guard done.status == 0 else { throw ModuleFailure("could not validate the content: \(done.complaint)") }
    }

    // MARK: Writing

    /// - Parameters:
    ///   - name: what a backup's name begins with, where that is not the path.
    ///   - replaced: the file that is there, whose owner and mode are kept where `attributes` do not say otherwise.
    ///   - attributes: checked by the caller with `change(for:)` before, so that an unknown owner is reported first.
    /// - Throws: `ModuleFailure` with `exit_status`, `stdout` and `stderr` when the validation refuses the content.
    func write(
        _ source: Source, to path: String, named name: String? = nil, replacing replaced: FileStatus?,
        attributes: FileAttributes.Resolved, on host: ManagedHost.Alteration
    ) async throws -> Written {
        if let missing = attributes.missing { throw ModuleFailure(missing, ["path": .string(path)]) }
        let folder = Path.folder(path)
        let base = replaced?.mode ?? 0o666 & ~attributes.umask
        let mode = attributes.mode?.applied(to: base, isDirectory: false, umask: attributes.umask) ?? base
        var script: ShellScript = """
            umask 077
            cf_new=$(mktemp \(Path.join(folder, ".comfyfleet.XXXXXXXX"))) || exit
            trap 'rm -f -- "$cf_new"' EXIT

            """
        var input = Call.Input.bytes([])
        switch source {
        case .content(let content):
            let isWhole: ShellScript =
                "[ \"$(wc -c <\"$cf_new\")\" -eq \(unquotedNumber: content.size) ] || { echo 'the content did not arrive whole' >&2; exit \(unquotedNumber: Upload.incomplete); }\n"
            switch content.source {
            case .bytes(let bytes):
                input = .bytes(bytes)
                script += "cat >\"$cf_new\" || exit\n" + isWhole
            case .file(let local, _):
                input = .file(.init(path: local))
                // Hashed as it comes. What `tee` fails with must not be taken for a link that broke: an x is no
                // hexadecimal digit.
                script +=
                    "cf_t=$({ { tee -- \"$cf_new\" || echo x >&3; } | sha256sum; } 3>&1)\ncase $cf_t in *x*) exit 1 ;; esac\n"
                    + isWhole
                script +=
                    "[ \"${cf_t%% *}\" = \(content.sha256) ] || { echo 'the file changed while it was sent' >&2; exit 1; }\n"
            }
        case .remote(let file):
            script += "cat -- \(file) >\"$cf_new\" || exit\n"
        }
        script += try validation
        // Who may not give files away keeps what it makes, as the file's own replacement would.
        if let replaced { script += "chown -- \("\(replaced.uid):\(replaced.gid)") \"$cf_new\" 2>/dev/null\n" }
        let owner = (attributes.uid.map(String.init) ?? "") + (attributes.gid.map { ":\($0)" } ?? "")
        if !owner.isEmpty { script += "chown -- \(owner) \"$cf_new\" || exit\n" }
        script += "chmod -- \(FileMode.argument(mode)) \"$cf_new\" || exit\n"
        script += "cf_backup=\n"
        // Of a link that is replaced, the content that it leads to.
        if keepsBackup {
            script +=
                "[ ! -e \(path) ] || { cf_backup=\(name ?? path).$$.$(date +%Y-%m-%d@%H:%M:%S)~; cp -p -L -- \(path) \"$cf_backup\" || exit; }\n"
        }
        script += """
            sync -- "$cf_new" 2>/dev/null
            mv -f -- "$cf_new" \(path) || \(shell: mayWriteInPlace ? "{ cat -- \"$cf_new\" >\(path) && rm -f -- \"$cf_new\"; } || exit" : "exit")
            trap - EXIT
            printf '\\000%s\\000' "$cf_backup"
            cf_stat \(path)

            """
        let done = try await Upload.untilWhole { try await host.attempt(script, stdin: input) }
        if let rejection = rejection(done) { throw rejection }
        // What the validation printed, the backup's name, the status.
        let records = done.records.dropLast()
        guard done.status == 0, records.count >= 3, let status = PathStatus(record: records[records.endIndex - 1])?.own
        else {
            throw ModuleFailure("could not write \(path): \(done.complaint)", ["path": .string(path)])
        }
        let backup = records[records.endIndex - 2]
        return Written(status: status, backup: backup.isEmpty ? nil : backup)
    }
}

/// What a file's diff may show of its content.
enum ShownContent {
    /// Larger files are not shown, as in Ansible.
    static let limit = 104_448

    static func value(_ bytes: [UInt8]) -> Value? {
        guard bytes.count <= limit, !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            return nil
        }
        return .string(text)
    }

    /// What cannot be shown is named instead.
    /// - Parameter after: nil for what is too large to be read.
    static func difference(before: [UInt8], after: [UInt8]?, path: String, afterHeader: String? = nil) -> Difference {
        let old = value(before)
        let new = after.flatMap(value)
        func reason(_ bytes: [UInt8]?) -> String {
            bytes.map { $0.count > limit } ?? true ? "too large to show" : "binary"
        }
        return Difference(
            before: old ?? .string("(\(reason(before)))\n"), after: new ?? .string("(\(reason(after)), different)\n"),
            beforeHeader: path, afterHeader: afterHeader ?? path)
    }

    /// Reads a file on the host for a diff.
    static func read(_ path: String, on host: ManagedHost) async throws -> [UInt8] {
        let read = try await host.observe("cat -- \(path)")
        guard read.status == 0 else {
            throw ModuleFailure("cannot read \(path): \(read.complaint)", ["path": .string(path)])
        }
        return read.stdout
    }
}
