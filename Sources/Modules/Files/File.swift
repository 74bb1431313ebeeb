import Playbook
import YAML

/// Makes, changes and removes files, folders and links.
struct File: Module {
    static let states = ["absent", "directory", "file", "hard", "link", "touch"]
    static let spec = ModuleSpec(
        "file", summary: "Makes, changes and removes files, folders and links.",
        options: [
            .init("path", .path, aliases: ["dest", "name"], required: true, help: "The path."),
            .init("state", .string, choices: states, help: "What shall be there."),
            .init("src", .path, help: "What a link shall lead to."),
            .init(
                "recurse", .bool, default: .bool(false),
                help: "Owner, group and mode for everything below a folder, too."),
            .init(
                "force", .bool, default: .bool(false),
                help: "Make a link though its target is missing or something is in its place."),
            .init("follow", .bool, default: .bool(true), help: "Change what a link leads to, not the link."),
            .init(
                "modification_time", .string, help: "preserve, now, or a time in modification_time_format (touch: now)."
            ),
            .init(
                "modification_time_format", .string, default: .string("%Y%m%d%H%M.%S"),
                help: "Form of modification_time."),
            .init("access_time", .string, help: "preserve, now, or a time in access_time_format (touch: now)."),
            .init("access_time_format", .string, default: .string("%Y%m%d%H%M.%S"), help: "Form of access_time."),
            .noEffect("unsafe_writes", .bool, default: .bool(false), because: "no content is written"),
        ] + FileAttributes.options)
    static let reference = ModuleReference(
        notes: "Without a state the path's present one is kept, and only owner, group and mode are looked after.",
        example: """
            - file:
                path: /opt/models
                state: directory
                owner: gpuops
                mode: u=rwX,g=rX,o=
                recurse: true
            """,
        returns: [
            .init("path", "The path; a link's and a hard link's is called dest."),
            .init("src", "Where a link leads."),
        ] + ModuleReference.fileStatus)

    private let path: String
    private let state: String?
    private let source: String?
    private let recurses: Bool, forces: Bool, follows: Bool
    private let attributes: FileAttributes
    private let times: FileTimes

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        path = try arguments.requiredPath("path")
        state = arguments.string("state")
        source = try arguments.path("src")
        recurses = arguments.bool("recurse")
        forces = arguments.bool("force")
        follows = arguments.bool("follow")
        attributes = FileAttributes(arguments)
        times = try FileTimes(arguments, isTouch: state == "touch")
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        var path = try await host.resolve(path)
        var seen = try await observe(path, on: host)
        if let source, state == "hard", seen.path.reached?.kind == .directory {
            path = Path.join(path, Path.name(source))
            seen = try await observe(path, on: host)
        }
        do {
            return try await FileTask(file: self, path: path, seen: seen).run(on: host)
        } catch var failure as ModuleFailure {
            // As Ansible does: what the path is, where there is something.
            if let status = seen.path.own, seen.path.reached != nil, failure.values["path"] != nil {
                failure.values.merge(status.registered)
            }
            throw failure
        }
    }

    fileprivate struct Seen {
        var path: PathStatus
        /// What `src` names, for links.
        var source: PathStatus?
        var attributes: FileAttributes.Resolved
        var times: FileTimes
        /// Of a folder: what is below it, where it is needed (`absent` with a diff, a link in its place).
        var content: [(isDirectory: Bool, path: String)] = []
    }

    private func observe(_ path: String, on host: ManagedHost) async throws -> Seen {
        var script: ShellScript = "cf_stat \(path)"
        // Where a link leads in the end is asked only where something there may have to be set.
        if let source, state == "link", attributes.isEmpty, !times.mayChange {
            script += " \(Path.join(Path.folder(path), source))"
        }
        script += "\n\(shell: attributes.observation)\(shell: times.observation)"
        if let source, state == "link" {
            // A link's target is seen from its folder (from itself, while it is a folder).
            let folder = Path.folder(path)
            script += """
                cf_t=\(Path.join(folder, source))
                if [ -L \(path) ]; then
                  if [ \(path) -ef "$cf_t" ] && [ ! -L "$cf_t" ]; then printf 'reached\\000'; else cf_stat "$cf_t"; fi
                elif [ -d \(path) ]; then cf_stat \(Path.join(path, source)); else cf_stat "$cf_t"; fi

                """
        } else if let source, state == "hard" {
            script += "cf_stat \(source)\n"
        } else {
            script += "printf '\\000'\n"
        }
        let listsContent = state == "absent" && host.diffMode || state == "link" && forces
        if listsContent {
            script +=
                "if [ -d \(path) ] && [ ! -L \(path) ]; then find \(path) -exec sh -c 'for f; do if [ -d \"$f\" ] && [ ! -L \"$f\" ]; then printf \"d%s\\\\000\" \"$f\"; else printf \"f%s\\\\000\" \"$f\"; fi; done' sh {} +; fi\n"
        }
        let records = try await host.observe(script).records
        guard records.count >= 7, let status = PathStatus(record: records[0]) else {
            throw ModuleFailure("cannot read the status of \(path)", ["path": .string(path)])
        }
        let resolved = try attributes.resolved(records[1..<4], seen: status.reached ?? status.own, path: path)
        var seen = Seen(
            path: status,
            source: records[5] == "reached"
                ? status.followed.map(PathStatus.init(own:)) : PathStatus(record: records[5]), attributes: resolved,
            times: times.resolved(records[4]))
        for record in records.dropFirst(6).dropLast() where record.dropFirst() != path {
            seen.content.append((record.hasPrefix("d"), String(record.dropFirst())))
        }
        return seen
    }

    /// One file task with what the host said about it.
    fileprivate struct FileTask {
        let file: File
        let path: String
        let seen: Seen
    }
}

