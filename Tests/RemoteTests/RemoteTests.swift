import Foundation
import Glibc
import Remote

/// The shells that a host's `sh` may be.
let shells = ["dash", "bash", "busybox sh"]

extension HostSession {
    /// A session over the local transport for one test, closed whatever happens.
    static func with<Result: Sendable>(
        _ shell: String, prelude: String = "", become: Become? = nil, options: Options = Options(),
        on transport: any Transport = LocalTransport(),
        _ body: (HostSession) async throws -> Result
    ) async throws -> Result {
        var options = options
        options.shell = shell
        options.prelude = prelude
        let session = try await HostSession(transport: transport, become: become, options: options)
        do {
            let result = try await body(session)
            await session.close()
            return result
        } catch {
            await session.close()
            throw error
        }
    }

    func run(_ script: String, stdin: String = "") async throws -> CallResult {
        try await call(Call(script, stdin: Array(stdin.utf8)))
    }
}

extension HostSession {
    /// Runs a call that never ends by itself until its timeout, and again with twice the time as long as it did not get
    /// `underWay` in it:
    /// a machine under load takes longer, and does not fail.
    func timeOut(_ call: Call, underWay: (CallResult) -> Bool) async throws -> CallResult {
        var call = call
        var limit = Duration.milliseconds(500)
        while true {
            call.timeout = limit
            let result = try await self.call(call)
            if underWay(result) || limit > .seconds(60) { return result }
            limit *= 2
        }
    }
}

extension CallResult {
    var text: String { String(decoding: stdout, as: UTF8.self) }
    var errorText: String { String(decoding: stderr, as: UTF8.self) }
}

func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// Waits until `condition` holds; a minute is for machines under load, not a time that is tested.
func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<1200 {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(50))
    }
    return false
}

/// Whether a process lives (a zombie does not).
func isAlive(_ pid: Int32) -> Bool {
    guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
        let end = stat.lastIndex(of: ")")
    else { return false }
    return !stat[end...].dropFirst(2).hasPrefix("Z")
}
