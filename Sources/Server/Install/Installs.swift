import Glibc
import Redaction
import Runs
import ServiceLifecycle
import Support
import Vault
import YAML

/// Carries out install requests: one run for all modules of a request, so that one journal has it all and `comfyfleet
/// resume` resumes it.
///
/// An actor, so that of two requests for a host the second sees that the first has begun.
actor Installs {
    private let starter: RunStarter
    private let settings: ServerSettings
    private let secrets: SecretSet
    /// Hosts whose install is about to begin.
    private var beginning: Set<String> = []

    init(starter: RunStarter, settings: ServerSettings, secrets: SecretSet) {
        self.starter = starter
        self.settings = settings
        self.secrets = secrets
    }

    /// What an answer has.
    struct Answer: Sendable {
        var status: String
        var plan: RedactedJSON
        /// Of a dry run: the resolve report.
        var credentials: RedactedText?
        var manifest: InstallManifest?
    }

    func perform(_ request: InstallRequest, of modules: [ModuleCatalogue.Module]) async throws -> Answer {
        guard beginning.insert(request.host).inserted else { throw Self.busy }
        let begun:
            (plan: RedactedJSON, credentials: RedactedText?, started: RunStarter.Started?, manifest: InstallManifest?)
        do {
            defer { beginning.remove(request.host) }
            begun = try await begin(request, modules)
        }
        guard let started = begun.started, var manifest = begun.manifest else {
            return Answer(status: "dry_run", plan: begun.plan, credentials: begun.credentials, manifest: nil)
        }
        if request.waits, await ended(started.process) { manifest = try await current(request.host) ?? manifest }
        return Answer(status: manifest.status, plan: begun.plan, manifest: manifest)
    }

    private func begin(
        _ request: InstallRequest, _ modules: [ModuleCatalogue.Module]
    ) async throws -> (RedactedJSON, RedactedText?, RunStarter.Started?, InstallManifest?) {
        if try await current(request.host, isBeginning: true)?.status == "running" { throw Self.busy }
        let playbooks = modules.map(\.playbook)
        let draft = "\(InstallManifest.folder)/.\(request.host).inventory.yml"
        let path = Self.inventoryPath(request.host)
        // Only looking leaves nothing behind, and an earlier install's inventory as it is.
        defer { unlink(draft) }
        try writeInventory(request, draft)
        let looking = hostArguments(request, draft)
        let plan = try await plan(modules, playbooks + looking, request)
        if request.isDryRun {
            // 1: some credential is at fault, which is what a dry run is to tell.
            let report = try await starter.commands.output(
                ["resolve"] + looking + ["--format", "json"], statuses: [0, 1], input: request.input.withoutVariables,
                within: settings.limits.look)
            return (plan, report, nil, nil)
        }
        try writeInventory(request, path)
        let started: RunStarter.Started
        do { started = try await starter.start(playbooks + hostArguments(request, path), request.input) } catch {
            if InstallManifest(reading: request.host) == nil { unlink(path) }
            throw error
        }
        let manifest = InstallManifest(
            host: request.host, run: started.id, modules: modules.map { ($0.name, $0.playbook) },
            earlier: InstallManifest(reading: request.host))
        try manifest.write(secrets: secrets)
        return (plan, nil, started, manifest)
    }

    /// The manifest of a host, brought up to date; nil when nothing was ever installed there.
    ///
    /// - Parameter isBeginning: whether the caller is the one who is about to begin an install there.
    func current(_ host: String, isBeginning: Bool = false) async throws -> InstallManifest? {
        guard InstallRequest.isHostName(host), let manifest = InstallManifest(reading: host) else { return nil }
        let (current, hasChanged) = try await blocking { [archive = starter.archive] in
            var current = manifest
            let hasChanged = try current.update(from: archive)
            return (current, hasChanged)
        }
        if hasChanged { try current.write(secrets: secrets) }
        // Until then `comfyfleet resume` needs it.
        if hasChanged, ["installed", "noop"].contains(current.status), isBeginning || !beginning.contains(host) {
            unlink(Self.inventoryPath(host))
        }
        return current
    }

    func all() async throws -> [InstallManifest] {
        var manifests: [InstallManifest] = []
        for manifest in InstallManifest.all() {
            if let manifest = try await current(manifest.host) { manifests.append(manifest) }
        }
        return manifests
    }

    private static var busy: APIError { APIError(.conflict, ["an install on this host is in progress"]) }

    private static func inventoryPath(_ host: String) -> String { "\(InstallManifest.folder)/\(host).inventory.yml" }

    /// The host's own entry. Names only, so it may lie there for `comfyfleet resume` to find.
    private func writeInventory(_ request: InstallRequest, _ path: String) throws {
        var variables: ValueMap = [:]
        if request.provider != nil || request.key != nil {
            variables["secrets"] = .dict([
                "provider": .string(request.provider ?? "remote_installer"),
                "key": request.key.map { .string($0) } ?? .null,
            ])
        }
        try InstallManifest.makeFolders()
        let hosts: ValueMap = [request.host: .dict(variables)]
        // JSON is YAML, and quotes what YAML would take for something else.
        try PrivateFile.replace(path, Array((JSON.text(.dict(["all": .dict(["hosts": .dict(hosts)])])) + "\n").utf8))
    }

    /// The inventory, with the host's own entry after it, which therefore goes before it: hosts need not be in the
    /// inventory, and the request's `secrets` go before what that says of them.
    private func hostArguments(_ request: InstallRequest, _ path: String) -> [String] {
        (settings.existingInventory + [path]).flatMap { ["-i", $0] } + ["-l", request.host] + request.options
    }

    /// What each module would do, by the tasks of its playbook.
    ///
    /// - Throws: `APIError` also when the host's name means something else, such as a group.
    private func plan(
        _ modules: [ModuleCatalogue.Module], _ run: [String], _ request: InstallRequest
    ) async throws -> RedactedJSON {
        let text = try await starter.commands.output(
            ["run"] + run + ["--list-tasks", "--list-hosts", "--format", "json"], input: request.input,
            within: settings.limits.look)
        var tasks: [String: [RedactedJSON]] = [:]
        var hosts: Set<String> = []
        for line in text.lines {
            guard let play = (try? JSON.parse(Array(line.description.utf8)))?.map,
                let playbook = play["playbook"]?.string
            else { continue }
            tasks[playbook, default: []] += (play["tasks"]?.list ?? []).compactMap { $0.map?["name"]?.string }.map {
                .text(RedactedText($0, secrets: secrets))
            }
            hosts.formUnion(play["hosts"]?.list?.compactMap(\.string) ?? [])
        }
        guard hosts == [request.host] else {
            throw APIError(
                .unprocessableContent,
                [
                    hosts.isEmpty
                        ? "host: the modules' plays are not for it"
                        : "host: this is the name of a group; one host is installed at a time"
                ])
        }
        return .list(
            modules.map { module in
                .object([
                    "module": .text(RedactedText(module.name, secrets: secrets)),
                    "playbook": .text(RedactedText(module.playbook, secrets: secrets)),
                    "tasks": .list(tasks[module.playbook] ?? []),
                ])
            })
    }

    /// False when the server stops first: the run goes on, and the manifest is brought up to date by whoever asks next.
    private nonisolated func ended(_ process: ChildProcess) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await process.end() != nil }
            group.addTask {
                try? await gracefulShutdown()
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }
}
