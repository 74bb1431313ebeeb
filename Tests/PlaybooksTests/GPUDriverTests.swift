import Foundation
import TestSupport
import Testing

/// The driver on Ubuntu and on RHEL with and without module streams, and the toolkits on RHEL: a real apt or dnf with
/// signed repositories. The packages hold
/// stand-ins (see docs/testing.md).
@Suite(.timeLimit(.minutes(10)), .enabled(if: Machines.unavailable == nil, "\(Machines.unavailable ?? "")"))
struct GPUDriverTests {
    @Test func `a driver comes, moves, is held, changes its branch and its kernel module, and goes`() async throws {
        // RHEL 9 has the longest way to go.
        let distributions = [Distribution.rhel9, .rhel10, .ubuntu2404]
        try await sideBySide(distributions, atOnce: distributions.count) { distribution in
            try await Upstream.with(nvidia: distribution) { upstream in
                try await Machines.with(1, distribution) { machines in
                    try await Workplace.with { place in
                        try await DriverStory(
                            upstream: upstream,
                            fleet: GPUFleet(upstream, machines, place, label: distribution.rawValue),
                            distribution: distribution
                        ).play()
                    }
                }
            }
        }
    }
}

private struct DriverStory {
    let upstream: Upstream
    let fleet: GPUFleet
    let distribution: Distribution

    private static let old = "nvidia_driver_version=580.65.06", new = "nvidia_driver_version=580.95.05",
        proprietary = "nvidia_driver_kernel_module=proprietary"

