import Playbook
import Remote
import YAML

/// Keeps a checkout of a git repository at a version.
struct Git: Module {
    static let spec = ModuleSpec(
        "git", summary: "Keeps a checkout of a git repository at a version.",
        options: [
            .init(
                "repo", .string, aliases: ["name"], required: true,
                help: "Address of the repository; a path of the host, too."),
            .init("dest", .path, help: "Folder of the checkout; left out only with clone=false."),
            .init("version", .string, default: .string("HEAD"), help: "Branch, tag, commit id, or HEAD."),
            .init("remote", .string, default: .string("origin"), help: "What the checkout calls the repository."),
            .init("refspec", .string, help: "What to fetch besides, such as refs/pull/12/head."),
            .init("reference", .string, help: "A repository of the host to borrow objects from."),
            .init("force", .bool, default: .bool(false), help: "Drop local modifications instead of failing."),
            .init("depth", .int, help: "How many commits of history to fetch."),
            .init(
                "clone", .bool, default: .bool(true),
                help: "Make the checkout when it is missing; otherwise only say what the version is."),
            .init(
                "update", .bool, default: .bool(true),
                help: "Bring an existing checkout to the version; otherwise only say where it is."),
            .init("bare", .bool, default: .bool(false), help: "A repository without a checkout."),
            .init("recursive", .bool, default: .bool(true), help: "Look after submodules, too."),
            .init(
                "track_submodules", .bool, default: .bool(false),
                help: "Submodules at the tip of their branch instead of the recorded commit."),
            .init("single_branch", .bool, default: .bool(false), help: "Fetch the history of the version only."),
            .init(
                "accept_hostkey", .bool, default: .bool(false), help: "Take any host key (StrictHostKeyChecking=no)."),
            .init(
                "accept_newhostkey", .bool, default: .bool(false),
                help: "Take the host key of a host that is not known yet."),
            .init("key_file", .path, help: "Private key on the host, for ssh."),
            .init("ssh_opts", .string, help: "Options for ssh."),
            .init("executable", .path, default: .string("git"), help: "The program."),
            .init("umask", .string, help: "Mask for what is made, in octal digits."),
        ], mutuallyExclusive: [["accept_hostkey", "accept_newhostkey"]])
    static let reference = ModuleReference(
        notes:
            "A checkout that is at the version already costs one call, which asks the server what the version is now (nothing for a full commit id). In check mode the difference is fetched to a temporary place: the checkout stays as it is.",
        example: """
            - git:
                repo: https://github.com/comfyanonymous/ComfyUI.git
                dest: /opt/comfyui
                version: v0.3.10
                depth: 1
            """,
        returns: [
            .init("before", "The commit that was there; null where there was no checkout."),
            .init("after", "The commit that is there now."),
            .init("remote_url_changed", "Whether the checkout knew another address."),
            .init("submodules_changed", "Whether submodules were brought to their commits."),
        ])

    private let arguments: Arguments
    private let version: String, remote: String
    private let depth: Int?
    private let isBare: Bool

