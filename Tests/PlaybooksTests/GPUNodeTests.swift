import Foundation
import TestSupport
import Testing

/// A cluster on booted Debian machines: real apt, holds and reboots. The driver's packages and the cluster's commands
/// are stand-ins (see docs/testing.md).
@Suite(.timeLimit(.minutes(10)), .enabled(if: Machines.unavailable == nil, "\(Machines.unavailable ?? "")"))
struct GPUNodeTests {
    @Test func `nodes are rolled over: drained, brought up to date, rebooted, checked and resumed`() async throws {
        try await Upstream.with(nvidia: .debian12) { upstream in
            try await Machines.with(2) { machines in
                try await Workplace.with { place in try await ClusterStory(GPUFleet(upstream, machines, place)).play() }
            }
        }
    }
}

private struct ClusterStory {
    let fleet: GPUFleet
    var place: Workplace { fleet.place }

    /// The cluster is a file for each node that is drained or has jobs, and a line for each command that was given.
    init(_ fleet: GPUFleet) throws {
        self.fleet = fleet
        for command in ["sinfo", "scontrol", "squeue"] {
            try fleet.place.write(
                "bin/\(command)",
                """
                #!/bin/sh
                cd \(fleet.place.folder)/cluster || exit
                echo "\(command) $*" >>log
                case \(command) in
                  sinfo) cat "${2#--nodes=}" 2>/dev/null || echo idle/none ;;
                  scontrol) if [ "$3" = state=drain ]; then echo "drained/${4#reason=}" >"${2#nodename=}"; else rm "${2#nodename=}"; fi ;;
                  squeue) cat "${2#--nodelist=}.jobs" 2>/dev/null; rm -f "${2#--nodelist=}.jobs" ;;
                esac
                """, mode: 0o755)
        }
        try fleet.place.write(
            "bin/kubectl",
            """
            #!/bin/sh
            cd \(fleet.place.folder)/cluster || exit
            echo "kubectl $1 $2" >>log
            case $1 in
              get) printf '%s/%s' "$(cat cordoned 2>/dev/null)" "$(cat annotated 2>/dev/null)" ;;
              annotate) if [ "$2" = --overwrite ]; then printf drained >annotated; else rm annotated; fi ;;
              drain) printf true >cordoned ;;
              uncordon) rm cordoned ;;
            esac
            """, mode: 0o755)
        try fleet.place.write("cluster/log", "")
    }

    func play() async throws {
        let slurm = ["gpu_node_scheduler=slurm", "gpu_node_serial=1"]
        let first = slurm + ["nvidia_driver_version=580.65.06"]
        try await fleet.run("gpu-node", first, check: true, says: "2 changed")
        #expect(
            try place.read("cluster/log").contains("scontrol") == false && !fleet.exists(0, "/usr/bin/nvidia-smi"),
            "check mode from nothing")

