import Playbook
import YAML

/// `owner`, `group` and `mode`, which every module that makes files takes.
struct FileAttributes: Sendable, Hashable {
    var owner: String?, group: String?
    var mode: Value?

    static let options: [ModuleSpec.Option] = [
        .init("owner", .string, help: "User that shall own it, by name or number."),
        .init("group", .string, help: "Group that shall own it, by name or number."),
        .init("mode", .mode, help: "Permissions: '0644', or symbols as in 'u=rw,g=r'."),
    ]

    init(owner: String? = nil, group: String? = nil, mode: Value? = nil) {
        self.owner = owner
        self.group = group
        self.mode = mode
    }
    init(_ arguments: Arguments) {
        let mode = arguments.map["mode"]
        // An empty text leaves the mode as it is.
        self.init(
            owner: arguments.string("owner"), group: arguments.string("group"),
            mode: mode?.string?.isEmpty == true ? nil : mode)
    }

    var isEmpty: Bool { owner == nil && group == nil && mode == nil }

    /// Asks, after a `cf_stat`, for the ids of names that differ from the file's: one record each. The umask is the
    /// third.
    var observation: ShellScript {
        var script = ShellScript()
        var empty: ShellScript = ""
        if let owner, Int(owner) == nil { script += "cf_user \(owner)\n" } else { empty += "\\000" }
        if let group, Int(group) == nil {
            if !empty.text.isEmpty { script += "printf '\(shell: empty)'\n" }
            (script, empty) = (script + "cf_group \(group)\n", "")
        } else {
            empty += "\\000"
        }
        return script + "printf '\(shell: empty)%s\\000' \"$cf_umask\"\n"
    }
    static let observationRecords = 3

    /// The desired attributes with the host's numbers in place of names.
    struct Resolved: Sendable, Hashable {
        /// Nil: leave as it is. `.some(nil)`: the name that the file has already.
        var uid: Int?, gid: Int?
        var mode: FileMode?
        var umask: Int
        /// Text for a missing name, found only when something is to be set.
        var missing: String?
    }

    /// - Parameter records: the three that `observation` printed.
    func resolved(_ records: some RandomAccessCollection<String>, seen: FileStatus?, path: String) throws -> Resolved {
        guard records.count == Self.observationRecords else {
            throw ModuleFailure("the host's answer about \(path) is cut short")
        }
        let texts = records.map { Lines.withoutEmptyEnd($0) }
        var resolved = Resolved(umask: Int(texts[2], radix: 8) ?? 0o022)
        if let owner {
            resolved.uid = Int(owner) ?? (texts[0] == "=" ? seen?.uid : Int(texts[0]))
            if resolved.uid == nil { resolved.missing = "chown failed: failed to look up user \(owner)" }
        }
        if let group {
            resolved.gid = Int(group) ?? (texts[1] == "=" ? seen?.gid : Int(texts[1]))
            if resolved.gid == nil {
                resolved.missing = resolved.missing ?? "chgrp failed: failed to look up group \(group)"
            }
        }
        if let mode { resolved.mode = try FileMode(mode, path: path) }
        return resolved
    }
}

extension FileAttributes.Resolved {
    /// What differs between a file and the desired attributes.
    struct Change: Sendable, Hashable {
        var uid: Int?, gid: Int?, mode: Int?
        var before: ValueMap = [:], after: ValueMap = [:]
        var isEmpty: Bool { uid == nil && gid == nil && mode == nil }

        /// Owner first: a change of owner takes the set-id bits away.
        func script(_ path: String, isLink: Bool = false) -> ShellScript {
            var script = ShellScript()
            if uid != nil || gid != nil {
                let owner = (uid.map(String.init) ?? "") + (gid.map { ":\($0)" } ?? "")
                script += isLink ? "chown -h -- \(owner) \(path) || exit\n" : "chown -- \(owner) \(path) || exit\n"
            }
            if let mode, !isLink { script += "chmod -- \(FileMode.argument(mode)) \(path) || exit\n" }
            return script
        }
    }

    /// - Parameter checkMode: nothing will be changed, so that an owner's change does not take set-id bits away either.
    /// - Throws: when a user or group is not known to the host.
    func change(for status: FileStatus, path: String, checkMode: Bool = false) throws -> Change {
        if let missing { throw ModuleFailure(missing, ["path": .string(path)]) }
        var change = Change()
        if let uid, uid != status.uid {
            change.uid = uid
            change.before["owner"] = .int(status.uid)
            change.after["owner"] = .int(uid)
        }
        if let gid, gid != status.gid {
            change.gid = gid
            change.before["group"] = .int(status.gid)
            change.after["group"] = .int(gid)
        }
        // A change of owner takes a file's set-id bits; symbols are about what is left.
        var present = status.mode
        if !change.isEmpty, !checkMode, status.kind != .directory, status.kind != .link {
            present &= ~(0o4000 | (present & 0o010 == 0 ? 0 : 0o2000))
        }
        if let wanted = mode?.applied(to: present, isDirectory: status.kind == .directory, umask: umask) {
            if wanted != present {
                change.before["mode"] = .string(FileMode.text(present))
                change.after["mode"] = .string(FileMode.text(wanted))
                // A link's own mode cannot be changed on Linux.
                if status.kind != .link { change.mode = wanted }
            }
        }
        return change
    }
}

extension ModuleResult {
    /// The last step for a file whose content is right: sets owner, group and mode where they differ, and adds the
    /// file's status.
    /// - Returns: what differed.
    @discardableResult
    mutating func apply(
        _ attributes: FileAttributes.Resolved, _ path: String, _ status: FileStatus, on host: ManagedHost
    ) async throws -> FileAttributes.Resolved.Change {
        let change = try attributes.change(for: status, path: path, checkMode: host.checkMode)
        var status = status
        if !change.isEmpty {
            changed = true
            diff = [Difference(before: .dict(change.before), after: .dict(change.after))]
            if let done = try await host.change(
                "set the attributes of \(path)", change.script(path) + "cf_stat \(path)\n")
            {
                status = done.records.first.flatMap { PathStatus(record: $0) }?.own ?? status
            }
        }
        values.merge(status.registered)
        return change
    }
}
