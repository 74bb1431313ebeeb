import Testing
import YAML

@testable import Inventory

/// Lines as Slurm 22.05 prints them.
private let listing = """
    NodeName=w1 Arch=x86_64 CoresPerSocket=1  CPUAlloc=0 CPUEfctv=1 CPUTot=64 CPULoad=8.65 AvailableFeatures=a100,nvme ActiveFeatures=a100,nvme Gres=gpu:a100:4(S:0-1) NodeAddr=127.0.0.1 NodeHostName=localhost Port=17101 Version=22.05.8 OS=Linux 6.1.0 #1 SMP PREEMPT_DYNAMIC @0  RealMemory=500 State=IDLE ThreadsPerCore=1 Partitions=main,gpu  BootTime=2026-11-30T15:59:55 AllocTRES= CapWatts=n/a
    NodeName=w2 CPUTot=1 ActiveFeatures=(null) Gres=(null) NodeAddr=w2 OS=Linux 6.1.0 #1 SMP RealMemory=500 State=DOWN*+DRAIN Partitions=main Reason=bad disk x [root@2026-12-01T00:45:55]

    """

@Test func `Slurm's nodes are hosts, in groups of their partitions, states and features`() throws {
    var graph = InventoryGraph()
    try SlurmInventory("slurm:").read(listing, into: &graph)
    try graph.complete()
    let inventory = try Inventory(graph)
    #expect(inventory.hostOrder == ["w1", "w2"])
    let first = try #require(inventory.host(named: "w1"))
    #expect(
        first.groupNames == [
            "slurm_feature_a100", "slurm_feature_nvme", "slurm_partition_gpu", "slurm_partition_main",
            "slurm_state_idle",
        ])
    #expect(first.variables["ansible_host"] == .string("127.0.0.1"))
    #expect(first.variables["slurm_cpus"] == .int(64) && first.variables["slurm_gres"] == .string("gpu:a100:4(S:0-1)"))
    let second = try #require(inventory.host(named: "w2"))
    #expect(second.groupNames == ["slurm_partition_main", "slurm_state_down", "slurm_state_drain"])
    #expect(second.variables["ansible_host"] == nil && second.variables["slurm_gres"] == nil)
    let reason = try #require(second.variables["slurm_reason"])
    #expect(reason == .string("bad disk x [root@2026-12-01T00:45:55]") && !reason.provenance.isTrusted)
}

@Test func `of a partition that is not there, its name is given and those that are`() throws {
    var graph = InventoryGraph()
    try SlurmInventory("slurm:gpu").read(listing, into: &graph)
    #expect(graph.hosts.map(\.name) == ["w1"])
    let error = #expect(throws: Diagnostic.self) { try SlurmInventory("slurm:cpu").read(listing, into: &graph) }
    #expect(
        error?.description.contains("no partition 'cpu'") == true && error?.description.contains("gpu, main") == true)
}
