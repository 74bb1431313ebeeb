import OracleCorpus
import TestSupport
import Testing

/// What real Ansible gives, case by case.
@Test(arguments: ["templates", "templatefiles"]) func everyCaseOfTheCorpus(name: String) async throws {
    let file = try #require(try CorpusFile.all(in: Fixtures.oracle).first { $0.name == name })
    let outcomes = try await file.run()
    #expect(!outcomes.isEmpty)
    for outcome in outcomes where !outcome.passed { Issue.record("\(outcome.id): expected \(outcome.expected), got \(outcome.actual)") }
}
