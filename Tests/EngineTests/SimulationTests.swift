import Simulation
import TestSupport
import Testing

/// The machine of plays against a model of the language, in any order of events; `scripts/simulate` runs as many as one
/// likes.
struct SimulationTests {
    @Test func `all rules hold`() async throws {
        let scenarios = Simulation.Scenario.all
        #expect(!scenarios.isEmpty)
        try await sideBySide(scenarios) { scenario in
            for seed in 1...400 as ClosedRange<UInt64> {
                let outcome = scenario.run(seed: seed)
                #expect(outcome.violation == nil, "scripts/simulate --only \(scenario.name) --seed \(seed)")
            }
        }
    }
}
