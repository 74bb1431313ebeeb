import Foundation
import TestSupport
import Testing
import YAML

/// The toolkits and the health check on a booted Debian machine: real apt with signed repositories, containerd, podman.
/// The packages and `nvidia-smi` are
/// stand-ins (see docs/testing.md).
@Suite(.timeLimit(.minutes(10)), .enabled(if: Machines.unavailable == nil, "\(Machines.unavailable ?? "")"))
struct GPUTests {
    @Test func `toolkits come and go, and the health of every GPU is told`() async throws {
        try await Upstream.with(nvidia: .debian12) { upstream in
            try await Machines.with(1) { machines in
                try await Workplace.with { place in
                    let fleet = try GPUFleet(upstream, machines, place)
                    for name in ["cuda-toolkit", "nvidia-container-toolkit"] {
                        try await fleet.run(name, check: true, says: "1 changed")
                    }
                    try await fleet.run("gpu-health", check: true, says: "none changed, none failed")
                    #expect(!fleet.exists(0, "/etc/apt/sources.list.d/nvidia.sources"), "check mode from nothing")
                    try await Self.compiler(fleet)
                    try await Self.health(fleet)
                    try await Self.containers(fleet)
                }
            }
        }
    }

    private static func compiler(_ fleet: GPUFleet) async throws {
        try await fleet.run("cuda-toolkit", says: "1 changed")
        #expect(
            try await fleet.ssh(0, "bash -lc 'nvcc; echo $CUDA_HOME'")
                == "Cuda compilation tools, release 12.9\n/usr/local/cuda-12.9\n")
        try await fleet.run("cuda-toolkit", says: "none changed")
    }

    private static func health(_ fleet: GPUFleet) async throws {
        let silent = try await fleet.run("gpu-health", status: 2, says: "1 failed")
        #expect(silent.contains("nvidia-smi does not answer"), "\(silent)")
        // The driver is another role's; here it comes without a reboot.
        _ = try await fleet.ssh(
            0, "apt-get install -qq nvidia-driver-cuda >/dev/null 2>&1; systemd-tmpfiles --create nvidia-stand-in.conf")
        let well = try await fleet.run("gpu-health", ["gpu_health_count=2"], says: "none changed, none failed")
        #expect(well.contains("GPU 1: NVIDIA H100 80GB HBM3") && well.contains("41 °C"), "\(well)")
        #expect(
            try await fleet.run("gpu-health", ["gpu_health_count=8"], status: 2, says: "1 failed").contains(
                "2 GPUs are there, and 8 should be"))

        _ = try await fleet.ssh(
            0,
            "mkdir /etc/nvidia-stand-in; cd /etc/nvidia-stand-in; printf 97 >temperature.gpu; printf 3 >ecc.errors.uncorrected.volatile.total"
        )
        let sick = try await fleet.run(
            "gpu-health",
            ["gpu_health_report=\(fleet.place.folder)", "{\"gpu_health_free_gib\": {\"/\": 999999, \"/nowhere\": 1}}"],
            status: 2, says: "1 failed")
        for problem in [
            "GPU 0 has 97 °C", "GPU 1 has 3 uncorrected ECC errors", "GiB are free on /", "there is no folder /nowhere",
        ] { #expect(sick.contains(problem), "\(sick)") }
        let report = try JSON.parse(Array(try fleet.place.read("m1.json").utf8)).map
        #expect(
            report?["healthy"] == .bool(false) && report?["problems"]?.list?.count == 6
                && report?["gpus"]?.list?.last?.map?["temperature"] == .string("97"))
        try await fleet.run("gpu-health", ["gpu_health_fail=false"], says: "none failed")
        // A burn-in by the tool that is there; this one finds a fault.
        _ = try await fleet.ssh(
            0,
            "rm -r /etc/nvidia-stand-in; printf '#!/bin/sh\\necho GPU 1: FAULTY after $1 s\\nexit 1\\n' >/usr/bin/gpu_burn; chmod 755 /usr/bin/gpu_burn"
        )
        #expect(
            try await fleet.run("gpu-health", ["gpu_health_burn_in=7"], status: 2, says: "1 failed").contains(
                "the burn-in failed: GPU 1: FAULTY after 7 s"))
    }

    private static func containers(_ fleet: GPUFleet) async throws {
        _ = try await fleet.ssh(
            0,
            "DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends containerd podman >/dev/null 2>&1"
        )
        let before = try await fleet.ssh(0, "systemctl show -p MainPID containerd")
        try await fleet.run("nvidia-container-toolkit", says: "1 changed")
        #expect(
            try fleet.text(0, "/etc/cdi/nvidia.yaml").contains("kind: nvidia.com/gpu")
                && fleet.text(0, "/etc/containerd/conf.d/99-nvidia.toml").contains("runtimes.nvidia"))
        #expect(!fleet.exists(0, "/etc/docker"), "docker is not there")
        let after = try await fleet.ssh(0, "systemctl show -p MainPID containerd")
        #expect(before != after && after != "MainPID=0\n", "containerd was restarted")
        try await fleet.run("nvidia-container-toolkit", says: "none changed")
        // An older version, of all its packages.
        try await fleet.run(
            "nvidia-container-toolkit", ["nvidia_container_toolkit_version=1.17.7-1"], says: "1 changed")
        #expect(
            try await fleet.ssh(0, "nvidia-ctk --version; dpkg-query -W '*nvidia-container*' | grep -c 1.17.7-1")
                == "NVIDIA Container Toolkit CLI version 1.17.7\n4\n")
        for name in ["nvidia-container-toolkit", "cuda-toolkit"] {
            let state = name.replacing("-", with: "_") + "_state=absent"
            try await fleet.run(name, [state], says: "1 changed")
            try await fleet.run(name, [state], says: "none changed")
        }
        #expect(
            !fleet.exists(0, "/usr/bin/nvidia-ctk") && !fleet.exists(0, "/usr/local/cuda-12.9")
                && !fleet.exists(0, "/etc/cdi/nvidia.yaml"))
    }
}
