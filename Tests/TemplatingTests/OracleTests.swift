import OracleCorpus
import TestSupport
import Testing

/// What real Ansible gives, case by case.
@Test(arguments: [
    (Fixtures.oracle, "templates"), (Fixtures.oracle, "templatefiles"), (Fixtures.observed, "templates"),
    (Fixtures.observed, "templatefiles"),
])
func everyCaseOfTheCorpus(folder: String, name: String) async throws {
    let file = try #require(try CorpusFile.all(in: folder).first { $0.name == name })
    let outcomes = try await file.run()
    #expect(!outcomes.isEmpty)
    for outcome in outcomes where !outcome.passed {
        Issue.record("\(outcome.id): expected \(outcome.expected), got \(outcome.actual)")
    }
}
