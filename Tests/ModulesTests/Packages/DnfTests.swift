import TestSupport
import Testing
import YAML

@testable import Modules

@Suite struct DnfTests {
    @Test func `what dnf did is read from the end of its output`() {
        #expect(
            Dnf.results(
                "Running transaction\n\nInstalled:\n  hello-2.10-1.x86_64   world-1-1.noarch \n\nUpgraded:\n  a-2-1.x86_64\n\nComplete!\n"
            )
                == ["Installed: hello-2.10-1.x86_64", "Installed: world-1-1.noarch", "Upgraded: a-2-1.x86_64"])
        #expect(Dnf.results("Dependencies resolved.\nNothing to do.\nComplete!\n") == [])
    }

    @Test func `what dnf would replace by something older is read from its plan`() {
        let plan =
            " Package  Arch  Version  Repository  Size\nUpgrading:\n a  noarch  2-1  bench  6 k\nDowngrading:\n gpu-tool  noarch  1-1  bench  6.2 k\n a-very-long-name\n          noarch  1-1  bench  6 k\nInstalling:\n b  noarch  1-1  bench  6 k\n"
        #expect(Dnf.downgraded(plan) == ["gpu-tool", "a-very-long-name"])
    }

    /// A real dnf, with a repository of the machine's own.
    @Test(.enabled(if: Machines.unavailable == nil, "\(Machines.unavailable ?? "")"), .timeLimit(.minutes(5)))
    func `packages come, change their version and go`() async throws {
        try await ModuleBench.machine(.rhel9) { bench in
            try await bench.sh(
                """
                cd /srv/bench && mkdir -p repo
                build() { printf 'Name: %s\\nVersion: %s\\nRelease: 1\\nSummary: a test\\nLicense: MIT\\nBuildArch: noarch\\n%s\\n%%description\\na test\\n%%files\\n' "$@" >spec; rpmbuild -bb --quiet --define "_rpmdir $PWD/$4" spec; }
                { build gpu-tool 1 'Requires: gpu-library' repo; build gpu-tool 2 'Requires: gpu-library' repo; build gpu-library 1 '' repo; build gpu-stray 1 '' stray; build gpu-lost 1 'Requires: nothing-has-it' repo; } >&2
                createrepo_c -q repo
                """)
            func versions() async throws -> String {
                try await bench.sh("rpm -qa --qf '%{NAME} %{VERSION}\\n' 'gpu-*' | sort")
            }
            _ = try await bench.settles(
                "yum_repository",
                [
                    "name": "bench", "description": "bench", "baseurl": .texts("file:///srv/bench/repo"),
                    "gpgcheck": .bool(false),
                ])
            try await #expect(bench.run("dnf", ["update_cache": .bool(true)]).message == "Cache updated")

            let plan =
                try await bench.run("dnf", ["name": .texts("gpu-tool-1")], check: true).diff.first?.after.string ?? ""
            #expect(plan.contains("gpu-tool") && plan.contains("gpu-library") && !plan.contains("==="), "\(plan)")
            let first = try await bench.settles("yum", ["name": .texts("gpu-tool-1")])
            #expect(
                first.values["results"]
                    == .texts("Installed: gpu-library-1-1.noarch", "Installed: gpu-tool-1-1.noarch"), "\(first.values)")
            try await #expect(bench.run("dnf", ["name": .texts("gpu-tool", "gpu-library")]).message == "Nothing to do")
            let latest = try await bench.settles("dnf", ["name": .texts("gpu-tool"), "state": "latest"])
            #expect(
                latest.values["results"] == .texts("Upgraded: gpu-tool-2-1.noarch")
                    && latest.diff.first?.after.string?.contains("Upgrading:") == true, "\(latest)")
            // As in Ansible an older version is taken only where the task says so.
            for check in [true, false] {
                try await #expect(
                    bench.run("dnf", ["name": .texts("gpu-tool-1-1", "gpu-library")], check: check).message
                        == "Nothing to do")
            }
            _ = try await bench.settles("dnf", ["name": .texts("gpu-tool-1-1"), "allow_downgrade": .bool(true)])
            #expect(try await versions() == "gpu-library 1\ngpu-tool 1\n", "an older version, by its name")
            _ = try await bench.settles("dnf", ["name": .texts("*"), "state": "latest"])
            // What came for another package goes with it.
            _ = try await bench.settles("dnf", ["name": .texts("gpu-tool"), "state": "absent"])
            #expect(try await versions() == "")

            // The same through the module that asks which manager there is.
            _ = try await bench.settles("package", ["name": .texts("gpu-tool")])
            _ = try await bench.settles("package", ["name": .texts("gpu-tool"), "state": "absent"])

            let file: ValueMap = [
                "name": .texts("/srv/bench/stray/noarch/gpu-stray-1-1.noarch.rpm"), "disable_gpg_check": .bool(true),
            ]
            _ = try await bench.settles("dnf", file)
            #expect(try await versions() == "gpu-stray 1\n")
            _ = try await bench.settles("dnf", ["name": .texts("gpu-stray"), "state": "absent"])

            for check in [true, false] {
                let missing = await #expect(throws: ModuleFailure.self) {
                    try await bench.run("dnf", ["name": .texts("no-such-package")], check: check)
                }
                #expect(
                    missing?.message
                        == "Failed to install some of the specified packages: Error: Unable to find a match: no-such-package"
                        && missing?.values["rc"] == .int(1), "\(missing?.message ?? "")")
            }
            let lost = await #expect(throws: ModuleFailure.self) {
                try await bench.run("dnf", ["name": .texts("gpu-lost")])
            }
            #expect(lost?.message.contains("nothing provides nothing-has-it") == true, "\(lost?.message ?? "")")
            #expect(try await versions() == "")
        }
    }

    /// What playbooks ask before they say which packages they want.
    @Test(.enabled(if: Machines.unavailable == nil, "\(Machines.unavailable ?? "")"), .timeLimit(.minutes(5)))
    func `the family of RHEL is recognised`() async throws {
        try await ModuleBench.machine(.rhel10) { bench in
            let facts = try await bench.run("setup", [:]).facts
            let told = ["distribution", "distribution_major_version", "distribution_version", "os_family", "pkg_mgr"]
                .map { facts["ansible_" + $0] }
            #expect(told == ["Rocky", "10", "10.0", "RedHat", "dnf"])
            _ = try await bench.settles("dnf", ["name": .texts("python3-dnf-plugin-versionlock")])
            let packages = try await bench.run("package_facts", [:]).facts["packages"]?.map
            #expect(
                packages?["python3-dnf-plugin-versionlock"]?.list?.first
                    == .dict([
                        "name": "python3-dnf-plugin-versionlock", "version": "4.3.1", "release": "1", "epoch": .null,
                        "arch": "noarch", "source": "rpm",
                    ]))
        }
    }
}
