import Credentials
import Foundation
import Modules
import Remote
import TestSupport
import YAML

/// `modules.json`: what one task does to a booted Debian machine, what it returns, and what it returns the second time.
///
/// Of a task that fails, Ansible's words are not compared. Package managers' output, which depends on the day, is not
/// either; `raw` and
/// `script` were recorded on a terminal, whose carriage returns are dropped.
struct ModulesCorpus: Corpus {
    let name = "modules"

    func run(_ document: Value) async throws -> [CaseOutcome] {
        let keys: Set = [
            "module", "setup", "files", "file_modes", "vars", "args", "task_keywords", "first", "second", "check",
            "state", "probe", "cleanup", "load_error",
        ]
        let all = try cases(document, keys: keys)
        if let reason = Machines.unavailable { throw CorpusError("the modules need a booted machine: \(reason)") }
        // ONLY_CASES=file,copy/001 runs a part, for work on one module.
        let only = ProcessInfo.processInfo.environment["ONLY_CASES"]?.split(separator: ",") ?? []
        let chosen = all.filter { oracle in
            only.isEmpty || only.contains { oracle.id == $0 || oracle.id.hasPrefix($0 + "/") }
        }
        let outcomes = try await Machines.with(CaseDeal.machines) { machines in
            try await withThrowingTaskGroup(of: [CaseOutcome].self) { group in
                for (index, share) in CaseDeal(chosen).shares.enumerated() {
                    let target = try ModuleTarget(machines, index)
                    group.addTask {
                        var outcomes: [CaseOutcome] = []
                        for oracle in share { outcomes.append(await outcome(of: oracle, on: target)) }
                        await target.close()
                        return outcomes
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
        }
        let places = Dictionary(chosen.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        return outcomes.sorted { places[$0.id, default: 0] < places[$1.id, default: 0] }
    }

    private func outcome(of oracle: OracleCase, on target: ModuleTarget) async -> CaseOutcome {
        do {
            let run = try await ModuleCase(oracle, target).run()
            return CaseOutcome(
                id: oracle.id, passed: run.isEmpty, expected: run.map(\.expected).joined(separator: " | "),
                actual: run.map(\.actual).joined(separator: " | "))
        } catch {
            return CaseOutcome(id: oracle.id, passed: false, expected: "a run", actual: "\(error)")
        }
    }
}

/// Which machine runs which cases: the same ones in the same order each time, whatever the machines' speed.
///
/// Cases of one module, and those that share more of a machine than their scratch folder, go to one machine in the
/// order of the file, as they
/// were recorded: what `autoremove` finds is what the cases before it left.
struct CaseDeal {
    static let machines = 3
    private(set) var shares: [[OracleCase]]

    init(_ cases: [OracleCase]) {
        var families: [(name: String, cases: [OracleCase])] = []
        for oracle in cases {
            let name = Self.family(oracle["module"]?.string ?? "")
            if let place = families.firstIndex(where: { $0.name == name }) {
                families[place].cases.append(oracle)
            } else {
                families.append((name, [oracle]))
            }
        }
        shares = Array(repeating: [], count: Self.machines)
        var loads = Array(repeating: 0, count: Self.machines)
        // The heaviest first, each to the machine with the least to do; names settle ties.
        func load(_ family: (name: String, cases: [OracleCase])) -> Int {
            family.cases.count * (family.name == "packages" ? 8 : 1)
        }
        for family in families.sorted(by: { (load($1), $0.name) < (load($0), $1.name) }) {
            let machine = loads.indices.min { loads[$0] < loads[$1] } ?? 0
            shares[machine] += family.cases
            loads[machine] += load(family)
        }
    }

    private static func family(_ module: String) -> String {
        switch module {
        case "apt", "package", "dpkg_selections": "packages"
        case "service", "systemd", "cron": "services"
        case "user", "group", "getent": "accounts"
        default: module
        }
    }
}

/// The machine that cases run on, as root.
struct ModuleTarget: Sendable {
    let connection: HostConnection

    init(_ machines: Machines, _ index: Int) throws {
        var settings = ConnectionSettings(host: "target", address: machines.addresses[index], user: "root")
        settings.identity = machines.identity
        settings.sshCommand = [
            "ssh", "-F", "none", "-o", "IdentitiesOnly=yes", "-o", "UserKnownHostsFile=\(machines.knownHosts)",
        ]
        var options = HostSession.Options()
        options.prelude = HostLibrary.script
        connection = HostConnection(transport: try OpenSSHTransport(settings), options: options)
    }

    func shell(as user: String? = nil) async throws -> HostSession {
        try await connection.shell(for: user.map { Become(user: $0) })
    }

    /// A command by its own `sh -c`, in a folder.
    @discardableResult
    func command(_ text: String, in folder: String) async throws -> CallResult {
        var call = Call("cd -- \(ShellScript.quoted(folder)) && exec sh -c \(ShellScript.quoted(text)) </dev/null")
        call.ownProcessGroup = true
        return try await shell().call(call)
    }

    func close() async { await connection.close() }
}

/// Something that came out otherwise.
struct Mismatch { let expected: String, actual: String }

/// One case on its way.
private struct ModuleCase {
    let oracle: OracleCase
    let target: ModuleTarget
    let scratch: String
    /// The playbook's, on the controller; `files` is below it.
    let folder: String
    let files: String
    let module: String

    init(_ oracle: OracleCase, _ target: ModuleTarget) throws {
        self.oracle = oracle
        self.target = target
        module = try oracle.string("module")
        // As long a name as the recorded one's, since links' sizes are compared, and on a disk, since folders' are,
        // too.
        scratch = "/srv/or-\(Int.random(in: 10_000...99_999))"
        folder = NSTemporaryDirectory() + "comfyfleet-oracle-\(UInt32.random(in: .min ... .max))"
        files = folder + "/files"
    }

    func run() async throws -> [Mismatch] {
        var wrong: [Mismatch] = []
        try writeFiles()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let play = Result { try self.play() }
        if oracle["load_error"]?.bool == true {
            if case .success = play { return [Mismatch(expected: "does not load", actual: "loads")] }
            return []
        }
        // Where Ansible fails a task, the playbook may be refused before anything runs, but not for want of the module.
        guard BuiltinModules().spec(named: module) != nil else { throw CorpusError("there is no module \(module)") }
        func task(checkMode: Bool) async throws -> ModulePlay.Outcome {
            switch play {
            case .success(let play): try await play.run(checkMode: checkMode)
            case .failure(let problem): .refused(problem)
            }
        }
        try await target.command("rm -rf \(scratch); mkdir -m 755 \(scratch)", in: "/")
        for step in oracle["setup"]?.list ?? [] { try await target.command(placed(step.string ?? ""), in: scratch) }
        let inputs = try await inputs()
        let check = try await task(checkMode: true)
        try await redoAnsiblesCheck()
        let first = try await task(checkMode: false)
        compare("check", check, &wrong)
        compare("first", first, &wrong)
        if let expected = oracle["state"]?.list { wrong += try await compareState(expected, leavingOut: inputs) }
        for probe in oracle["probe"]?.list ?? [] {
            guard let map = probe.map, let command = map["cmd"]?.string else {
                throw CorpusError("a probe without a command")
            }
            let answer = try await target.command(placed(command), in: scratch)
            let text =
                taken(.string(String(decoding: answer.stdout, as: UTF8.self).trimmingCharacters(in: .newlines))).string
                ?? ""
            let wanted = (map["stdout"]?.string ?? "").trimmingCharacters(in: .newlines)
            if text != wanted { wrong.append(Mismatch(expected: "probe \(command): \(wanted)", actual: text)) }
        }
        compare("second", try await task(checkMode: false), &wrong)
        for step in oracle["cleanup"]?.list ?? [] { try await target.command(placed(step.string ?? ""), in: scratch) }
        try await target.command("rm -rf \(scratch)", in: "/")
        return wrong
    }

    // MARK: Task

    private func play() throws -> ModulePlay {
        var task = placed(.dict(oracle["task_keywords"]?.map ?? [:])).map ?? [:]
        task[module] = oracle["args"].map(placed) ?? .null
        return try ModulePlay(task, variables: oracle["vars"].map(placed)?.map ?? [:], in: folder, on: target)
    }

    /// What setup made beside the place that the task works on, where the recording leaves that out: archives and
    /// repositories.
    private func inputs() async throws -> Set<String> {
        guard module == "unarchive" || module == "git", let place = oracle["args"].map(placed)?.map?["dest"]?.string
        else { return [] }
        let listing = try await target.command("find . -name .git -print -prune -o -print", in: scratch)
        let paths = String(decoding: listing.stdout, as: UTF8.self).components(separatedBy: "\n").map {
            String($0.dropFirst(2))
        }
        return Set(
            paths.filter { !$0.isEmpty && scratch + "/" + $0 != place && !(scratch + "/" + $0).hasPrefix(place + "/") })
    }

    /// Ansible's git fetches in check mode in order to show a difference, and sets the checkout's address while it is
    /// at it. Ours leaves the
    /// checkout alone; the recorded first run began with that address.
    private func redoAnsiblesCheck() async throws {
        guard module == "git", oracle["check"]?.map?["diff"] != nil,
            oracle["first"]?.map?["returned"]?.map?["before"]?.string != nil,
            let arguments = oracle["args"].map(placed)?.map, let repository = arguments["repo"]?.string,
            let place = arguments["dest"]?.string
        else { return }
        let address = repository.hasPrefix("/") ? "file://" + repository : repository
        try await target.command(
            "git -C \(ShellScript.quoted(place)) remote set-url origin \(ShellScript.quoted(address))", in: "/")
    }

    // MARK: Judgement

    private func compare(_ run: String, _ result: ModulePlay.Outcome, _ wrong: inout [Mismatch]) {
        guard let expected = oracle[run]?.map else { return }
        let actual = taken(.dict(result.values)).map ?? [:]
        func differ(_ what: String, _ want: Value?, _ got: Value?) {
            wrong.append(
                Mismatch(
                    expected: "\(run) \(what): \(want.map { JSON.text($0) } ?? "nothing")",
                    actual: got.map { JSON.text($0) } ?? "nothing"))
        }
        for flag in ["changed", "failed", "skipped"] {
            let got = result.flag(flag)
            if flag == "changed", result.flag("failed"), expected["failed"]?.bool == true { continue }
            if expected[flag]?.bool != got {
                differ(
                    flag, expected[flag],
                    result.flag("failed")
                        ? .string("\(got): \(actual["msg"].map({ JSON.text($0) }) ?? "")") : .bool(got))
            }
        }
        guard expected["failed"]?.bool == false, !result.flag("failed") else { return }
        let dependsOnTheDay = module == "apt" || module == "package"
        for key in ["rc", "msg", "stdout", "stderr"] where !dependsOnTheDay {
            guard let want = expected[key] else { continue }
            if !matches(withoutReturns(want), withoutReturns(actual[key] ?? .null)) { differ(key, want, actual[key]) }
        }
        for (key, want) in expected["returned"]?.map?.pairs ?? [:] {
            guard let name = key.string else { continue }
            let got = actual[name] ?? .null
            if !matches(
                withoutReturns(name == "files" ? sorted(want) : want),
                withoutReturns(name == "files" ? sorted(got) : got))
            {
                differ(name, want, got)
            }
        }
        guard let differences = expected["diff"]?.list, !dependsOnTheDay else { return }
        let got = result.differences.map {
            taken(.dict($0.prepared.map { ["prepared": .string($0)] } ?? ["before": $0.before, "after": $0.after]))
        }
        let want = differences.filter { $0.map?.isEmpty == false }
        if want.count != got.count || !zip(want, got).allSatisfy({ matches(sorted($0), sorted($1)) }) {
            differ("diff", .list(want), .list(got))
        }
    }

    /// An archive that the case's setup makes has the order in which the disk lists a folder: its names come in any.
    private func sorted(_ value: Value) -> Value {
        guard module == "unarchive" else { return value }
        switch value {
        case .list(let names): return .list(names.sorted { ($0.string ?? "") < ($1.string ?? "") })
        case .dict(var map):
            if let text = map["prepared"]?.string {
                map["prepared"] = .string(text.components(separatedBy: "\n").sorted().joined(separator: "\n"))
            }
            return .dict(map)
        default: return value
        }
    }

    private func withoutReturns(_ value: Value) -> Value {
        guard module == "raw" || module == "script", let text = value.string else { return value }
        return .string(text.replacingOccurrences(of: "\r\n", with: "\n"))
    }

    /// Equal, but for what the corpus leaves open: `<tmp>` and the like stand for any text, `NAME.BACKUP~` for a
    /// backup's name.
    /// A mapping may hold more than is wanted.
    private func matches(_ want: Value, _ got: Value) -> Bool {
        switch (want, got) {
        case (.string(let text, _), .string(let other, _)):
            if text == other || text == "<tmp>" || text == "<made>" || text == "<random>" { return true }
            for hole in ["<random>", "<tmp>"] where text.contains(hole) {
                let parts = text.components(separatedBy: hole)
                return other.hasPrefix(parts[0]) && other.hasSuffix(parts[parts.count - 1])
            }
            if text.hasSuffix(".BACKUP~") {
                return other.hasPrefix(text.dropLast("BACKUP~".count)) && other.hasSuffix("~")
            }
            return false
        case (.list(let items), .list(let others)):
            return items.count == others.count && zip(items, others).allSatisfy { matches($0, $1) }
        case (.dict(let map), .dict(let other)):
            // How large a folder is, the file system says.
            return map.pairs.allSatisfy { key, value in
                key.string == "size" && map["isdir"]?.bool == true || matches(value, other[key] ?? .null)
            }
        case (.int(let number, _), .double(let other, _)), (.double(let other, _), .int(let number, _)):
            return Double(number) == other
        default: return want == got
        }
    }

    private func compareState(_ expected: [Value], leavingOut inputs: Set<String>) async throws -> [Mismatch] {
        let listing = try await target.command(
            """
            find . -name .git -print -prune -o -print | LC_ALL=C sort | while IFS= read -r f; do
              stat -c '%F|%a|%U|%G|%s|%h' "$f"; printf '%s\\n' "$f"; readlink "$f" || echo; if [ -f "$f" ] && [ ! -L "$f" ]; then base64 -w0 <"$f"; echo; else echo; fi
            done
            """, in: scratch)
        let lines = String(decoding: listing.stdout, as: UTF8.self).components(separatedBy: "\n")
        var found: [String: ValueMap] = [:]
        for start in stride(from: 0, to: lines.count - 3, by: 4) {
            let fields = lines[start].components(separatedBy: "|")
            guard fields.count == 6 else { throw CorpusError("unreadable listing: \(lines[start])") }
            let path = lines[start + 1] == "." ? "." : String(lines[start + 1].dropFirst(2))
            let kind = fields[0].hasPrefix("regular") ? "file" : fields[0] == "symbolic link" ? "link" : fields[0]
            var entry: ValueMap = [
                "path": .string(path), "type": .string(kind),
                "mode": .string(String(repeating: "0", count: max(0, 4 - fields[1].count)) + fields[1]),
                "owner": .string(fields[2]), "group": .string(fields[3]),
            ]
            if kind == "link" { entry["target"] = .string(lines[start + 2]) }
            if kind == "file" {
                entry["size"] = Int(fields[4]).map { .int($0) } ?? .null
                entry["nlink"] = Int(fields[5]).map { .int($0) } ?? .null
                entry["text"] =
                    Data(base64Encoded: lines[start + 3]).flatMap { String(data: $0, encoding: .utf8) }.map {
                        .string($0)
                    } ?? .null
            }
            found[path] = taken(.dict(entry)).map
        }
        var wrong: [Mismatch] = []
        for item in expected {
            guard var want = item.map, let path = want["path"]?.string else {
                throw CorpusError("a state without a path")
            }
            want["sha256"] = nil
            if want["text"]?.isNull == true { want["text"] = nil }
            // Text with the scratch folder's name in it has another length here.
            if want["text"]?.string?.contains("{{ scratch }}") == true { want["size"] = nil }
            let key =
                path.hasSuffix(".BACKUP~") || path.contains("<random>")
                ? found.keys.first { matches(.string(path), .string($0)) } ?? path : path
            guard var got = found.removeValue(forKey: key) else {
                wrong.append(Mismatch(expected: "state: \(JSON.text(item))", actual: "\(path) is missing"))
                continue
            }
            got["path"] = want["path"]
            if !matches(.dict(want), .dict(got)) {
                wrong.append(Mismatch(expected: "state: \(JSON.text(.dict(want)))", actual: JSON.text(.dict(got))))
            }
        }
        for path in found.keys.sorted() where !inputs.contains(path) {
            wrong.append(Mismatch(expected: "state: nothing", actual: "\(path) is there"))
        }
        return wrong
    }

    // MARK: Places

    private func writeFiles() throws {
        let manager = FileManager.default
        try manager.createDirectory(atPath: files, withIntermediateDirectories: true)
        for (key, value) in oracle["files"]?.map?.pairs ?? [:] {
            guard let name = key.string, let text = value.string else { throw CorpusError("a file that is no text") }
            let path = files + "/" + name
            try manager.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try placed(text).write(toFile: path, atomically: false, encoding: .utf8)
            let mode = oracle["file_modes"]?.map?[name]?.string.flatMap { Int($0, radix: 8) } ?? 0o644
            try manager.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        }
    }

    private func placed(_ text: String) -> String {
        text.replacingOccurrences(of: "{{ scratch }}", with: scratch).replacingOccurrences(
            of: "{{ files }}", with: files)
    }
    private func placed(_ value: Value) -> Value { mapped(value, placed) }
    /// The other way round.
    private func taken(_ value: Value) -> Value {
        mapped(value) {
            $0.replacingOccurrences(of: files, with: "{{ files }}").replacingOccurrences(
                of: scratch, with: "{{ scratch }}")
        }
    }
    private func mapped(_ value: Value, _ change: (String) -> String) -> Value {
        switch value {
        case .string(let text, _): return .string(change(text))
        case .list(let items): return .list(items.map { mapped($0, change) })
        case .dict(let map):
            var result = ValueMap()
            for (key, item) in map.pairs { result[mapped(key, change)] = mapped(item, change) }
            return .dict(result)
        default: return value
        }
    }
}
