import OracleCorpus
import TestSupport
import Testing

@Test func everyCaseOfTheVaultCorpus() async throws {
    let file = try #require(try CorpusFile.all(in: Fixtures.oracle).first { $0.name == "vault" })
    let outcomes = try await file.run()
    #expect(outcomes.count > 900)
    for outcome in outcomes where !outcome.passed {
        Issue.record("\(outcome.id): expected \(outcome.expected), got \(outcome.actual)")
    }
}
