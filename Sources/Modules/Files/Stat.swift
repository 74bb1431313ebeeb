import Playbook
import YAML

/// Tells what is at a path.
struct Stat: Module {
    static let spec = ModuleSpec(
        "stat", summary: "Tells what is at a path.",
        options: [
            .init("path", .path, aliases: ["dest", "name"], required: true, help: "The path."),
            .init("follow", .bool, default: .bool(false), help: "Look at what a link leads to."),
            .init("get_checksum", .bool, default: .bool(true), help: "Hash a file's content."),
            .init(
                "checksum_algorithm", .string, aliases: ["checksum", "checksum_algo"],
                choices: ["md5", "sha1", "sha", "sha224", "sha256", "sha384", "sha512"], default: .string("sha1"),
                help: "By which hash."),
            .init(
                "get_mime", .bool, aliases: ["mime", "mime_type", "mime-type"], default: .bool(true),
                help: "Ask file(1) for the kind of content."),
            .noEffect(
                "get_attributes", .bool, aliases: ["attr", "attributes"], default: .bool(true),
                because: "what lsattr shows is never read; the result has no attributes, attr_flags and version"),
        ])
    static let reference = ModuleReference(
        example: """
            - stat:
                path: /opt/model.bin
                checksum_algorithm: sha256
              register: model
            """,
        returns: [
            .init(
                "stat",
                "exists; and where that is true path, mode, size, uid, gid, pw_name, gr_name, mtime, isreg, isdir, islnk, lnk_target, checksum, mimetype and more."
            )
        ])

    private let path: String
    private let follows: Bool
    private let hash: String?
    private let asksMime: Bool

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        path = try arguments.requiredPath("path")
        follows = arguments.bool("follow")
        let algorithm = try arguments.required("checksum_algorithm")
        hash = arguments.bool("get_checksum") ? (algorithm == "sha" ? "sha1" : algorithm) : nil
        asksMime = arguments.bool("get_mime")
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let path = try await host.resolve(path)
        var script: ShellScript = """
            cf_stat \(path)
            for cf_test in r w x; do [ -$cf_test \(path) ] && printf %s $cf_test; done; printf '\\000'

            """
        let isRead: ShellScript =
            follows ? "[ -f \(path) ] && [ -r \(path) ]" : "[ ! -L \(path) ] && [ -f \(path) ] && [ -r \(path) ]"
        if let hash { script += "if \(shell: isRead); then \(hash + "sum") < \(path) 2>/dev/null; fi\n" }
        script += "printf '\\000'\n"
        if asksMime {
            script +=
                "if command -v file >/dev/null 2>&1; then file \(shell: follows ? "-L" : "-h") --mime-type --mime-encoding -b -- \(path) 2>/dev/null; fi\n"
        }
        let records = try await host.observe(script).records
        guard records.count == 4, let seen = PathStatus(record: records[0]) else {
            throw ModuleFailure("cannot read the status of \(path)")
        }

        var result = ModuleResult()
        guard let status = follows ? seen.reached : seen.own else {
            switch seen.absence {
            case .notDirectory: throw ModuleFailure("Not a directory")
            case .denied: throw ModuleFailure("Permission denied")
            case .absent: break
            }
            result.values["stat"] = .dict(["exists": .bool(false)])
            return result
        }
        var stat = Self.values(of: status, path: path, access: records[1])
        if status.kind == .link {
            stat["lnk_target"] = .string(seen.target ?? "")
            stat["lnk_source"] = .string(
                seen.realPath ?? seen.danglingPath ?? Path.join(Path.folder(path), seen.target ?? ""))
        }
        if hash != nil, let sum = records[2].split(separator: " ").first, status.kind == .file {
            stat["checksum"] = .string(String(sum))
        }
        if asksMime {
            let (type, charset) = Self.mime(records[3])
            stat["mimetype"] = .string(type)
            stat["charset"] = .string(charset)
        }
        stat["version"] = .null
        result.values["stat"] = .dict(stat)
        return result
    }

    /// `text/plain; charset=us-ascii`
    static func mime(_ text: String) -> (type: String, charset: String) {
        let parts = Lines.withoutEmptyEnd(text).split(separator: ";")
        guard parts.count == 2, let charset = parts[1].firstRange(of: "charset=") else { return ("unknown", "unknown") }
        return (String(parts[0]), String(parts[1][charset.upperBound...]))
    }

    static func values(of status: FileStatus, path: String, access: String) -> ValueMap {
        func bit(_ bit: Int) -> Value { .bool(status.mode & bit != 0) }
        let digits = String(status.mode, radix: 8)
        return [
            "exists": .bool(true), "path": .string(path),
            "mode": .string(String(repeating: "0", count: max(0, 4 - digits.count)) + digits),
            "isdir": .bool(status.kind == .directory), "ischr": .bool(status.kind == .characterDevice),
            "isblk": .bool(status.kind == .blockDevice),
            "isreg": .bool(status.kind == .file), "isfifo": .bool(status.kind == .fifo),
            "islnk": .bool(status.kind == .link), "issock": .bool(status.kind == .socket),
            "uid": .int(status.uid), "gid": .int(status.gid), "size": .int(status.size), "inode": .int(status.inode),
            "dev": .int(status.device), "nlink": .int(status.links),
            "atime": .double(Double(status.accessed)), "mtime": .double(Double(status.modified)),
            "ctime": .double(Double(status.statusChanged)),
            "wusr": bit(0o200), "rusr": bit(0o400), "xusr": bit(0o100), "wgrp": bit(0o020), "rgrp": bit(0o040),
            "xgrp": bit(0o010),
            "woth": bit(0o002), "roth": bit(0o004), "xoth": bit(0o001), "isuid": bit(0o4000), "isgid": bit(0o2000),
            "readable": .bool(access.contains("r")), "writeable": .bool(access.contains("w")),
            "executable": .bool(access.contains("x")),
            "pw_name": .string(status.owner), "gr_name": .string(status.group),
        ]
    }
}
