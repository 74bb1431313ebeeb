import Testing
import YAML

@testable import Modules

@Suite struct FactsTests {
    @Test func readsGPUs() throws {
        let gpus = HardwareFacts.gpus(
            "0, NVIDIA A100-SXM4-80GB, 81920, 550.54.15, GPU-5fd4f087-86f3-7a43-b711-4771313afc50, 00000000:07:00.0\n1, NVIDIA H100, [N/A], 550.54.15, GPU-x, 00000000:08:00.0\nNo devices were found\n"
        )
        #expect(gpus.count == 2)
        let first = try #require(gpus.first?.map)
        #expect(
            first["model"] == .string("NVIDIA A100-SXM4-80GB") && first["memory_mb"] == .int(81920)
                && first["driver"] == .string("550.54.15"))
        #expect(gpus[1].map?["memory_mb"] == .null)
    }

    @Test func readsAddresses() {
        let addresses = NetworkFacts.addresses(
            "1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever\n2: eth0@if5    inet 10.0.0.5/24 brd 10.0.0.255 scope global eth0\\       valid_lft forever\n2: eth0    inet6 fe80::1/64 scope link\n"
        )
        #expect(addresses.count == 3)
        #expect(
            addresses[1]
                == NetworkFacts.Address(
                    interface: "eth0", family: "inet", address: "10.0.0.5", prefix: 24, scope: "global",
                    broadcast: "10.0.0.255"))
    }

    @Test func readsMemoryAndProcessors() {
        #expect(
            HardwareFacts.memory("MemTotal:       24643084 kB\nMemFree:        1024 kB\nSwapTotal:       0 kB\n")[
                "memtotal_mb"] == .int(24065))
        let two =
            "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Xeon\nphysical id\t: 0\nsiblings\t: 2\ncpu cores\t: 1\n\nprocessor\t: 1\nvendor_id\t: GenuineIntel\nmodel name\t: Xeon\nphysical id\t: 0\nsiblings\t: 2\ncpu cores\t: 1\n"
        let facts = HardwareFacts.processors(two, online: "2")
        #expect(
            facts["processor_count"] == .int(1) && facts["processor_threads_per_core"] == .int(2)
                && facts["processor_vcpus"] == .int(2))
    }

    @Test(arguments: [
        (["all"], 4), (["!all"], 1), (["network"], 2), (["!hardware"], 3), (["!all", "network"], 2), (["min"], 1),
    ])
    func subsetsAreChosen(_ words: [String], _ count: Int) throws {
        #expect(try FactSubset.chosen(words).count == count)
    }
    @Test func unknownSubsetIsRefused() { #expect(throws: ModuleFailure.self) { try FactSubset.chosen(["hardwear"]) } }
}