    init(arguments: ValueMap) throws {
        self.arguments = Arguments(arguments)
        version = try self.arguments.required("version")
        remote = try self.arguments.required("remote")
        depth = self.arguments.int("depth")
        isBare = self.arguments.bool("bare")
        guard try self.arguments.path("dest") != nil || !self.arguments.bool("clone") else {
            throw ModuleFailure("the destination directory must be specified unless clone=no")
        }
        for (name, text) in [("version", version), ("remote", remote), ("repo", try self.arguments.required("repo"))]
        where text.hasPrefix("-") || text.isEmpty {
            throw ModuleFailure("'\(text)' cannot be a \(name)")
        }
        if let mask = self.arguments.string("umask"), Int(mask, radix: 8) == nil {
            throw ModuleFailure("umask must be an octal integer")
        }
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        var repository = try await host.resolve(arguments.required("repo"))
        if repository.hasPrefix("/") { repository = "file://" + repository }
        var folder = try await arguments.path("dest").asyncMap { try await host.resolve($0) } ?? ""
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        let seen = try await observe(folder, repository, on: host)
        var result = ModuleResult()
        result.values["before"] = seen.isRepository ? .string(seen.commit) : .null

        guard seen.isRepository else {
            guard !host.checkMode, arguments.bool("clone") else {
                result.changed = true
                try show(nil, seen.wanted, in: &result)
                return result
            }
            let done = try await change(
                clone(repository, folder) + checkOut(seen), folder, before: nil, "clone \(repository)", on: host)
            result.changed = true
            try show(nil, done?.commit, in: &result)
            return result
        }
        guard arguments.bool("update") else {
            result.values["after"] = .string(seen.commit)
            return result
        }
        if seen.hasModifications, !arguments.bool("force") {
            throw ModuleFailure("Local modifications exist in the destination: \(folder) (force=no).", result.values)
        }
        let urlChanged = seen.url != repository
        result.values["remote_url_changed"] = .bool(urlChanged)
        if host.checkMode {
            // As Ansible's: modifications that would be dropped do not count here.
            result.changed = seen.commit != seen.wanted || urlChanged
            let diff =
                host.diffMode && seen.commit != seen.wanted
                ? try await preview(folder, repository, seen, on: host) : nil
            try show(seen.commit, seen.wanted, diff, in: &result)
            return result
        }
        guard
            seen.hasModifications || urlChanged || seen.hasStaleSubmodules || seen.commit != seen.wanted
                || !seen.isOnRightBranch || isTracking(seen)
        else {
            result.values["after"] = .string(seen.commit)
            return result
        }
        var script = ShellScript()
        if seen.hasModifications {
            script += "cf_git reset --hard HEAD -- || exit\n"
            result.message = "Local modifications exist in the destination: \(folder)"
        }
        if urlChanged { script += "cf_git remote set-url \(remote) \(repository) || exit\n" }
        script += fetch(seen)
        if !isBare { script += checkOut(seen) }
        let done = try await change(
            "cd -- \(folder) || exit\n" + script, folder, before: seen.commit, "update \(folder)", on: host)
        result.changed = done?.commit != seen.commit || seen.hasModifications || seen.hasStaleSubmodules || urlChanged
        if seen.hasStaleSubmodules { result.values["submodules_changed"] = .bool(true) }
        try show(seen.commit, done?.commit, host.diffMode ? done?.diff : nil, in: &result)
        return result
    }

    /// Branches of submodules move without the superproject's knowledge: only git can tell.
    private func isTracking(_ seen: Seen) -> Bool { seen.hasSubmodules && arguments.bool("track_submodules") }

    private func show(_ before: String?, _ after: String?, _ diff: String? = nil, in result: inout ModuleResult) throws
    {
        guard let after else { throw ModuleFailure("Could not determine remote revision for \(version)") }
        result.values["after"] = .string(after)
        if let before {
            guard before != after, let diff else { return }
            result.diff = [
                Difference(prepared: diff.isEmpty ? ">> No visual differences between \(before) and \(after)" : diff)
            ]
        } else {
            result.diff = [Difference(prepared: ">> Newly checked out \(after)")]
        }
    }

    // MARK: What is there

    private struct Seen {
        enum Kind { case head, branch, tag, commit }
        var isRepository = false
        var commit = "", branch = "", url = ""
        var hasModifications = false, hasSubmodules = false, hasStaleSubmodules = false
        var kind = Kind.commit
        /// The commit that the version is, when the server knows it under that name.
        var wanted: String?
        var isOnRightBranch = true
    }

    /// A version that cannot be anything else needs no asking.
    private var isFullCommit: Bool {
        version.utf8.count == 40 && version.allSatisfy { $0.isHexDigit && !$0.isUppercase }
    }

