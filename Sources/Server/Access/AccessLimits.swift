import Glibc
import Redaction
import Runs
import Synchronization
import YAML

/// Holds clients to the playbooks and hosts of their tokens.
final class AccessLimits: Sendable {
    private let commands: Commands
    private let catalogue: ModuleCatalogue
    private let settings: ServerSettings
    /// Hosts of patterns, for a moment: whoever watches a run asks again and again.
    private let known = Mutex<[[String]: (hosts: Set<String>, until: ContinuousClock.Instant)]>([:])
    private static let moment = Duration.seconds(5)

    init(commands: Commands, catalogue: ModuleCatalogue, settings: ServerSettings) {
        self.commands = commands
        self.catalogue = catalogue
        self.settings = settings
    }

    // MARK: What is to be begun

    /// - Throws: `APIError` 403.
    func requirePlaybooks(_ paths: [String], _ client: ClientAccess) async throws {
        guard let allowed = try await playbooks(of: client) else { return }
        let others = try await blocking { paths.filter { !allowed.contains(FileSystem.real($0) ?? $0) }.count }
        if others > 0 {
            throw ClientAccess.denied("the token is not for \(RedactedText.part(others, of: paths.count, "playbook"))")
        }
    }

    /// By the server's inventory, since that is what the patterns are of: a host that a client brings along would match
    /// `all:!gpu-1` by its address.
    ///
    /// - Throws: `APIError` 403.
    func requireHosts(_ hosts: some Collection<String>, _ client: ClientAccess) async throws {
        guard let patterns = client.hosts else { return }
        let allowed = try await self.hosts(of: patterns)
        let others = hosts.filter { !allowed.contains($0) }.count
        if others > 0 {
            throw ClientAccess.denied("the token is not for \(RedactedText.part(others, of: hosts.count, "host"))")
        }
    }

    /// Credentials that are stored are sent to hosts of the server's inventory; who names another host takes them
    /// there.
    ///
    /// - Throws: `APIError` 403.
    func requireKnown(_ host: String, _ client: ClientAccess) async throws {
        // Patterns are of the inventory: such a client has been held to it.
        if client.may(.secrets) || client.hosts != nil { return }
        guard try await hosts(of: ["all"]).contains(host) else {
            throw ClientAccess.denied(
                "the host is not in the server's inventory, and the token may not choose where credentials are sent: it lacks 'secrets'"
            )
        }
    }

    // MARK: What is looked at

    /// - Throws: `APIError` 403 for a run with a playbook or a host that the token is not for.
    func requireReading(_ run: RunArchive.Entry, _ client: ClientAccess) async throws {
        guard try await mayRead([run], client) == [true] else {
            throw ClientAccess.denied("the token is not for all playbooks and hosts of this run")
        }
    }

    /// Of each run, whether the client may see it.
    func mayRead(_ runs: [RunArchive.Entry], _ client: ClientAccess) async throws -> [Bool] {
        let playbooks = try await playbooks(of: client)
        let hosts = try await readableHosts(client)
        return try await blocking { runs.map { Self.isReadable($0, playbooks, hosts) } }
    }

    /// What the client may see of manifests: not those of installs with other playbooks, and of what earlier installs
    /// have put there only its own modules.
    func readable(_ manifests: [InstallManifest], _ client: ClientAccess) async throws -> [InstallManifest] {
        guard let playbooks = try await playbooks(of: client) else { return manifests }
        return try await blocking { [catalogue] () throws -> [InstallManifest] in
            let files = catalogue.files()
            func isAllowed(_ path: String) -> Bool { playbooks.contains(FileSystem.real(path) ?? path) }
            return manifests.filter { manifest in
                !manifest.modules.isEmpty && manifest.modules.allSatisfy { isAllowed($0.playbook) }
            }.map { manifest in
                var manifest = manifest
                var own: ValueMap = [:]
                for (name, entry) in manifest.present.pairs {
                    guard let name = name.string, isAllowed(files?.path(of: name) ?? name) else { continue }
                    own[name] = entry
                }
                manifest.present = own
                return manifest
            }
        }
    }

    private static func isReadable(_ run: RunArchive.Entry, _ playbooks: Set<String>?, _ hosts: Set<String>?) -> Bool {
        if let playbooks {
            let paths = run.record?["playbooks"]?.list?.compactMap { $0.map?["path"]?.string } ?? []
            if paths.isEmpty || !paths.allSatisfy({ playbooks.contains(FileSystem.real($0) ?? $0) }) { return false }
        }
        guard let hosts else { return true }
        guard let names = run.record?["hosts"]?.list?.compactMap(\.string) else { return false }
        return names.allSatisfy(hosts.contains)
    }

    /// Hosts that the client may see; nil for all.
    func readableHosts(_ client: ClientAccess) async throws -> Set<String>? {
        guard let patterns = client.hosts else { return nil }
        let now = ContinuousClock.now
        if let hosts = known.withLock({ $0[patterns].flatMap { $0.until > now ? $0.hosts : nil } }) { return hosts }
        let hosts = try await self.hosts(of: patterns)
        known.withLock { known in
            known = known.filter { $0.value.until > now }
            known[patterns] = (hosts, now + Self.moment)
        }
        return hosts
    }

    /// Hosts that a limit leaves, of the server's inventory.
    func hosts(limitedTo limit: String) async throws -> Set<String> { try await hosts(of: [limit]) }

    /// Those of the modules that the client may use.
    func usable(_ modules: [ModuleCatalogue.Module], _ client: ClientAccess) async throws -> [ModuleCatalogue.Module] {
        guard let playbooks = try await playbooks(of: client) else { return modules }
        return try await blocking { modules.filter { playbooks.contains(FileSystem.real($0.playbook) ?? $0.playbook) } }
    }

    // MARK: What names stand for

    /// Real paths; nil for all.
    private func playbooks(of client: ClientAccess) async throws -> Set<String>? {
        guard let names = client.playbooks else { return nil }
        return try await blocking { [catalogue] () throws -> Set<String> in
            let files = catalogue.files()
            return Set(
                names.map { name in
                    let path = files?.path(of: name) ?? name
                    return FileSystem.real(path) ?? path
                })
        }
    }

    private func hosts(of patterns: [String]) async throws -> Set<String> {
        let inventory = settings.existingInventory.flatMap { ["-i", $0] }
        var hosts: Set<String> = []
        if inventory.isEmpty { return hosts }
        // Each for itself: what one leaves out another may name.
        for pattern in patterns {
            let text = try await commands.output(
                ["inventory", "list", "--format", "json"] + inventory + ["--limit=\(pattern)"],
                within: settings.limits.look)
            hosts.formUnion(
                try JSON.parse(Array(text.description.utf8)).map?["_meta"]?.map?["hostvars"]?.map?.names ?? [])
        }
        return hosts
    }
}
