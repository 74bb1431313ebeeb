import Simulation
import Testing

/// The machine of plays against a model of the language, in any order of events; `scripts/simulate` runs as many as one likes.
struct SimulationTests {
    @Test(arguments: Simulation.Scenario.all) func `all rules hold`(_ scenario: Simulation.Scenario) {
        for seed in 1...400 as ClosedRange<UInt64> {
            let outcome = scenario.run(seed: seed)
            #expect(outcome.violation == nil, "scripts/simulate --only \(scenario.name) --seed \(seed)")
        }
    }
}
