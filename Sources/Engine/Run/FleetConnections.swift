import Credentials
import Inventory
import Remote

/// Which shell a task asks for.
package struct ShellRequest: Sendable, Hashable {
    /// Another identity than the login user's. What is nil comes from the host's credentials; variables of the
    /// connection go before what is said here.
    package struct Become: Sendable, Hashable {
        package var user: String?
        package var method: String?
        package var exe: String?
        package var flags: String?
    }
    package var host: String
    /// `connection: local`: this machine, whatever the host's address.
    package var isLocal = false
    package var become: Become?
    /// What the task's variables say of the connection; nil where that is what the host's own say, as in most runs.
    package var overrides: ConnectionOverrides?
    /// `remote_user` and `port`.
    package var keywords: ConnectionKeywords?
    package init(host: String) { self.host = host }
}

/// The way to every host of a run: connections are made when a shell is first asked for, and kept.
package protocol FleetConnections: Sendable {
    /// Throws `Unreachable`, or `CancellationError`.
    func shell(_ request: ShellRequest) async throws -> any HostShell
    /// A host that the inventory did not have when the run began, or that is another one now.
    func update(_ host: Inventory.Host)
    /// Hosts that a play is about to ask for otherwise than their own variables say: their credentials are resolved
    /// together, with one entry in the audit trail.
    func prepare(_ requests: [ShellRequest])
    /// Closes the host's connections; the next request makes a new one (`meta: reset_connection`).
    func reset(_ host: String) async
    /// Where the host's work does best to run; nil for the shared pool.
    func executor(for host: String) -> (any TaskExecutor)?
    func close() async
    /// Lets go of every shell: what runs in it goes on.
    func leave() async
    /// Whether its shells know the modules' shell functions (`HostLibrary`) from their beginning.
    var shellsHaveLibrary: Bool { get }
}

extension FleetConnections {
    package func update(_ host: Inventory.Host) {}
    package func prepare(_ requests: [ShellRequest]) {}
}

/// A host's shell that is not opened before something is called in it, so that a task that needs no host opens none.
struct LazyShell: HostShell {
    let request: ShellRequest
    let connections: any FleetConnections
    let calls: AttemptCalls

    func call(_ call: Call, onOutput: (@Sendable (OutputChunk) async -> Void)?) async throws -> CallResult {
        try await calls.perform(call, request, connections, onOutput: onOutput)
    }
}
