import Playbook
import TestSupport
import Testing
import YAML

@testable import Modules

@Suite struct SysctlTests {
    private static let file =
        "# top\nvm.swappiness=10\n;x = y\nkernel.panic =  3 \n-vm.max_map_count = 5\nvm.swappiness = 20\n"

    @Test func `one line of the file changes`() {
        #expect(
            Sysctl.edit(Self.file, "vm.swappiness", "5")
                == "# top\nvm.swappiness=5\n;x = y\nkernel.panic =  3 \n-vm.max_map_count = 5\n")
        #expect(Sysctl.edit(Self.file, "kernel.panic", "3") == Self.file)
        #expect(
            Sysctl.edit(Self.file, "vm.max_map_count", nil)
                == "# top\nvm.swappiness=10\n;x = y\nkernel.panic =  3 \nvm.swappiness = 20\n")
        #expect(Sysctl.edit("a=1", "b", "2") == "a=1\nb=2\n")
    }

    @Test func `a file is made, and blank values are refused`() async throws {
        try await ModuleBench.local { bench in
            let path = bench.folder + "/90-gpu.conf"
            let settled = try await bench.settles(
                "ansible.posix.sysctl",
                ["name": "net.core.rmem_max", "value": "yes", "sysctl_file": .string(path), "reload": .bool(false)])
            #expect(settled.diff.first?.after == "net.core.rmem_max=1\n")
            #expect(try await bench.sh("stat -c %a \(path); cat \(path)") == "644\nnet.core.rmem_max=1\n")
            for value in ["", "a\nb"] {
                await #expect(throws: ModuleFailure.self) {
                    try await bench.run("sysctl", ["name": "x", "value": .string(value)])
                }
            }
            await #expect(throws: ModuleFailure.self) { try await bench.run("sysctl", ["name": "x"]) }
        }
    }

    @Test(.enabled(if: Machines.unavailable == nil, "\(Machines.unavailable ?? "")"))
    func `the running kernel is asked, and its refusal told`() async throws {
        try await ModuleBench.machine { bench in
            try await bench.sh("command -v sysctl")
            // Parameters that this kernel has already as desired need nothing but the file.
            let current = try await bench.sh("sysctl -n kernel.ostype").split(separator: "\n").joined()
            let path = "/etc/sysctl.d/90-gpu.conf"
            let desired: ValueMap = [
                "name": "kernel.ostype", "value": .string(current), "sysctl_file": .string(path),
                "sysctl_set": .bool(true), "reload": .bool(false),
            ]
            try await #expect(bench.settles("sysctl", desired).diff.map(\.afterHeader) == [path])
            for more in [["sysctl_set": .bool(true)], ["reload": .bool(true)]] as [ValueMap] {
                var unknown: ValueMap = ["name": "no.such.key", "value": "1", "sysctl_file": "/srv/bench/f.conf"]
                unknown.merge(more)
                try await bench.sh("rm -f /srv/bench/f.conf")
                let failure = await #expect(throws: ModuleFailure.self) { try await bench.run("sysctl", unknown) }
                #expect(
                    failure?.message.contains("no/such/key") == true
                        || failure?.message.contains("no.such.key") == true, "\(failure?.message ?? "")")
                unknown["ignoreerrors"] = .bool(true)
                try await bench.sh("rm -f /srv/bench/f.conf")
                #expect(try await bench.run("sysctl", unknown).changed)
            }
        }
    }
}

@Suite struct ModprobeTests {
    private func changes(_ arguments: ValueMap, _ files: [(path: String, text: String)]) throws -> [String] {
        var all = arguments
        all.merge(["name": "nvidia-uvm"])
        return try Modprobe(arguments: ArgumentBinder(Modprobe.spec).bind(all)).changes(files).map {
            "\($0.path): \($0.after)"
        }
    }

    @Test func `what the host loads when it boots`() throws {
        #expect(
            try changes(["persistent": "present", "params": "a=1 b=2"], []) == [
                "/etc/modules-load.d/nvidia-uvm.conf: nvidia-uvm\n",
                "/etc/modprobe.d/nvidia-uvm.conf: options nvidia-uvm a=1 b=2\n",
            ])
        let files = [
            ("/etc/modules-load.d/gpu.conf", "# gpu\nnvidia_uvm\nother\n"),
            ("/etc/modprobe.d/nvidia-uvm.conf", "options nvidia_uvm a=1\noptions other z=1"),
        ]
        #expect(try changes(["persistent": "present"], files) == [])
        #expect(try changes(["persistent": "present", "params": "a=1"], files) == [])
        #expect(
            try changes(["persistent": "present", "params": "a=2"], files) == [
                "/etc/modprobe.d/nvidia-uvm.conf: #options nvidia_uvm a=1\noptions other z=1\noptions nvidia-uvm a=2\n"
            ])
        #expect(
            try changes(["persistent": "absent", "state": "absent"], files) == [
                "/etc/modules-load.d/gpu.conf: # gpu\n#nvidia_uvm\nother\n",
                "/etc/modprobe.d/nvidia-uvm.conf: #options nvidia_uvm a=1\noptions other z=1",
            ])
    }

    /// A module of its own kernel a machine can't load: what loads it is only noted here.
    @Test(.enabled(if: Machines.unavailable == nil, "\(Machines.unavailable ?? "")"))
    func `loads a module, with its parameters`() async throws {
        try await ModuleBench.machine { bench in
            try await bench.sh(
                "printf '#!/bin/sh\\necho \"$*\" >>/srv/bench/said\\n' >/usr/local/sbin/modprobe; chmod 755 /usr/local/sbin/modprobe"
            )
            let desired: ValueMap = ["name": "gpu_test", "params": "a=1 b='x y'", "persistent": "present"]
            #expect(try await bench.run("community.general.modprobe", desired, check: true).changed)
            #expect(try await bench.sh("cat /srv/bench/said 2>&1 || :").contains("No such file"))
            #expect(try await bench.run("modprobe", desired).changed)
            #expect(
                try await bench.sh("cat /srv/bench/said /etc/modules-load.d/gpu_test.conf")
                    == "-- gpu_test a=1 b=x y\ngpu_test\n")
            #expect(try await !bench.run("modprobe", ["name": "gpu_test", "state": "absent"]).changed)
        }
    }
}
