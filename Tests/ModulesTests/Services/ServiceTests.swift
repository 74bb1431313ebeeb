import Playbook
import Remote
import Synchronization
import Templating
import Testing
import YAML

@testable import Modules

/// Hosts without systemd, as far as scripts tell.
@Suite struct ServiceTests {
    private actor Answering: HostShell {
        let answer: String
        private(set) var scripts: [String] = []
        init(_ answer: String) { self.answer = answer }
        func call(_ call: Call, onOutput: (@Sendable (OutputChunk) async -> Void)?) async throws -> CallResult {
            scripts.append(call.script)
            let now = ContinuousClock().now
            return CallResult(
                status: 0, stdout: Array((scripts.count == 1 ? answer : "").utf8), stderr: [], started: now, ended: now)
        }
    }

    @Test(
        arguments: [
            (
                "openrc\nexists\nrunning\n", ["state": "restarted", "arguments": "-D 'a b'"],
                "rc-service x restart -D 'a b' </dev/null"
            ),
            ("openrc\nexists\n", ["enabled": .bool(true), "runlevel": "boot"], "rc-update add x boot"),
            (
                "sysv\nexists\nrunning\n", ["state": "restarted", "sleep": .int(3)],
                "/etc/init.d/x stop </dev/null; sleep 3; /etc/init.d/x start </dev/null"
            ),
        ] as [(String, ValueMap, String)])
    func `what its script is told`(_ answer: String, _ desired: ValueMap, _ line: String) async throws {
        let shell = Answering(answer)
        var desired = desired
        desired["name"] = "x"
        let module = try Service(arguments: ArgumentBinder(Service.spec).bind(desired))
        let context = ModuleContext(
            find: { _, _ in nil }, templar: Templar(), scope: ModuleBench.NoVariables(), facts: [:])
        try await #expect(
            module.run(
                on: ManagedHost(shell: shell, checkMode: false, diffMode: false, hasLibrary: true), context: context
            ).changed)
        #expect(await shell.scripts.last == line)
    }

    /// The list of processes is looked at, in which what looks at it does not count.
    @Test(arguments: [("sleep 86399.5", true), ("sleep 86398.5", false)]) func `a service runs when its pattern does`(
        _ pattern: String, _ runs: Bool
    ) async throws {
        try await ModuleBench.local { bench in
            try await bench.sh("sleep 86399.5 >/dev/null 2>&1 & echo $! >\(bench.folder)/pid")
            let module = try Service(
                arguments: ArgumentBinder(Service.spec).bind([
                    "name": "x", "state": "started", "pattern": .string(pattern),
                ]))
            let found = try await bench.session.call(Call(module.isRunning.text))
            #expect((found.status == 0) == runs)
            try await bench.sh("kill $(cat \(bench.folder)/pid)")
        }
    }
}
