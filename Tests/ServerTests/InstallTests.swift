import Testing
import YAML

@testable import Server

@Suite
struct InstallTests {
    private static let modules = [
        (name: "a", playbook: "playbooks/a.yml"), (name: "b", playbook: "playbooks/b.yml"),
        (name: "c", playbook: "playbooks/c.yml"),
    ]

    private func play(_ module: String) -> ValueMap {
        ["event": "play.started", "playbook": .string("playbooks/\(module).yml")]
    }
    private func task(_ status: String, _ message: String? = nil, host: String = "h") -> ValueMap {
        [
            "event": "host.task.finished", "host": .string(host), "status": .string(status),
            "message": message.map { .string($0) } ?? .null,
        ]
    }
    private func outcome(_ events: [ValueMap], exitCode: Int?) -> InstallOutcome {
        InstallOutcome(of: Self.modules, host: "h", events: events, exitCode: exitCode)
    }

    @Test func `modules that changed the host are installed, the others were there`() {
        let outcome = outcome(
            [
                play("a"), task("ok"), task("changed"), play("b"), task("ok"), task("changed", host: "other"),
                play("c"), task("changed"),
            ], exitCode: 0)
        #expect(outcome.status == .installed)
        #expect(outcome.installed == ["a", "c"])
        #expect(outcome.skipped == ["b"])
        #expect(outcome.reasons == ["b": "installed already: nothing to change"])
    }

    @Test func `nothing to change is a noop`() {
        #expect(
            outcome([play("a"), task("ok"), play("b"), task("skipped"), play("c"), task("ignored")], exitCode: 0).status
                == .noop)
    }

    @Test func `the module that fails is the last one`() {
        let outcome = outcome(
            [play("a"), task("changed"), play("b"), task("changed"), task("failed", "no such mirror")], exitCode: 2)
        #expect(outcome.status == .failed)
        #expect(outcome.installed == ["a"])
        #expect(outcome.failed == ["b"])
        #expect(outcome.skipped == ["c"])
        #expect(outcome.reasons == ["b": "no such mirror", "c": "not begun: a module before it failed"])
    }

    @Test func `a rescued failure is none`() {
        #expect(
            outcome(
                [play("a"), task("rescued"), task("changed"), play("b"), task("ok"), play("c"), task("ok")], exitCode: 0
            ).installed == ["a"])
    }

    @Test func `an unreachable host fails the module that needed it`() {
        let outcome = outcome(
            [play("a"), ["event": "host.unreachable", "host": "h", "message": "no route"]], exitCode: 4)
        #expect(outcome.failed == ["a"])
        #expect(outcome.reasons["a"] == "unreachable: no route")
    }

    @Test func `a run that was cut off failed in the module that it was at`() {
        let outcome = outcome([play("a"), task("changed"), play("b"), task("changed")], exitCode: nil)
        #expect(outcome.installed == ["a"])
        #expect(outcome.failed == ["b"])
        #expect(outcome.skipped == ["c"])
    }

    @Test func `a run that was cut off before it began has installed nothing`() {
        let outcome = outcome([], exitCode: nil)
        #expect(outcome.failed == ["a"])
        #expect(outcome.skipped == ["b", "c"])
    }

    @Test(arguments: [
        ("gpu-1.lab.local", true), ("10.0.0.7", true), ("fe80::1", false), ("gpu_1", true), ("-l", false),
        (".hidden", false), ("../etc", false), ("a,b", false), ("gpu-[1:3]", false), ("a b", false), ("", false),
    ])
    func `one host's name`(text: String, isOne: Bool) { #expect(InstallRequest.isHostName(text) == isOne) }
}