    func play() async throws {
        try await fleet.run("nvidia-driver", check: true, says: "1 changed, none failed")
        #expect(
            !fleet.exists(
                0, distribution.isRHEL ? "/etc/yum.repos.d/nvidia.repo" : "/etc/apt/sources.list.d/nvidia.sources"),
            "\(distribution): check mode from nothing")
        if distribution == .rhel9 { try await wrongKey() }
        try await driver()
        // Ubuntu differs from Debian, and RHEL 10 from 9, in the driver only.
        if distribution == .rhel9 { try await toolkits() }
    }

    /// What the repositories' keys have not signed is not taken: neither packages, nor an index.
    private func wrongKey() async throws {
        let key = "\(upstream.http)/stranger.pub"
        let packages = try await fleet.run(
            "nvidia-driver", ["nvidia_repository_key=\(key)"], status: 2, says: "1 failed")
        #expect(
            packages.contains("GPG check FAILED") && packages.contains("GPG Keys are configured as: \(key)"),
            "\(packages)")
        let index = try await fleet.run(
            "nvidia-container-toolkit", ["nvidia_container_toolkit_key=\(key)"], status: 2, says: "1 failed")
        #expect(index.contains("repomd.xml GPG signature verification error"), "\(index)")
        // A repository that does not verify would fail whatever else dnf is asked.
        _ = try await fleet.ssh(0, "rm /etc/yum.repos.d/nvidia*; rpm -e gpg-pubkey")
    }

    private func driver() async throws {
        // An older version of the branch, with the reboot that it takes. What updates the host leaves it alone.
        try await fleet.run("nvidia-driver", [Self.old], says: "1 changed, none failed")
        #expect(
            try await fleet.ssh(0, "nvidia-smi --query-gpu=driver_version --format=csv,noheader | head -n 1")
                == "580.65.06\n", "\(distribution)")
        try await fleet.run("nvidia-driver", [Self.old], says: "none changed, none failed")
        try await expect("580", "580.65.06")
        #expect(try await fleet.ssh(0, update) == "0\n", "\(distribution)")
        // The branch alone is content with what is there of it.
        try await fleet.run("nvidia-driver", says: "none failed")
        try await expect("580", "580.65.06")

        // What is held is no hindrance for another version, branch or kernel module, and the hold goes with it.
        if distribution == .rhel9 {
            try await move([Self.new])
            try await expect("580", "580.95.05")
        }
        try await fleet.run("nvidia-driver", ["nvidia_driver_branch=590"], check: true, says: "1 changed, none failed")
        try await move(["nvidia_driver_branch=590"])
        try await expect("590", "590.44.01")
        try await move([Self.old])
        try await expect("580", "580.65.06")
        try await fleet.run("nvidia-driver", [Self.proprietary], check: true, says: "1 changed, none failed")
        try await move([Self.proprietary])
        try await expect(
            "580", "580.95.05", module: distribution.isRHEL ? "kmod-nvidia-latest-dkms" : "nvidia-dkms-580")
        if distribution != .rhel10 {
            try await move(["nvidia_driver_headless=false", "nvidia_driver_hold=false"])
            let desktop = try await state()
            #expect(
                desktop.held == [] && desktop.packages.isSuperset(of: names("580", "580.95.05"))
                    && desktop.packages.contains(
                        distribution.isRHEL ? "nvidia-open 580.95.05" : "nvidia-driver-580-open 580.95.05"),
                "\(distribution): \(desktop)")
        }

        // Gone, though it is of another branch than the one that is named.
        for check in [true, false] {
            try await fleet.run(
                "nvidia-driver", ["nvidia_driver_state=absent", "nvidia_driver_branch=590"], check: check,
                says: "1 changed, none failed")
        }
        try await fleet.run("nvidia-driver", ["nvidia_driver_state=absent"], says: "none changed, none failed")
        let gone = try await state()
        #expect(
            gone.held == [] && !gone.packages.contains { $0.contains("dkms") }
                && !fleet.exists(0, "/usr/bin/nvidia-smi"), "\(distribution): \(gone)")
    }

    /// All of it at once, with a runtime for containers; and what is only of the toolkits.
    private func toolkits() async throws {
        _ = try await fleet.ssh(0, "ln -s /bin/true /usr/bin/podman")
        try await fleet.run("gpu-node", check: true, says: "1 changed, none failed")
        try await fleet.run("gpu-node", ["nvidia_container_toolkit_version=1.17.7-1"], says: "1 changed, none failed")
        #expect(
            try await fleet.ssh(0, "bash -lc nvcc; nvidia-ctk --version")
                == "Cuda compilation tools, release 12.9\nNVIDIA Container Toolkit CLI version 1.17.7\n")
        #expect(try fleet.text(0, "/etc/cdi/nvidia.yaml").contains("driver 580.95.05"))
        for check in [true, false] {
            try await fleet.run(
                "gpu-node", ["nvidia_container_toolkit_version=1.17.7-1"], check: check,
                says: "none changed, none failed")
        }
        for version in ["1.17.8", "1.17.7"] {
            try await fleet.run(
                "nvidia-container-toolkit", ["nvidia_container_toolkit_version=\(version)-1"],
                says: "1 changed, none failed")
            #expect(
                try await fleet.ssh(0, "nvidia-ctk --version; rpm -qa '*nvidia-container*' | grep -c \(version)")
                    == "NVIDIA Container Toolkit CLI version \(version)\n4\n")
        }
        for name in ["cuda-toolkit", "nvidia-container-toolkit"] {
            let desired = [name.replacing("-", with: "_") + "_state=absent"]
            try await fleet.run(name, desired, says: "1 changed, none failed")
            try await fleet.run(name, desired, says: "none changed, none failed")
        }
        #expect(!fleet.exists(0, "/usr/bin/nvidia-ctk") && !fleet.exists(0, "/usr/local/cuda-12.9"))
    }

    /// Done, and then as desired; without reboots, which take their time.
    private func move(_ desired: [String], at location: SourceLocation = #_sourceLocation) async throws {
        let desired = desired + ["nvidia_driver_reboot=never"]
        try await fleet.run("nvidia-driver", desired, says: "1 changed, none failed", at: location)
        try await fleet.run("nvidia-driver", desired, says: "none changed, none failed", at: location)
    }

    // MARK: What is there

    /// Packages of the driver with their versions.
    private struct State: Equatable {
        var packages: Set<String>, held: Set<String>
    }

    private func state() async throws -> State {
        let said = try await fleet.ssh(
            0,
            distribution.isRHEL
                ? "rpm -qa --qf '%{NAME} %{VERSION}\\n' '*nvidia*' cuda-drivers 2>/dev/null | grep -v container; echo --; dnf -q versionlock list | sed -E 's/-[0-9]+:([^-]*)-.*/ \\1/'"
                : "dpkg-query -W -f '${Package} ${Version} ${db:Status-Abbrev}\\n' '*nvidia*' | grep i | grep -v -e container -e ' un' -e ' rc' | sed 's/-1ubuntu1.*//'; echo --; apt-mark showhold | xargs -r dpkg-query -W -f '${Package} ${Version}\\n' | sed 's/-1ubuntu1//'"
        )
        let parts = said.split(separator: "--\n", omittingEmptySubsequences: false).map {
            Set($0.split(separator: "\n").map(String.init))
        }
        return State(packages: parts[0], held: parts[1])
    }

    /// Just what a headless host has of a version is there, and held.
    private func expect(
        _ branch: String, _ version: String, module: String? = nil, at location: SourceLocation = #_sourceLocation
    ) async throws {
        let desired = names(branch, version, module: module)
        #expect(
            try await state() == State(packages: desired, held: desired), "\(distribution)", sourceLocation: location)
    }

    /// What a headless host has of a version. On Ubuntu the branch is in the names up to 580.
    private func names(_ branch: String, _ version: String, module: String? = nil) -> Set<String> {
        let n = branch == "580" ? "-580" : ""
        let names =
            distribution.isRHEL
            ? [
                "nvidia-driver-cuda", "nvidia-driver-cuda-libs", "nvidia-kmod-common",
                module ?? "kmod-nvidia-open-dkms",
            ]
            : ["libnvidia-compute" + n, "nvidia-utils" + n, module ?? "nvidia-dkms\(n)-open"]
        return Set(names.map { "\($0) \(version)" })
    }

    /// Updates the host, and prints how many packages of the driver that concerns.
    private var update: String {
        distribution.isRHEL
            ? "dnf -y upgrade >/tmp/upgrade || echo failed; grep -c nvidia /tmp/upgrade"
            : "apt-get -s dist-upgrade | grep -c '^Inst.*nvidia'"
    }
}
