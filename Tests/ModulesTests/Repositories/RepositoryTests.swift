import TestSupport
import Testing
import YAML

@testable import Modules

@Suite struct AptSourceLineTests {
    @Test(arguments: [
        ("deb http://dl.google.com/linux/chrome/deb/ stable main", "dl_google_com_linux_chrome_deb"),
        (
            "deb [arch=amd64 signed-by=/etc/k.gpg] https://user:pw@nvidia.github.io/libnvidia-container/stable/deb/$(ARCH) /",
            "nvidia_github_io_libnvidia_container_stable_deb_ARCH"
        ),
        ("deb-src file:/srv/x ./", "file_srv_x"),
    ])
    func `a file is named after the address`(_ line: String, _ name: String) {
        #expect(AptSourceLine(line)?.fileName == name)
    }

    @Test func `blanks and comments make no other source`() {
        let line = AptSourceLine("# deb  [ arch=amd64   signed-by=/k ]  http://x.org/a  stable   main # a note\n")
        #expect(
            line?.source == "deb [arch=amd64 signed-by=/k] http://x.org/a stable main" && line?.isEnabled == false
                && line?.comment == "a note")
    }
    @Test(arguments: [
        "http://a.b/c x", "deb http://a.b/c", "deb stable main", "# just a comment", "",
        "deb [arch=amd64 http://a.b/c x",
    ])
    func `what is no source`(_ line: String) { #expect(AptSourceLine(line) == nil) }
}

/// A real apt with repositories of the machine's own.
@Suite(.enabled(if: Machines.unavailable == nil, "\(Machines.unavailable ?? "")"), .timeLimit(.minutes(5)))
struct RepositoryTests {
    private static let makeRepository = """
        mkdir -p /srv/bench/tool/DEBIAN /srv/bench/apt && cd /srv/bench
        printf 'Package: gpu-tool\\nVersion: 1.0\\nArchitecture: all\\nMaintainer: tests <tests@example.com>\\nDescription: a test\\n' >tool/DEBIAN/control
        dpkg-deb -b tool apt/gpu-tool.deb >/dev/null
        { cat tool/DEBIAN/control; printf 'Filename: ./gpu-tool.deb\\nSize: %s\\nSHA256: %s\\n' "$(stat -c %s apt/gpu-tool.deb)" "$(sha256sum apt/gpu-tool.deb | cut -d' ' -f1)"; } >apt/Packages
        """

    @Test func `apt knows a repository's packages while its line, or its file of fields, is there`() async throws {
        try await ModuleBench.machine { bench in
            try await bench.sh(Self.makeRepository)
            func isKnown() async throws -> Bool {
                try await bench.sh("apt-cache policy gpu-tool").contains("Candidate: 1.0")
            }
            let desired: ValueMap = ["repo": "deb [trusted=yes]  file:/srv/bench/apt ./"]
            let file = "/etc/apt/sources.list.d/file_srv_bench_apt.list"
            let added = try await bench.settles("apt_repository", desired)
            #expect(
                added.values["sources_added"] == .texts(file) && added.values["repo"] == desired["repo"]
                    && added.diff.first?.beforeHeader == "/dev/null")
            #expect(
                try await bench.sh("stat -c %a \(file); cat \(file)")
                    == "644\ndeb [trusted=yes] file:/srv/bench/apt ./\n")
            #expect(try await isKnown())

            var unwanted = desired
            unwanted["state"] = "absent"
            try await #expect(bench.settles("apt_repository", unwanted).values["sources_removed"] == .texts(file))
            #expect(try await !isKnown())

            // A line that is a comment comes back where it is, with its note.
            try await bench.sh(
                "printf '# first\\n#deb  [trusted=yes] file:/srv/bench/apt ./ # ours\\n' >/etc/apt/sources.list.d/own.list"
            )
            try await #expect(bench.settles("apt_repository", desired).values["sources_added"] == .list([]))
            #expect(
                try await bench.sh("cat /etc/apt/sources.list.d/own.list")
                    == "# first\ndeb [trusted=yes] file:/srv/bench/apt ./ # ours\n")
            try await bench.sh("rm /etc/apt/sources.list.d/own.list; apt-get -q update")

            // What apt can't read leaves nothing behind.
            let failure = await #expect(throws: ModuleFailure.self) {
                try await bench.run(
                    "apt_repository",
                    ["repo": "deb file:/srv/bench/nothing ./", "filename": "broken", "update_cache_retries": .int(1)])
            }
            #expect(failure?.message.hasPrefix("Failed to update apt cache") == true)
            #expect(try await bench.sh("ls /etc/apt/sources.list.d/broken.list 2>&1 || :").contains("No such file"))

            let fields: ValueMap = [
                "name": "GPU Tools_1", "uris": .texts("file:/srv/bench/apt"), "suites": .texts("./"),
                "trusted": .bool(true), "types": .texts("deb"), "architectures": .texts("amd64", "arm64"),
            ]
            let settled = try await bench.settles("deb822_repository", fields)
            #expect(
                settled.values["dest"] == "/etc/apt/sources.list.d/gpu-tools-1.sources"
                    && settled.values["key_filename"] == .null && settled.values["mode"] == "0644")
            #expect(
                try await bench.sh("cat /etc/apt/sources.list.d/gpu-tools-1.sources") == """
                    Architectures: amd64 arm64
                    X-Repolib-Name: GPU Tools_1
                    Suites: ./
                    Trusted: yes
                    Types: deb
                    URIs: file:/srv/bench/apt

                    """)
            try await bench.sh("apt-get -q update")
            #expect(try await isKnown())
            try await #expect(
                bench.settles("deb822_repository", ["name": "GPU Tools_1", "state": "absent"]).values["repo"] == .null)
        }
    }

    @Test func `a repository's key comes from an address, or stands in the file`() async throws {
        try await ModuleBench.machine { bench in
            try await bench.sh(
                "printf -- '-----BEGIN PGP PUBLIC KEY BLOCK-----\\n\\nabc\\n' >/srv/bench/key; head -c 50 /dev/urandom >/srv/bench/binary"
            )
            func desired(_ key: String) -> ValueMap {
                ["name": "x y", "uris": .texts("http://x.example"), "suites": .texts("s/"), "signed_by": .string(key)]
            }
            try await #expect(
                bench.settles("deb822_repository", desired("file:///srv/bench/key")).values["key_filename"]
                    == "/etc/apt/keyrings/x-y.asc")
            #expect(
                try await bench.sh(
                    "cmp /srv/bench/key /etc/apt/keyrings/x-y.asc; stat -c %a /etc/apt/keyrings/x-y.asc; ls /etc/apt/keyrings"
                ) == "644\nx-y.asc\n")
            try await #expect(
                bench.settles("deb822_repository", desired("file:///srv/bench/binary")).values["key_filename"]
                    == "/etc/apt/keyrings/x-y.gpg")
            let text = try await bench.settles(
                "deb822_repository", desired("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabc\n")
            ).values["repo"]
            #expect(
                text
                    == "X-Repolib-Name: x y\nSigned-By:\n    -----BEGIN PGP PUBLIC KEY BLOCK-----\n    .\n    abc\nSuites: s/\nTypes: deb\nURIs: http://x.example\n"
            )
            _ = try await bench.settles("deb822_repository", ["name": "x y", "state": "absent"])
            #expect(try await bench.sh("ls /etc/apt/keyrings") == "")
        }
    }
}
