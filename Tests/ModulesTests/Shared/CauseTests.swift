import Remote
import TestSupport
import Testing
import YAML

@testable import Modules

/// A message says why, and not that something has gone wrong.
@Suite struct CauseTests {
    private static func result(_ status: Int32 = 100, _ output: String = "", _ errors: String) -> CallResult {
        let now = ContinuousClock().now
        return CallResult(
            status: status, stdout: Array(output.utf8), stderr: Array(errors.utf8), started: now, ended: now)
    }

    @Test(arguments: [
        (
            "",
            "W: Target Packages is configured multiple times\nE: Conflicting values set for option Signed-By regarding source http://h/d/ s: /a.gpg != \nE: The list of sources could not be read.\n",
            "E: Conflicting values set for option Signed-By regarding source http://h/d/ s: /a.gpg != \nE: The list of sources could not be read."
        ),
        (
            "Reading package lists...\nThe following packages have unmet dependencies:\n tool : Depends: driver (= 460) but 450 is to be installed\n        Recommends: other\n",
            "W: old\nE: Unable to correct problems, you have held broken packages.\n",
            "The following packages have unmet dependencies:\n tool : Depends: driver (= 460) but 450 is to be installed\n        Recommends: other\nE: Unable to correct problems, you have held broken packages."
        ),
        (
            "The following held packages will be changed:\n  driver\nThe following packages will be upgraded:\n  driver\n1 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n",
            "E: Held packages were changed and -y was used without --allow-change-held-packages.\n",
            "The following held packages will be changed:\n  driver\nE: Held packages were changed and -y was used without --allow-change-held-packages."
        ),
        (
            "Setting up driver (1) ...\n",
            "dpkg: error processing package driver (--configure):\n installed driver package post-installation script subprocess returned error exit status 3\nErrors were encountered while processing:\n driver\nE: Sub-process /usr/bin/dpkg returned an error code (1)\n",
            "dpkg: error processing package driver (--configure):\n installed driver package post-installation script subprocess returned error exit status 3\nE: Sub-process /usr/bin/dpkg returned an error code (1)"
        ),
        (
            "",
            "E: Failed to fetch http://h/d/InRelease  Could not connect\nE: Some index files failed to download. They have been ignored, or old ones used instead.\n",
            "E: Failed to fetch http://h/d/InRelease  Could not connect"
        ),
        ("", "something else\n", "something else"),
    ])
    func `apt's own errors are its message`(_ output: String, _ errors: String, _ cause: String) {
        #expect(AptComplaint(Self.result(100, output, errors)).text == cause)
    }

    @Test func `a conflict names its source`() {
        #expect(
            AptComplaint.conflict(
                in: "E: Conflicting values set for option Signed-By regarding source http://h/d/ s: /a.gpg != \n")
                == "http://h/d")
        #expect(AptComplaint.conflict(in: "E: The list of sources could not be read.\n") == nil)
    }

    @Test(arguments: [
        (
            "tar: Removing leading `/' from member names\ntar: d/f: Cannot write: No space left on device\ntar: d/g: Cannot open: No space left on device\ntar: Exiting with failure status due to previous errors\n",
            "tar: d/f: Cannot write: No space left on device"
        ),
        (
            "\ngzip: stdin: unexpected end of file\ntar: Unexpected EOF in archive\ntar: Error is not recoverable: exiting now\n",
            "gzip: stdin: unexpected end of file"
        ),
    ])
    func `tar's first error is its message`(_ errors: String, _ cause: String) {
        let desired = DesiredExtraction(
            destination: "/", excludes: [], includes: [], options: [], keepsNewer: false, attributes: FileAttributes())
        #expect(TarArchive(path: "/a", desired: desired, isGzipped: true).cause(Self.result(2, "", errors)) == cause)
    }

    /// A real systemd, and a unit that ends with a word of its own.
    @Test(
        .enabled(if: Machines.unavailable == nil, "\(Machines.unavailable ?? "")"), .timeLimit(.minutes(3)),
        arguments: ["systemd", "service"])
    func `a unit that does not start says why`(_ module: String) async throws {
        try await ModuleBench.machine { bench in
            try await bench.sh(
                "printf '[Service]\\nType=oneshot\\nExecStart=/bin/sh -c \"echo the GPU is gone >&2; exit 7\"\\n' >/etc/systemd/system/bench.service; systemctl daemon-reload; mkdir -p /var/log/journal"
            )
            let failure = await #expect(throws: ModuleFailure.self) {
                try await bench.run(module, ["name": "bench", "state": "started"])
            }
            #expect(
                failure?.message.contains("Job for bench.service failed") == true
                    && failure?.message.contains("the GPU is gone") == true, "\(failure?.message ?? "")")
        }
    }

    /// A disk that is full: a small file system of the test's own.
    @Test(.enabled(if: Machines.unavailable == nil, "\(Machines.unavailable ?? "")"), .timeLimit(.minutes(3)))
    func `a full disk is reported with the path, and files stay as they were`() async throws {
        try await ModuleBench.machine { bench in
            let disk = bench.folder + "/disk"
            try await bench.sh(
                "mkdir \(disk) && mount -t tmpfs -o size=256k none \(disk) && cd \(disk) && mkdir d && seq 9000 >conf && cp conf conf.orig && cd .. && mkdir big && head -c 2000000 /dev/urandom >big/f && tar -czf big.tgz big; head -c 1m /dev/zero >\(disk)/fill 2>/dev/null; :"
            )
            let tasks: [(String, ValueMap)] = [
                ("lineinfile", ["path": .string(disk + "/conf"), "line": "new"]),
                ("replace", ["path": .string(disk + "/conf"), "regexp": "^1", "replace": "one"]),
                ("blockinfile", ["path": .string(disk + "/conf"), "block": "new"]),
                ("copy", ["dest": .string(disk + "/conf"), "content": .string(String(repeating: "z", count: 60_000))]),
                (
                    "copy",
                    ["dest": .string(disk + "/d/"), "src": .string(bench.folder + "/big"), "remote_src": .bool(true)]
                ),
                (
                    "unarchive",
                    [
                        "src": .string(bench.folder + "/big.tgz"), "dest": .string(disk + "/d"),
                        "remote_src": .bool(true),
                    ]
                ),
                ("get_url", ["url": .string("file://\(bench.folder)/big/f"), "dest": .string(disk + "/got")]),
            ]
            for (name, arguments) in tasks {
                let failure = await #expect(throws: ModuleFailure.self, "\(name)") {
                    try await bench.run(name, arguments)
                }
                let text = failure?.message ?? ""
                #expect(text.contains("No space left on device") && text.contains(disk), "\(name): \(text)")
            }
            #expect(
                try await bench.sh(
                    "cd \(disk) && cmp conf conf.orig && ls -A | grep -v -e conf -e fill -e '^d$' || :; cd / && umount \(disk)"
                ) == "")
        }
    }
}
