import Testing
import YAML
@testable import Modules

@Suite struct AptTests {
    static let installs = """
        Reading package lists...
        Building dependency tree...
        Reading state information...
        The following NEW packages will be installed:
          hello
        0 upgraded, 1 newly installed, 0 to remove and 12 not upgraded.
        Setting up hello (2.10-3) ...
        """
    @Test func seesWhatChanges() {
        #expect(AptRun.changes(Self.installs, words: ["install"]))
        #expect(AptRun.plan(Self.installs).hasPrefix("The following NEW"))
        #expect(!AptRun.changes("hello is already the newest version (2.10-3).\n0 upgraded, 0 newly installed, 0 to remove and 12 not upgraded.\n", words: ["install"]))
        #expect(AptRun.changes("0 upgraded, 0 newly installed, 1 to remove and 0 not upgraded.\n", words: ["remove"]))
        #expect(!AptRun.changes("", words: ["autoclean"]))
    }

    @Test(arguments: [("hello", "2.10-3", true), ("hello=2.10*", "2.10-3", true), ("hello=9.99", "2.10-3", false), ("hello:i386", "2.10-3", false), ("hello:amd64=2.10-3", "2.10-3", true)])
    func knowsWhatIsInstalled(_ wish: String, _ version: String, _ met: Bool) throws {
        let package = try #require(InstalledPackage(line: "hello\tamd64\t\(version)\tinstalled"))
        #expect(try PackageWish(wish).isMet(by: package) == met)
    }
    @Test(arguments: ["-o", "a b", "x>=1", ""]) func refusesNames(_ name: String) { #expect(throws: ModuleFailure.self) { try PackageWish(name) } }
}

@Suite struct UnitStatusTests {
    @Test func readsShow() {
        let running = UnitStatus("Id=ssh.service\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled\nDescription=a=b\n")
        #expect(running.exists && running.isRunning && running.isEnabled && !running.isMasked && running.properties["Description"] == "a=b")
        #expect(!UnitStatus("LoadState=not-found\nActiveState=inactive\n").exists)
        #expect(UnitStatus("LoadState=masked\nUnitFileState=masked\n").isMasked)
    }
    @Test(arguments: [("started", true, nil), ("started", false, "start"), ("stopped", true, "stop"), ("stopped", false, nil), ("restarted", false, "restart"), ("reloaded", true, "reload"), ("reloaded", false, "start")])
    func decides(_ state: String, _ isRunning: Bool, _ verb: String?) {
        #expect(ServiceWish(state: state).action(isRunning: isRunning) == verb)
    }
}

@Suite struct SignalDeathTests {
    @Test func isToldFromAStatus() {
        #expect(SignalDeath(status: 137, errorOutput: "x\nKilled\n")?.errorOutput == "x\n")
        #expect(SignalDeath(status: 137, errorOutput: "sh: line 1: 10486 Killed                  ( exec sh )\n")?.signal == 9)
        #expect(SignalDeath(status: 139, errorOutput: "Segmentation fault (core dumped)\n")?.signal == 11)
        #expect(SignalDeath(status: 137, errorOutput: "the container was Killed by us\n") == nil)
        #expect(SignalDeath(status: 1, errorOutput: "Killed\n") == nil)
    }
}

@Suite struct FactsTests {
    @Test func readsGPUs() throws {
        let gpus = HardwareFacts.gpus("0, NVIDIA A100-SXM4-80GB, 81920, 550.54.15, GPU-5fd4f087-86f3-7a43-b711-4771313afc50, 00000000:07:00.0\n1, NVIDIA H100, [N/A], 550.54.15, GPU-x, 00000000:08:00.0\nNo devices were found\n")
        #expect(gpus.count == 2)
        let first = try #require(gpus.first?.map)
        #expect(first["model"] == .string("NVIDIA A100-SXM4-80GB") && first["memory_mb"] == .int(81920) && first["driver"] == .string("550.54.15"))
        #expect(gpus[1].map?["memory_mb"] == .null)
    }

    @Test func readsAddresses() {
        let addresses = NetworkFacts.addresses("1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever\n2: eth0@if5    inet 10.0.0.5/24 brd 10.0.0.255 scope global eth0\\       valid_lft forever\n2: eth0    inet6 fe80::1/64 scope link\n")
        #expect(addresses.count == 3)
        #expect(addresses[1] == NetworkFacts.Address(interface: "eth0", family: "inet", address: "10.0.0.5", prefix: 24, scope: "global", broadcast: "10.0.0.255"))
    }

    @Test func readsMemoryAndProcessors() {
        #expect(HardwareFacts.memory("MemTotal:       24643084 kB\nMemFree:        1024 kB\nSwapTotal:       0 kB\n")["memtotal_mb"] == .int(24065))
        let two = "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Xeon\nphysical id\t: 0\nsiblings\t: 2\ncpu cores\t: 1\n\nprocessor\t: 1\nvendor_id\t: GenuineIntel\nmodel name\t: Xeon\nphysical id\t: 0\nsiblings\t: 2\ncpu cores\t: 1\n"
        let facts = HardwareFacts.processors(two, online: "2")
        #expect(facts["processor_count"] == .int(1) && facts["processor_threads_per_core"] == .int(2) && facts["processor_vcpus"] == .int(2))
    }

    @Test(arguments: [(["all"], 4), (["!all"], 1), (["network"], 2), (["!hardware"], 3), (["!all", "network"], 2), (["min"], 1)])
    func subsetsAreChosen(_ words: [String], _ count: Int) throws { #expect(try FactSubset.chosen(words).count == count) }
    @Test func unknownSubsetIsRefused() { #expect(throws: ModuleFailure.self) { try FactSubset.chosen(["hardwear"]) } }
}

@Suite struct ConnectionTableTests {
    @Test(arguments: [
        ("0100007F:1F90", "127.0.0.1", 8080), ("00000000:0016", "0.0.0.0", 22), ("00000000000000000000000001000000:0016", "::1", 22),
        ("0000000000000000FFFF00000100007F:0016", "127.0.0.1", 22),
    ]) func readsEndpoints(_ text: String, _ address: String, _ port: Int) throws {
        let endpoint = try #require(WaitFor.endpoint(text))
        #expect(endpoint.address == address && endpoint.port == port)
    }
    @Test(arguments: ["", ":", "0100007F", "0100007F:XYZ", "01:1F90", "ZZ00007F:1F90"]) func refusesOthers(_ text: String) { #expect(WaitFor.endpoint(text) == nil) }
}