extension File.FileTask {
    func run(on host: ManagedHost) async throws -> ModuleResult {
        let state = file.state ?? (seen.path.own != nil ? seen.path.state : file.recurses ? "directory" : "file")
        if file.recurses, state != "directory" { throw failure("recurse option requires state to be 'directory'") }
        if file.source != nil, state != "link", state != "hard" {
            throw failure("src option requires state to be 'link' or 'hard'")
        }
        switch state {
        case "absent": return try await remove(on: host)
        case "directory": return try await folder(on: host)
        case "touch": return try await touch(on: host)
        case "link": return try await link(on: host)
        case "hard": return try await hardLink(on: host)
        default: return try await existing(on: host)
        }
    }

    private func failure(_ message: String, _ more: ValueMap = [:]) -> ModuleFailure {
        var values: ValueMap = ["path": .string(path)]
        values.merge(more)
        return ModuleFailure(message, values)
    }

    /// A diff that says how the state changes, to which changes of attributes are added.
    private func difference(_ path: String, from before: String, to after: String) -> Difference {
        var old: ValueMap = ["path": .string(path)]
        var new = old
        if before != after {
            old["state"] = .string(before)
            new["state"] = .string(after)
            if after == "absent", before == "directory" {
                old["path_content"] = .dict([
                    "directories": .list(seen.content.filter(\.isDirectory).map { .string($0.path) }),
                    "files": .list(seen.content.filter { !$0.isDirectory }.map { .string($0.path) }),
                ])
            }
        }
        return Difference(before: .dict(old), after: .dict(new))
    }

    private func add(_ change: FileAttributes.Resolved.Change, to difference: inout Difference) {
        guard case .dict(var before) = difference.before, case .dict(var after) = difference.after else { return }
        before.merge(change.before)
        after.merge(change.after)
        difference.before = .dict(before)
        difference.after = .dict(after)
    }

    /// Sets owner, group, mode and times of what is there, and finishes the result with what is there then.
    private func finish(
        _ result: ModuleResult, _ difference: Difference, at path: String, _ status: FileStatus,
        reportAt reported: String, reportedStatus: FileStatus, key: String, on host: ManagedHost
    ) async throws -> ModuleResult {
        var result = result
        var difference = difference
        let change = try seen.attributes.change(for: status, path: path, checkMode: host.checkMode)
        add(change, to: &difference)
        let timeChange = seen.times.script(path, status)
        var now = reportedStatus
        // Only when it comes to it does it show that a link's own mode cannot be set.
        if host.checkMode, change.before["mode"] != nil, status.kind != .link || seen.path.followed != nil {
            result.changed = true
        }
        if !change.isEmpty || timeChange != nil {
            result.changed = true
            let script: ShellScript =
                "\(shell: change.script(path, isLink: status.kind == .link))\(shell: timeChange ?? "")cf_stat \(reported)\n"
            if let done = try await host.change("set the attributes of \(path)", script) {
                now = done.records.first.flatMap { PathStatus(record: $0) }?.own ?? now
            }
        }
        result.diff = [difference]
        result.values[key] = .string(reported)
        result.values.merge(now.registered)
        return result
    }

