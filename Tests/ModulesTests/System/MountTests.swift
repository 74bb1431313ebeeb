import Playbook
import Synchronization
import Templating
import TestSupport
import Testing
import YAML

@testable import Modules

@Suite struct MountTests {
    private static let table =
        "# static\nUUID=1 / ext4 errors=remount-ro 0 1\nnas:/a\\040b /srv/a\\040b nfs4 ro 0 0\nnone none swap sw 0 0\n"
    private static func entry(_ source: String, _ path: String, _ options: String = "defaults") -> Fstab.Entry {
        Fstab.Entry(source: source, path: path, kind: "nfs4", options: options, dump: "0", pass: "0")
    }

    @Test func `one line of fstab changes`() {
        #expect(Fstab.setting(Self.entry("nas:/a b", "/srv/a b", "ro"), in: Self.table) == Self.table)
        #expect(
            Fstab.setting(Self.entry("nas:/a b", "/srv/a b", "rw"), in: Self.table)
                == Self.table.replacing("nfs4 ro", with: "nfs4 rw"))
        #expect(
            Fstab.setting(Self.entry("nas:/c", "/srv/c"), in: "x y z w") == "x y z w\nnas:/c /srv/c nfs4 defaults 0 0\n"
        )
        #expect(
            Fstab.removing("/srv/a b", nil, from: Self.table)
                == Self.table.replacing("nas:/a\\040b /srv/a\\040b nfs4 ro 0 0\n", with: ""))
        // Swap areas have no place of their own: the device tells them apart.
        #expect(Fstab.removing("none", "/dev/sdb", from: Self.table) == Self.table)
        #expect(
            Mount.mounted("36 35 98:0 / /srv/a\\040b rw,noatime shared:1 - nfs4 nas:/a\\040b rw\n")["/srv/a b"]?.source
                == "nas:/a b")
    }

    @Test func `a blank before an accent is a blank, and what is written is read again`() {
        let entry = Self.entry("nas:/a \u{301}b", "/srv/a\t\u{301}\\\u{301}b\u{a0}c", "ro")
        #expect(
            Array(entry.text.utf8)
                == Array("nas:/a\\040\u{301}b /srv/a\\011\u{301}\\134\u{301}b\u{a0}c nfs4 ro 0 0\n".utf8))
        #expect(Fstab.Entry(entry.text) == entry)
        #expect(Fstab.setting(entry, in: entry.text) == entry.text)
    }

    @Test(
        arguments: [
            ["path": "srv", "state": "unmounted"], ["path": "/srv", "state": "mounted", "src": "x"],
            ["path": "/srv", "state": "present", "src": "a\nb", "fstype": "ext4"],
        ] as [ValueMap])
    func `what can't be is told`(_ arguments: ValueMap) async throws {
        try await ModuleBench.local { bench in
            await #expect(throws: ModuleFailure.self) { try await bench.run("mount", arguments) }
        }
    }

    @Test func `options that are not to be shown are concealed before anything is said`() async throws {
        try await ModuleBench.local { bench in
            let concealed = Mutex<Set<String>>([])
            for hides in [false, true] {
                let desired: ValueMap = [
                    "path": "/srv/bench", "src": "nas:/a", "fstype": "cifs", "opts": "username=a b,password=p",
                    "state": "present", "boot": .bool(false),
                    "fstab": .string(bench.folder + "/fstab"), "opts_no_log": .bool(hides),
                ]
                let module = try Mount(arguments: ArgumentBinder(Mount.spec).bind(desired))
                var context = ModuleContext(
                    find: { _, _ in nil }, templar: Templar(), scope: ModuleBench.NoVariables(), facts: [:])
                context.conceal = { text in concealed.withLock { _ = $0.insert(text) } }
                _ = try await module.run(
                    on: ManagedHost(shell: bench.session, checkMode: true, diffMode: true, hasLibrary: true),
                    context: context)
                #expect(
                    concealed.withLock { $0 }
                        == (hides
                            ? [
                                "username=a b,password=p", "username=a b,password=p,noauto",
                                "username=a\\040b,password=p,noauto",
                            ] : []))
            }
        }
    }

    @Test(.enabled(if: Machines.unavailable == nil, "\(Machines.unavailable ?? "")"))
    func `a file system is mounted, remounted and gone`() async throws {
        try await ModuleBench.machine { bench in
            try await bench.sh("touch /etc/fstab")
            func desired(_ more: ValueMap) -> ValueMap {
                var desired: ValueMap = [
                    "path": "/srv/bench/m m", "src": "tmpfs", "fstype": "tmpfs", "opts": "size=1m",
                ]
                desired.merge(more)
                return desired
            }
            _ = try await bench.settles("ansible.posix.mount", desired(["state": "mounted"]))
            #expect(
                try await bench.sh("cat /etc/fstab; stat -f -c %T '/srv/bench/m m'").hasSuffix(
                    "tmpfs /srv/bench/m\\040m tmpfs size=1m 0 0\ntmpfs\n"))
            _ = try await bench.settles("mount", desired(["state": "mounted", "opts": "size=2m"]))
            _ = try await bench.settles("mount", ["path": "/srv/bench/m m", "state": "unmounted"])
            _ = try await bench.settles("mount", desired(["state": "ephemeral"]))
            _ = try await bench.settles("mount", ["path": "/srv/bench/m m", "state": "absent"])
            #expect(try await bench.sh("grep bench /etc/fstab; ls /srv/bench") == "")
        }
    }
}

@Suite struct PauseTests {
    @Test func `waits for what is left`() async throws {
        try await ModuleBench.local { bench in
            let paused = try await bench.run("pause", ["seconds": .int(0)])
            #expect(paused.values["stdout"] == "Paused for 0.0 seconds")
            await #expect(throws: ArgumentProblem.self) { try await bench.run("pause", ["minutes": .int(.max)]) }
        }
    }
}
