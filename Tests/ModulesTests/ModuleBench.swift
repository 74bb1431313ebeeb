import Credentials
import Foundation
import Modules
import Playbook
import Remote
import Templating
import TestSupport
import Testing
import YAML

/// Modules on one host, as a task would run them: on this machine in a folder of their own, or as root on a booted one.
struct ModuleBench: Sendable {
    let session: HostSession
    /// For whatever a test needs; gone afterwards.
    let folder: String

    struct NoVariables: VariableScope {
        func variable(named name: String) -> Value? { nil }
        var variableNames: [String] { [] }
    }

    static func local(_ body: (ModuleBench) async throws -> Void) async throws {
        try await with(
            LocalTransport(), folder: NSTemporaryDirectory() + "comfyfleet-modules-\(UInt32.random(in: .min ... .max))",
            body)
    }

    static func machine(
        _ distribution: Distribution = .debian12, _ body: (ModuleBench) async throws -> Void
    ) async throws {
        try await Machines.with(1, distribution) { machines in
            var settings = ConnectionSettings(host: "target", address: machines.addresses[0], user: "root")
            settings.identity = machines.identity
            settings.sshCommand = [
                "ssh", "-F", "none", "-o", "IdentitiesOnly=yes", "-o", "UserKnownHostsFile=\(machines.knownHosts)",
            ]
            try await with(OpenSSHTransport(settings), folder: "/srv/bench", body)
        }
    }

    private static func with(
        _ transport: any Transport, folder: String, _ body: (ModuleBench) async throws -> Void
    ) async throws {
        var options = HostSession.Options()
        options.prelude = HostLibrary.script
        let session = try await HostSession(transport: transport, options: options)
        let bench = ModuleBench(session: session, folder: folder)
        do {
            try await bench.sh("mkdir -p \(folder)")
            try await body(bench)
            try await bench.sh("rm -rf \(folder)")
        } catch {
            _ = try? await bench.sh("rm -rf \(folder)")
            await session.close()
            throw error
        }
        await session.close()
    }

    /// - Throws: `ModuleFailure` when the module fails.
    @discardableResult
    func run(
        _ name: String, _ arguments: ValueMap, check: Bool = false, environment: [(name: String, value: String)] = []
    ) async throws -> ModuleResult {
        let type = try #require(BuiltinModules().type(named: name))
        let module = try type.init(arguments: ArgumentBinder(type.spec).bind(arguments))
        let context = ModuleContext(
            find: { name, _ in folder + "/" + name }, templar: Templar(), scope: NoVariables(), facts: [:])
        return try await module.run(
            on: ManagedHost(
                shell: session, checkMode: check, diffMode: true, environment: environment, hasLibrary: true),
            context: context)
    }

    /// Changes in check mode, changes, and is then as desired.
    func settles(
        _ name: String, _ arguments: ValueMap, environment: [(name: String, value: String)] = [],
        at place: SourceLocation = #_sourceLocation
    ) async throws -> ModuleResult {
        try await #expect(
            run(name, arguments, check: true, environment: environment).changed, "check mode", sourceLocation: place)
        let first = try await run(name, arguments, environment: environment)
        #expect(first.changed, "first", sourceLocation: place)
        for check in [true, false] {
            try await #expect(
                !run(name, arguments, check: check, environment: environment).changed, "again", sourceLocation: place)
        }
        return first
    }

    /// What a command prints; its failure is an error.
    @discardableResult
    func sh(_ text: String) async throws -> String {
        let done = try await session.call(Call("{\n\(text)\n} </dev/null"))
        guard done.status == 0 else { throw ModuleFailure("\(text): \(String(decoding: done.stderr, as: UTF8.self))") }
        return String(decoding: done.stdout, as: UTF8.self)
    }

    func has(_ program: String) async throws -> Bool { try await sh("command -v \(program) || :") != "" }
}

extension Value: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self = .string(text) }
    static func texts(_ texts: String...) -> Value { .list(texts.map { .string($0) }) }
}