    /// Runs a script that makes something and ends with a `cf_stat` of it.
    private func make(_ what: String, _ script: ShellScript, on host: ManagedHost) async throws -> PathStatus? {
        guard let done = try await host.change(what, { try await $0.attempt(script) }) else { return nil }
        guard done.status == 0,
            let status = done.records.last(where: { !$0.isEmpty }).flatMap({ PathStatus(record: $0) })
        else {
            throw failure("could not \(what): \(done.complaint)")
        }
        return status
    }

    private func existing(on host: ManagedHost) async throws -> ModuleResult {
        var target = path
        var status = seen.path.own
        var state = seen.path.state
        if seen.path.isLink, file.follows {
            target = seen.path.realPath ?? seen.path.target ?? path
            status = seen.path.followed
            state = status?.state ?? "absent"
        }
        guard let status, state == "file" || state == "hard" else {
            throw ModuleFailure(
                "file (\(target)) is \(state), cannot continue", ["path": .string(target), "state": .string(state)])
        }
        return try await finish(
            ModuleResult(), difference(target, from: state, to: "file"), at: target, status, reportAt: target,
            reportedStatus: status, key: "path", on: host)
    }

    private func remove(on host: ManagedHost) async throws -> ModuleResult {
        var result = ModuleResult()
        result.values = ["path": .string(path), "state": .string("absent")]
        guard seen.path.own != nil else { return result }
        result.changed = true
        result.diff = [difference(path, from: seen.path.state, to: "absent")]
        try await host.change("remove \(path)", "rm -rf -- \(path) && [ ! -e \(path) ]")
        return result
    }

    private func folder(on host: ManagedHost) async throws -> ModuleResult {
        var target = path
        var status = seen.path.own
        if seen.path.isLink, file.follows, let real = seen.path.realPath ?? seen.path.danglingPath {
            target = real
            status = seen.path.followed
        }
        if let status {
            guard status.kind == .directory else { throw failure("\(target) already exists as a \(status.state)") }
            var result = try await finish(
                ModuleResult(), difference(target, from: "directory", to: "directory"), at: target, status,
                reportAt: target, reportedStatus: status, key: "path", on: host)
            if file.recurses, !file.attributes.isEmpty || seen.times.mayChange, try await applyToTree(target, on: host)
            {
                result.changed = true
            }
            return result
        }
        var result = ModuleResult()
        result.changed = true
        var difference = difference(target, from: "absent", to: "directory")
        result.diff = [difference]
        result.values["path"] = .string(target)
        // Every folder that has to be made on the way gets the attributes, too.
        var script = ShellScript()
        for step in Path.ancestry(target) {
            script +=
                "[ -d \(step) ] || { mkdir -- \(step) || [ -d \(step) ] || exit; printf '%s\\000' \(step); cf_stat \(step); }\n"
        }
        try await host.change("create the folder \(target)") { host in
            let records = try await host.run(script).records.dropLast()
            var last: FileStatus?
            var attributes = ShellScript()
            for index in stride(from: records.startIndex, to: records.endIndex - 1, by: 2) {
                guard let made = PathStatus(record: records[index + 1])?.own else { continue }
                let change = try seen.attributes.change(for: made, path: records[index])
                attributes += change.script(records[index])
                if let time = seen.times.script(records[index], made) { attributes += time }
                add(change, to: &difference)
                last = made
            }
            if !attributes.text.isEmpty {
                last = try await host.run(attributes + "cf_stat \(target)\n").records.first.flatMap {
                    PathStatus(record: $0)
                }?.own
            }
            if let last { result.values.merge(last.registered) }
        }
        result.diff = [difference]
        return result
    }

