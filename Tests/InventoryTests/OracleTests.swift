import OracleCorpus
import TestSupport
import Testing

@Test(arguments: [(Fixtures.oracle, "inventories"), (Fixtures.oracle, "patterns"), (Fixtures.observed, "inventories")])
func everyCaseOfTheCorpus(folder: String, name: String) async throws {
    let file = try #require(try CorpusFile.all(in: folder).first { $0.name == name })
    let outcomes = try await file.run()
    #expect(!outcomes.isEmpty)
    for outcome in outcomes where !outcome.passed {
        Issue.record("\(outcome.id): expected \(outcome.expected), got \(outcome.actual)")
    }
}