    private func observe(_ folder: String, _ repository: String, on host: ManagedHost) async throws -> Seen {
        let asks = !isFullCommit
        let config = isBare ? Path.join(folder, "config") : Path.join(folder, ".git/config")
        let goesOn: ShellScript = arguments.bool("update") ? "" : "exit 0\n"
        let status: ShellScript = isBare ? "" : "cf_git status --porcelain | grep -v '^??' | head -n 1"
        let submodules: ShellScript =
            isBare || !arguments.bool("recursive")
            ? "" : "[ -e .gitmodules ] && { echo there; cf_git submodule status | cut -c 1; }"
        let answer = try await host.observeLong(
            """
            \(shell: preamble)cf_branch=
            if [ -n \(folder) ] && [ -e \(config) ] && cd -- \(folder); then
              printf 'repository\\000'; cf_git rev-parse -q --verify HEAD; printf '\\000'
              \(shell: goesOn)cf_branch=$(cf_git symbolic-ref -q --short HEAD)
              printf '%s\\000' "$cf_branch"
              [ -n "$cf_branch" ] || { cf_branch=$(cf_git symbolic-ref -q refs/remotes/\(remote)/HEAD); cf_branch=${cf_branch#refs/remotes/\(remote)/}; }
              cf_git ls-remote --get-url \(remote); printf '\\000'
              \(shell: status)
              printf '\\000'
              \(shell: submodules)
              printf '\\000'
            else
              printf '\\000\\000\\000\\000\\000\\000'
            fi
            printf '%s\\000' "$cf_branch"
            \(shell: asks ? "cf_git ls-remote -q \(repository) HEAD \"refs/heads/${cf_branch:-HEAD}\" \("refs/heads/\(version)") \("refs/tags/\(version)") \("refs/tags/\(version)^{}") || exit\n" : "")printf '\\000'
            """)
        var records = answer.records.map { Lines.withoutEmptyEnd($0) }[...]
        guard answer.status == 0, records.count > 2 else { throw failure(answer) }
        var seen = Seen(isRepository: records.removeFirst() == "repository", commit: records.removeFirst())
        guard records.count == 7 else { return seen }
        seen.branch = records.removeFirst()
        seen.url = records.removeFirst()
        seen.hasModifications = !records.removeFirst().isEmpty
        let modules = records.removeFirst().split(separator: "\n")
        seen.hasSubmodules = !modules.isEmpty
        seen.hasStaleSubmodules = modules.dropFirst().contains { $0 != " " }
        let head = records.removeFirst()
        var references: [String: String] = [:]
        for line in records.removeFirst().split(separator: "\n") {
            let fields = line.split(separator: "\t")
            if fields.count == 2 { references[String(fields[1])] = String(fields[0]) }
        }
        if version == "HEAD" {
            seen.kind = .head
            seen.wanted = seen.isRepository ? references["refs/heads/\(head)"] : references["HEAD"]
            seen.isOnRightBranch = isBare || !seen.branch.isEmpty
        } else if let commit = references["refs/heads/\(version)"] {
            seen.kind = .branch
            seen.wanted = commit
            seen.isOnRightBranch = isBare || seen.branch == version
        } else if let commit = references["refs/tags/\(version)^{}"] ?? references["refs/tags/\(version)"] {
            seen.kind = .tag
            seen.wanted = commit
            seen.isOnRightBranch = isBare || seen.branch.isEmpty
        } else {
            // An abbreviated id is the commit it begins.
            let isAbbreviation =
                version.count >= 4 && version.allSatisfy(\.isHexDigit) && seen.commit.hasPrefix(version)
            seen.wanted = isAbbreviation ? seen.commit : version
            seen.isOnRightBranch = isBare || seen.branch.isEmpty
        }
        return seen
    }

