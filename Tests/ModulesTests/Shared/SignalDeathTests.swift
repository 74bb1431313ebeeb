import Testing

@testable import Modules

@Suite struct SignalDeathTests {
    @Test func isToldFromAStatus() {
        #expect(SignalDeath(status: 137, errorOutput: "x\nKilled\n")?.errorOutput == "x\n")
        #expect(
            SignalDeath(status: 137, errorOutput: "sh: line 1: 10486 Killed                  ( exec sh )\n")?.signal
                == 9)
        #expect(SignalDeath(status: 139, errorOutput: "Segmentation fault (core dumped)\n")?.signal == 11)
        #expect(SignalDeath(status: 137, errorOutput: "the container was Killed by us\n") == nil)
        #expect(SignalDeath(status: 1, errorOutput: "Killed\n") == nil)
    }
}