    /// Attributes for everything below a folder. Links are followed when the task says so.
    private func applyToTree(_ root: String, on host: ManagedHost) async throws -> Bool {
        var changed = false
        var visited: Set<String> = []
        var waiting = [root]
        while let folder = waiting.popLast() {
            guard visited.insert(folder).inserted else { continue }
            var script = ShellScript()
            for entry in try await FileTree.observe(folder, on: host) {
                var path = entry.path
                var status = entry.status
                if status.kind == .link, file.follows {
                    // The link itself gets the owner, what it leads to everything.
                    let change = try seen.attributes.change(for: status, path: path, checkMode: host.checkMode)
                    script += change.script(path, isLink: true)
                    if host.checkMode, change.before["mode"] != nil { changed = true }
                    // Check mode takes a link that leads nowhere for a file that an earlier task would have made.
                    guard let leads = try await FileTree.follow(path, on: host) else {
                        if host.checkMode, !file.attributes.isEmpty { changed = true }
                        continue
                    }
                    (path, status) = leads
                    if status.kind == .directory { waiting.append(path) }
                }
                let change = try seen.attributes.change(for: status, path: path, checkMode: host.checkMode)
                script += change.script(path, isLink: status.kind == .link)
                if host.checkMode, change.before["mode"] != nil { changed = true }
                if status.kind != .link, let time = seen.times.script(path, status) { script += time }
            }
            guard !script.text.isEmpty else { continue }
            changed = true
            try await host.change("set the attributes below \(folder)", script)
        }
        return changed
    }

    private func touch(on host: ManagedHost) async throws -> ModuleResult {
        var result = ModuleResult()
        let target = seen.path.isLink && file.follows ? seen.path.realPath ?? path : path
        var status = seen.path.isLink && file.follows ? seen.path.followed : seen.path.own
        let before = seen.path.state
        // Ansible takes a link that leads nowhere for a file, and finds none when it sets times or anything else.
        if seen.path.isLink, seen.path.followed == nil {
            guard !seen.times.mayChange, !file.follows || file.attributes.isEmpty || host.checkMode,
                let own = seen.path.own
            else {
                throw failure("Error while updating modification or access time: \(target) does not exist")
            }
            return try await finish(
                result, difference(path, from: before, to: "touch"), at: path, own, reportAt: path, reportedStatus: own,
                key: "dest", on: host)
        }
        if status == nil {
            result.changed = true
            result.values["dest"] = .string(path)
            guard
                let made = try await host.change(
                    "touch \(target)", { try await $0.attempt(": > \(target) && cf_stat \(target)") })
            else { return result }
            guard made.status == 0 else {
                throw ModuleFailure(
                    "Error, could not touch target.", ["path": .string(path), "details": .string(made.complaint)],
                    explanation: made.complaint)
            }
            status = made.records.first.flatMap { PathStatus(record: $0) }?.own
        }
        guard let status else { throw failure("Error, could not touch target.") }
        return try await finish(
            result, difference(path, from: before, to: "touch"), at: target, status, reportAt: path,
            reportedStatus: seen.path.own ?? status, key: "dest", on: host)
    }