    /// The difference between a checkout and a commit that it does not have yet, whose objects are kept apart and
    /// dropped again.
    private func preview(
        _ folder: String, _ repository: String, _ seen: Seen, on host: ManagedHost
    ) async throws -> String? {
        guard let wanted = seen.wanted else { return nil }
        let name =
            switch seen.kind {
            case .head: "HEAD"
            case .branch: "refs/heads/\(version)"
            case .tag: "refs/tags/\(version)"
            case .commit: version
            }
        let shallow: [String] = depth.map { ["--depth=\($0)"] } ?? []
        let answer = try await host.observeLong(
            """
            \(shell: preamble)cd -- \(folder) || exit
            if ! cf_git cat-file -e \(wanted + "^{commit}") 2>/dev/null; then
              cf_objects=$(cf_git rev-parse --git-path objects) && cf_objects=$(cd -- "$cf_objects" && pwd) || exit
              cf_new=$(mktemp -d "${TMPDIR:-/tmp}/comfyfleet.XXXXXXXX") || exit
              trap 'rm -rf -- "$cf_new"' EXIT
              export GIT_OBJECT_DIRECTORY="$cf_new" GIT_ALTERNATE_OBJECT_DIRECTORIES="$cf_objects"
              cf_git fetch -q --no-write-fetch-head --no-tags --no-recurse-submodules \(shallow) \(repository) \(name) || exit
            fi
            cf_git --no-pager diff \(seen.commit) \(wanted)
            """)
        return answer.status == 0 ? answer.output : ">> Failed to get proper diff between \(seen.commit) and \(wanted)"
    }

    // MARK: What to do

    private var preamble: ShellScript {
        let executable = arguments.string("executable") ?? "git"
        var script: ShellScript =
            "export LC_ALL=C GIT_TERMINAL_PROMPT=0\ncommand -v \(executable) >/dev/null || { echo 'there is no git on this host' >&2; exit 127; }\ncf_git() { \(executable) \"$@\" </dev/null; }\n"
        if let mask = arguments.string("umask") { script += "umask \(mask)\n" }
        var words = ["ssh", "-o", "BatchMode=yes"]
        if arguments.bool("accept_hostkey") { words += ["-o", "StrictHostKeyChecking=no"] }
        if arguments.bool("accept_newhostkey") { words += ["-o", "StrictHostKeyChecking=accept-new"] }
        if let key = arguments.string("key_file") { words += ["-i", key, "-o", "IdentitiesOnly=yes"] }
        let more = arguments.string("ssh_opts") ?? ""
        if words.count > 3 || !more.isEmpty {
            script +=
                "export GIT_SSH_COMMAND=\(words.map(ShellScript.quoted).joined(separator: " ") + (more.isEmpty ? "" : " " + more))\n"
        }
        return script
    }

    private var shallow: [String] { depth.map { ["--depth", "\($0)"] } ?? [] }

    private func clone(_ repository: String, _ folder: String) -> ShellScript {
        // Which of these the version is, is known only when the server was asked: checkOut() has the rest.
        var words = isBare ? ["--bare"] : ["--origin", remote]
        if let reference = arguments.string("reference") { words += ["--reference", reference] }
        var script: ShellScript = "cf_words=\n"
        if version != "HEAD", !isFullCommit, depth != nil || arguments.bool("single_branch") {
            script +=
                "[ -z \"$(cf_git ls-remote -q \(repository) \("refs/heads/\(version)") \("refs/tags/\(version)"))\" ] || cf_words=named\n"
        }
        if depth != nil, version == "HEAD" || arguments.string("refspec") != nil { words += shallow }
        let branch: [String] = ["--branch", version]
        let single: [String] = arguments.bool("single_branch") ? ["--single-branch"] : []
        let named: [String] = (version != "HEAD" && arguments.string("refspec") == nil ? shallow : []) + branch
        script += "mkdir -p -- \(Path.folder(folder).isEmpty ? "." : Path.folder(folder)) || exit\n"
        script += "if [ \"$cf_words\" = named ]; then set -- \(named); else set --; fi\n"
        script += "cf_git clone \(words + single) \"$@\" -- \(repository) \(folder) || exit\ncd -- \(folder) || exit\n"
        if isBare, remote != "origin" { script += "cf_git remote add \(remote) \(repository) || exit\n" }
        if let refspec = arguments.string("refspec") {
            script += "cf_git fetch \(shallow) \(remote) \(refspec) || exit\n"
        }
        return script
    }

