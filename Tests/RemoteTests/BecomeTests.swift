import Foundation
import Redaction
import TestSupport
import Testing

@testable import Remote

/// A stand-in for sudo, first in PATH, that speaks as the real ones do. Real sudo: see `MachineTests`.
private struct StubSudo: Transport {
    let folder: String

    /// - Parameter behaviour: shell text; `ask` reads a password as sudo does, `run` runs the command.
    init(_ behaviour: String, password: String = "pass 'word\\0") throws {
        folder = try temporaryFolder("sudo")
        let script = #"""
            #!/bin/sh
            { printf '%s\n' "$0 $*"; env; } >> "${0%/*}/seen"
            while [ $# -gt 0 ]; do
              case $1 in
                -n) never=1 ;;
                -S) stdin=1 ;;
                -E | -H) ;;
                -p) prompt=$2; shift ;;
                -u) user=$2; shift ;;
                *) break ;;
              esac
              shift
            done
            run() { COMFYFLEET_STUB_USER=$user; export COMFYFLEET_STUB_USER; exec "$@"; }
            ask() {
              [ -z "$never" ] || { echo "sudo: a password is required" >&2; exit 1; }
              for try in 1 2 3; do
                printf %s "$prompt" >&2
                read -r line || { echo >&2; echo "sudo: no password was provided" >&2; exit 1; }
                [ "$line" != "$(cat "${0%/*}/password")" ] || return 0
                echo "Sorry, try again." >&2
              done
              echo "sudo: 3 incorrect password attempts" >&2; exit 1
            }

            """#
        try Data((script + behaviour + "\n").utf8).write(to: URL(fileURLWithPath: folder + "/sudo"))
        try Data(password.utf8).write(to: URL(fileURLWithPath: folder + "/password"))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder + "/sudo")
    }

    func open(_ command: String) async throws -> any CommandStream {
        try await LocalTransport().open("PATH='\(folder)':$PATH; \(command)")
    }
    func close() async { try? FileManager.default.removeItem(atPath: folder) }
    var seen: String { (try? String(contentsOfFile: folder + "/seen", encoding: .utf8)) ?? "" }
}

@Suite struct BecomeTests {
    static let password = "pass 'word\\0"
    static let lecture = """
        printf '\\nWe trust you have received the usual lecture from the local System\\nAdministrator.\\n\\n    #1) Respect the privacy of others.\\n\\n' >&2

        """

    @Test(
        arguments: shells,
        [
            "run \"$@\"", "ask; run \"$@\"", lecture + "ask; run \"$@\"",
            "echo 'sudo: unable to resolve host gpu1: Name or service not known' >&2; sleep 0.2; ask; sleep 0.2; run \"$@\"",
        ])
    func `lets us in`(shell: String, behaviour: String) async throws {
        let sudo = try StubSudo(behaviour)
        let become = Become(user: "it's bob", password: Secret(Self.password))
        try await HostSession.with(shell, become: become, on: sudo) { session in
            let result = try await session.run("echo \"$COMFYFLEET_STUB_USER\"; cat", stdin: "input")
            #expect(result.text == "it's bob\ninput")
            #expect(result.errorText == "")
            try await #expect(session.run("exit 3").status == 3)
        }
        #expect(sudo.seen.contains("sudo -S -H -p comfyfleet-"))
        #expect(!sudo.seen.contains(Self.password))
        await sudo.close()
    }

    @Test func `without a password it is not asked for one`() async throws {
        let sudo = try StubSudo("run \"$@\"")
        try await HostSession.with("sh", become: Become(), on: sudo) { session in
            try await #expect(session.run("echo $COMFYFLEET_STUB_USER").text == "root\n")
        }
        #expect(sudo.seen.contains("sudo -n -H -u root sh -c"))
        await sudo.close()
    }

    @Test func `another program and its options take the place of sudo's own`() async throws {
        let sudo = try StubSudo("run \"$@\"")
        let become = Become(exe: ["env", "A=1", "sudo"], flags: ["-E", "-S", "-n"])
        try await HostSession.with("sh", become: become, on: sudo) { session in
            try await #expect(session.run("echo $COMFYFLEET_STUB_USER").text == "root\n")
        }
        #expect(sudo.seen.contains("sudo -n -E -u root sh -c"))
        await sudo.close()
    }

    @Test(arguments: [
        Become(), Become(method: .su, user: "it's bob"), Become(exe: ["/opt/sudo", "-x y"], flags: ["-E"]),
        Become(flags: []), Become(exe: ["a"]),
    ])
    func `an identity's name tells all of it but the password`(become: Become) throws {
        let found = try #require(Become(identity: become.identity, password: nil))
        #expect(found.method == become.method && found.user == become.user)
        #expect(found.exe == become.exe && found.flags == become.flags)
    }

    /// What sudo does, the password that we have, what the error and its remedy say.
    static let refusals: [(behaviour: String, password: String?, says: String, remedy: String)] = [
        ("ask; run \"$@\"", "hunter2", "wrong password for becoming root", "correct become_password"),
        ("ask; run \"$@\"", nil, "a password is required", "give become_password"),
        (
            "echo 'sudo: no tty present and no askpass program specified' >&2; exit 1", nil, "no tty present",
            "give become_password"
        ),
        (
            "printf %s \"$prompt\" >&2; read -r line; echo 'ops is not in the sudoers file.  This incident will be reported.' >&2; exit 1",
            password, "ops is not in the sudoers file", "sudoers"
        ),
        (
            "echo 'Sorry, user ops is not allowed to execute '\\''/usr/bin/sh'\\'' as root on gpu1.' >&2; exit 1",
            password, "not allowed to execute", "sudoers"
        ),
        ("echo 'sudo: sorry, you must have a tty to run sudo' >&2; exit 1", password, "must have a tty", "requiretty"),
        (
            "echo 'sudo: unknown user: nobody2' >&2; echo 'sudo: unable to initialize policy plugin' >&2; exit 1",
            password, "unknown user", "become_user"
        ),
        ("exit 7", password, "ended with status 7", ""),
        ("kill -9 $$", password, "ended with status 137", ""),
    ]

    @Test(arguments: refusals.indices) func `says why it does not`(index: Int) async throws {
        let (behaviour, password, says, remedy) = Self.refusals[index]
        let sudo = try StubSudo(behaviour)
        let error = await #expect(throws: Unreachable.self) {
            try await HostSession.with("sh", become: Become(password: password.map { Secret($0) }), on: sudo) { _ in }
        }
        #expect(error?.reason == .become)
        #expect(error?.message.contains(says) == true, "\(String(describing: error))")
        #expect(error?.remedy?.contains(remedy) ?? remedy.isEmpty, "\(String(describing: error))")
        if let password { #expect(error?.description.contains(password) == false) }
        await sudo.close()
    }

    @Test func `no sudo on the host`() async throws {
        struct NoPath: Transport {
            func open(_ command: String) async throws -> any CommandStream {
                try await LocalTransport().open("PATH=/nonexistent; \(command)")
            }
            func close() async {}
        }
        let error = await #expect(throws: Unreachable.self) {
            try await HostSession.with("sh", become: Become(), on: NoPath()) { _ in }
        }
        #expect(error?.remedy?.contains("install sudo") == true)
    }

    @Test func `a question that is not for a password`() async throws {
        let sudo = try StubSudo("printf 'Verification code: ' >&2; read -r code; exit 1")
        var options = HostSession.Options()
        options.startTimeout = .milliseconds(500)
        var error: Unreachable?
        // On a machine under load the question may take longer to come.
        while error?.message.contains("Verification code:") != true, options.startTimeout < .seconds(60) {
            error = await #expect(throws: Unreachable.self) {
                try await HostSession.with("sh", become: Become(password: Secret("x")), options: options, on: sudo) {
                    _ in
                }
            }
            options.startTimeout *= 2
        }
        #expect(error?.reason == .become)
        #expect(error?.message.contains("Verification code:") == true, "\(String(describing: error))")
        await sudo.close()
    }

    @Test func `cancelled while sudo asks`() async throws {
        let sudo = try StubSudo("echo asked >> \"${0%/*}/seen\"; exec sleep 1000")
        let task = Task { try await HostSession(transport: sudo, become: Become(password: Secret("x"))) }
        try await #expect(eventually { sudo.seen.hasSuffix("asked\n") })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        await sudo.close()
    }

    @Test func `one shell for each identity`() async throws {
        let sudo = try StubSudo("ask; run \"$@\"")
        let host = HostConnection(transport: sudo)
        let root = Become(password: Secret(Self.password))
        let bob = Become(user: "bob", password: Secret(Self.password))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<5 {
                for (become, name) in [(nil, ""), (root, "root"), (bob, "bob")] {
                    group.addTask {
                        let shell = try await host.shell(for: become)
                        try await #expect(shell.run("echo ${COMFYFLEET_STUB_USER-}").text == name + "\n")
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(sudo.seen.split(separator: "\n").filter { $0.hasSuffix("/sudo") || $0.contains("/sudo -S") }.count == 2)

        // A shell that died is opened again.
        let login = try await host.shell()
        await #expect(throws: Unreachable.self) { try await login.run("kill -9 $$; sleep 5") }
        try await #expect(host.shell().run("echo again").text == "again\n")
        await host.close()
    }
}