        // From nothing, one node after the other; m2 has work at first.
        try place.write("cluster/m2.jobs", "7 training\n")
        try await fleet.run("gpu-node", first, says: "2 changed")
        let told = try place.read("cluster/log").split(separator: "\n").filter { $0.hasPrefix("scontrol") }
        #expect(
            told == [
                "scontrol update nodename=m1 state=drain reason=comfyfleet", "scontrol update nodename=m1 state=resume",
                "scontrol update nodename=m2 state=drain reason=comfyfleet", "scontrol update nodename=m2 state=resume",
            ], "\(told)")
        #expect(
            try place.read("cluster/log").split(separator: "\n").filter { $0 == "squeue --noheader --nodelist=m2" }
                .count == 2)
        for machine in 0...1 {
            #expect(
                try await fleet.ssh(
                    machine,
                    "nvidia-smi --query-gpu=driver_version --format=csv,noheader | head -n 1; apt-mark showhold; bash -lc 'nvcc | cut -d\" \" -f1'"
                )
                    == "580.65.06\nnvidia-driver-cuda\nnvidia-kernel-open-dkms\nCuda\n")
        }
        try await fleet.run("gpu-node", first, says: "none changed")
        #expect(
            try place.read("cluster/log").split(separator: "\n").filter { $0.hasPrefix("scontrol") }.count == 4,
            "what is as desired is not drained")

        try await driverMoves()
        try await health(slurm)
        try await kubernetes()
        try await fleet.run("nvidia-driver", ["nvidia_driver_state=absent"], limit: "m1", says: "1 changed")
        try await fleet.run("nvidia-driver", ["nvidia_driver_state=absent"], limit: "m1", says: "none changed")
        #expect(!fleet.exists(0, "/usr/bin/nvidia-smi") && !fleet.exists(0, "/etc/apt/preferences.d/nvidia-driver"))
    }

    /// To a newer version of the branch, and no further: 590 is in the repository, too.
    private func driverMoves() async throws {
        let boot = try await fleet.ssh(0, "cat /proc/sys/kernel/random/boot_id")
        try await fleet.run(
            "nvidia-driver", ["nvidia_driver_version=580.95.05", "nvidia_driver_reboot=never"], limit: "m1",
            says: "1 changed")
        #expect(try await fleet.ssh(0, "cat /proc/sys/kernel/random/boot_id") == boot)
        try await fleet.run("nvidia-driver", ["nvidia_driver_version=580.95.05"], limit: "m1", says: "1 changed")
        #expect(
            try await fleet.ssh(
                0,
                "nvidia-smi -L | wc -l; apt-get -s dist-upgrade | grep -c '^Inst nvidia' || :; apt-cache policy nvidia-driver-cuda | grep Candidate"
            ) == "2\n0\n  Candidate: 580.95.05-1\n")
        try await fleet.run("nvidia-driver", ["nvidia_driver_version=580.95.05"], limit: "m1", says: "none changed")
    }

    /// A hot GPU fails its node, which stays drained, and the other one is not begun; cooled down it is resumed by the
    /// next run.
    private func health(_ slurm: [String]) async throws {
        _ = try await fleet.ssh(0, "mkdir -p /etc/nvidia-stand-in; printf 97 >/etc/nvidia-stand-in/temperature.gpu")
        let desired = slurm + ["nvidia_driver_version=580.95.05"]
        try await fleet.run("gpu-node", desired, status: 2, says: "1 failed")
        #expect(
            try place.read("cluster/m1") == "drained/comfyfleet\n"
                && !FileManager.default.fileExists(atPath: place.folder + "/cluster/m2"))
        #expect(
            try await fleet.ssh(1, "nvidia-smi --query-gpu=driver_version --format=csv,noheader | head -n 1")
                == "580.65.06\n")
        _ = try await fleet.ssh(0, "rm -r /etc/nvidia-stand-in")
        // m2 is drained by somebody else, and stays so.
        try place.write("cluster/m2", "drained/broken fan\n")
        try await fleet.run("gpu-node", desired, says: "2 changed")
        #expect(
            try place.read("cluster/m2") == "drained/broken fan\n"
                && !FileManager.default.fileExists(atPath: place.folder + "/cluster/m1"))
        #expect(
            try await fleet.ssh(1, "nvidia-smi --query-gpu=driver_version --format=csv,noheader | head -n 1")
                == "580.95.05\n")
    }

    /// The same by other commands; a node that somebody else has cordoned is emptied, and not given work again.
    private func kubernetes() async throws {
        let desired = ["gpu_node_scheduler=kubernetes", "gpu_node_drain=always", "nvidia_driver_version=580.95.05"]
        try place.write("cluster/log", "")
        try await fleet.run("gpu-node", desired, limit: "m1", says: "1 changed")
        #expect(
            try place.read("cluster/log")
                == "kubectl get node\nkubectl annotate --overwrite\nkubectl drain m1\nkubectl get node\nkubectl uncordon m1\nkubectl annotate node\n"
        )
        try place.write("cluster/log", "")
        try place.write("cluster/cordoned", "true")
        try await fleet.run("gpu-node", desired, limit: "m1", says: "1 changed")
        #expect(try place.read("cluster/log") == "kubectl get node\nkubectl drain m1\nkubectl get node\n")
    }
}