    private func fetch(_ seen: Seen) -> ShellScript {
        var specs: [String] = arguments.string("refspec").map { [$0] } ?? []
        var options = arguments.bool("force") ? ["--force"] : []
        if depth != nil, specs.isEmpty {
            switch seen.kind {
            case .head: return "cf_git fetch \(shallow + options) \(remote) \(shell: Self.headBranch(remote)) || exit\n"
            case .branch: specs = ["+refs/heads/\(version):refs/remotes/\(remote)/\(version)"]
            case .tag: specs = ["+refs/tags/\(version):refs/tags/\(version)"]
            case .commit: break
            }
        }
        if depth != nil, !specs.isEmpty {
            options += shallow
        } else if isBare {
            specs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"]
        } else {
            options.append("--tags")
        }
        return "cf_git fetch \(options) \(remote) \(specs) || exit\n"
    }

    /// The branch that is checked out, or the repository's main one.
    private static func headBranch(_ remote: String) -> ShellScript {
        "\"$(cf_git symbolic-ref -q --short HEAD || { cf_head=$(cf_git symbolic-ref -q refs/remotes/\(remote)/HEAD) && printf %s \"${cf_head#refs/remotes/\(remote)/}\"; })\""
    }

    /// Checks the version out, in the folder of the checkout.
    private func checkOut(_ seen: Seen) -> ShellScript {
        guard !isBare else { return "" }
        let tracked = "\(remote)/\(version)"
        var script: ShellScript =
            switch seen.kind {
            case .head:
                "cf_branch=\(shell: Self.headBranch(remote))\ncf_git checkout --force \"$cf_branch\" -- && cf_git reset --hard \(remote)/\"$cf_branch\" -- || exit\n"
            case .branch:
                """
                cf_git rev-parse -q --verify \("refs/remotes/\(tracked)") >/dev/null || cf_git fetch \(shallow) \(remote) \("+refs/heads/\(version):refs/remotes/\(tracked)") || exit
                if cf_git rev-parse -q --verify \("refs/heads/\(version)") >/dev/null; then
                  cf_git checkout --force \(version) -- && cf_git reset --hard \(tracked) -- || exit
                else
                  cf_git checkout --force --track -b \(version) \(tracked) -- 2>/dev/null || cf_git checkout --force -b \(version) \(tracked) -- || exit
                fi

                """
            case .tag, .commit: "cf_git checkout --force \(version) -- || exit\n"
            }
        guard arguments.bool("recursive") else { return script }
        var words = ["--init", "--recursive"]
        if arguments.bool("track_submodules") { words.append("--remote") }
        if arguments.bool("force") { words.append("--force") }
        script +=
            "if [ -e .gitmodules ]; then cf_git submodule sync --recursive && cf_git submodule update \(words) || exit; fi\n"
        return script
    }

    private struct Done { var commit: String, diff: String }

    private func change(
        _ script: ShellScript, _ folder: String, before: String?, _ what: String, on host: ManagedHost
    ) async throws -> Done? {
        try await host.change(what) { alteration in
            let diff: ShellScript =
                before.map { host.diffMode ? "cf_git --no-pager diff \($0) \"$cf_commit\" --" : "" } ?? ""
            let done = try await alteration.attemptLong(
                "\(shell: preamble){\n\(shell: script)} >&2\ncf_commit=$(cf_git rev-parse HEAD) || exit\nprintf '%s\\000' \"$cf_commit\"\n\(shell: diff)\n"
            )
            guard done.status == 0, done.records.count >= 2 else { throw failure(done) }
            return Done(commit: done.records[0], diff: done.records[1...].joined(separator: "\0"))
        }
    }

    private func failure(_ answer: CallResult) -> ModuleFailure {
        let said = Lines.withoutEmptyEnd(answer.errorOutput)
        return ModuleFailure(said.isEmpty ? "git failed: \(answer.complaint)" : said, answer.registered)
    }
}