    private func link(on host: ManagedHost) async throws -> ModuleResult {
        let before = seen.path.state
        let source = file.source ?? (seen.path.followed != nil && file.follows ? seen.path.target : nil)
        if let source = file.source, !file.forces, seen.source?.reached == nil {
            let from = before == "directory" ? path : Path.folder(path)
            throw failure(
                "src file does not exist, use 'force=yes' if you really want to create the link: \(Path.join(from, source))",
                ["src": .string(source)])
        }
        if before == "directory" {
            guard file.forces else { throw failure("refusing to convert from directory to symlink for \(path)") }
            guard seen.content.isEmpty else {
                throw failure("the directory \(path) is not empty, refusing to convert it")
            }
        } else if before == "file" || before == "hard", !file.forces {
            throw failure("refusing to convert from \(before) to symlink for \(path)")
        }
        var result = ModuleResult()
        var difference = difference(path, from: before, to: "link")
        if before != "link" {
            guard file.source != nil else { throw failure("src is required for creating new symlinks") }
            result.changed = true
        } else if let source = file.source, source != seen.path.target {
            add(
                FileAttributes.Resolved.Change(
                    before: ["src": .string(seen.path.target ?? "")], after: ["src": .string(source)]), to: &difference)
            result.changed = true
        }
        result.values = ["dest": .string(path), "src": source.map { .string($0) } ?? .null]
        var status = seen.path
        if result.changed, let source {
            guard let made = try await make("create the link \(path)", replacing("ln -s -- \(source)"), on: host) else {
                result.diff = [difference]
                if let own = seen.path.own { result.values.merge(own.registered) }
                return result
            }
            status = made
        }
        guard let own = status.own else { throw failure("could not create the link \(path)") }
        // A link that leads nowhere has nothing whose attributes could be set.
        if file.follows, status.followed == nil {
            result.diff = [difference]
            result.values.merge(own.registered)
            return result
        }
        let target = file.follows ? status.realPath ?? path : path
        return try await finish(
            result, difference, at: target, file.follows ? status.followed ?? own : own, reportAt: path,
            reportedStatus: own, key: "dest", on: host)
    }

    private func hardLink(on host: ManagedHost) async throws -> ModuleResult {
        let before = seen.path.state
        guard let source = file.source else {
            guard let own = seen.path.own else { throw failure("src is required for creating new hardlinks") }
            return try await finish(
                ModuleResult(), difference(path, from: before, to: "hard"), at: path, own, reportAt: path,
                reportedStatus: own, key: "dest", on: host)
        }
        guard let linked = seen.source?.reached else {
            throw ModuleFailure("src does not exist", ["dest": .string(path), "src": .string(source)])
        }
        var result = ModuleResult()
        var difference = difference(path, from: before, to: "hard")
        result.values = ["dest": .string(path), "src": .string(source)]
        let isSame = seen.path.reached.map { $0.inode == linked.inode && $0.device == linked.device } ?? false
        func refusal(_ message: String) -> ModuleFailure {
            ModuleFailure(message, ["dest": .string(path), "src": .string(source)])
        }
        switch before {
        case "absent": result.changed = true
        case "link":
            if seen.path.target != source {
                add(
                    FileAttributes.Resolved.Change(
                        before: ["src": .string(seen.path.target ?? "")], after: ["src": .string(source)]),
                    to: &difference)
                result.changed = true
            }
        case "hard":
            if !isSame {
                guard file.forces else { throw refusal("Cannot link, different hard link exists at destination") }
                result.changed = true
            }
        case "directory":
            guard file.forces else { throw refusal("Cannot link: different hard link exists at destination") }
            result.changed = true
        default:
            guard file.forces else { throw refusal("Cannot link, \(before) exists at destination") }
            result.changed = true
        }
        var status = seen.path.own
        if result.changed {
            // Of a link, another name for what it leads to.
            let origin = file.follows ? seen.source?.realPath ?? source : source
            guard let made = try await make("create the link \(path)", replacing("ln -- \(origin)"), on: host) else {
                result.diff = [difference]
                return result
            }
            status = made.own
        }
        guard let status else { throw failure("could not create the link \(path)") }
        return try await finish(
            result, difference, at: path, status, reportAt: path, reportedStatus: status, key: "dest", on: host)
    }

    /// Makes a link by `command SOURCE` beside the path and renames it there, so that the path is never missing; only a
    /// busybox that finds a link
    /// to a folder there has to remove that first. Without `-T` the new link would be moved into the folder.
    private func replacing(_ command: ShellScript) -> ShellScript {
        guard seen.path.own != nil else { return "\(shell: command) \(path) && cf_stat \(path)\n" }
        let temporary = Path.join(Path.folder(path), ".comfyfleet-link.")
        return """
            cf_new=\(temporary)$$
            rm -f -- "$cf_new"
            \(shell: command) "$cf_new" || exit
            \(shell: seen.path.own?.kind == .directory ? "rmdir -- \(path) || exit" : ":")
            mv -fT -- "$cf_new" \(path) 2>/dev/null || { rm -f -- \(path) && mv -f -- "$cf_new" \(path); } || { rm -f -- "$cf_new"; exit 1; }
            cf_stat \(path)

            """
    }
}
